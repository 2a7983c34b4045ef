"""Write the COCO keypoint file of depth images and a CSV of their joints.

One line per person, with the columns
    image                    file name within the folder
    NAME_x, NAME_y           pixels, for each joint; empty: not labelled
    NAME_visible             optional: 0 not labelled, 1 hidden, 2 seen
    NAME_X, NAME_Y, NAME_Z   optional: metres, camera frame, y down
    bbox_x1 .. bbox_y2       optional: the person's box, pixels

Example:
    python tools/dataset_converters/folder_to_coco.py frames/ joints.csv \\
        frames.json --depth-unit-m 0.001 --intrinsics 365 365 256 212 \\
        --dataset-info my_joints.py --links head-neck neck-pelvis
"""
import argparse
from pathlib import Path

from tqdm import tqdm

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)
from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.datasets.depth_coco_files import write_depth_coco
from mmpose_cmb.datasets.joint_table import (dataset_info_text,
                                             make_dataset_info,
                                             read_joint_table, table_to_coco)
from mmpose_cmb.io import write_text


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('image_dir', help='folder of the depth images')
    parser.add_argument('table', help='CSV file of the joints')
    parser.add_argument('out', help='JSON file to write')
    parser.add_argument(
        '--depth-unit-m',
        type=float,
        required=True,
        help='metres per stored unit: 0.001 for millimetres')
    parser.add_argument(
        '--intrinsics',
        type=float,
        nargs=4,
        metavar=('FX', 'FY', 'CX', 'CY'),
        help='pixels; needed for 3D')
    parser.add_argument(
        '--dataset-info',
        help='also write a configuration file with the joints, for\n'
        'metainfo=dict(from_file=...)')
    parser.add_argument(
        '--links',
        nargs='+',
        default=[],
        metavar='NAME-NAME',
        help='bones, for drawing')
    return parser.parse_args()


def main():
    args = parse_args()
    try:
        table = read_joint_table(args.table)
        if table.keypoints_cam is not None and args.intrinsics is None:
            raise ValueError(f'{args.table} has joints in space: give '
                             '--intrinsics too')
        info = make_dataset_info(
            Path(args.out).stem, table.names,
            [tuple(link.split('-', 1)) for link in args.links])
        rows = tqdm(range(len(table.images)), desc='persons')
        images, annotations = table_to_coco(table, args.image_dir,
                                            args.depth_unit_m, rows)
        shared = dict(depth_unit_m=args.depth_unit_m)
        if args.intrinsics is not None:
            shared['intrinsics'] = args.intrinsics
        write_depth_coco(args.out, images, annotations,
                         parse_depth_metainfo(info), **shared)
        if args.dataset_info:
            write_text(args.dataset_info, dataset_info_text(info))
    except (OSError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{len(annotations)} persons in {len(images)} images: {args.out}')


if __name__ == '__main__':
    main()

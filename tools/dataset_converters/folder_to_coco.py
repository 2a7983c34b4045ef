"""Write the COCO keypoint file of depth images and a CSV of their joints.

One line per person, with the columns
    image                    file name within the folder
    NAME_x, NAME_y           pixels, for each joint; empty: not labelled
    NAME_visible             optional: 0 not labelled, 1 hidden, 2 seen
    NAME_X, NAME_Y, NAME_Z   optional: metres, camera frame, y down
    bbox_x1 .. bbox_y2       optional: the person's box, pixels

Example:
    python tools/dataset_converters/folder_to_coco.py frames/ joints.csv \\
        frames.json --unit-m 0.001 --intrinsics 365 365 256 212 \\
        --dataset-info my_joints.py --links head-neck neck-pelvis
"""

import argparse
from pathlib import Path
from typing import List

from mmpose_cmb.command_line import (
    add_intrinsics,
    add_overwrite,
    add_unit_m,
    input_file,
    run,
    tool_parser,
)
from mmpose_cmb.words import counted


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('image_dir', help='folder of the depth images')
    parser.add_argument('table', type=input_file, help='CSV file of the joints')
    parser.add_argument('out', help='JSON file to write')
    add_overwrite(parser)
    add_unit_m(parser, required=True, help='', also=('--depth-unit-m',))
    add_intrinsics(parser, help='needed for 3D')
    parser.add_argument(
        '--dataset-info',
        help='also write a configuration file with the joints, for metainfo=dict(from_file=...)',
    )
    parser.add_argument(
        '--links', nargs='+', default=[], metavar='NAME-NAME', help='bones, for drawing'
    )
    return parser.parse_args()


def tell_pairs(names: List[str]) -> None:
    """Say which joints a flip exchanges, and of which that is doubtful."""
    from mmpose_cmb.formats.joint_names import mirrored_pairs, without_partner

    pairs = [f'{left} - {right}' for left, right in mirrored_pairs(names)]
    print(f'exchanged by a flip: {", ".join(pairs) or "none"}')
    alone = without_partner(names)
    if alone:
        print(f'warning: no joint of the other side for {", ".join(alone)}')


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from tqdm import tqdm

    from mmpose_cmb.camera import check_camera_of_image, check_intrinsics
    from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
    from mmpose_cmb.formats.depth_coco import write_depth_coco
    from mmpose_cmb.datasets.joint_table import (
        dataset_info_text,
        make_dataset_info,
        read_joint_table,
        table_to_coco,
    )
    from mmpose_cmb.io import write_text
    from mmpose_cmb.io.kept_files import check_output

    for path in filter(None, (args.out, args.dataset_info)):
        check_output(path)
    table = read_joint_table(args.table)
    if table.keypoints_cam is not None and args.intrinsics is None:
        raise ValueError(f'{args.table} has joints in space: give --intrinsics too')
    info = make_dataset_info(
        Path(args.out).stem, table.names, [tuple(link.split('-', 1)) for link in args.links]
    )
    rows = tqdm(range(len(table.images)), desc='persons')
    camera = None if args.intrinsics is None else check_intrinsics(args.intrinsics)
    images, annotations = table_to_coco(table, args.image_dir, args.unit_m, rows, camera=camera)
    shared = dict(depth_unit_m=args.unit_m)
    if camera is not None:
        shared['intrinsics'] = args.intrinsics
        for size in {(image['width'], image['height']) for image in images}:
            check_camera_of_image(camera, *size)
    write_depth_coco(args.out, images, annotations, parse_depth_metainfo(info), **shared)
    if args.dataset_info:
        write_text(args.dataset_info, dataset_info_text(info))
    tell_pairs(table.names)
    print(f'{counted(len(annotations), "person")} in {counted(len(images), "image")}: {args.out}')


if __name__ == '__main__':
    run(main)

"""Write K2HPD, ITOP or ASTAR as COCO keypoint files with 16-bit PNG images.

Example:
    python tools/dataset_converters/dataset_to_coco.py itop data/itop \\
        data/itop_coco --view side --split test
"""

import argparse

from mmpose_cmb.command_line import (
    add_overwrite,
    add_split,
    add_unit_m,
    positive_int,
    run,
    tool_parser,
)


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('dataset', choices=['k2hpd', 'itop', 'astar'])
    parser.add_argument('data_root', help='folder of the published files')
    parser.add_argument('out_dir', help='where the images and the JSON go')
    add_overwrite(parser)
    add_split(parser, ('train', 'test'))
    parser.add_argument('--view', choices=['side', 'top'], default='side', help='of ITOP')
    add_unit_m(
        parser,
        default=0.02,
        help='of K2HPD (default: 0.02, that of the synthetic set; the unit of '
        'the published images is not known)',
    )
    parser.add_argument(
        '--label-convention',
        choices=['offset_px', 'wrist_mm'],
        default='offset_px',
        help='of ASTAR; see ASTARDataset',
    )
    parser.add_argument('--every', type=positive_int, default=1, help='take every n-th frame')
    return parser.parse_args()


def dataset_config(args) -> dict:
    """The dataset, with a pipeline that only loads the image."""
    if args.dataset == 'k2hpd':
        return dict(
            type='K2HPDDataset',
            ann_file=f'{args.split}_annos.txt',
            data_prefix=dict(img='depth_data/depth_images/'),
            pipeline=[dict(type='LoadDepthImage', unit_m=args.unit_m)],
        )
    if args.dataset == 'itop':
        return dict(
            type='ITOPDataset',
            view=args.view,
            split=args.split,
            pipeline=[dict(type='LoadDepthFrameFromHDF5')],
        )
    return dict(
        type='ASTARDataset',
        split=args.split,
        label_convention=args.label_convention,
        pipeline=[dict(type='LoadSKDepth', background_m=None)],
    )


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope
    from tqdm import tqdm

    from mmpose.registry import DATASETS
    from mmpose_cmb.datasets.coco_export import export_to_coco

    init_default_scope('mmpose')
    dataset = DATASETS.build(
        dict(dataset_config(args), data_root=args.data_root, sample_interval=args.every)
    )
    path = export_to_coco(
        dataset, args.out_dir, args.split, tqdm(range(len(dataset)), desc='frames')
    )
    print(f'{len(dataset)} frames: {path}')


if __name__ == '__main__':
    run(main)

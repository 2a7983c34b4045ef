"""Show what the network really sees: frames, crops, heat maps, joints."""

import argparse
import os.path as osp

import numpy as np

from mmpose_cmb.command_line import (
    add_cfg_options,
    add_out_dir,
    add_overwrite,
    add_split,
    positive_int,
    run,
    tool_parser,
)


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config', help='configuration file')
    add_split(parser)
    parser.add_argument(
        '--num',
        type=positive_int,
        default=16,
        help='how many samples, spread over the split (default: 16)',
    )
    add_out_dir(parser, 'work_dirs/browse_dataset', help='where the PNG files go')
    add_overwrite(parser)
    parser.add_argument('--seed', type=int, default=0, help='of the augmentations')
    parser.add_argument('--show', action='store_true', help='open the sheet in a window')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope
    from mmengine.utils import track_iter_progress

    from mmpose.registry import DATASETS
    from mmpose_cmb.datasets.sample_trace import spread_indices, trace_sample
    from mmpose_cmb.engine.tool_config import read_config
    from mmpose_cmb.visualization import contact_sheet, write_image
    from mmpose_cmb.visualization.sample_picture import draw_sample

    loader = f'{args.split}_dataloader'
    config = read_config(args.config, args.cfg_options, [loader])
    init_default_scope(config.get('default_scope', 'mmpose'))
    dataset = DATASETS.build(config[loader].dataset)

    np.random.seed(args.seed)
    pictures, names = [], []
    for index in track_iter_progress(spread_indices(len(dataset), args.num)):
        trace = trace_sample(dataset, index)
        if trace is None:
            continue
        pictures.append(draw_sample(trace, dataset.metainfo))
        names.append(f'{args.split}_{index:06d}')
        write_image(osp.join(args.out_dir, f'{names[-1]}.png'), pictures[-1])
    sheet = contact_sheet(pictures, columns=2, captions=names)
    path = write_image(osp.join(args.out_dir, f'{args.split}_sheet.png'), sheet)
    print(f'\n{len(pictures)} samples: {path}')

    if args.show:
        import matplotlib.pyplot as plt

        plt.imshow(sheet)
        plt.axis('off')
        plt.show()


if __name__ == '__main__':
    run(main)

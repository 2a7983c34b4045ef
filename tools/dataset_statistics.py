"""Depth range, holes, boxes and joints of a dataset, as a table and a picture.

docs/datasets_3d.md says how each number is made.
"""

import argparse
import os.path as osp
import time

import numpy as np

from mmpose_cmb.command_line import (
    add_cfg_options,
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
        default=1000,
        help='how many samples, spread over the split (default: 1000)',
    )
    parser.add_argument(
        '--out',
        metavar='FILE.png',
        help='the picture (default: work_dirs/dataset_statistics/SPLIT.png)',
    )
    add_overwrite(parser)
    parser.add_argument(
        '--time',
        action='store_true',
        help='also say how many frames a second are loaded in random order, '
        'and how many samples the whole pipeline makes, on one thread',
    )
    add_cfg_options(parser)
    return parser.parse_args()


def build_dataset(args, whole_pipeline=False):
    """The dataset, with a pipeline that only loads the image, or all of it."""
    from mmengine.registry import init_default_scope

    from mmpose.registry import DATASETS
    from mmpose_cmb.engine.tool_config import read_config

    loader = f'{args.split}_dataloader'
    config = read_config(args.config, args.cfg_options, [loader])
    init_default_scope(config.get('default_scope', 'mmpose'))
    dataset = config[loader].dataset
    if not whole_pipeline:
        dataset.pipeline = [step for step in dataset.pipeline if step.type.startswith('Load')][:1]
    return DATASETS.build(dataset)


def frames_per_second(dataset, indices) -> float:
    """What the data set's pipeline does, in random order, on one thread."""
    import cv2
    import torch

    # As in a loader's worker.
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    order = np.random.default_rng(0).permutation(indices)
    start = time.perf_counter()
    for index in order:
        dataset[int(index)]
    return len(order) / (time.perf_counter() - start)


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from tabulate import tabulate
    from tqdm import tqdm

    from mmpose_cmb.datasets.sample_trace import spread_indices
    from mmpose_cmb.datasets.statistics import DatasetStatistics
    from mmpose_cmb.io.kept_files import check_output
    from mmpose_cmb.visualization import write_image
    from mmpose_cmb.visualization.statistics_figure import draw_statistics

    out = args.out or osp.join('work_dirs', 'dataset_statistics', f'{args.split}.png')
    check_output(out)
    dataset = build_dataset(args)
    names = dataset.metainfo['keypoint_id2name']
    statistics = DatasetStatistics([names[i] for i in range(len(names))])
    indices = spread_indices(len(dataset), args.num)
    for index in tqdm(indices, desc='frames'):
        statistics.add(dataset[index])

    print(f'{args.split}: {len(indices)} of {len(dataset)} samples')
    for table, headers in (
        (statistics.depth_table(), ['depth', 'whole frames', 'person crops']),
        (statistics.box_table(), ['box, px', 'mean', '5 %', '50 %', '95 %']),
        (
            statistics.joint_table(),
            ['joint', 'labelled %', 'outside %', 'seen %', 'behind surface, cm'],
        ),
    ):
        print('\n' + tabulate(table, headers, floatfmt='.3f'))
    if args.time:
        speed = frames_per_second(dataset, indices)
        print(f'\nloading in random order: {speed:.0f} frames/s')
        speed = frames_per_second(build_dataset(args, True), indices)
        print(f'whole pipeline, one thread: {speed:.0f} samples/s')
    picture = draw_statistics(
        statistics,
        f'{dataset.metainfo["dataset_name"]}, {args.split}: '
        f'{len(indices)} of {len(dataset)} samples',
    )
    print(f'\npicture: {write_image(out, picture)}')


if __name__ == '__main__':
    run(main)

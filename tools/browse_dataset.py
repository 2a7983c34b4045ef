"""Show what the network really sees: frames, crops, heat maps, joints."""
import argparse
import os.path as osp

import numpy as np
from mmengine import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.utils import track_iter_progress

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)
from mmpose.registry import DATASETS
from mmpose_cmb.datasets.sample_trace import spread_indices, trace_sample
from mmpose_cmb.visualization import contact_sheet, write_image
from mmpose_cmb.visualization.sample_picture import draw_sample


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='configuration file')
    parser.add_argument(
        '--split', choices=['train', 'val', 'test'], default='train')
    parser.add_argument(
        '--num',
        type=int,
        default=16,
        help='how many samples, spread over the split (default: 16)')
    parser.add_argument(
        '--out-dir',
        default='work_dirs/browse_dataset',
        help='where the PNG files go (default: %(default)s)')
    parser.add_argument(
        '--seed', type=int, default=0, help='of the augmentations')
    parser.add_argument(
        '--show', action='store_true', help='open the sheet in a window')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='overrides of the configuration, key=value')
    args = parser.parse_args()
    if args.num < 1:
        parser.error(f'--num must be at least 1, got {args.num}')
    return args


def main():
    args = parse_args()
    config = Config.fromfile(args.config)
    if args.cfg_options:
        config.merge_from_dict(args.cfg_options)
    init_default_scope(config.get('default_scope', 'mmpose'))
    try:
        dataset = DATASETS.build(config[f'{args.split}_dataloader'].dataset)
    except FileNotFoundError as error:
        raise SystemExit(f'error: {error}')

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
    path = write_image(
        osp.join(args.out_dir, f'{args.split}_sheet.png'), sheet)
    print(f'\n{len(pictures)} samples: {path}')

    if args.show:
        import matplotlib.pyplot as plt
        plt.imshow(sheet)
        plt.axis('off')
        plt.show()


if __name__ == '__main__':
    main()

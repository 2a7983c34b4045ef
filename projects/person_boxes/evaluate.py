"""How well PersonBoxFromDepth finds the boxes of a data set's labels.

Example:
    python tools/synthesize.py --layout itop --views side --seed 4711 \\
        --train 1 --test 200 --out-dir data/itop_held_out
    python projects/person_boxes/evaluate.py configs/cmb_itop.py \\
        data/itop_held_out/
"""

import argparse
from pathlib import Path

import numpy as np

from mmpose_cmb.command_line import run, tool_parser


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config', help='of a data set with intrinsics')
    parser.add_argument('data_root')
    parser.add_argument('--view', default='side', choices=('side', 'top'))
    return parser.parse_args()


def overlaps(dataset, load) -> np.ndarray:
    """IoU of found and labelled box within the image; 0 = none found."""
    import torch
    from tqdm import tqdm

    from mmpose.structures.bbox import bbox_overlaps
    from mmpose_cmb.datasets import PersonBoxFromDepth

    find = PersonBoxFromDepth()
    result = []
    for index in tqdm(range(len(dataset)), desc='frames'):
        info = load(dataset.get_data_info(index))
        height, width = info['img'].shape
        limit = np.array([width, height, width, height]) - 1
        labelled = info['bbox'].clip(0, limit)
        info = find(info)
        iou = bbox_overlaps(torch.from_numpy(info['bbox']), torch.from_numpy(labelled)).item()
        result.append(iou if info['bbox_score'][0] > 0 else 0.0)
    return np.array(result)


def main() -> None:
    args = parse_args()
    if not Path(args.data_root).is_dir():
        raise FileNotFoundError(
            f'{args.data_root} does not exist; tools/synthesize.py makes such data.'
        )
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope

    from mmpose.registry import DATASETS, TRANSFORMS
    from mmpose_cmb.engine.tool_config import read_config

    cfg = read_config(args.config, needed=['test_dataloader']).test_dataloader.dataset
    cfg.update(data_root=args.data_root, view=args.view)
    load = TRANSFORMS.build(cfg.pipeline[0])
    cfg.pipeline = []
    init_default_scope('mmpose')
    iou = overlaps(DATASETS.build(cfg), load)
    low, quarter, median = np.percentile(iou, (5, 25, 50))
    print(
        f'{len(iou)} frames: IoU median {median:.2f}, 25 % {quarter:.2f}, '
        f'5 % {low:.2f}; above 0.5: {100 * np.mean(iou > 0.5):.0f} %, '
        f'above 0.7: {100 * np.mean(iou > 0.7):.0f} %'
    )


if __name__ == '__main__':
    run(main)

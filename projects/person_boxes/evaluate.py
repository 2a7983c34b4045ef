"""How well PersonBoxFromDepth finds the boxes of a data set's labels.

Example:
    python tools/synthesize.py --layout itop --views side --seed 4711 \\
        --train 1 --test 200 --out data/itop_held_out
    python projects/person_boxes/evaluate.py configs/cmb_itop.py \\
        data/itop_held_out/
"""
import argparse
import sys
from pathlib import Path

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from tqdm import tqdm

from mmpose.registry import DATASETS, TRANSFORMS
from mmpose.structures.bbox import bbox_overlaps
from mmpose_cmb.datasets import PersonBoxFromDepth


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('config', help='of a data set with intrinsics')
    parser.add_argument('data_root')
    parser.add_argument('--view', default='side', choices=('side', 'top'))
    return parser.parse_args()


def overlaps(dataset, load) -> np.ndarray:
    """IoU of found and labelled box within the image; 0 = none found."""
    find = PersonBoxFromDepth()
    result = []
    for index in tqdm(range(len(dataset)), desc='frames'):
        info = load(dataset.get_data_info(index))
        height, width = info['img'].shape
        limit = np.array([width, height, width, height]) - 1
        labelled = info['bbox'].clip(0, limit)
        info = find(info)
        iou = bbox_overlaps(
            torch.from_numpy(info['bbox']), torch.from_numpy(labelled)).item()
        result.append(iou if info['bbox_score'][0] > 0 else 0.)
    return np.array(result)


def main() -> None:
    args = parse_args()
    if not Path(args.data_root).is_dir():
        sys.exit(f'error: {args.data_root} does not exist; '
                 'tools/synthesize.py makes such data.')
    cfg = Config.fromfile(args.config).test_dataloader.dataset
    cfg.update(data_root=args.data_root, view=args.view)
    load = TRANSFORMS.build(cfg.pipeline[0])
    cfg.pipeline = []
    init_default_scope('mmpose')
    iou = overlaps(DATASETS.build(cfg), load)
    low, quarter, median = np.percentile(iou, (5, 25, 50))
    print(f'{len(iou)} frames: IoU median {median:.2f}, 25 % {quarter:.2f}, '
          f'5 % {low:.2f}; above 0.5: {100 * np.mean(iou > 0.5):.0f} %, '
          f'above 0.7: {100 * np.mean(iou > 0.7):.0f} %')


if __name__ == '__main__':
    main()

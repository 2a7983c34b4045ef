"""Draw predictions that tools/test.py has dumped, as one contact sheet.

Frames are taken evenly from the file. The ground truth is thin and white.

Example:
    python tools/test.py CONFIG CHECKPOINT --dump predictions.pkl
    python tools/draw_predictions.py CONFIG predictions.pkl sheet.png
"""

import argparse
import pickle
from pathlib import Path

import numpy as np

from mmpose_cmb.command_line import positive_int, run, tool_parser


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('dump', help='.pkl of tools/test.py --dump')
    parser.add_argument('out', help='PNG to write')
    parser.add_argument('--num', type=positive_int, default=32, help='frames drawn (default: 32)')
    parser.add_argument(
        '--columns', type=positive_int, default=8, help='frames in a row (default: 8)'
    )
    return parser.parse_args()


def to_frame(sample: dict, load):
    """One dumped data sample, with its depth read by the config's loader."""
    from mmpose_cmb.visualization import PredictionFrame

    depth_m = load(dict(img_path=sample['img_path']))['img']
    gt = sample['gt_instances']
    return PredictionFrame(
        depth_m,
        np.asarray(sample['pred_instances']['keypoints'])[0],
        np.asarray(gt['keypoints'])[0],
        box_xyxy=tuple(np.asarray(gt['bboxes'])[0]),
    )


def main() -> None:
    args = parse_args()
    if not Path(args.dump).is_file():
        raise FileNotFoundError(
            f'{args.dump} does not exist; make it with '
            'tools/test.py CONFIG CHECKPOINT --dump FILE.pkl'
        )
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope
    from tqdm import tqdm

    from mmpose.registry import DATASETS, TRANSFORMS
    from mmpose_cmb.engine.tool_config import read_config
    from mmpose_cmb.visualization import prediction_sheet, write_image

    cfg = read_config(args.config, needed=['test_dataloader'])
    init_default_scope(cfg.default_scope)
    dataset_cfg = cfg.test_dataloader.dataset
    load = TRANSFORMS.build(dataset_cfg.pipeline[0])
    meta = DATASETS.build(dict(dataset_cfg, lazy_init=True)).metainfo

    with open(args.dump, 'rb') as file:
        samples = pickle.load(file)
    chosen = np.unique(np.linspace(0, len(samples) - 1, args.num).astype(int))
    frames = [to_frame(samples[i], load) for i in tqdm(chosen, desc='draw')]
    sheet = prediction_sheet(
        frames, meta['skeleton_links'], meta['skeleton_link_colors'], columns=args.columns
    )
    print(write_image(args.out, sheet))


if __name__ == '__main__':
    run(main)

"""What perfect joints in the image and the depth of the surface would reach.

Joints lie inside the body. Reading their depth off the image at their true
pixels is what a 2D network could do at best; a head for joints in space has
to beat it.

Example:
    python projects/itop_heads/surface_baseline.py configs/cmb_itop_demo.py
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_cfg_options, run, tool_parser

# isort: split
import argparse

import numpy as np

from mmpose_cmb.depth.crop import lift


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config', help='of joints in space')
    add_cfg_options(parser)
    return parser.parse_args()


def surface_joints(
    depth_m: np.ndarray, keypoints_px: np.ndarray, intrinsics: np.ndarray
) -> np.ndarray:
    """Lift true pixels by the depth at the nearest pixel.

    Args:
        depth_m (np.ndarray): ``[H, W]``, metres, 0 = invalid.
        keypoints_px (np.ndarray): ``[K, 2]``, pixels.
        intrinsics (np.ndarray): fx, fy, cx, cy, pixels.

    Returns:
        np.ndarray: ``[K, 3]``, metres; a joint on a hole or outside the image
        gets the person's median depth.
    """
    height, width = depth_m.shape
    u, v = np.rint(keypoints_px).astype(int).T
    inside = (u >= 0) & (u < width) & (v >= 0) & (v < height)
    z = depth_m[v.clip(0, height - 1), u.clip(0, width - 1)]
    known = inside & (z > 0)
    z = np.where(known, z, np.median(z[known]) if known.any() else 3.0)
    return lift(keypoints_px, z, intrinsics)


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope
    from tqdm import tqdm

    from mmpose.registry import DATASETS, TRANSFORMS
    from mmpose_cmb.engine.tool_config import read_config
    from mmpose_cmb.evaluation.functional import joint_distance_accuracy

    cfg = read_config(args.config, args.cfg_options, ['test_dataloader'])
    init_default_scope(cfg.default_scope)
    dataset_cfg = cfg.test_dataloader.dataset
    load = TRANSFORMS.build(dataset_cfg.pipeline[0])
    dataset = DATASETS.build(dict(dataset_cfg, pipeline=[]))
    predicted, true = [], []
    for i in tqdm(range(len(dataset)), desc='frames'):
        info = dataset.get_data_info(i)
        depth_m = load(dict(info))['img']
        predicted.append(surface_joints(depth_m, info['keypoints'][0], info['intrinsics']))
        true.append(info['keypoints_cam'][0])
    percent = joint_distance_accuracy(np.stack(predicted), np.stack(true)).percent[0]
    for name, value in zip(dataset.metainfo['keypoint_name2id'], percent):
        print(f'{name:16s}{value:6.1f}')
    print(f'{"mean":16s}{percent.mean():6.1f}  % within 10 cm, {len(dataset)} frames')


if __name__ == '__main__':
    run(main)

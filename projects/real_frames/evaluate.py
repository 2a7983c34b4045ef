"""Run a network trained on synthetic depth over a few real ITOP frames.

For orientation: 64 frames say how a network trained on synthetic depth does
on a real sensor; they are no benchmark. README.md describes the file.

Example:
    python projects/real_frames/evaluate.py FRAMES.npz \\
        configs/cmb_k2hpd_demo.py work_dirs/demo/epoch_8.pth --out sheet.png
"""

import argparse
from pathlib import Path
from typing import Container, Tuple

import numpy as np

from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.command_line import add_device, add_overwrite, run, tool_parser
from mmpose_cmb.formats.itop import ITOP_JOINTS

# ITOP's joints in its order, by K2HPD's names. ITOP's neck lies on the line
# between the shoulders, a quarter of the trunk below K2HPD's.
ITOP_FROM_K2HPD = tuple(
    {'neck': 'spine_shoulder', 'torso': 'mid_spine'}.get(name, name) for name in ITOP_JOINTS
)
HEAD_SEGMENT = ((0,), (1,))
# The frames are columns 40 to 279 of ITOP's 320x240, resized to 100x100 by
# the nearest pixel: pixel p shows column 40 + (p + 0.5) * 2.4 - 0.5.
FOCAL_PX = ITOP_CAMERA.fx / 2.4
INTRINSICS = np.array(
    [
        FOCAL_PX,
        FOCAL_PX,
        (ITOP_CAMERA.cx - 40 + 0.5) / 2.4 - 0.5,
        (ITOP_CAMERA.cy + 0.5) / 2.4 - 0.5,
    ],
    np.float32,
)
# What both views show from outside, and how far its label lies beneath the
# surface, metres, in frames whose scale is known.
HEAD = 0
HEAD_DEPTH_M = 0.08
# 15 pixels around a person of 99: the margin of K2HPD's boxes.
BOX_MARGIN = 0.15


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('frames', help='the .npz file')
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument('--out', metavar='FILE.png', help='picture of all predictions')
    add_overwrite(parser)
    add_device(parser, 'cpu')
    return parser.parse_args()


def names_of_itop(known: Container[str]) -> Tuple[str, ...]:
    """ITOP's joints by the names of a network that has them, or K2HPD's."""
    return ITOP_JOINTS if 'torso' in known else ITOP_FROM_K2HPD


def boxes_around(keypoints_px: np.ndarray, margin: float) -> np.ndarray:
    """Boxes [N, 4] (x1, y1, x2, y2) that hold [N, K, 2] joints.

    Args:
        keypoints_px (np.ndarray): Joints in pixels.
        margin (float): Added on each side, a fraction of the longer side.
    """
    low, high = keypoints_px.min(1), keypoints_px.max(1)
    pad = margin * (high - low).max(1, keepdims=True)
    return np.concatenate([low - pad, high + pad], axis=1)


def metres_of_one(data) -> np.ndarray:
    """Metres that 1 stands for in each frame, float [N].

    ``scale_m_est`` where the file has it; else one for all frames, since the
    farthest in each of them is the same floor: the median of those that put the
    label of the head 8 cm beneath the surface.
    """
    if 'scale_m_est' in data:
        return data['scale_m_est']
    depth01, frames = data['depth01'], np.arange(len(data['depth01']))
    size = np.array(depth01.shape[:0:-1])
    x, y = np.rint(data['kpt_crop_xy'][:, HEAD]).clip(0, size - 1).astype(int).T
    surface = depth01[frames, y, x]
    beneath = data['kpt_world_m'][:, HEAD, 2] - HEAD_DEPTH_M
    scales = np.where(surface > 0, beneath / np.where(surface > 0, surface, 1), np.nan)
    return np.full(len(frames), np.nanmedian(scales))


def predict(model, depth_m: np.ndarray, boxes: np.ndarray) -> list:
    """Predicted instances, one person in a frame."""
    from tqdm import tqdm

    from mmpose.apis import inference_topdown

    return [
        inference_topdown(model, depth, box[None])[0].pred_instances
        for depth, box in zip(tqdm(depth_m, desc='real frames'), boxes.astype(np.float32))
    ]


def print_image_table(pred_px: np.ndarray, gt_px: np.ndarray) -> None:
    """PCKh@0.5 of every joint and of all."""
    from tabulate import tabulate

    from mmpose_cmb.evaluation.functional import head_pck

    result = head_pck(pred_px, gt_px, head_segment=HEAD_SEGMENT)
    per_joint = result.percent[0]
    rows = [*zip(ITOP_JOINTS, per_joint), ('all 15 joints', per_joint.mean())]
    print(f'{result.num_frames} real ITOP frames, never trained on')
    print(tabulate(rows, ['joint', 'PCKh@0.5'], floatfmt='.1f'))


def print_space_table(pred_m: np.ndarray, world_m: np.ndarray) -> None:
    """The 10 cm rule and joint errors; ITOP's y points up."""
    from tabulate import tabulate

    from mmpose_cmb.evaluation.functional import (
        joint_distance_accuracy,
        joint_errors_mm,
        summarize_errors,
    )

    gt_m = world_m * (1, -1, 1)
    percent = joint_distance_accuracy(pred_m, gt_m).percent[0]
    errors = summarize_errors(joint_errors_mm(pred_m, gt_m))
    rows = [*zip(ITOP_JOINTS, percent), ('all 15 joints', percent.mean())]
    print(tabulate(rows, ['joint', 'within 10 cm, %'], floatfmt='.1f'))
    print(
        f'mean error {errors.mean_mm:.0f} mm, median {errors.median_mm:.0f} mm '
        "(the frames' scale is an estimate)"
    )


def main() -> None:
    args = parse_args()
    if not Path(args.frames).is_file():
        raise FileNotFoundError(
            f'{args.frames} does not exist; README.md beside this script says what it holds.'
        )
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)

    from mmpose.apis import init_model
    from mmpose_cmb.engine.tool_config import read_config
    from mmpose_cmb.visualization import PredictionFrame, prediction_sheet, write_image

    data = np.load(args.frames)
    depth_m = (data['depth01'] * metres_of_one(data)[:, None, None]).astype(np.float32)
    gt_px = data['kpt_crop_xy'].astype(np.float64)

    cfg = read_config(args.config, needed=['model', 'test_dataloader'])
    # The frames are arrays in metres, whatever files the config reads.
    cfg.test_dataloader.dataset.pipeline[0] = dict(type='LoadDepthImage', unit_m=1.0)
    model = init_model(cfg, args.checkpoint, device=args.device)
    meta = model.dataset_meta
    meta['intrinsics'] = INTRINSICS
    known = meta['keypoint_name2id']
    ids = [known[name] for name in names_of_itop(known)]

    boxes = boxes_around(gt_px, BOX_MARGIN)
    preds = predict(model, depth_m, boxes)
    pred_px = np.concatenate([pred.keypoints for pred in preds])
    print_image_table(pred_px[:, ids], gt_px)
    if 'keypoints_cam' in preds[0]:
        pred_m = np.concatenate([pred.keypoints_cam for pred in preds])
        print_space_table(pred_m[:, ids], data['kpt_world_m'])
    if args.out:
        frames = [
            PredictionFrame(depth, pred, box_xyxy=tuple(box))
            for depth, pred, box in zip(depth_m, pred_px, boxes)
        ]
        sheet = prediction_sheet(frames, meta['skeleton_links'], meta['skeleton_link_colors'])
        print(f'pictures: {write_image(args.out, sheet)}')


if __name__ == '__main__':
    run(main)

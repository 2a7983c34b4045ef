"""Score a hand network that runs without PyTorch on real frames of a hand.

README.md describes the file. Errors are in space; *placed*: each joint's median
offset over the frames taken off, since others place joints elsewhere.

Example:
    python projects/real_frames/hands.py FOLDER --find
"""

from argparse import Namespace
from pathlib import Path
from typing import Dict, List, NamedTuple

import numpy as np
from evaluate import BOX_MARGIN, boxes_around
from score import overlap
from tabulate import tabulate

from mmpose_cmb.camera import Camera
from mmpose_cmb.command_line import add_detector, run, tool_parser
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.formats.astar import ASTAR_JOINTS
from mmpose_cmb.runtime import DepthPoseRuntime

FILE = 'real_hand_close.npz'
# Of the publisher's 21 joints (wrist, four of the thumb, four of each finger, each
# from the palm outwards) ASTAR's 20: its thumb begins at the second.
ASTAR_OF_21 = (0, 2, 3, 4, *range(5, 21))
_FOUND_IOU = 0.5


class RealHands(NamedTuple):
    """Frames of one hand each; 20 joints of ASTAR.

    Attributes:
        depth_m: N images [H, W], metres.
        camera: Of all of them.
        keypoints_px: [N, 20, 2].
        keypoints_m: [N, 20, 3], y down.
    """

    depth_m: List[np.ndarray]
    camera: Camera
    keypoints_px: np.ndarray
    keypoints_m: np.ndarray


class HandErrors(NamedTuple):
    """Distances from the labels; NaN where the hand was not found.

    Attributes:
        mm: [N, 20], in space.
        placed_mm: [N, 20], each joint's median offset taken off.
        px: [N, 20], in the image.
        found: [N] bool, the box overlaps the label's by more than half.
    """

    mm: np.ndarray
    placed_mm: np.ndarray
    px: np.ndarray
    found: np.ndarray


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('folder', help=f'of {FILE}')
    parser.add_argument(
        'model', nargs='?', default='hand', help='ONNX file (default: the one that ships)'
    )
    parser.add_argument('--find', action='store_true', help='find the hand, too')
    add_detector(parser)
    parser.add_argument('--joints', action='store_true', help='a column for each joint')
    parser.add_argument('--frames', action='store_true', help="each frame's median error")
    return parser.parse_args()


def read_hands(path: Path) -> RealHands:
    """Read the frames.

    Args:
        path (Path): The .npz file.
    """
    data = np.load(path)
    depth_m = data['depth_mm'].astype(np.float32) / 1000
    matrix = data['K']
    height, width = depth_m.shape[1:]
    focal = (matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2])
    order = list(ASTAR_OF_21)
    return RealHands(
        list(depth_m),
        Camera(*map(float, focal), width, height),
        data['joints2d'][:, order].astype(float),
        data['joints3d_m'][:, order].astype(float),
    )


def score_hands(predictor: DepthPoseRuntime, hands: RealHands, find: bool) -> HandErrors:
    """Run a predictor over the frames.

    Args:
        predictor (DepthPoseRuntime): With ASTAR's joints.
        hands (RealHands): The frames.
        find (bool): Look for the hand, instead of taking the label's box.
    """
    order = [list(predictor.keypoint_names).index(name) for name in ASTAR_JOINTS]
    pixels = np.full_like(hands.keypoints_px, np.nan)
    space = np.full_like(hands.keypoints_m, np.nan)
    found = np.zeros(len(hands.depth_m), bool)
    boxes = boxes_around(hands.keypoints_px, BOX_MARGIN)
    for i, (depth_m, box) in enumerate(zip(hands.depth_m, boxes)):
        frame = DepthFrame(depth_m, hands.camera, f'frame {i}')
        persons = predictor.predict(frame, None if find else box[None])
        persons = [p for p in persons if overlap(np.asarray(p.bbox)[None], box)[0] > _FOUND_IOU]
        if persons:
            found[i] = True
            pixels[i] = persons[0].keypoints[order]
            space[i] = persons[0].keypoints_cam[order]
    off_mm = 1000 * (space - hands.keypoints_m)
    return HandErrors(
        np.linalg.norm(off_mm, axis=2),
        np.linalg.norm(off_mm - np.nanmedian(off_mm, axis=0), axis=2),
        np.linalg.norm(pixels - hands.keypoints_px, axis=2),
        found,
    )


def table_row(errors: HandErrors, boxes: str, joints: bool) -> Dict[str, object]:
    """A line of the table; medians over joints that were found."""
    row: Dict[str, object] = {
        'boxes': boxes,
        'found': f'{errors.found.sum()} of {len(errors.found)}',
        'median, mm': np.nanmedian(errors.mm),
        'placed': np.nanmedian(errors.placed_mm),
        'within 2 cm, %': 100 * np.nanmean(np.where(np.isnan(errors.mm), 0, errors.mm < 20)),
        'pixels': np.nanmedian(errors.px),
    }
    if joints:
        row.update(zip(ASTAR_JOINTS, np.nanmedian(errors.mm, axis=0).round().astype(int)))
    return row


def main() -> None:
    args = parse_args()
    hands = read_hands(Path(args.folder) / FILE)
    predictor = DepthPoseRuntime(args.model, detector=args.detector, bbox_thr=args.bbox_thr)
    rows = []
    for find in (False, True)[: 1 + args.find]:
        errors = score_hands(predictor, hands, find)
        rows.append(table_row(errors, 'found' if find else 'labels', args.joints))
        if args.frames:
            medians = np.median(errors.mm, axis=1)
            print(f'{rows[-1]["boxes"]}: ' + ' '.join(f'{value:.0f}' for value in medians))
    print(tabulate(rows, headers='keys', floatfmt='.1f'))


if __name__ == '__main__':
    run(main)

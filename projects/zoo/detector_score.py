"""How an exported person finder does on a data set's frames.

Prints the average precision of its boxes (an overlap of one half, COCO's way),
the share of the people it finds and how many of its boxes are nobody, by how many
people a frame has; and in what share of the frames with nobody it finds nobody.
With --body the joints have their say, as where people use both networks.

Example:
    python projects/zoo/detector_score.py published/person_boxes-0123abcd.onnx \\
        --data data/rooms --body body_front
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_threads, run, tool_parser

# isort: split
from argparse import Namespace
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from tabulate import tabulate
from tqdm import tqdm

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.registry import DATASETS, TRANSFORMS
from mmpose.structures.bbox import bbox_overlaps
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.evaluation.metrics import PersonBoxMetric
from mmpose_cmb.pose.frame_boxes import Finder
from mmpose_cmb.pose.person_finder import PersonFinder
from mmpose_cmb.runtime import DepthPoseRuntime

CONFIG = Path(__file__).resolve().parent / 'configs' / 'person_boxes.py'
# Below this the end of the curve of precision and recall adds nothing.
CURVE_SCORE = 0.05
FOUND_IOU = 0.5


class ScoredFrame(NamedTuple):
    """Found and labelled boxes of a frame, pixels.

    Attributes:
        sample: As ``PersonBoxMetric`` takes it; found from CURVE_SCORE on.
        people: Labelled, without the unsure ones.
        found: Of them, by boxes as a user gets them.
        boxes: As a user gets them.
        nobody: Of them, on nobody, or on somebody who has a better one.
    """

    sample: dict
    people: int
    found: int
    boxes: int
    nobody: int


class FoundPeople:
    """A finder and a network for joints as one finder.

    Args:
        body (str): See ``DepthPoseRuntime``.
        finder (PersonFinder): Its boxes are proposals.
    """

    def __init__(self, body: str, finder: PersonFinder) -> None:
        self._runtime = DepthPoseRuntime(body, threads=1, detector=finder)

    def __call__(self, frame: DepthFrame) -> Tuple[np.ndarray, np.ndarray]:
        people = self._runtime.predict(frame)
        boxes = np.array([person.bbox for person in people], np.float32).reshape(-1, 4)
        return boxes, np.array([person.bbox_score for person in people], np.float32)


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('model', help='ONNX file of a person finder')
    parser.add_argument('--data', default='data/rooms', help='folder of the frames')
    parser.add_argument('--ann-file', default='test.json', help='in that folder')
    parser.add_argument(
        '--body',
        metavar='MODEL',
        help='network for joints: a name as body_front, or an ONNX file (default: boxes alone)',
    )
    parser.add_argument(
        '--bbox-thr', type=float, metavar='SCORE', help='least score (default: as the file says)'
    )
    parser.add_argument('--config', default=str(CONFIG), help='says how people are labelled')
    add_threads(parser)
    return parser.parse_args()


def scored_frames(curve: Finder, finder: Finder, cfg: Config) -> List[ScoredFrame]:
    """Run a finder over a config's test frames.

    Args:
        curve (Finder): With a low least score.
        finder (Finder): The same, with that of its users.
        cfg (Config): Its ``test_dataloader`` has loader and boxes first.
    """
    dataset = DATASETS.build(dict(cfg.test_dataloader.dataset, pipeline=[]))
    load, label = (TRANSFORMS.build(t) for t in cfg.test_dataloader.dataset.pipeline[:2])
    frames = []
    for row in tqdm(range(len(dataset)), desc='test frames'):
        info = label(load(dataset.get_data_info(row)))
        frame = DepthFrame(info['img'], info.get('intrinsics'), info['img_path'])
        boxes, scores = curve(frame)
        used, _ = finder(frame)
        overlaps = overlaps_of(used, info['bbox'])
        sample = dict(
            img_id=info['img_id'],
            ori_shape=info['img'].shape,
            pred_instances=dict(bboxes=boxes, bbox_scores=scores),
            gt_instances=dict(bboxes=info['bbox']),
            unsure_bbox=info['unsure_bbox'],
        )
        found = (overlaps > FOUND_IOU).any(axis=0).sum()
        unsure = overlaps_of(used, info['unsure_bbox'], 'iof').max(axis=1, initial=0) > FOUND_IOU
        nobody = (~unsure & ~matched(overlaps)).sum()
        frames.append(ScoredFrame(sample, len(info['bbox']), int(found), len(used), int(nobody)))
    return frames


def overlaps_of(boxes: np.ndarray, others: np.ndarray, mode: str = 'iou') -> np.ndarray:
    """[N, M] of [N, 4] and [M, 4]: IoU, or the part of each box ('iof')."""
    return bbox_overlaps(torch.from_numpy(boxes), torch.from_numpy(others), mode).numpy()


def matched(overlaps: np.ndarray) -> np.ndarray:
    """Which of N boxes have a person of their own, bool [N]; the first take first.

    Args:
        overlaps (np.ndarray): [N, M], with M people.
    """
    left = overlaps.copy()
    taken = np.zeros(len(left), bool)
    for row in range(len(left) if left.size else 0):
        person = left[row].argmax()
        taken[row] = left[row, person] > FOUND_IOU
        if taken[row]:
            left[:, person] = 0
    return taken


def average_precision(frames: List[ScoredFrame]) -> float:
    """AP@0.5 of some frames, 0 to 1."""
    metric = PersonBoxMetric()
    metric.process({}, [frame.sample for frame in frames])
    # COCO's own tables.
    with redirect_stdout(StringIO()):
        return metric.evaluate(len(frames))['boxes/bbox_mAP_50']


def table(frames: List[ScoredFrame]) -> List[Dict[str, object]]:
    """A row for each number of people, and one for all frames."""
    rows = []
    for number in sorted({frame.people for frame in frames} - {0}):
        rows.append((str(number), [f for f in frames if f.people == number]))
    rows.append(('any', frames))
    return [
        {
            'people': name,
            'frames': len(some),
            'AP@0.5': average_precision(some),
            'found, %': 100 * sum(f.found for f in some) / sum(f.people for f in some),
            'boxes/person': sum(f.boxes for f in some) / sum(f.people for f in some),
            'nobody/frame': sum(f.nobody for f in some) / len(some),
        }
        for name, some in rows
    ]


def main() -> None:
    args = parse_args()
    MMLogger.get_instance('detector_score', log_level='WARNING')
    cfg = Config.fromfile(args.config)
    cfg.test_dataloader.dataset.update(data_root=args.data, ann_file=args.ann_file)
    finder: Finder
    finder = used = PersonFinder(args.model, args.threads, least_score=args.bbox_thr)
    least_score = min(CURVE_SCORE, used.spec.least_score)
    curve: Finder = PersonFinder(args.model, args.threads, least_score=least_score)
    if args.body:
        curve, finder = FoundPeople(args.body, curve), FoundPeople(args.body, finder)
    frames = scored_frames(curve, finder, cfg)
    print(tabulate(table(frames), headers='keys', floatfmt='.3g'))
    # Who is hardly seen counts neither way.
    empty = [f for f in frames if not f.people and not len(f.sample['unsure_bbox'])]
    if empty:
        nobody = sum(not f.boxes for f in empty)
        print(f'nobody found in {nobody} of {len(empty)} frames with nobody')


if __name__ == '__main__':
    run(main)

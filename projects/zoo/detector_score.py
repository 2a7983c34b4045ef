"""How an exported person finder does on a data set's frames.

Prints the average precision of its boxes (an overlap of one half, COCO's way)
and the share of the people it finds, by how many people a frame has; and in
what share of the frames with nobody it finds nobody.

Example:
    python projects/zoo/detector_score.py published/person_boxes-0123abcd.onnx \\
        --data data/rooms
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_threads, run, tool_parser

# isort: split
from argparse import Namespace
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Dict, List, NamedTuple

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
from mmpose_cmb.pose.person_finder import PersonFinder

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
    """

    sample: dict
    people: int
    found: int
    boxes: int


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('model', help='ONNX file of a person finder')
    parser.add_argument('--data', default='data/rooms', help='folder of the frames')
    parser.add_argument('--ann-file', default='test.json', help='in that folder')
    parser.add_argument('--config', default=str(CONFIG), help='says how people are labelled')
    add_threads(parser)
    return parser.parse_args()


def scored_frames(finder: PersonFinder, least_score: float, cfg: Config) -> List[ScoredFrame]:
    """Run a finder over a config's test frames.

    Args:
        finder (PersonFinder): With a low ``least_score``.
        least_score (float): From which on a user gets a box.
        cfg (Config): Its ``test_dataloader`` has loader and boxes first.
    """
    dataset = DATASETS.build(dict(cfg.test_dataloader.dataset, pipeline=[]))
    load, label = (TRANSFORMS.build(t) for t in cfg.test_dataloader.dataset.pipeline[:2])
    frames = []
    for row in tqdm(range(len(dataset)), desc='test frames'):
        info = label(load(dataset.get_data_info(row)))
        boxes, scores = finder(DepthFrame(info['img'], info.get('intrinsics'), info['img_path']))
        used = boxes[scores >= least_score]
        overlaps = bbox_overlaps(torch.from_numpy(info['bbox']), torch.from_numpy(used))
        sample = dict(
            img_id=info['img_id'],
            ori_shape=info['img'].shape,
            pred_instances=dict(bboxes=boxes, bbox_scores=scores),
            gt_instances=dict(bboxes=info['bbox']),
            unsure_bbox=info['unsure_bbox'],
        )
        found = (overlaps > FOUND_IOU).any(dim=1).sum()
        frames.append(ScoredFrame(sample, len(info['bbox']), int(found), len(used)))
    return frames


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
        }
        for name, some in rows
    ]


def main() -> None:
    args = parse_args()
    MMLogger.get_instance('detector_score', log_level='WARNING')
    cfg = Config.fromfile(args.config)
    cfg.test_dataloader.dataset.update(data_root=args.data, ann_file=args.ann_file)
    used = PersonFinder(args.model, args.threads).spec.least_score
    finder = PersonFinder(args.model, args.threads, least_score=min(CURVE_SCORE, used))
    frames = scored_frames(finder, used, cfg)
    print(tabulate(table(frames), headers='keys', floatfmt='.3g'))
    # Who is hardly seen counts neither way.
    empty = [f for f in frames if not f.people and not len(f.sample['unsure_bbox'])]
    if empty:
        nobody = sum(not f.boxes for f in empty)
        print(f'nobody found in {nobody} of {len(empty)} frames with nobody')


if __name__ == '__main__':
    run(main)

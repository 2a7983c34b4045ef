"""How a network does on its config's test frames, and a picture of the worst.

Prints the share of joints within 10 cm (or ``--within-m``) by how much of the person
is hidden.

Example:
    python projects/zoo/worst.py projects/zoo/configs/body_front.py \\
        published/body_front-0123abcd.pth --data data/rooms --out worst.png
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_overwrite, positive_int, run, tool_parser

# isort: split
from argparse import ArgumentParser, Namespace
from math import ceil
from typing import List, NamedTuple, Tuple

import numpy as np
from cut_joints import network_of, read_checkpoint
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from tabulate import tabulate
from torch import nn
from tqdm import tqdm

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.registry import DATASETS, TRANSFORMS
from mmpose_cmb.visualization import PredictionFrame, prediction_sheet, write_image

WITHIN_M = 0.1


class Person(NamedTuple):
    """A prediction beside its label.

    Attributes:
        row: Of the data set.
        pred_px: [K, 2], pixels of the frame.
        errors_m: [K], in space.
        seen: [K] bool, not hidden.
        scores: [K], as the network gives them.
    """

    row: int
    pred_px: np.ndarray
    errors_m: np.ndarray
    seen: np.ndarray
    scores: np.ndarray


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument('--data', help='folder of the test frames')
    parser.add_argument('--out', help='PNG of the worst')
    parser.add_argument('--num', type=positive_int, default=16)
    add_within(parser)
    add_overwrite(parser)
    return parser.parse_args()


def add_within(parser: ArgumentParser) -> None:
    """``--within-m``: what is right."""
    parser.add_argument(
        '--within-m',
        type=float,
        default=WITHIN_M,
        metavar='M',
        help='a joint is right within this distance, metres (default: %(default)s)',
    )


def predict(model: nn.Module, dataset) -> list:
    """Every person of a data set as a :class:`Person`.

    Raises:
        ValueError: If the network or the labels have no joints in space.
    """
    people = []
    for row in tqdm(range(len(dataset)), desc='test frames'):
        info = dataset.get_data_info(row)
        sample = model.test_step(pseudo_collate([dataset[row]]))[0]
        found = sample.pred_instances
        if 'keypoints_cam' not in found or 'keypoints_cam' not in info:
            raise ValueError(
                'no joints in space: this needs a network that gives them, such as that of '
                'projects/zoo/configs/body_front.py, and labels that have them'
            )
        off = found.keypoints_cam[0] - info['keypoints_cam'][0]
        people.append(
            Person(
                row,
                found.keypoints[0],
                np.linalg.norm(off, axis=1),
                info['keypoints_seen'][0] > 0,
                found.keypoint_scores[0],
            )
        )
    return people


def seen_ranges(joints: int) -> List[Tuple[int, int]]:
    """How many joints are seen, in four steps: all, four fifths, three fifths, a third."""
    least = [joints, ceil(0.8 * joints), ceil(0.6 * joints), ceil(joints / 3)]
    return list(zip(least, [joints, *(number - 1 for number in least)]))


def print_table(people: list, within_m: float = WITHIN_M) -> None:
    """Median errors and joints within a distance, seen and hidden, by how many are seen."""
    rows = []
    joints = len(people[0].seen)
    for least, most in ((0, joints), *seen_ranges(joints)):
        some = [p for p in people if least <= p.seen.sum() <= most]
        if not some:
            continue
        errors_m = np.stack([p.errors_m for p in some])
        good = errors_m < within_m
        seen = np.stack([p.seen for p in some])
        rows.append(
            (
                f'{least}-{most}',
                len(some),
                100 * good.mean(),
                100 * good[seen].mean(),
                100 * good[~seen].mean() if (~seen).any() else None,
                1000 * np.median(errors_m),
            )
        )
    within = f'within {100 * within_m:g} cm, %'
    print(
        tabulate(
            rows, ['joints seen', 'people', within, 'seen', 'hidden', 'median, mm'], floatfmt='.1f'
        )
    )


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.data:
        cfg.test_dataloader.dataset.data_root = args.data
    model = network_of(cfg, read_checkpoint(args.checkpoint, cfg))
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    people = predict(model, dataset)
    print_table(people, args.within_m)
    if not args.out:
        return
    load = TRANSFORMS.build(cfg.test_dataloader.dataset.pipeline[0])
    people.sort(key=lambda p: (p.errors_m < args.within_m).mean())
    frames = []
    for person in people[: args.num]:
        info = load(dataset.get_data_info(person.row))
        frames.append(
            PredictionFrame(
                info['img'], person.pred_px, info['keypoints'][0], box_xyxy=tuple(info['bbox'][0])
            )
        )
    meta = dataset.metainfo
    sheet = prediction_sheet(frames, meta['skeleton_links'], meta['skeleton_link_colors'])
    print(f'pictures: {write_image(args.out, sheet)}')


if __name__ == '__main__':
    run(main)

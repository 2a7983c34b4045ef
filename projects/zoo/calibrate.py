"""Make a network's scores the probability that a joint lies within 10 cm.

The tables of ``calibrated=True`` are fitted on every second of the config's
test frames and judged on the others. ``--within-m`` sets another distance. Of a
checkpoint of all joints those of the config are kept.

Example:
    python projects/zoo/calibrate.py projects/zoo/configs/body_front.py \\
        work_dirs/body_front_joints/epoch_13.pth calibrated.pth --data data/rooms \\
        --picture reliability.png
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import run, tool_parser

# isort: split
import io
from argparse import Namespace
from copy import deepcopy
from typing import Tuple

import matplotlib
import numpy as np
import torch
from cut_joints import network_of, read_checkpoint
from mmengine.config import Config
from tabulate import tabulate
from torch import Tensor
from worst import add_within, predict

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.registry import DATASETS
from mmpose_cmb.evaluation.functional import (
    Reliability,
    fit_calibration,
    knot_weights,
    reliability,
)
from mmpose_cmb.io import write_bytes
from mmpose_cmb.models.heads.score_calibration import KNOTS

TABLE = 'head.calibration.table'


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('checkpoint', help='of the training')
    parser.add_argument('out', help='checkpoint with the tables')
    parser.add_argument('--data', help='folder of the test frames')
    parser.add_argument('--picture', help='PNG of the reliability')
    add_within(parser)
    return parser.parse_args()


def fit_tables(scores: np.ndarray, right: np.ndarray, knots: int) -> np.ndarray:
    """A table [K, knots] for each joint.

    Args:
        scores (np.ndarray): [N, K].
        right (np.ndarray): [N, K] bool.
        knots (int): Of a table.
    """
    return np.stack([fit_calibration(*pair, knots) for pair in zip(scores.T, right.T)])


def apply_tables(scores: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Probabilities [N, K] of scores [N, K]."""
    columns = [
        knot_weights(joint, tables.shape[1]) @ table for joint, table in zip(scores.T, tables)
    ]
    return np.stack(columns, axis=1)


def print_table(found: Reliability, within: str) -> None:
    """How often joints of like probability are right: ``within`` says what that is."""
    rows = zip(100 * found.mean_score, 100 * found.right, found.counts)
    print(tabulate(rows, ['said, %', f'{within}, %', 'joints'], floatfmt='.1f'))


def draw(found: Reliability, within: str, path: str) -> None:
    """The reliability diagram as a PNG."""
    matplotlib.use('Agg')
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4, 4), layout='constrained')
    axes.plot([0, 1], [0, 1], color='0.7')
    axes.plot(found.mean_score, found.right, marker='o')
    axes.set(xlabel='score', ylabel=within, xlim=(0, 1), ylim=(0, 1), aspect='equal')
    axes.set_title(f'expected calibration error {100 * found.expected_error:.1f} %')
    figure.savefig(path, dpi=110)
    print(f'picture: {path}')


def scores_and_right(
    cfg: Config, checkpoint: dict, within_m: float
) -> Tuple[np.ndarray, np.ndarray]:
    """Scores [N, K] as heights of heat maps, and which joints are right."""
    cfg = deepcopy(cfg)
    cfg.model.head.calibrated = False
    people = predict(network_of(cfg, checkpoint), DATASETS.build(cfg.test_dataloader.dataset))
    return (
        np.stack([person.scores for person in people]),
        np.stack([person.errors_m < within_m for person in people]),
    )


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.data:
        cfg.test_dataloader.dataset.data_root = args.data
    checkpoint = read_checkpoint(args.checkpoint, cfg)
    scores, right = scores_and_right(cfg, checkpoint, args.within_m)
    tables = fit_tables(scores[::2], right[::2], KNOTS)
    before = reliability(scores[1::2].clip(0, 1).ravel(), right[1::2].ravel())
    after = reliability(apply_tables(scores[1::2], tables).ravel(), right[1::2].ravel())
    within = f'within {100 * args.within_m:g} cm'
    print_table(after, within)
    print(
        f'expected calibration error {100 * before.expected_error:.1f} % before, '
        f'{100 * after.expected_error:.1f} % with the tables'
    )
    if args.picture:
        draw(after, within, args.picture)
    table: Tensor = torch.from_numpy(tables).float()
    checkpoint['state_dict'][TABLE] = table
    write_checkpoint(args.out, checkpoint)


def write_checkpoint(path: str, checkpoint: dict) -> None:
    """Write a checkpoint whole, with its weights and what they are of alone."""
    kept = {name: checkpoint[name] for name in ('meta', 'state_dict')}
    buffer = io.BytesIO()
    torch.save(kept, buffer)
    write_bytes(path, buffer.getvalue())
    print(f'checkpoint: {path}')


if __name__ == '__main__':
    run(main)

"""Which poses synthetic people take, beside those of real ones: by their labels.

Both are annotation files in K2HPD's form. Angles of limbs in the image, pairs of
limbs, and how far the nearest pose of the other file is. Images are not needed.

Example:
    python projects/pose_statistics/compare.py data/K2HPD/train_annos.txt \\
        data/k2hpd_synthetic/train_annos.txt
"""

from argparse import Namespace
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

import numpy as np
from tabulate import tabulate

from mmpose_cmb.command_line import run, tool_parser
from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS, parse_k2hpd_annotations

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
PARTS = (('shoulder', 'elbow'), ('elbow', 'wrist'), ('hip', 'knee'), ('knee', 'foot'))
# Whom the nearest pose is looked for, spread over the file.
QUERIES = 1000
# Neighbours in a recording are the same pose: real poses are looked for in the
# other parts of the file, of so many.
FILE_PARTS = 10


class Limbs(NamedTuple):
    """Angles in the image, degrees, of N people.

    Attributes:
        trunk: [N], of the spine from upright; positive where the head is to the right.
        parts: Of ``PARTS``: [N, 2], right and left side; from the way down along
            the trunk, positive away from the body's middle for who faces the camera.
    """

    trunk: np.ndarray
    parts: Dict[str, np.ndarray]


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('real', help='annotation file')
    parser.add_argument('synthetic', help='annotation file')
    return parser.parse_args()


def read_joints(path: str) -> np.ndarray:
    """Joints [N, 19, 2] of an annotation file, pixels; bad lines are named.

    Raises:
        ValueError: If none of its lines can be used.
    """
    records = parse_k2hpd_annotations(Path(path).read_bytes())
    for line, problem in records.problems:
        print(f'{path}, line {line}: {problem}')
    if not len(records.keypoints):
        raise ValueError(f'{path}: no line with {len(K2HPD_JOINTS)} joints')
    return records.keypoints.astype(np.float64)


def joint(keypoints: np.ndarray, name: str) -> np.ndarray:
    """Pixels [N, 2] of a joint of [N, 19, 2]."""
    return keypoints[:, K2HPD_JOINTS.index(name)]


def limb_angles(keypoints: np.ndarray) -> Limbs:
    """Angles of limbs.

    Args:
        keypoints (np.ndarray): [N, 19, 2], pixels, y down.
    """
    down = joint(keypoints, 'spine_base') - joint(keypoints, 'spine_shoulder')
    trunk = np.degrees(np.arctan2(-down[:, 0], down[:, 1]))
    parts = {}
    for start, end in PARTS:
        sides = []
        # The right side of who faces the camera is at the image's left.
        for side, sign in (('right', 1), ('left', -1)):
            limb = joint(keypoints, f'{side}_{end}') - joint(keypoints, f'{side}_{start}')
            turned = down[:, 0] * limb[:, 1] - down[:, 1] * limb[:, 0]
            sides.append(np.degrees(np.arctan2(sign * turned, (down * limb).sum(1))))
        parts[f'{start} - {end}'] = np.stack(sides, axis=1)
    return Limbs(trunk, parts)


def pairs(keypoints: np.ndarray, limbs: Limbs) -> Iterator[Tuple[str, float]]:
    """What two limbs do at a time: percent of people, or a correlation."""
    arms, legs = (np.abs(limbs.parts[name]) for name in ('shoulder - elbow', 'hip - knee'))
    wrists = joint(keypoints, 'right_wrist') - joint(keypoints, 'left_wrist')
    shoulders = joint(keypoints, 'right_shoulder') - joint(keypoints, 'left_shoulder')
    above = np.stack(
        [
            joint(keypoints, f'{side}_wrist')[:, 1] < joint(keypoints, 'head')[:, 1]
            for side in ('right', 'left')
        ],
        axis=1,
    )
    raised = arms > 60
    hangs = arms < 25
    yield (
        'one upper arm raised by 60 degrees, the other hangs, %',
        100 * float(((raised & hangs[:, ::-1]).any(1)).mean()),
    )
    yield 'both raised by 60 degrees, %', 100 * float(raised.all(1).mean())
    yield 'one wrist higher than the head, %', 100 * float((above.sum(1) == 1).mean())
    yield 'both wrists, %', 100 * float(above.all(1).mean())
    yield 'wrists cross, %', 100 * float(((wrists * shoulders)[:, 0] < 0).mean())
    yield (
        'one thigh raised by 30 degrees, the other not by 15, %',
        100 * float((((legs > 30) & (legs < 15)[:, ::-1]).any(1)).mean()),
    )
    yield (
        'the right shoulder at the right (from behind), %',
        100 * float((shoulders[:, 0] > 0).mean()),
    )
    yield 'upper arms, correlation', float(np.corrcoef(arms.T)[0, 1])
    yield 'thighs, correlation', float(np.corrcoef(legs.T)[0, 1])


def normalised(keypoints: np.ndarray) -> np.ndarray:
    """Poses [N, 38] at one place and scale: from the spine's base, in trunks."""
    base = joint(keypoints, 'spine_base')[:, None]
    trunk = np.linalg.norm(joint(keypoints, 'spine_shoulder') - base[:, 0], axis=1)
    return ((keypoints - base) / trunk[:, None, None]).reshape(len(keypoints), -1)


def nearest(poses: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Root mean square distance of a joint to the nearest of other poses, trunks.

    Args:
        poses (np.ndarray): [N, 2K].
        others (np.ndarray): [M, 2K].
    """
    squares = (others**2).sum(1)
    found = [
        np.sqrt(max((squares - 2 * others @ pose + (pose**2).sum()).min(), 0)) for pose in poses
    ]
    return np.array(found) / np.sqrt(poses.shape[1] / 2)


def spread(count: int, number: int) -> np.ndarray:
    """``number`` of ``count`` rows, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, number)).astype(int))


def distances(real: np.ndarray, synthetic: np.ndarray) -> Dict[str, np.ndarray]:
    """Distances of the nearest pose: of synthetic and of as many other real ones."""
    real, synthetic = normalised(real), normalised(synthetic)
    rows = spread(len(real), QUERIES)
    part = rows * FILE_PARTS // len(real)
    part_of = np.arange(len(real)) * FILE_PARTS // len(real)
    among_real = np.empty(len(rows))
    for number in range(FILE_PARTS):
        others = np.flatnonzero(part_of != number)
        others = others[spread(len(others), len(synthetic))]
        among_real[part == number] = nearest(real[rows[part == number]], real[others])
    return {
        'real, nearest synthetic': nearest(real[rows], synthetic),
        'real, nearest of as many real ones of other recordings': among_real,
        'synthetic, nearest real': nearest(synthetic[spread(len(synthetic), QUERIES)], real),
    }


def tables(real: np.ndarray, synthetic: np.ndarray) -> List[str]:
    """Angles, pairs and distances of two sets of labels [N, 19, 2], as Markdown."""
    sets = dict(real=real, synthetic=synthetic)
    limbs = {name: limb_angles(keypoints) for name, keypoints in sets.items()}
    angles = [
        ['trunk', name, *np.percentile(limbs[name].trunk, PERCENTILES).round().astype(int)]
        for name in sets
    ]
    for part in limbs['real'].parts:
        for name in sets:
            values = np.percentile(limbs[name].parts[part], PERCENTILES)
            angles.append([part, name, *values.round().astype(int)])
    both = {name: dict(pairs(sets[name], limbs[name])) for name in sets}
    near = {
        what: np.percentile(values, (5, 50, 95))
        for what, values in distances(real, synthetic).items()
    }
    return [
        tabulate(angles, ['degrees', '', *(f'{p} %' for p in PERCENTILES)], 'github'),
        tabulate(
            [[what, *(both[name][what] for name in sets)] for what in both['real']],
            ['pairs', *sets],
            'github',
            floatfmt='.2f',
        ),
        tabulate(
            [[what, *values] for what, values in near.items()],
            ['distance of a joint, trunks', '5 %', 'median', '95 %'],
            'github',
            floatfmt='.3f',
        ),
    ]


def main() -> None:
    args = parse_args()
    real, synthetic = read_joints(args.real), read_joints(args.synthetic)
    print(f'{len(real)} real poses, {len(synthetic)} synthetic ones\n')
    print('\n\n'.join(tables(real, synthetic)))


if __name__ == '__main__':
    run(main)

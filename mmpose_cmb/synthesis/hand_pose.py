"""Poses of a right hand: named joint angles within limits.

Angles are in degrees. Fingers bend at three joints (``mcp``, ``pip``,
``dip``, 0 = straight, towards the palm) and are spread at the first (towards
the thumb). The thumb is turned before the palm (``oppose``), raised along the
index finger (``raise``) and bends at two joints (``mcp``, ``ip``).

The limits are rounded from the American Academy of Orthopaedic Surgeons'
"Joint Motion: Method of Measuring and Recording" (1965). The 29 classes bear
ASTAR's names, taken to be the letters and numbers of American Sign Language,
which ASTAR's files do not say.
"""

from typing import Dict, Tuple

import numpy as np

from ..formats.astar import FINGERS

ASTAR_POSES = (
    '1',
    '2',
    '4',
    '5',
    '6',
    '8',
    '9',
    '10',
    'A',
    'B',
    'C',
    'D',
    'E',
    'F',
    'G',
    'H',
    'I',
    'K',
    'L',
    'M',
    'N',
    'O',
    'P',
    'Q',
    'S',
    'U',
    'V',
    'X',
    'Y',
)
_FINGER_LIMITS = dict(mcp=(-15, 90), pip=(0, 100), dip=(0, 70), spread=(-20, 20))
HAND_LIMITS_DEG: Dict[str, Tuple[float, float]] = dict(
    thumb_oppose=(-20, 70),
    thumb_raise=(-20, 50),
    thumb_mcp=(0, 55),
    thumb_ip=(-10, 80),
    **{
        f'{finger}_{joint}': limits
        for finger in FINGERS
        for joint, limits in _FINGER_LIMITS.items()
    },
)

# Straight, closed, round, flat down, hooked, touching the thumb: mcp, pip,
# dip.
_FINGER_SHAPES = dict(
    s=(0, 4, 3), c=(82, 96, 60), r=(35, 45, 25), f=(80, 30, 10), h=(15, 90, 60), t=(52, 58, 32)
)
# oppose, raise, mcp, ip.
_THUMB_SHAPES = dict(
    out=(-5, -8, 0, 0),
    beside=(5, 32, 5, 5),
    over=(38, 15, 0, 45),
    palm=(60, 22, 40, 40),
    low=(55, 0, 3, 50),
    round=(45, 5, 15, 20),
    touch=(55, 15, 25, 30),
)
# Name -> (index to little, thumb, spread of the fingers in degrees).
_CLASSES = {
    '1': ('sccc', 'over', 0), '2': ('sscc', 'over', 12),
    '4': ('ssss', 'palm', 10), '5': ('ssss', 'out', 13),
    '6': ('ssst', 'low', 10), '8': ('stss', 'touch', 8),
    '9': ('tsss', 'touch', 8), '10': ('cccc', 'out', 0),
    'A': ('cccc', 'beside', 0), 'B': ('ssss', 'palm', -9),
    'C': ('rrrr', 'round', 0), 'D': ('sttt', 'touch', 0),
    'E': ('hhhh', 'low', 0), 'F': ('tsss', 'touch', 4),
    'G': ('sccc', 'beside', 0), 'H': ('sscc', 'over', -9),
    'I': ('cccs', 'over', 0), 'K': ('sfcc', 'beside', 6),
    'L': ('sccc', 'out', 0), 'M': ('fffc', 'low', 0),
    'N': ('ffcc', 'palm', 0), 'O': ('tttt', 'touch', 0),
    'P': ('sfcc', 'beside', 6), 'Q': ('sccc', 'round', 0),
    'S': ('cccc', 'over', 0), 'U': ('sscc', 'over', -9),
    'V': ('sscc', 'over', 14), 'X': ('hccc', 'over', 0),
    'Y': ('cccs', 'out', 0)
}  # yapf: disable
# The hand lies on its side or points down; turn in the image, degrees.
_TURNED = dict(G=-75, H=-75, P=-130, Q=-140)
# From little finger to index, share of the spread.
_SPREAD_SHARES = dict(index=1.0, middle=0.25, ring=-0.4, little=-1.0)


def class_pose(name: str) -> Dict[str, float]:
    """The pose of a class.

    Args:
        name (str): One of ``ASTAR_POSES``.

    Returns:
        dict: Degrees, by the names of ``HAND_LIMITS_DEG``.
    """
    shapes, thumb, spread = _CLASSES[name]
    angles = dict(
        zip(('thumb_oppose', 'thumb_raise', 'thumb_mcp', 'thumb_ip'), _THUMB_SHAPES[thumb])
    )
    for finger, shape in zip(FINGERS, shapes):
        for joint, angle in zip(('mcp', 'pip', 'dip'), _FINGER_SHAPES[shape]):
            angles[f'{finger}_{joint}'] = angle
        angles[f'{finger}_spread'] = spread * _SPREAD_SHARES[finger]
    return angles


def sample_hand_pose(
    rng: np.random.Generator, name: str, free: bool
) -> Tuple[Dict[str, float], float]:
    """Draw a pose.

    Args:
        rng (np.random.Generator): Source of randomness.
        name (str): One of ``ASTAR_POSES``.
        free (bool): Any pose within the limits, instead of the class within
            some degrees.

    Returns:
        tuple: Degrees, by the names of ``HAND_LIMITS_DEG``, and the turn of
        the hand in the image, degrees.
    """
    deviation = {
        joint: rng.normal(0, 3 if joint.endswith('spread') else 6) for joint in HAND_LIMITS_DEG
    }
    turn = _TURNED.get(name, 0)
    if free:
        angles = _free_pose(rng)
        turn = rng.uniform(-60, 60)
    else:
        angles = class_pose(name)
    return {
        joint: float(np.clip(angles[joint] + deviation[joint], *limits))
        for joint, limits in HAND_LIMITS_DEG.items()
    }, turn


def sample_any_hand_pose(rng: np.random.Generator) -> Dict[str, float]:
    """Draw a pose of everyday life: on the way between two, opening, or any.

    A quarter are ASTAR's classes, three in ten lie between two of them, a
    quarter open and close as a whole, the others are free.

    Args:
        rng (np.random.Generator): Source of randomness.

    Returns:
        dict: Degrees, by the names of ``HAND_LIMITS_DEG``.
    """
    kind = rng.random()
    first, second = (class_pose(ASTAR_POSES[k]) for k in rng.integers(len(ASTAR_POSES), size=2))
    if kind < 0.25:
        angles = first
    elif kind < 0.55:
        share = rng.random()
        angles = {name: (1 - share) * first[name] + share * second[name] for name in first}
    elif kind < 0.8:
        angles = _opening_pose(rng)
    else:
        angles = _free_pose(rng)
    return {
        name: float(np.clip(angles[name] + rng.normal(0, 4 if 'spread' in name else 8), *limits))
        for name, limits in HAND_LIMITS_DEG.items()
    }


def _opening_pose(rng: np.random.Generator) -> Dict[str, float]:
    """Between a flat hand and a fist: all fingers bend alike, the thumb as it likes."""
    closed = rng.beta(0.7, 0.9)
    spread = rng.uniform(-4, 16) * (1 - closed)
    angles = {name: rng.uniform(*HAND_LIMITS_DEG[name]) for name in HAND_LIMITS_DEG}
    for finger in FINGERS:
        own = np.clip(closed + rng.normal(0, 0.12), 0, 1)
        angles[f'{finger}_mcp'] = 82 * own - 5
        angles[f'{finger}_pip'] = 100 * own
        angles[f'{finger}_dip'] = 55 * own
        angles[f'{finger}_spread'] = spread * _SPREAD_SHARES[finger]
    return angles


def _free_pose(rng: np.random.Generator) -> Dict[str, float]:
    angles = {joint: rng.uniform(low, high) for joint, (low, high) in HAND_LIMITS_DEG.items()}
    spread = rng.uniform(-2, 14)
    for finger in FINGERS:
        # The last two joints share their tendons.
        angles[f'{finger}_dip'] = angles[f'{finger}_pip'] * rng.uniform(0.4, 0.7)
        angles[f'{finger}_spread'] = spread * _SPREAD_SHARES[finger]
    return angles

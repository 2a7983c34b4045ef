"""Limbs that rest: whoever sits, kneels or lies on the floor is carried by it.

Angles drawn alone leave feet, knees and elbows in the air, or put a person who
is to sit on one toe. Here a limb is drawn again until its joints are where the
floor, given by what carries the trunk, lets them be.
"""

from typing import Callable, Dict, Optional

import numpy as np

from .pose import SIDES, Ranges, clip_to_limits
from .skeleton import arm_places, arms_are_free, leg_places

# From joints to the skin that touches the floor, metres, on a middle body.
_BUTTOCK_M = 0.10
_KNEE_M = 0.05
# Heights of resting ankles, elbows and wrists over the floor, metres.
_RESTING_M = (0.02, 0.12)
_DRAWS = 80
_FREE_ARM = 0.15
_FREE_LEG = 0.1

Angles = Dict[str, float]
Rest = Dict[str, np.ndarray]
Height = Callable[[np.ndarray], float]
# Of angles, a side, the rest pose and heights over the floor.
Fits = Callable[[Angles, str, Rest, Height], bool]

_ANY_ARM: Ranges = dict(
    arm_raise=(5, 110), arm_plane=(-25, 100), arm_twist=(-60, 70), elbow=(10, 130)
)


def sit_on_floor(
    rng: np.random.Generator,
    angles: Angles,
    rest: Rest,
    legs: Ranges,
    leant_on: Optional[Ranges] = None,
) -> Angles:
    """Feet on the floor beside the buttocks; half of the people have both alike.

    Args:
        rng (np.random.Generator): Source of randomness.
        angles (dict): Degrees; the trunk's stay.
        rest (dict): Bone name -> (3,), the rest pose.
        legs (dict): Ranges of a leg's angles, degrees.
        leant_on (dict, optional): Of an arm that is leant on.
    """
    floor = leg_places(angles, SIDES[0], rest).near[2] - _BUTTOCK_M
    height = _height_over(floor)
    first, second = rng.permutation(SIDES)
    angles = _drawn(rng, angles, first, legs, _foot_rests, rest, height)
    if rng.random() < 0.5:
        angles = _copied(rng, angles, legs, first, second)
    if not _foot_rests(angles, second, rest, height):
        angles = _drawn(rng, angles, second, legs, _foot_rests, rest, height)
    if leant_on is not None:
        angles = _drawn(rng, angles, first, leant_on, _hand_rests, rest, height)
    return _arms_clear(rng, angles, rest, height)


def kneel(
    rng: np.random.Generator,
    angles: Angles,
    rest: Rest,
    down: Ranges,
    other: Ranges,
    arms: Optional[Ranges] = None,
) -> Angles:
    """A shank on the floor, and the other foot there, too.

    Args:
        rng (np.random.Generator): Source of randomness.
        angles (dict): Degrees; the trunk's stay.
        rest (dict): Bone name -> (3,), the rest pose.
        down (dict): Ranges of the leg that kneels, degrees.
        other (dict): Of the other.
        arms (dict, optional): Of arms that are leant on.
    """
    first, second = rng.permutation(SIDES)
    # The upper side of a foot lies on the floor, or its toes stand there.
    foot = dict(ankle=(50, 75) if rng.random() < 0.7 else (0, 40))
    other = dict(other, **foot) if other == down else other
    down = dict(down, **foot)
    angles = _drawn(rng, angles, first, down, _shank_lies, rest, _height_over(0.0))
    height = _height_over(leg_places(angles, first, rest).middle[2] - _KNEE_M)
    angles = _drawn(rng, angles, second, other, _foot_rests, rest, height)
    if arms is None:
        return _arms_clear(rng, angles, rest, height)
    for side in SIDES:
        angles = _drawn(rng, angles, side, arms, _hand_rests, rest, height)
    return angles


def lie(
    rng: np.random.Generator,
    angles: Angles,
    rest: Rest,
    turn: np.ndarray,
    legs: Ranges,
    arms: Ranges,
) -> Angles:
    """Limbs on what the trunk lies on, or as high as the trunk.

    Args:
        rng (np.random.Generator): Source of randomness.
        angles (dict): Degrees; the trunk's stay.
        rest (dict): Bone name -> (3,), the rest pose.
        turn (np.ndarray): (3, 3), what lays down whoever stands.
        legs (dict): Ranges of a leg's angles, degrees.
        arms (dict): Of an arm's.
    """
    up = turn[2]
    near = [
        place(angles, side, rest).near @ up for place in (leg_places, arm_places) for side in SIDES
    ]
    floor = min(near) - _BUTTOCK_M

    def height(joint: np.ndarray) -> float:
        return float(joint @ up - floor)

    for side in rng.permutation(SIDES):
        fits = _above if rng.random() < _FREE_LEG else _leg_lies
        angles = _drawn(rng, angles, side, legs, fits, rest, height)
        fits = _arm_above if rng.random() < _FREE_ARM else _arm_lies
        angles = _drawn(rng, angles, side, arms, fits, rest, height)
    return angles


def _height_over(floor: float) -> Height:
    return lambda joint: joint[2] - floor


def _drawn(
    rng: np.random.Generator,
    angles: Angles,
    side: str,
    ranges: Ranges,
    fits: Fits,
    rest: Rest,
    height: Height,
) -> Angles:
    """With one limb drawn again until it fits, or for the last time."""
    for _ in range(_DRAWS):
        drawn = dict(angles)
        for name, (low, high) in ranges.items():
            drawn[f'{side}_{name}'] = float(rng.uniform(low, high))
        drawn = clip_to_limits(drawn)
        if fits(drawn, side, rest, height):
            break
    return drawn


def _copied(
    rng: np.random.Generator, angles: Angles, names: Ranges, first: str, second: str
) -> Angles:
    """With one limb as the other, within a few degrees."""
    copied = dict(angles)
    for name in names:
        copied[f'{second}_{name}'] = angles[f'{first}_{name}'] + float(rng.normal(0, 4))
    return clip_to_limits(copied)


def _arms_clear(rng: np.random.Generator, angles: Angles, rest: Rest, height: Height) -> Angles:
    """With arms that would reach into the floor drawn again, bent or raised."""
    for side in SIDES:
        if not _arm_above(angles, side, rest, height):
            angles = _drawn(rng, angles, side, _ANY_ARM, _arm_above, rest, height)
    return angles


def _foot_rests(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    _, knee, ankle = map(height, leg_places(angles, side, rest))
    return knee > _RESTING_M[0] and _RESTING_M[0] < ankle < _RESTING_M[1]


def _hand_rests(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    _, elbow, wrist = map(height, arm_places(angles, side, rest))
    return elbow > _RESTING_M[0] and _RESTING_M[0] < wrist < _RESTING_M[1]


def _shank_lies(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    _, knee, ankle = map(height, leg_places(angles, side, rest))
    return abs(knee - ankle) < _KNEE_M


def _leg_lies(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    hip, _, ankle = map(height, leg_places(angles, side, rest))
    return _above(angles, side, rest, height) and ankle < hip + 0.05


def _arm_lies(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    """On the floor, or on the trunk."""
    shoulder, elbow, wrist = map(height, arm_places(angles, side, rest))
    return max(elbow, wrist) < shoulder + 0.12 and _arm_above(angles, side, rest, height)


def _above(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    _, knee, ankle = map(height, leg_places(angles, side, rest))
    return min(knee, ankle) > _RESTING_M[0]


def _arm_above(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    _, elbow, wrist = map(height, arm_places(angles, side, rest))
    return min(elbow, wrist) > _RESTING_M[0] and arms_are_free(angles, rest)

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
    angles = _drawn(rng, angles, first, legs, lambda a: _foot_rests(a, first, rest, height))
    if rng.random() < 0.5:
        angles = _copied(rng, angles, legs, first, second)
    if not _foot_rests(angles, second, rest, height):
        angles = _drawn(rng, angles, second, legs, lambda a: _foot_rests(a, second, rest, height))
    if leant_on is not None:
        angles = _drawn(
            rng, angles, first, leant_on, lambda a: _hand_rests(a, first, rest, height)
        )
    return _arms_above(rng, angles, rest, height)


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

    def shank_lies(angles: Angles) -> bool:
        leg = leg_places(angles, first, rest)
        return abs(leg.middle[2] - leg.far[2]) < 0.06

    angles = _drawn(rng, angles, first, down, shank_lies)
    height = _height_over(leg_places(angles, first, rest).middle[2] - _KNEE_M)
    angles = _drawn(rng, angles, second, other, lambda a: _foot_rests(a, second, rest, height))
    if arms is None:
        return _arms_above(rng, angles, rest, height)
    for side in SIDES:
        angles = _drawn(rng, angles, side, arms, lambda a: _hand_rests(a, side, rest, height))
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
    for side in rng.permutation(SIDES):
        for ranges, place, free, slack in (
            (legs, leg_places, _FREE_LEG, 0.05),
            (arms, arm_places, _FREE_ARM, 0.12),
        ):
            raised = rng.random() < free

            def rests(angles: Angles) -> bool:
                limb = place(angles, side, rest)
                trunk, middle, end = (joint @ up - floor for joint in limb)
                low = middle > _RESTING_M[0] and end > _RESTING_M[0]
                supported = end < trunk + slack
                if place is arm_places:
                    supported &= middle < trunk + slack and arms_are_free(angles, rest)
                return low and (raised or supported)

            angles = _drawn(rng, angles, side, ranges, rests)
    return angles


def _height_over(floor: float) -> Height:
    return lambda joint: joint[2] - floor


def _drawn(
    rng: np.random.Generator,
    angles: Angles,
    side: str,
    ranges: Ranges,
    fits: Callable[[Angles], bool],
) -> Angles:
    """With one limb drawn again until it fits, or for the last time."""
    for _ in range(_DRAWS):
        drawn = dict(angles)
        for name, (low, high) in ranges.items():
            drawn[f'{side}_{name}'] = float(rng.uniform(low, high))
        drawn = clip_to_limits(drawn)
        if fits(drawn):
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


def _foot_rests(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    leg = leg_places(angles, side, rest)
    return height(leg.middle) > _RESTING_M[0] and _rests(height(leg.far))


def _hand_rests(angles: Angles, side: str, rest: Rest, height: Height) -> bool:
    arm = arm_places(angles, side, rest)
    return height(arm.middle) > _RESTING_M[0] and _rests(height(arm.far))


def _rests(height_m: float) -> bool:
    return _RESTING_M[0] < height_m < _RESTING_M[1]


def _arms_above(rng: np.random.Generator, angles: Angles, rest: Rest, height: Height) -> Angles:
    """With arms that would reach into the floor drawn again, bent or raised."""
    bent: Ranges = dict(
        arm_raise=(5, 110), arm_plane=(-25, 100), arm_twist=(-60, 70), elbow=(10, 130)
    )
    for side in SIDES:

        def above(angles: Angles) -> bool:
            arm = arm_places(angles, side, rest)
            clear = min(height(arm.middle), height(arm.far)) > _RESTING_M[0]
            return clear and arms_are_free(angles, rest)

        if not above(angles):
            angles = _drawn(rng, angles, side, bent, above)
    return angles

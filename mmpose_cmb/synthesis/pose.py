"""Plausible body poses: named joint angles within limits.

A pose is a dict of angles in degrees. Directions of arms and thighs are given
as ``raise`` (0 = hanging down, 180 = straight up) in a vertical ``plane``
(0 = forward, 90 = to the own outside, 180 = backward, negative = across the
body), twists as inward turns about the limb, hinges as flexion (0 = straight).
Arm directions are relative to the upper trunk, thigh directions to the upright
world, so that a stooping person still stands on the feet.

The limits are rounded from the ranges of motion in the American Academy of
Orthopaedic Surgeons' "Joint Motion: Method of Measuring and Recording" (1965).
"""

from typing import Callable, Dict, Tuple

import numpy as np

SIDES = ('left', 'right')

_TRUNK_LIMITS = {
    'pelvis_yaw': (-180, 180),
    'pelvis_tilt': (-25, 75),
    'pelvis_side': (-20, 20),
    'spine_flex': (-25, 70),
    'spine_side': (-30, 30),
    'spine_twist': (-45, 45),
    'neck_flex': (-40, 45),
    'neck_side': (-30, 30),
    'neck_twist': (-65, 65),
}
_LIMB_LIMITS = {
    'arm_raise': (0, 175),
    'arm_plane': (-45, 150),
    'arm_twist': (-80, 80),
    'elbow': (0, 145),
    'forearm_twist': (-70, 70),
    'wrist': (-50, 60),
    'fingers': (0, 70),
    'thigh_raise': (0, 130),
    'thigh_plane': (-25, 180),
    # To a raised thigh's plane, outward turns come on top of those of the plane.
    'thigh_twist': (-140, 30),
    'knee': (0, 140),
    'ankle': (-15, 75),
}
# Name -> (least, greatest), degrees.
JOINT_LIMITS_DEG = dict(
    _TRUNK_LIMITS,
    **{f'{side}_{name}': limits for side in SIDES for name, limits in _LIMB_LIMITS.items()},
)
# How far a limb can be raised in each plane, degrees: (planes, raises).
_ARM_REACH = ((-45, -20, 0, 110, 130, 150), (115, 150, 175, 175, 90, 50))
_THIGH_REACH = ((-25, 0, 45, 90, 180), (100, 130, 105, 55, 30))

# Ranges of the angles (degrees, uniform) that make up each behaviour.
Ranges = Dict[str, Tuple[float, float]]
ARM_BEHAVIOURS: Dict[str, Tuple[float, Ranges]] = {
    'hang': (
        0.32,
        dict(arm_raise=(4, 22), arm_plane=(50, 120), arm_twist=(-20, 40), elbow=(4, 40)),
    ),
    'sideways': (
        0.11,
        dict(arm_raise=(45, 110), arm_plane=(60, 105), arm_twist=(-70, 40), elbow=(0, 45)),
    ),
    'up': (
        0.10,
        dict(arm_raise=(125, 175), arm_plane=(10, 100), arm_twist=(-60, 60), elbow=(0, 70)),
    ),
    'forward': (
        0.12,
        dict(arm_raise=(45, 110), arm_plane=(-25, 35), arm_twist=(-60, 50), elbow=(0, 55)),
    ),
    'before_body': (
        0.15,
        dict(arm_raise=(5, 50), arm_plane=(-10, 70), arm_twist=(-10, 75), elbow=(55, 130)),
    ),
    'at_head': (
        0.07,
        dict(arm_raise=(50, 120), arm_plane=(-10, 90), arm_twist=(-80, 20), elbow=(100, 145)),
    ),
    'on_hip': (
        0.05,
        dict(arm_raise=(30, 55), arm_plane=(85, 125), arm_twist=(50, 80), elbow=(70, 115)),
    ),
    'bent_up': (
        0.08,
        dict(arm_raise=(50, 110), arm_plane=(60, 110), arm_twist=(-80, -30), elbow=(60, 125)),
    ),
    'anywhere': (
        0.08,
        dict(arm_raise=(0, 175), arm_plane=(-45, 150), arm_twist=(-80, 80), elbow=(0, 145)),
    ),
}
_STANDING_LEG: Ranges = dict(
    thigh_raise=(0, 10), thigh_plane=(30, 150), thigh_twist=(-25, 10), knee=(0, 12)
)
_STEPPING_LEG: Ranges = dict(
    thigh_raise=(8, 35), thigh_plane=(-5, 30), thigh_twist=(-15, 10), knee=(0, 45)
)
_TRAILING_LEG: Ranges = dict(
    thigh_raise=(0, 28), thigh_plane=(140, 180), thigh_twist=(-20, 10), knee=(0, 55)
)
# Name -> (weight, ranges of one leg, ranges of the other).
LEG_BEHAVIOURS: Dict[str, Tuple[float, Ranges, Ranges]] = {
    'stand': (0.52, _STANDING_LEG, _STANDING_LEG),
    'wide': (0.11, dict(_STANDING_LEG, thigh_raise=(8, 30),
                        thigh_plane=(60, 110), knee=(0, 35)),
             dict(_STANDING_LEG, thigh_raise=(8, 30), thigh_plane=(60, 110),
                  knee=(0, 35))),
    'walk': (0.17, _STEPPING_LEG, _TRAILING_LEG),
    'kick': (0.08, dict(thigh_raise=(25, 100), thigh_plane=(-10, 70),
                        thigh_twist=(-20, 20), knee=(0, 50)), _STANDING_LEG),
    'knee_up': (0.06, dict(thigh_raise=(45, 110), thigh_plane=(-10, 60),
                           thigh_twist=(-20, 20), knee=(50, 130)),
                _STANDING_LEG),
    'squat': (0.05, dict(thigh_raise=(35, 105), thigh_plane=(5, 45),
                         thigh_twist=(-20, 10), knee=(50, 125)),
              dict(thigh_raise=(35, 105), thigh_plane=(5, 45),
                   thigh_twist=(-20, 10), knee=(50, 125))),
    'lunge': (0.05, dict(thigh_raise=(50, 95), thigh_plane=(0, 50),
                         thigh_twist=(-15, 15), knee=(55, 110)),
              dict(thigh_raise=(0, 28), thigh_plane=(120, 180),
                   thigh_twist=(-15, 15), knee=(30, 110))),
    'sit': (0.06, dict(thigh_raise=(75, 95), thigh_plane=(0, 30),
                       thigh_twist=(-15, 15), knee=(65, 105)),
            dict(thigh_raise=(75, 95), thigh_plane=(0, 30),
                 thigh_twist=(-15, 15), knee=(65, 105))),
}  # yapf: disable
# On other legs, who stoops as far falls over.
_BALANCED_LEGS = ('stand', 'wide', 'walk')
TRUNK_BEHAVIOURS: Dict[str, Tuple[float, Ranges]] = {
    'upright': (0.68, dict(pelvis_tilt=(-4, 8), pelvis_side=(-4, 4),
                           spine_flex=(-6, 14), spine_side=(-6, 6),
                           spine_twist=(-14, 14))),
    'bend': (0.17, dict(pelvis_tilt=(5, 55), pelvis_side=(-6, 6),
                        spine_flex=(5, 55), spine_side=(-12, 12),
                        spine_twist=(-20, 20))),
    'lean': (0.13, dict(pelvis_tilt=(-8, 12), pelvis_side=(-14, 14),
                        spine_flex=(-15, 15), spine_side=(-30, 30),
                        spine_twist=(-15, 15))),
    'twist': (0.08, dict(pelvis_tilt=(-5, 20), pelvis_side=(-6, 6),
                         spine_flex=(-5, 25), spine_side=(-12, 12),
                         spine_twist=(-45, 45))),
}  # yapf: disable


def sample_pose(
    rng: np.random.Generator,
    is_plausible: Callable[[Dict[str, float]], bool] = lambda angles: True,
) -> Tuple[Dict[str, float], str]:
    """Draw a pose: trunk, legs and arms each from a mixture of behaviours.

    Three in four people face the camera within about 60 degrees, as the
    subjects of ITOP and K2HPD mostly do; the rest turn anywhere.

    Args:
        rng (np.random.Generator): Source of randomness.
        is_plausible (Callable): Arm angles are drawn again (at most 30 times)
            until it agrees, for example because a hand was inside the trunk.
            Defaults to taking the first draw.

    Returns:
        tuple: Angles in degrees by the names of ``JOINT_LIMITS_DEG``, and
        the name of the leg behaviour ('sit' needs a seat).
    """
    angles = {name: 0.0 for name in JOINT_LIMITS_DEG}
    legs = _choose(rng, LEG_BEHAVIOURS)
    trunk = _choose(rng, TRUNK_BEHAVIOURS)
    _draw(rng, angles, '', TRUNK_BEHAVIOURS[trunk][1])
    if legs not in _BALANCED_LEGS:
        angles['pelvis_tilt'] *= 0.4
    angles['pelvis_yaw'] = (
        np.clip(rng.normal(0, 27), -75, 75) if rng.random() < 0.75 else rng.uniform(-180, 180)
    )
    _draw(rng, angles, '', dict(neck_flex=(-12, 28), neck_side=(-10, 10), neck_twist=(-40, 40)))

    first, second = SIDES if rng.random() < 0.5 else SIDES[::-1]
    _draw(rng, angles, f'{first}_', LEG_BEHAVIOURS[legs][1])
    _draw(rng, angles, f'{second}_', LEG_BEHAVIOURS[legs][2])
    if legs in ('squat', 'sit') and rng.random() < 0.7:
        _mirror(rng, angles, ('thigh_raise', 'thigh_plane', 'knee'))
    for side in SIDES:
        _draw(rng, angles, f'{side}_', dict(ankle=(-6, 25)))

    for _ in range(30):
        _draw_arms(rng, angles)
        if is_plausible(clip_to_limits(angles)):
            break
    return clip_to_limits(angles), legs


def clip_to_limits(angles: Dict[str, float]) -> Dict[str, float]:
    """The nearest pose within ``JOINT_LIMITS_DEG`` and the limbs' reach.

    Args:
        angles (dict): Angles in degrees, all names of ``JOINT_LIMITS_DEG``.
    """
    clipped = {
        name: float(np.clip(angles[name], *limits)) for name, limits in JOINT_LIMITS_DEG.items()
    }
    for side in SIDES:
        for limb, reach in (('arm', _ARM_REACH), ('thigh', _THIGH_REACH)):
            name = f'{side}_{limb}_raise'
            most = np.interp(clipped[f'{side}_{limb}_plane'], *reach)
            clipped[name] = min(clipped[name], float(most))
    return clipped


def _draw_arms(rng: np.random.Generator, angles: Dict[str, float]) -> None:
    behaviours = [_choose(rng, ARM_BEHAVIOURS) for _ in SIDES]
    together = rng.random() < 0.35
    if together:
        behaviours[1] = behaviours[0]
    for side, behaviour in zip(SIDES, behaviours):
        _draw(rng, angles, f'{side}_', ARM_BEHAVIOURS[behaviour][1])
        _draw(
            rng,
            angles,
            f'{side}_',
            dict(forearm_twist=(-50, 50), wrist=(-30, 40), fingers=(0, 65)),
        )
    if together:
        _mirror(rng, angles, ('arm_raise', 'arm_plane', 'arm_twist', 'elbow'))


def _choose(rng: np.random.Generator, behaviours: dict) -> str:
    names = list(behaviours)
    weights = np.array([behaviours[name][0] for name in names])
    return names[rng.choice(len(names), p=weights / weights.sum())]


def _draw(rng: np.random.Generator, angles: Dict[str, float], prefix: str, ranges: Ranges) -> None:
    for name, (low, high) in ranges.items():
        angles[prefix + name] = float(rng.uniform(low, high))


def _mirror(rng: np.random.Generator, angles: Dict[str, float], names: Tuple[str, ...]) -> None:
    """Let the right side do what the left does, within a few degrees."""
    for name in names:
        angles[f'right_{name}'] = angles[f'left_{name}'] + float(rng.normal(0, 6))

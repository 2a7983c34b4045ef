"""From joint angles to the rotations of the body model's bones.

All rotations are about the world's axes as they lie in the rest pose (x to
the body's left, y to its back, z up), relative to the bone's parent: anny's
'local-ref' parameterization. The right side is the left one mirrored.
"""

from typing import Dict, List, NamedTuple, Tuple

import numpy as np

from .pose import SIDES
from .rotation import about_axis, about_x, about_y, about_z, between

_MIRROR = np.diag([-1.0, 1.0, 1.0])
_SPINE = ('spine05', 'spine04', 'spine03', 'spine02', 'spine01')
_NECK = ('neck01', 'neck02', 'neck03', 'head')
# Arms may not enter these, metres, in the frame of the upper trunk of a
# middle-sized body: half widths of the trunk and the radius of the head.
_TRUNK_HALF_WIDTH = (0.165, 0.13)
_HEAD_RADIUS = 0.125
# A foot that is stretched further lies behind somebody who kneels, radians.
_TOES_BACK = np.radians(45)


def bone_rotations(angles: Dict[str, float], rest: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """Rotation (3, 3) of every bone that a pose moves.

    Args:
        angles (dict): Degrees, by the names of ``pose.JOINT_LIMITS_DEG``.
        rest (dict): Bone name -> (3,) position of its head in the rest pose.
    """
    radians = {name: np.radians(angle) for name, angle in angles.items()}
    pelvis = _pelvis(angles)
    rotations = {'root': about_z(radians['pelvis_yaw']) @ pelvis}
    for bones, region in ((_SPINE, 'spine'), (_NECK, 'neck')):
        step = _bend(radians, region, bones)
        rotations.update({bone: step for bone in bones})
    for side in SIDES:
        mirror = _mirror_of(side)
        limb = _limb(angles, side)
        bones = dict(
            _arm_rotations(limb, rest), **_leg_rotations(limb, rest, mirror @ pelvis @ mirror)
        )
        rotations.update(
            {
                f'{bone}.{side[0].upper()}': mirror @ rotation @ mirror
                for bone, rotation in bones.items()
            }
        )
    return rotations


def arms_are_free(angles: Dict[str, float], rest: Dict[str, np.ndarray]) -> bool:
    """Whether elbows, forearms and hands stay outside trunk and head.

    Args:
        angles (dict): Degrees, by the names of ``pose.JOINT_LIMITS_DEG``.
        rest (dict): Bone name -> (3,) position of its head in the rest pose.
    """
    head_centre = rest['head'] + (0, 0, 0.04)
    for side in SIDES:
        for point in _arm_points(_limb(angles, side), rest):
            radius = np.hypot(*(point[:2] / _TRUNK_HALF_WIDTH))
            if radius < 1 and -0.1 < point[2] < rest['neck01'][2]:
                return False
            if np.linalg.norm(point - head_centre) < _HEAD_RADIUS:
                return False
    return True


class LimbPlaces(NamedTuple):
    """Three joints of a limb on a middle body whose root is at 0, metres.

    Attributes:
        near: (3,), hip or shoulder.
        middle: (3,), knee or elbow.
        far: (3,), ankle or wrist.
    """

    near: np.ndarray
    middle: np.ndarray
    far: np.ndarray


def leg_places(angles: Dict[str, float], side: str, rest: Dict[str, np.ndarray]) -> LimbPlaces:
    """Hip, knee and ankle of a pose.

    Args:
        angles (dict): Degrees, by the names of ``pose.JOINT_LIMITS_DEG``.
        side (str): 'left' or 'right'.
        rest (dict): Bone name -> (3,) position of its head in the rest pose.
    """
    mirror = _mirror_of(side)
    pelvis = _pelvis(angles)
    bones = _leg_rotations(_limb(angles, side), rest, mirror @ pelvis @ mirror)
    turn = about_z(np.radians(angles['pelvis_yaw'])) @ pelvis @ mirror
    hip = turn @ (rest['upperleg01.L'] - rest['root'])
    turn = turn @ bones['upperleg01']
    knee = hip + turn @ (rest['lowerleg01.L'] - rest['upperleg01.L'])
    turn = turn @ bones['lowerleg01']
    return LimbPlaces(hip, knee, knee + turn @ (rest['foot.L'] - rest['lowerleg01.L']))


def arm_places(angles: Dict[str, float], side: str, rest: Dict[str, np.ndarray]) -> LimbPlaces:
    """Shoulder, elbow and wrist of a pose. Args: See :func:`leg_places`."""
    mirror = _mirror_of(side)
    turn = about_z(np.radians(angles['pelvis_yaw'])) @ _pelvis(angles)
    step = _bend({name: np.radians(angle) for name, angle in angles.items()}, 'spine', _SPINE)
    chain = ('root', *_SPINE)
    place = np.zeros(3)
    for bone, following in zip(chain, _SPINE):
        place = place + turn @ (rest[following] - rest[bone])
        turn = turn @ step
    clavicle = place + turn @ (mirror @ rest['clavicle.L'] - rest[_SPINE[-1]])
    shoulder, elbow, wrist = _bent_arm(_limb(angles, side), rest)
    turn = turn @ mirror
    return LimbPlaces(
        *(clavicle + turn @ (joint - rest['clavicle.L']) for joint in (shoulder, elbow, wrist))
    )


def direction(raised: float, plane: float) -> np.ndarray:
    """Unit vector of a left limb raised by an angle in a vertical plane.

    Args:
        raised (float): 0 = down, pi = up.
        plane (float): 0 = forward (-y), pi / 2 = to the left (+x).
    """
    return np.array(
        [np.sin(raised) * np.sin(plane), -np.sin(raised) * np.cos(plane), -np.cos(raised)]
    )


def _mirror_of(side: str) -> np.ndarray:
    return _MIRROR if side == 'right' else np.eye(3)


def _pelvis(angles: Dict[str, float]) -> np.ndarray:
    """The turn of the pelvis, but for the way it faces."""
    return about_y(np.radians(angles['pelvis_side'])) @ about_x(np.radians(angles['pelvis_tilt']))


def _bend(radians: Dict[str, float], region: str, bones: Tuple[str, ...]) -> np.ndarray:
    """The turn of each of the bones that share a bend."""
    flex, side, twist = (
        radians[f'{region}_{name}'] / len(bones) for name in ('flex', 'side', 'twist')
    )
    return about_z(twist) @ about_y(side) @ about_x(flex)


def _limb(angles: Dict[str, float], side: str) -> Dict[str, float]:
    """The angles of one side without the side's name, radians."""
    return {
        name[len(side) + 1 :]: np.radians(angle)
        for name, angle in angles.items()
        if name.startswith(side)
    }


def _arm_rotations(arm: Dict[str, float], rest: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    upper = rest['lowerarm01.L'] - rest['upperarm01.L']
    fore = rest['wrist.L'] - rest['lowerarm01.L']
    hinge = np.cross(upper, fore)
    aim = direction(arm['arm_raise'], arm['arm_plane'])
    # The shoulder girdle takes its part of a raised arm.
    girdle = about_y(-0.22 * max(arm['arm_raise'] - np.radians(40), 0.0))
    upper_arm = about_axis(aim, arm['arm_twist']) @ between(upper, aim)
    knuckle = rest['finger3-1.L'] - rest['wrist.L']
    curl_axis = np.cross(knuckle, rest['finger3-3.L'] - rest['finger3-1.L'])
    rotations = {
        'clavicle': girdle,
        'upperarm01': girdle.T @ upper_arm,
        'lowerarm01': about_axis(hinge, arm['elbow'] - _angle(upper, fore)),
        'lowerarm02': about_axis(fore, arm['forearm_twist']),
        'wrist': about_axis(curl_axis, arm['wrist']),
    }
    for finger in (2, 3, 4, 5):
        for phalanx in (1, 2, 3):
            rotations[f'finger{finger}-{phalanx}'] = about_axis(curl_axis, arm['fingers'])
    return rotations


def _bent_arm(arm: Dict[str, float], rest: Dict[str, np.ndarray]) -> Tuple[np.ndarray, ...]:
    """Shoulder, elbow and wrist in the trunk's frame, left side, metres."""
    rotations = _arm_rotations(arm, rest)
    girdle = rotations['clavicle']
    shoulder = rest['clavicle.L'] + girdle @ (rest['upperarm01.L'] - rest['clavicle.L'])
    upper_arm = girdle @ rotations['upperarm01']
    elbow = shoulder + upper_arm @ (rest['lowerarm01.L'] - rest['upperarm01.L'])
    fore = upper_arm @ rotations['lowerarm01'] @ (rest['wrist.L'] - rest['lowerarm01.L'])
    return shoulder, elbow, elbow + fore


def _arm_points(arm: Dict[str, float], rest: Dict[str, np.ndarray]) -> List[np.ndarray]:
    """Elbow, forearm and hand in the trunk's frame, left side, metres."""
    _, elbow, wrist = _bent_arm(arm, rest)
    # 1.35 forearms reach from the elbow to the middle of the hand.
    return [elbow + share * (wrist - elbow) for share in (0.0, 0.35, 0.7, 1.0, 1.35)]


def _leg_rotations(
    leg: Dict[str, float], rest: Dict[str, np.ndarray], pelvis: np.ndarray
) -> Dict[str, np.ndarray]:
    thigh = rest['lowerleg01.L'] - rest['upperleg01.L']
    shank = rest['foot.L'] - rest['lowerleg01.L']
    aim = pelvis.T @ direction(leg['thigh_raise'], leg['thigh_plane'])
    upper_leg = about_axis(aim, leg['thigh_twist']) @ between(thigh, aim)
    # Only the bend in the sagittal plane counts as rest flexion.
    rest_flexion = np.arctan2(shank[1], -shank[2]) - np.arctan2(thigh[1], -thigh[2])
    knee = about_x(leg['knee'] - rest_flexion)
    return {
        'upperleg01': upper_leg,
        'lowerleg01': knee,
        'foot': about_x(_flat_foot(pelvis @ upper_leg @ knee, leg)),
    }


def _flat_foot(lower_leg: np.ndarray, leg: Dict[str, float]) -> float:
    """Ankle angle: sole to the floor on a leg that stands, else as drawn."""
    lifted = leg['thigh_raise'] > np.radians(35) and leg['knee'] < np.radians(40)
    if lifted or leg['ankle'] > _TOES_BACK:
        return leg['ankle']
    flat = np.arctan2(-lower_leg[2, 1], lower_leg[2, 2])
    return float(np.clip(flat, np.radians(-30), np.radians(40)))


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))

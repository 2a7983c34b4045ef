"""ITOP's joints where ITOP's labels have them on real bodies.

:func:`itop_joints` takes the body model's centres of rotation. The labels of
ITOP come from a tracker that fits a body model of its own to the surface that
the camera sees (Haque et al., ECCV 2016, section 4), and lie elsewhere: in
front of the bones, on the inside of a bent elbow, on the kneecap, at the ankle
rather than on the heel. Its arms' parts are as long as each other, its shanks
shorter than its thighs.
"""

from typing import Dict

import numpy as np

from .body import Body
from .joints import ITOP_JOINTS, itop_joints

# Centimetres on a person whose shoulders are 36 cm apart. Two sources agree on
# them: the medians of "prediction minus label" of a network that was trained
# on ``itop_joints`` and saw ITOP's front view, and how deep joints lie beneath
# the surface (ITOP's labels: head 8, shoulders 2, elbows 1.5, hands 0, torso
# 9.5, hips 9, knees 4 cm). Rounded to half centimetres, left as right.
# Where along a limb joints lie is by the lengths of 4,863 labels of the front
# test frames (median, cm, trunks scaled to ours by 1 / 1.18): upper arm 27.4,
# forearm and hand 27.9, shank 41.0, shoulders 31.
# ``ahead`` points out of the chest, ``up`` along the trunk, ``inward`` to the
# other side; ``limb`` along the limb's part that ends at the joint, outwards;
# ``bend`` to the inside of a bent elbow or to the kneecap, ahead while the limb
# is straight; ``toes`` along the foot.
SHIFTS_CM: Dict[str, Dict[str, float]] = {
    'neck': dict(ahead=4.),       # between the collar bones, not the shoulders
    'shoulder': dict(ahead=5., inward=2.),  # front of the deltoid
    'elbow': dict(bend=6., limb=3.5),  # crook of the arm, where the forearm is widest
    'hand': dict(ahead=1.5, limb=1.5),  # skin rather than bone
    'torso': dict(up=3.),         # lower end of the breast bone
    'hip': dict(ahead=2.5, up=2.),  # front of the pelvis, above the joint
    'knee': dict(bend=5.),        # kneecap
    'foot': dict(toes=4.5, limb=-5.),  # front of the ankle
}  # yapf: disable
_SHOULDERS_CM = 36.0
# A limb that bends by more than this, metres off the straight line, says
# itself where the inside of the bend is.
_STRAIGHT_M = 0.08
_LIMBS = dict(elbow=('shoulder', 'hand', -1), knee=('hip', 'foot', 1))
_BEFORE = dict(elbow='shoulder', hand='elbow', knee='hip', foot='knee')


def itop_label_joints(body: Body) -> np.ndarray:
    """The 15 joints of ITOP, as its labels place them.

    Args:
        body (Body): A posed person.

    Returns:
        np.ndarray: (15, 3), world frame, metres, in the order of
        ``ITOP_JOINTS``.
    """
    bones = dict(zip(ITOP_JOINTS, itop_joints(body)))
    across = bones['left_shoulder'] - bones['right_shoulder']
    outward = dict(left=across, right=-across)
    cm = np.linalg.norm(across) / _SHOULDERS_CM
    up = bones['neck'] - (bones['left_hip'] + bones['right_hip']) / 2
    up = up / np.linalg.norm(up)
    ahead = np.cross(across, up)
    ahead = ahead / np.linalg.norm(ahead)
    placed = {}
    for name, joint in bones.items():
        side, _, kind = name.rpartition('_')
        shift = SHIFTS_CM.get(kind, {})
        move = shift.get('ahead', 0.0) * ahead + shift.get('up', 0.0) * up
        if 'inward' in shift:
            move = move - shift['inward'] * outward[side] / np.linalg.norm(across)
        if 'limb' in shift:
            part = joint - bones[f'{side}_{_BEFORE[kind]}']
            move = move + shift['limb'] * part / np.linalg.norm(part)
        if 'bend' in shift:
            start, end, sign = _LIMBS[kind]
            move = move + shift['bend'] * _bend_side(
                bones[f'{side}_{start}'], joint, bones[f'{side}_{end}'], sign, ahead
            )
        if 'toes' in shift:
            suffix = '.L' if side == 'left' else '.R'
            toes = body.bones['toe3-1' + suffix] - body.bones['foot' + suffix]
            move = move + shift['toes'] * toes / np.linalg.norm(toes)
        placed[name] = joint + cm * move
    return np.stack([placed[name] for name in ITOP_JOINTS])


def _bend_side(
    start: np.ndarray, joint: np.ndarray, end: np.ndarray, sign: int, ahead: np.ndarray
) -> np.ndarray:
    """Where a limb's joint moves: at most a unit vector, across the limb."""
    along = (end - start) / max(np.linalg.norm(end - start), 1e-6)
    bent = joint - start
    bent = sign * (bent - along * (bent @ along))
    towards = bent + _STRAIGHT_M * (ahead - along * (ahead @ along))
    return towards / (np.linalg.norm(towards) + 0.02)

"""From the body's bones to the joints that K2HPD and ITOP annotate.

The offsets were chosen so that the proportions agree with the labels of
K2HPD's training split and of ITOP's valid test frames; docs/synthetic_data.md
lists both sides.
"""

from typing import Dict

import numpy as np

from ..formats.itop import ITOP_JOINTS
from ..formats.k2hpd import K2HPD_JOINTS
from .body import Body


def k2hpd_joints(body: Body) -> np.ndarray:
    """The 19 joints of K2HPD, which are those of Kinect's second SDK.

    Args:
        body (Body): A posed person.

    Returns:
        np.ndarray: (19, 3), world frame, metres, in the order of
        ``K2HPD_JOINTS``.
    """
    joints = _common_joints(body)
    bones = body.bones
    joints['neck'] = _between(bones['neck01'], bones['head'], 0.12)
    joints['mid_spine'] = _between(bones['spine02'], bones['spine01'], 0.45)
    joints['spine_shoulder'] = _between(bones['spine01'], bones['neck01'], 0.7)
    joints['spine_base'] = _mid_hips(body)
    # The bones run along the back; the labels lie amid the trunk.
    forward = _forward(body)
    for name, share in (
        ('mid_spine', 0.3),
        ('spine_shoulder', 0.1),
        ('spine_base', 0.2),
        ('left_hip', 0.2),
        ('right_hip', 0.2),
    ):
        joints[name] = joints[name] + share * forward
    for side in ('left', 'right'):
        # Kinect's hips lie nearer to each other than the hip joints.
        joints[f'{side}_hip'] = _between(joints['spine_base'], joints[f'{side}_hip'], 0.72)
    return np.stack([joints[name] for name in K2HPD_JOINTS])


def itop_joints(body: Body) -> np.ndarray:
    """The 15 joints of ITOP: the neck lies between the shoulders.

    Args:
        body (Body): A posed person.

    Returns:
        np.ndarray: (15, 3), world frame, metres, in the order of
        ``ITOP_JOINTS``.
    """
    joints = _common_joints(body)
    joints['neck'] = _between(joints['left_shoulder'], joints['right_shoulder'], 0.5)
    hips = _mid_hips(body)
    joints['torso'] = _between(joints['neck'], hips, 0.5)
    for side in ('left', 'right'):
        # ITOP's hips lie some centimetres above the hip joints.
        joints[f'{side}_hip'] = (
            joints[f'{side}_hip'] + 0.06 * (joints['neck'] - hips) + 0.1 * _forward(body)
        )
    # The labels lie some 9 cm inside the trunk, the bones along the back.
    joints['torso'] = joints['torso'] + 0.17 * _forward(body)
    return np.stack([joints[name] for name in ITOP_JOINTS])


def _common_joints(body: Body) -> Dict[str, np.ndarray]:
    bones = body.bones
    neck_length = np.linalg.norm(bones['head'] - bones['neck01'])
    joints = dict(
        head=bones['head'] + body.head_rotation @ (0, -0.15 * neck_length, 0.4 * neck_length)
    )
    for side, suffix in (('left', '.L'), ('right', '.R')):
        wrist = bones['wrist' + suffix]
        joints.update(
            {
                f'{side}_shoulder': bones['upperarm01' + suffix],
                f'{side}_elbow': bones['lowerarm01' + suffix],
                f'{side}_wrist': wrist,
                f'{side}_hand': _between(wrist, bones['finger3-1' + suffix], 0.6),
                f'{side}_hip': bones['upperleg01' + suffix],
                f'{side}_knee': bones['lowerleg01' + suffix],
                f'{side}_foot': _between(bones['foot' + suffix], bones['toe3-1' + suffix], 0.1),
            }
        )
    return joints


def _mid_hips(body: Body) -> np.ndarray:
    return _between(body.bones['upperleg01.L'], body.bones['upperleg01.R'], 0.5)


def _forward(body: Body) -> np.ndarray:
    """Out of the chest, as long as the shoulders are wide."""
    left = body.bones['upperarm01.L']
    across = left - body.bones['upperarm01.R']
    up = left - across / 2 - _mid_hips(body)
    return np.cross(across, up) / np.linalg.norm(up)


def _between(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """The point that lies ``share`` of the way from a to b."""
    return a + share * (b - a)

"""The posed right hand, cut at the wrist.

Hand frame: the wrist at the origin, the fingers along +y, the thumb on the +z
side, the palm facing -x; metres.
"""

import functools
from typing import Dict, NamedTuple

import numpy as np

from ..formats.astar import FINGERS
from .anny_model import AnnyModel, load_model
from .rotation import about_axis, about_x, about_y

_PALM = np.array([-1.0, 0.0, 0.0])
# Where the thumb bends to: across the palm.
_ACROSS = np.array([-0.3, 0.3, -1.0])
# The joint at the tip is the middle of the last millimetres of the finger.
_TIP_M = 0.008


class Hand(NamedTuple):
    """A posed hand in the hand frame, metres.

    Attributes:
        vertices: (V, 3).
        joints: (20, 3), in the order of ``ASTAR_JOINTS``.
    """

    vertices: np.ndarray
    joints: np.ndarray


class HandModel(AnnyModel):
    """Builds hands. Use ``load_hand_model``."""

    def __init__(self) -> None:
        super().__init__(rig='anny-hand.R', topology='hand.R')
        rest = self.move({}, {})
        self.rest = rest.bones
        # anny turns bones about the axes of the whole body's rest pose.
        self._to_body = rest.rest_poses['root'][:3, :3].astype(float)
        self._tips = [self._tip_of(rest.vertices, number) for number in range(1, 6)]

    def pose(self, phenotype: Dict[str, float], angles_deg: Dict[str, float]) -> Hand:
        """Shape and pose one hand.

        Args:
            phenotype (dict): Whose hand, see :meth:`AnnyModel.move`.
            angles_deg (dict): By the names of ``HAND_LIMITS_DEG``.
        """
        moved = self.move(
            phenotype,
            {
                bone: self._to_body @ rotation @ self._to_body.T
                for bone, rotation in hand_rotations(angles_deg, self.rest).items()
            },
        )
        tips = [moved.vertices[indices].mean(axis=0) for indices in self._tips]
        joints = [
            moved.bones['wrist.R'],
            moved.bones['finger1-2.R'],
            moved.bones['finger1-3.R'],
            tips[0],
        ]
        for number in (2, 3, 4, 5):
            joints += [moved.bones[f'finger{number}-{k}.R'] for k in (1, 2, 3)]
            joints.append(tips[number - 1])
        return Hand(moved.vertices, np.stack(joints))

    def _tip_of(self, vertices: np.ndarray, number: int) -> np.ndarray:
        """Indices of the vertices at the end of a finger."""
        start, end = (self.rest[f'finger{number}-{k}.R'] for k in (2, 3))
        own = np.flatnonzero(self.vertex_bones == f'finger{number}-3.R')
        along = vertices[own] @ ((end - start) / np.linalg.norm(end - start))
        return own[along > along.max() - _TIP_M]


@functools.lru_cache(maxsize=1)
def load_hand_model() -> HandModel:
    """The hand model, built once per process.

    Raises:
        ImportError: If ``anny`` or ``warp-lang`` is not installed.
    """
    return load_model(HandModel)


def hand_rotations(
    angles_deg: Dict[str, float], rest: Dict[str, np.ndarray]
) -> Dict[str, np.ndarray]:
    """Rotation (3, 3) of every bone that a pose of the hand moves.

    Args:
        angles_deg (dict): Degrees, by the names of ``HAND_LIMITS_DEG``.
        rest (dict): Bone name -> (3,) position of its head in the rest pose.
    """
    angles = {name: np.radians(angle) for name, angle in angles_deg.items()}
    rotations = {}
    for number, finger in enumerate(FINGERS, start=2):
        along = rest[f'finger{number}-2.R'] - rest[f'finger{number}-1.R']
        hinge = np.cross(along, _PALM)
        for k, joint in enumerate(('mcp', 'pip', 'dip'), start=1):
            rotations[f'finger{number}-{k}.R'] = about_axis(hinge, angles[f'{finger}_{joint}'])
        first = f'finger{number}-1.R'
        rotations[first] = about_x(angles[f'{finger}_spread']) @ rotations[first]
    along = rest['finger1-3.R'] - rest['finger1-2.R']
    hinge = np.cross(along, _ACROSS)
    rotations.update(
        {
            'finger1-1.R': about_y(-angles['thumb_oppose']) @ about_x(-angles['thumb_raise']),
            'finger1-2.R': about_axis(hinge, angles['thumb_mcp']),
            'finger1-3.R': about_axis(hinge, angles['thumb_ip']),
        }
    )
    return rotations

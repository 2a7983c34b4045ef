"""A posed, dressed person on the floor."""

from typing import Dict, NamedTuple, Optional

import numpy as np

from .body import Body, load_body_model, sample_phenotype
from .clothing import dress
from .pose import sample_pose
from .room import seat
from .shapes import Mesh
from .skeleton import arms_are_free, bone_rotations


class Person(NamedTuple):
    """A person in the world frame (z up, floor at z = 0), metres.

    Attributes:
        body: The bare body, before it was put on the floor.
        rise: (3,), what puts it on the floor.
        mesh: Vertices (V, 3) with clothes, on the floor; faces (F, 3).
        hairy: (F,) bool, triangles of the hair.
        sits: Whether the pose needs a seat.
        yaw: Where the pelvis faces: 0 = -y, turning left, radians.
    """

    body: Body
    rise: np.ndarray
    mesh: Mesh
    hairy: np.ndarray
    sits: bool
    yaw: float

    @property
    def low(self) -> np.ndarray:
        """Lower corner (3,) of the box around the person."""
        return self.mesh[0].min(axis=0)

    @property
    def high(self) -> np.ndarray:
        """Upper corner (3,) of the box around the person."""
        return self.mesh[0].max(axis=0)

    def seat(self, rng: np.random.Generator) -> Mesh:
        """Something to sit on."""
        return seat(rng, self.body.bones['root'] + self.rise, self.yaw)


def make_person(
    pose_rng: np.random.Generator,
    body_rng: np.random.Generator,
    phenotype: Optional[Dict[str, float]] = None,
) -> Person:
    """Draw a person.

    Args:
        pose_rng (np.random.Generator): Randomness of the pose.
        body_rng (np.random.Generator): Randomness of body and clothes.
        phenotype (dict, optional): The body, see :meth:`BodyModel.pose`.
            Drawn where ``None``.

    Raises:
        ImportError: If ``anny`` or ``warp-lang`` is not installed.
    """
    rest = load_body_model().rest
    angles, legs = sample_pose(pose_rng, lambda drawn: arms_are_free(drawn, rest))
    if phenotype is None:
        phenotype = sample_phenotype(body_rng)
    return build_person(angles, legs == 'sit', phenotype, body_rng)


def build_person(
    angles: Dict[str, float],
    sits: bool,
    phenotype: Dict[str, float],
    clothes_rng: np.random.Generator,
) -> Person:
    """Pose and dress a person and put it on the floor.

    Args:
        angles (dict): Degrees, by the names of ``pose.JOINT_LIMITS_DEG``.
        sits (bool): Whether the pose needs a seat.
        phenotype (dict): The body, see :meth:`BodyModel.pose`.
        clothes_rng (np.random.Generator): Randomness of the clothes.
    """
    model = load_body_model()
    body = model.pose(phenotype, bone_rotations(angles, model.rest))
    dressed = dress(clothes_rng, body, model.faces, model.vertex_bones)
    rise = np.array((0, 0, -dressed.vertices[:, 2].min()))
    return Person(
        body,
        rise,
        (dressed.vertices + rise, model.faces),
        dressed.hair[model.faces].all(axis=1),
        sits,
        np.radians(angles['pelvis_yaw']),
    )

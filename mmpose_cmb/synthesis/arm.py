"""The arm behind a hand that is cut at the wrist: forearm, elbow, upper arm, sleeve.

The rim of the hand's mesh is drawn out along the arm, ring by ring. Lengths and
girths are rough ones of adults with a hand of 18 cm, spread widely, and grow with
the hand.
"""

from typing import Dict, List, NamedTuple

import numpy as np

from .rotation import about_axis, about_x, about_z, between
from .shapes import Mesh

_ALONG = np.array([0.0, -1.0, 0.0])
# Centimetres behind the wrist and of the girth, a bare arm.
_FOREARM = ((0.0, 16.5), (0.03, 16.5), (0.07, 18.0), (0.12, 22.0), (0.18, 27.0), (0.24, 28.0))
_GIRTH_UPPER = 31.0
# Wrist and elbow bend over these lengths; behind the wrist the arm is round.
_BEND_M, _ELBOW_M, _ROUND_FROM_M = 0.03, 0.06, 0.05
_RING_SPACING_M = 0.015
# Of a sleeve, standard deviation of the girth's factor.
_FOLD = 0.06
_ADULT_HAND_M = 0.18


class Arm(NamedTuple):
    """An arm in the hand frame, metres.

    Attributes:
        mesh: It begins at the rim of the hand's mesh.
        elbow: (3,), middle of the arm.
        shoulder: (3,), the other end.
    """

    mesh: Mesh
    elbow: np.ndarray
    shoulder: np.ndarray


class ArmShape(NamedTuple):
    """How an arm is built and held.

    Attributes:
        flexion: Of the wrist, the palm towards the forearm, radians.
        deviation: Of the wrist, towards the little finger, radians.
        upper: (3,), direction from the elbow to the shoulder, hand frame.
        forearm_m: Length.
        upper_m: Length.
        girth: Factor on a middle arm's.
        sleeve_m: Where a sleeve begins, behind the wrist; infinite: none.
        looseness: Of the sleeve, factor on the girth.
    """

    flexion: float
    deviation: float
    upper: np.ndarray
    forearm_m: float
    upper_m: float
    girth: float
    sleeve_m: float
    looseness: float


def sample_arm(rng: np.random.Generator, hand_m: float, upper: np.ndarray) -> ArmShape:
    """Draw an arm.

    Args:
        rng (np.random.Generator): Source of randomness.
        hand_m (float): Length of the hand.
        upper (np.ndarray): (3,), where the shoulder roughly lies from the
            elbow, hand frame.
    """
    size = hand_m / _ADULT_HAND_M
    return ArmShape(
        np.radians(np.clip(rng.normal(0, 22), -60, 60)),
        np.radians(np.clip(rng.normal(5, 10), -20, 30)),
        upper,
        size * rng.uniform(0.23, 0.27),
        size * rng.uniform(0.26, 0.32),
        float(np.clip(rng.normal(1, 0.1), 0.8, 1.3)) * size,
        rng.uniform(0.0, 0.22) if rng.random() < 0.6 else np.inf,
        rng.uniform(1.05, 1.5),
    )


def rim_of(faces: np.ndarray) -> np.ndarray:
    """Vertices of a mesh's only rim, in order around it.

    Args:
        faces (np.ndarray): (F, 3), of a mesh with one hole.
    """
    directed = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = {tuple(edge) for edge in directed.tolist()}
    after: Dict[int, int] = {a: b for a, b in there if (b, a) not in there}
    rim: List[int] = [next(iter(after))]
    while after[rim[-1]] != rim[0]:
        rim.append(after[rim[-1]])
    return np.array(rim)


def draw_out(rim: np.ndarray, shape: ArmShape, folds: np.ndarray) -> Arm:
    """The arm of a hand.

    Args:
        rim (np.ndarray): (R, 3), in order around the wrist, hand frame.
        shape (ArmShape): The arm.
        folds (np.ndarray): (S, R), of the sleeve, standard normal; S rings
            repeat along the arm.
    """
    middle = rim.mean(axis=0)
    forearm = about_z(shape.flexion) @ about_x(shape.deviation) @ _ALONG
    circle = _circle_of(rim - middle)
    positions = np.arange(0, shape.forearm_m + shape.upper_m, _RING_SPACING_M)
    rings, centre, elbow, turn, along = [], middle, middle, np.eye(3), _ALONG
    for number, s in enumerate(positions):
        wanted = partly_turned(_ALONG, forearm, s / _BEND_M)
        if s > shape.forearm_m - _ELBOW_M / 2:
            past = (s - shape.forearm_m) / _ELBOW_M + 0.5
            wanted = partly_turned(forearm, shape.upper, past)
        # The shortest turn from ring to ring: the arm does not twist.
        turn, along = between(along, wanted) @ turn, wanted
        if number:
            centre = centre + along * _RING_SPACING_M
        if s <= shape.forearm_m:
            elbow = centre
        rounded = np.clip(s / _ROUND_FROM_M, 0, 1)
        outline = (1 - rounded) * (rim - middle) + rounded * circle
        factor = np.full((len(rim), 1), girth_factor(s, shape))
        if s >= shape.sleeve_m:
            factor = factor * shape.looseness + _FOLD * folds[number % len(folds)][:, None]
        rings.append(centre + (outline * factor) @ turn.T)
    return Arm(_mesh_of_rings(np.array(rings)), elbow, centre)


def partly_turned(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Direction (3,) on the way from one to the other.

    Args:
        start (np.ndarray): (3,), of length 1.
        end (np.ndarray): (3,), of length 1.
        share (float): Of the angle between them; is clipped to 0-1.
    """
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return start
    angle = np.arctan2(sine, start @ end)
    return about_axis(axis, float(np.clip(share, 0, 1)) * angle) @ start


def girth_factor(s: float, shape: ArmShape) -> float:
    """The arm's girth over that at the rim, ``s`` metres behind it."""
    at, girths = np.array(_FOREARM).T
    forearm = np.interp(s / shape.forearm_m * at[-1], at, girths)
    upper = np.interp(s - shape.forearm_m, (0, shape.upper_m), (girths[-1], _GIRTH_UPPER))
    grown = (forearm if s < shape.forearm_m else upper) / girths[0]
    # The rim is the hand's own.
    share = np.clip(s / 0.06, 0, 1)
    return float((1 - share) + share * grown * shape.girth)


def _circle_of(outline: np.ndarray) -> np.ndarray:
    """The circle (R, 3) across the arm that an outline (R, 3) becomes."""
    across = outline[0] - (outline[0] @ _ALONG) * _ALONG
    across /= np.linalg.norm(across)
    beside = np.cross(_ALONG, across)
    if outline[1] @ beside < 0:
        beside = -beside
    angles = np.linspace(0, 2 * np.pi, len(outline), endpoint=False)
    radius = np.linalg.norm(outline, axis=1).mean()
    return radius * (np.outer(np.cos(angles), across) + np.outer(np.sin(angles), beside))


def _mesh_of_rings(rings: np.ndarray) -> Mesh:
    """A tube (S, R, 3), closed at its end."""
    count, around, _ = rings.shape
    faces = []
    this = np.arange(around)
    after = np.roll(this, -1)
    for k in range(count - 1):
        low, high = k * around, (k + 1) * around
        faces.append(np.stack([low + this, low + after, high + this], 1))
        faces.append(np.stack([low + after, high + after, high + this], 1))
    end = (count - 1) * around
    faces.append(np.stack([end + this, end + after, np.full(around, count * around)], 1))
    vertices = np.concatenate([rings.reshape(-1, 3), rings[-1].mean(axis=0, keepdims=True)])
    return vertices, np.concatenate(faces)

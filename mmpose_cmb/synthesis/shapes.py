"""Triangle meshes of simple solids: ``(vertices (V, 3), faces (F, 3))``."""

from typing import List, Tuple

import numpy as np

from .rotation import about_z

Mesh = Tuple[np.ndarray, np.ndarray]

_BOX_CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
_BOX_FACES = np.array(
    [
        (0, 1, 3),
        (0, 3, 2),
        (4, 6, 7),
        (4, 7, 5),
        (0, 4, 5),
        (0, 5, 1),
        (2, 3, 7),
        (2, 7, 6),
        (0, 2, 6),
        (0, 6, 4),
        (1, 5, 7),
        (1, 7, 3),
    ]
)


def box(low: np.ndarray, high: np.ndarray) -> Mesh:
    """An axis-aligned box between two corners, metres."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    return low + _BOX_CORNERS * (high - low), _BOX_FACES


def level(half_width: float, height: float) -> Mesh:
    """A horizontal square about the z axis, such as a floor."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    return (
        np.column_stack([half_width * corners, np.full(4, height)]),
        np.array([(0, 1, 2), (0, 2, 3)]),
    )


def cylinder(radius_low: float, radius_high: float, height: float, sides: int = 16) -> Mesh:
    """An upright (truncated) cone on z = 0 about the z axis, with lids."""
    angle = np.arange(sides) * 2 * np.pi / sides
    ring = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    vertices = np.concatenate(
        [radius_low * ring, radius_high * ring + (0, 0, height), [(0, 0, 0), (0, 0, height)]]
    )
    this, after = np.arange(sides), np.roll(np.arange(sides), -1)
    bottom, top = np.full(sides, 2 * sides), np.full(sides, 2 * sides + 1)
    faces = np.concatenate(
        [
            np.stack([this, after, this + sides], 1),
            np.stack([after, after + sides, this + sides], 1),
            np.stack([after, this, bottom], 1),
            np.stack([this + sides, after + sides, top], 1),
        ]
    )
    return vertices, faces


def sheet(x: np.ndarray, y: np.ndarray, height: float) -> Mesh:
    """A vertical sheet that stands on the polyline (x, y), such as a wall.

    Points on a straight line between their neighbours are left out: long thin
    triangles slow the ray casting down.
    """
    bends = np.abs(np.diff(np.diff(y) / np.diff(x))) > 1e-6
    kept = np.concatenate([[True], bends, [True]])
    x, y = x[kept], y[kept]
    count = len(x)
    vertices = np.concatenate(
        [np.stack([x, y, np.zeros(count)], 1), np.stack([x, y, np.full(count, height)], 1)]
    )
    this = np.arange(count - 1)
    faces = np.concatenate(
        [
            np.stack([this, this + 1, this + count], 1),
            np.stack([this + 1, this + count + 1, this + count], 1),
        ]
    )
    return vertices, faces


def leaves(rng: np.random.Generator, count: int, radius: float, low: float, high: float) -> Mesh:
    """Loose triangles in an upright cylinder: a plant, or clutter."""
    middle = rng.uniform((-radius, -radius, low), (radius, radius, high), (count, 3))
    corners = middle[:, None] + rng.normal(0, 0.09, (count, 3, 3))
    return corners.reshape(-1, 3), np.arange(3 * count).reshape(-1, 3)


def place(mesh: Mesh, yaw: float, position: np.ndarray) -> Mesh:
    """Turn a mesh about z by ``yaw`` (radians), then move it."""
    return mesh[0] @ about_z(yaw).T + np.asarray(position, float), mesh[1]


def merge(meshes: List[Mesh]) -> Mesh:
    """One mesh of several."""
    offsets = np.cumsum([0] + [len(vertices) for vertices, _ in meshes])
    return (
        np.concatenate([vertices for vertices, _ in meshes]),
        np.concatenate([faces + offset for (_, faces), offset in zip(meshes, offsets)]),
    )

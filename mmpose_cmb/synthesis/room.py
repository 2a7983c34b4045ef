"""The surroundings: floor, walls, furniture and clutter, as one mesh.

World frame as in ``camera``: the person at the origin, the camera on the -y
side, z up, metres.
"""

from typing import List

import numpy as np

from .shapes import Mesh, box, cylinder, leaves, level, merge, place, sheet

_FLOOR_HALF_M = 12.0


def sample_room(
    rng: np.random.Generator, low: np.ndarray, high: np.ndarray, camera_position: np.ndarray
) -> Mesh:
    """Draw a room around a person.

    Most rooms have a back wall 0.15-3 m behind the person, perhaps with
    curtains, panels or pillars, side walls and a ceiling; a few are open.
    Up to seven pieces stand beside and behind the person, and sometimes one
    stands in the foreground beside the line of sight.

    Args:
        rng (np.random.Generator): Source of randomness.
        low (np.ndarray): (3,) lower corner of the body's box.
        high (np.ndarray): (3,) upper corner.
        camera_position (np.ndarray): (3,), on the -y side.
    """
    camera_distance_m = -camera_position[1]
    meshes = [level(_FLOOR_HALF_M, 0.0)]
    back = high[1] + (rng.uniform(0.15, 1.2) if rng.random() < 0.65 else rng.uniform(1.2, 3.0))
    left = low[0] - rng.uniform(0.5, 3)
    right = high[0] + rng.uniform(0.5, 3)
    if rng.random() < 0.93:
        meshes += _walls(rng, back, left, right, camera_position)
    for _ in range(rng.integers(0, 8)):
        meshes += _beside(rng, low, high, left, right, back)
    if rng.random() < 0.3:
        meshes += _foreground(rng, camera_distance_m)
    return merge(meshes)


def seat(rng: np.random.Generator, pelvis: np.ndarray, yaw: float) -> Mesh:
    """A stool, chair or box under a sitting person.

    Args:
        rng (np.random.Generator): Source of randomness.
        pelvis (np.ndarray): (3,) middle of the hips.
        yaw (float): Where the person faces: 0 = -y, turning left, radians.
    """
    top = max(pelvis[2] - 0.11, 0.15)
    half = rng.uniform(0.18, 0.27)
    kind = rng.integers(3)
    if kind == 0:
        parts = [box((-half, -half, 0), (half, half, top))]
    elif kind == 1:
        parts = [
            place(cylinder(half, half, 0.05), 0, (0, 0, top - 0.05)),
            cylinder(0.04, 0.04, top),
        ]
    else:
        parts = _chair(half, top, rng.uniform(0.35, 0.5))
    return place(merge(parts), yaw, (pelvis[0], pelvis[1], 0))


def _walls(
    rng: np.random.Generator, back: float, left: float, right: float, camera_position: np.ndarray
) -> List[Mesh]:
    height = max(rng.uniform(2.2, 3.2), camera_position[2] + 0.3)
    x = np.linspace(-8, 8, 161)
    y = np.full_like(x, back)
    if rng.random() < 0.4:  # curtains
        y = y - rng.uniform(0.01, 0.05) * (
            1 + np.sin(2 * np.pi * x / rng.uniform(0.15, 0.6) + rng.uniform(0, 6))
        )
    for _ in range(rng.integers(0, 4)):  # panels, doors, pillars
        centre, half = rng.uniform(-2.5, 2.5), rng.uniform(0.1, 0.7)
        y = y - (np.abs(x - centre) < half) * rng.uniform(-0.15, 0.2)
    meshes = [place(sheet(x, y, height), rng.normal(0, 0.08), (0, 0, 0))]
    near = camera_position[1] - 1
    for wall, share in ((left, 0.6), (right, 0.6)):
        if rng.random() < share:
            meshes.append(
                place(
                    sheet(np.array([near, back + 1]), np.zeros(2), height), np.pi / 2, (wall, 0, 0)
                )
            )
    if rng.random() < 0.7:
        meshes.append(level(_FLOOR_HALF_M, height))
    return meshes


def _beside(
    rng: np.random.Generator,
    low: np.ndarray,
    high: np.ndarray,
    left: float,
    right: float,
    back: float,
) -> List[Mesh]:
    """One piece of furniture that leaves the person's box free."""
    width, depth = rng.uniform(0.15, 0.6, 2)
    reach = np.hypot(width, depth)
    y = rng.uniform(low[1] - 0.8, back - 0.05)
    if y > high[1] + reach:
        x = rng.uniform(left, right)
    elif rng.random() < 0.5:
        x = rng.uniform(min(left, low[0] - reach) - 0.05, low[0] - reach)
    else:
        x = rng.uniform(high[0] + reach, max(right, high[0] + reach) + 0.05)
    return [place(_furniture(rng, width, depth), rng.uniform(-0.5, 0.5), (x, y, 0))]


def _furniture(rng: np.random.Generator, width: float, depth: float) -> Mesh:
    kind = rng.integers(6)
    if kind == 0:
        return box((-width, -depth, 0), (width, depth, rng.uniform(0.2, 2)))
    if kind == 1:
        top = rng.uniform(0.45, 1.05)
        return merge(_table(width, depth, top))
    if kind == 2:
        return merge(_chair(max(0.2, width / 2), 0.45, 0.45))
    if kind == 3:
        radius = rng.uniform(0.04, 0.3)
        return cylinder(radius, radius * rng.uniform(0.3, 1.2), rng.uniform(0.3, 2.2))
    if kind == 4:
        top = rng.uniform(0.6, 1.8)
        return merge(
            [cylinder(0.15, 0.18, 0.3), leaves(rng, 60, rng.uniform(0.15, 0.45), 0.3, top)]
        )
    return merge(_shelf(width, depth, rng.uniform(0.8, 2.1)))


def _foreground(rng: np.random.Generator, camera_distance_m: float) -> List[Mesh]:
    """A piece between camera and person, left or right of the line."""
    side = rng.choice((-1, 1))
    y = -camera_distance_m * rng.uniform(0.25, 0.7)
    # Beside the cone in which the person is seen.
    room_for_person = 0.75 * (1 + y / camera_distance_m) + 0.25
    width = rng.uniform(0.1, 0.4)
    x = side * (room_for_person + width + rng.uniform(0, 0.6))
    return [place(_furniture(rng, width, 0.2), 0, (x, y, 0))]


def _legs(half_x: float, half_y: float, top: float) -> List[Mesh]:
    thickness = 0.04
    return [
        box(
            (x * half_x - (x > 0) * thickness, y * half_y - (y > 0) * thickness, 0),
            (x * half_x + (x < 0) * thickness, y * half_y + (y < 0) * thickness, top),
        )
        for x in (-1, 1)
        for y in (-1, 1)
    ]


def _table(half_x: float, half_y: float, top: float) -> List[Mesh]:
    return _legs(half_x, half_y, top) + [
        box((-half_x, -half_y, top - 0.04), (half_x, half_y, top))
    ]


def _chair(half: float, top: float, back: float) -> List[Mesh]:
    """A chair that faces -y."""
    return _table(half, half, top) + [box((-half, half - 0.04, top), (half, half, top + back))]


def _shelf(half_x: float, half_y: float, height: float) -> List[Mesh]:
    boards = [
        box((-half_x, -half_y, z), (half_x, half_y, z + 0.03))
        for z in np.linspace(0.05, height, 5)
    ]
    sides = [box((x, -half_y, 0), (x + 0.03, half_y, height)) for x in (-half_x, half_x - 0.03)]
    return boards + sides + [box((-half_x, half_y - 0.02, 0), (half_x, half_y, height))]

"""What people in rooms sit on, lie on and stand behind, as meshes."""

from typing import List

import numpy as np

from .person import Person
from .room import seat
from .shapes import Mesh, box, merge, place


def sofa(rng: np.random.Generator, person: Person) -> Mesh:
    """A sofa or an armchair under somebody who sits."""
    pelvis = person.body.bones['root'] + person.rise
    top = max(pelvis[2] - 0.1, 0.15)
    half, deep = rng.uniform(0.3, 1.0), rng.uniform(0.22, 0.4)
    high = top + rng.uniform(0.25, 0.55)
    parts = [
        box((-half, -deep, 0), (half, deep, top)),
        box((-half, deep - 0.05, 0), (half, deep + 0.15, high)),
    ]
    if rng.random() < 0.7:
        arm = top + rng.uniform(0.1, 0.25)
        parts += [box((x, -deep, 0), (x + 0.15, deep, arm)) for x in (-half - 0.15, half)]
    return place(merge(parts), person.yaw, (pelvis[0], pelvis[1], 0))


def something_to_sit_on(rng: np.random.Generator, person: Person) -> Mesh:
    """A stool, a chair, a box, an armchair or a sofa."""
    if rng.random() < 0.35:
        return sofa(rng, person)
    return seat(rng, person.body.bones['root'] + person.rise, person.yaw)


def bed(rng: np.random.Generator, person: Person, height: float) -> Mesh:
    """A bed or a couch whose top is ``height`` (metres) over the floor."""
    low, high = person.low, person.high
    middle, half = (low + high) / 2, (high - low) / 2
    along_x = half[0] > half[1]
    wide = rng.uniform(0.4, 0.95)
    size = (max(1.02, half[0]), wide) if along_x else (wide, max(1.02, half[1]))
    parts = [box((-size[0], -size[1], 0), (size[0], size[1], height))]
    if rng.random() < 0.5:  # the board at its end, or the back of a couch
        parts.append(
            box((-size[0], size[1], 0), (size[0], size[1] + 0.12, height + rng.uniform(0.1, 0.5)))
        )
    return place(merge(parts), 0.0, (middle[0], middle[1], 0))


def table_before(rng: np.random.Generator, person: Person, sits: bool) -> Mesh:
    """A table or a counter that the person faces."""
    pelvis = person.body.bones['root'] + person.rise
    top = rng.uniform(0.6, 0.8) if sits else rng.uniform(0.72, 1.1)
    half_x, half_y = rng.uniform(0.35, 1.4), rng.uniform(0.25, 0.5)
    gap = rng.uniform(0.12, 0.4) + (rng.uniform(0.0, 0.25) if sits else 0.0)
    closed = rng.random() < 0.5
    facing = np.array((np.sin(person.yaw), -np.cos(person.yaw)))
    across = np.array((facing[1], -facing[0]))
    middle = pelvis[:2] + facing * (gap + half_y) + across * rng.uniform(-0.7, 0.7) * half_x
    parts = _counter(half_x, half_y, top) if closed else _table(half_x, half_y, top)
    parts += _clutter(rng, half_x, half_y, top)
    return place(merge(parts), person.yaw, (*middle, 0.0))


def piece_in_front(
    rng: np.random.Generator, low: np.ndarray, high: np.ndarray, camera_distance_m: float
) -> Mesh:
    """Something between the camera and the person: it hides the lower part.

    Args:
        rng (np.random.Generator): Source of randomness.
        low (np.ndarray): (3,) lower corner of the person's box.
        high (np.ndarray): (3,) upper corner.
        camera_distance_m (float): The camera is at y = -distance.
    """
    half_x, half_y = rng.uniform(0.12, 1.2), rng.uniform(0.05, 0.4)
    near, far = -camera_distance_m + 0.5 + half_y, low[1] - half_y - 0.03
    y = far - rng.random() * min(max(far - near, 0.0), 1.4)
    top = rng.uniform(0.3, 0.75) * max(high[2], 0.7)
    x = (low[0] + high[0]) / 2 + rng.choice((-1, 1)) * rng.uniform(0, half_x + 0.25)
    closed = rng.random() < 0.7
    parts = _counter(half_x, half_y, top) if closed else _table(half_x, half_y, top)
    parts += _clutter(rng, half_x, half_y, top)
    return place(merge(parts), rng.normal(0, 0.3), (x, y, 0.0))


def _counter(half_x: float, half_y: float, top: float) -> List[Mesh]:
    return [box((-half_x, -half_y, 0), (half_x, half_y, top))]


def _table(half_x: float, half_y: float, top: float) -> List[Mesh]:
    board = box((-half_x, -half_y, top - 0.04), (half_x, half_y, top))
    legs = [
        box((x - 0.025, y - 0.025, 0), (x + 0.025, y + 0.025, top))
        for x in (-half_x + 0.04, half_x - 0.04)
        for y in (-half_y + 0.04, half_y - 0.04)
    ]
    return [board, *legs]


def _clutter(rng: np.random.Generator, half_x: float, half_y: float, top: float) -> List[Mesh]:
    """Up to four things on a board."""
    parts = []
    for _ in range(rng.integers(0, 5)):
        size = rng.uniform((0.03, 0.03, 0.05), (0.14, 0.12, 0.32))
        x, y = rng.uniform(-0.9, 0.9, 2) * (half_x, half_y)
        parts.append(
            box((x - size[0], y - size[1], top), (x + size[0], y + size[1], top + size[2]))
        )
    return parts

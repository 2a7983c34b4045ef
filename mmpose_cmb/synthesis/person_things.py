"""What people wear and carry that changes their outline: skirts, coats, things."""

import numpy as np

from .person import Person
from .rotation import about_z, between
from .shapes import Mesh, box, cylinder, merge

_SKIRT_SHARE = 0.07
_THING_SHARE = 0.16
# Faces of a skirt are seen from both sides; the body beneath stays.
_SKIRT_SIDES = 16


def equipped(rng: np.random.Generator, person: Person, stands: bool) -> Person:
    """The person, perhaps in a skirt or a long coat, perhaps with something in a hand.

    Args:
        rng (np.random.Generator): Source of randomness.
        person (Person): Who, not yet laid down.
        stands (bool): Whether the thighs hang down: others wear no skirt.
    """
    things = []
    if rng.random() < _SKIRT_SHARE and stands:
        things.append(_skirt(rng, person))
    for side in 'LR':
        if rng.random() < _THING_SHARE / 2:
            things.append(_thing_in_hand(rng, person, side))
    if not things:
        return person
    mesh = merge([person.mesh, *things])
    more = np.zeros(len(mesh[1]) - len(person.hairy), bool)
    return person._replace(mesh=mesh, hairy=np.concatenate([person.hairy, more]))


def _skirt(rng: np.random.Generator, person: Person) -> Mesh:
    """A cone from the waist to between the knees and the feet."""
    bones = {name: place + person.rise for name, place in person.body.bones.items()}
    waist = (bones['upperleg01.L'] + bones['upperleg01.R']) / 2 + (0, 0, 0.08)
    knees = (bones['lowerleg01.L'] + bones['lowerleg01.R']) / 2
    end = knees + rng.uniform(-0.2, 0.9) * ((bones['foot.L'] + bones['foot.R']) / 2 - knees)
    apart = np.linalg.norm(bones['lowerleg01.L'] - bones['lowerleg01.R']) / 2
    down = end - waist
    length = np.linalg.norm(down)
    vertices, faces = cylinder(
        rng.uniform(0.15, 0.2), apart + rng.uniform(0.1, 0.25), length, _SKIRT_SIDES
    )
    # Bodies are wider than deep.
    vertices = vertices * (1.0, rng.uniform(0.7, 1.0), 1.0) @ about_z(person.yaw).T
    return vertices @ between(np.array((0.0, 0.0, 1.0)), down / length).T + waist, faces


def _thing_in_hand(rng: np.random.Generator, person: Person, side: str) -> Mesh:
    """A cup, a book, a tool, a bag: a box or a rod at the middle of the hand."""
    wrist = person.body.bones[f'wrist.{side}'] + person.rise
    knuckle = person.body.bones[f'finger3-1.{side}'] + person.rise
    if rng.random() < 0.6:
        half = rng.uniform((0.02, 0.02, 0.03), (0.12, 0.1, 0.17))
        vertices, faces = box(-half, half)
    else:
        length = rng.uniform(0.1, 0.9)
        vertices, faces = cylinder(0.015, 0.015, length, 8)
        vertices = vertices - (0, 0, rng.uniform(0.05, 0.95) * length)
    aim = rng.normal(size=3)
    turn = between(np.array((0.0, 0.0, 1.0)), aim / np.linalg.norm(aim))
    return vertices @ turn.T + (wrist + knuckle) / 2, faces

"""People as they are met in rooms: working, sitting, bending, lying."""

from typing import Dict, NamedTuple, Optional, Tuple

import numpy as np

from .body import load_body_model, sample_phenotype
from .clothing import GARMENTS
from .person import Person, build_person
from .person_things import equipped
from .pose import SIDES, Ranges, clip_to_limits, sample_pose
from .resting import kneel, lie, sit_on_floor
from .rotation import about_x, about_y, about_z
from .skeleton import arms_are_free

# Posture -> (share, ranges of trunk angles, of both legs', of both arms'),
# degrees; what is not named stays as :func:`sample_pose` drew it. Who is on the
# floor has limbs that rest on it (:mod:`.resting`).
POSTURES: Dict[str, Tuple[float, Ranges, Ranges, Ranges]] = {
    'upright': (0.24, {}, {}, {}),
    'working': (0.14, dict(pelvis_tilt=(-3, 25), spine_flex=(0, 30)),
                dict(thigh_raise=(0, 14), thigh_plane=(20, 150),
                     thigh_twist=(-20, 10), knee=(0, 18)),
                dict(arm_raise=(10, 75), arm_plane=(-25, 60),
                     arm_twist=(-30, 70), elbow=(15, 110))),
    'sitting': (0.15, dict(pelvis_tilt=(-25, 20), spine_flex=(-5, 40)),
                dict(thigh_raise=(68, 98), thigh_plane=(-5, 35),
                     thigh_twist=(-20, 20), knee=(25, 120)), {}),
    'on_floor': (0.10, dict(pelvis_tilt=(-25, 20), spine_flex=(0, 55)),
                 dict(thigh_raise=(70, 130), thigh_plane=(-15, 50),
                      thigh_twist=(-40, 25), knee=(0, 140)), {}),
    'leaning_back': (0.04, dict(pelvis_tilt=(-25, 0), spine_flex=(-5, 30)),
                     dict(thigh_raise=(70, 130), thigh_plane=(-15, 50),
                          thigh_twist=(-40, 25), knee=(0, 140)),
                     dict(arm_raise=(10, 60), arm_plane=(70, 150),
                          arm_twist=(-40, 40), elbow=(0, 60))),
    'cross_legged': (0.04, dict(pelvis_tilt=(-20, 15), spine_flex=(0, 50)),
                     dict(thigh_raise=(80, 120), thigh_plane=(25, 60),
                          thigh_twist=(-140, -80), knee=(95, 140)), {}),
    'kneeling': (0.04, dict(pelvis_tilt=(-10, 30), spine_flex=(-5, 40)),
                 dict(thigh_raise=(0, 60), thigh_plane=(-5, 30),
                      thigh_twist=(-20, 15), knee=(80, 140)), {}),
    'half_kneeling': (0.04, dict(pelvis_tilt=(-10, 35), spine_flex=(-5, 45)),
                      dict(thigh_raise=(60, 115), thigh_plane=(-5, 45),
                           thigh_twist=(-20, 15), knee=(50, 130)), {}),
    'crouching': (0.02, dict(pelvis_tilt=(0, 50), spine_flex=(0, 50)),
                  dict(thigh_raise=(80, 115), thigh_plane=(0, 40),
                       thigh_twist=(-20, 10), knee=(110, 140)), {}),
    'on_all_fours': (0.02, dict(pelvis_tilt=(55, 75), spine_flex=(-5, 30)),
                     dict(thigh_raise=(0, 40), thigh_plane=(0, 30),
                          thigh_twist=(-15, 10), knee=(60, 130)),
                     dict(arm_raise=(40, 130), arm_plane=(-20, 40),
                          arm_twist=(-40, 40), elbow=(0, 100))),
    'bending': (0.05, dict(pelvis_tilt=(25, 75), spine_flex=(10, 60)),
                dict(thigh_raise=(0, 30), thigh_plane=(0, 120),
                     thigh_twist=(-15, 10), knee=(0, 45)),
                dict(arm_raise=(20, 125), arm_plane=(-25, 50),
                     arm_twist=(-40, 60), elbow=(0, 70))),
    'lying': (0.12, dict(pelvis_tilt=(-10, 15), spine_flex=(-25, 35)),
              dict(thigh_raise=(0, 130), thigh_plane=(-15, 90),
                   thigh_twist=(-40, 30), knee=(0, 130)),
              dict(arm_raise=(0, 175), arm_plane=(-45, 150),
                   arm_twist=(-80, 80), elbow=(0, 140))),
}  # yapf: disable
# Of those who lie, which side is up: (share, yaw, spread), degrees. On the
# back, on a side, on the front.
_UPWARDS = ((0.5, 0, 15), (0.16, 90, 20), (0.16, -90, 20), (0.18, 180, 15))
# Cloth that returns little infrared light, by garment.
_DARK_GARMENT = 0.12


class RoomPerson(NamedTuple):
    """Who is met, and how: ``posture`` is one of ``POSTURES``."""

    person: Person
    posture: str


def make_room_person(
    rng: np.random.Generator, posture: Optional[str] = None, yaw_deg: Optional[float] = None
) -> RoomPerson:
    """Draw somebody in a room, over the origin and on the floor.

    Args:
        rng (np.random.Generator): Source of randomness.
        posture (str, optional): One of ``POSTURES``. Drawn where ``None``.
        yaw_deg (float, optional): Where the pelvis faces: 0 = -y, turning
            left. Drawn where ``None``: six in ten are turned anywhere, the
            others face the camera within some 60 degrees.
    """
    if posture is None:
        names = list(POSTURES)
        shares = np.array([POSTURES[name][0] for name in names])
        posture = names[rng.choice(len(names), p=shares / shares.sum())]
    if posture == 'lying' and yaw_deg is None:
        _, middle, spread = _UPWARDS[rng.choice(len(_UPWARDS), p=[way[0] for way in _UPWARDS])]
        yaw_deg = rng.normal(middle, spread)
    if yaw_deg is None:
        yaw_deg = (
            rng.uniform(-180, 180) if rng.random() < 0.6 else np.clip(rng.normal(0, 35), -90, 90)
        )
    turn = _lay_down(rng) if posture == 'lying' else np.eye(3)
    angles, legs = _pose(rng, posture, yaw_deg, turn)
    if posture == 'upright' and legs == 'sit':
        posture = 'sitting'
    person = build_person(angles, posture == 'sitting', sample_phenotype(rng), rng)
    person = person._replace(hairy=person.hairy | _dark_cloth(rng))
    person = equipped(rng, person, posture in ('upright', 'working'))
    if posture == 'lying':
        person = _turned(person, turn)
    return RoomPerson(moved(person, _to_origin(person)), posture)


def moved(person: Person, shift_m: np.ndarray) -> Person:
    """The person somewhere else.

    Args:
        person (Person): Who.
        shift_m (np.ndarray): (3,), world frame.
    """
    vertices, faces = person.mesh
    return person._replace(rise=person.rise + shift_m, mesh=(vertices + shift_m, faces))


def _pose(
    rng: np.random.Generator, posture: str, yaw_deg: float, turn: np.ndarray
) -> Tuple[Dict[str, float], str]:
    _, trunk, leg, arm = POSTURES[posture]
    rest = load_body_model().rest
    drawn, behaviour = sample_pose(rng, lambda angles: arms_are_free(angles, rest))
    drawn['pelvis_yaw'] = yaw_deg
    for name, (low, high) in trunk.items():
        drawn[name] = float(rng.uniform(low, high))
    if posture in ('on_floor', 'cross_legged'):
        return sit_on_floor(rng, drawn, rest, leg), behaviour
    if posture == 'leaning_back':
        return sit_on_floor(rng, drawn, rest, leg, arm), behaviour
    if posture == 'half_kneeling':
        return kneel(rng, drawn, rest, POSTURES['kneeling'][2], leg), behaviour
    if posture in ('kneeling', 'on_all_fours'):
        return kneel(rng, drawn, rest, leg, leg, arm or None), behaviour
    if posture == 'lying':
        return lie(rng, drawn, rest, turn, leg, arm), behaviour
    for _ in range(20):
        angles = dict(drawn)
        for ranges in (leg, arm):
            alike = rng.random() < 0.5
            for name, (low, high) in ranges.items():
                values = rng.uniform(low, high, 2)
                if alike:
                    values[1] = values[0] + rng.normal(0, 6)
                for side, value in zip(SIDES, values):
                    angles[f'{side}_{name}'] = float(value)
        angles = clip_to_limits(angles)
        if not arm or arms_are_free(angles, rest):
            break
    return angles, behaviour


def _lay_down(rng: np.random.Generator) -> np.ndarray:
    """A turn (3, 3) that lays whoever stands on the back, side or front."""
    tip = np.radians(-90 + rng.normal(0, 4))
    return (
        about_z(rng.uniform(-np.pi, np.pi)) @ about_y(np.radians(rng.normal(0, 4))) @ about_x(tip)
    )


def _turned(person: Person, turn: np.ndarray) -> Person:
    """The person turned as a whole and put on the floor again."""
    body = person.body
    body = body._replace(
        vertices=body.vertices @ turn.T,
        bones={name: turn @ place for name, place in body.bones.items()},
        head_rotation=turn @ body.head_rotation,
    )
    vertices = (person.mesh[0] - person.rise) @ turn.T
    rise = np.array((0, 0, -vertices[:, 2].min()))
    return person._replace(body=body, rise=rise, mesh=(vertices + rise, person.mesh[1]))


def _to_origin(person: Person) -> np.ndarray:
    middle = (person.low + person.high) / 2
    # What somebody holds may be lower than the feet.
    return np.array((-middle[0], -middle[1], -person.low[2]))


def _dark_cloth(rng: np.random.Generator) -> np.ndarray:
    """(F,) bool: triangles of garments that return little light."""
    model = load_body_model()
    dark = np.zeros(len(model.vertex_bones), bool)
    for bones, *_ in GARMENTS.values():
        if rng.random() < _DARK_GARMENT:
            dark |= [bone.startswith(bones) for bone in model.vertex_bones]
    return dark[model.faces].all(axis=1)

"""Short motions: poses that pass smoothly from one drawn pose to the next."""

from typing import Callable, Dict, List, NamedTuple

import numpy as np

from .pose import SIDES, clip_to_limits, sample_pose

FRAMES_PER_S = 30
# Mean speed of the fastest joint between two key poses; the peak is 1.875
# times that.
_SPEEDS_DEG_PER_S = (60.0, 150.0)
_STEPS_CHECKED = 8
_LEGS = ('thigh_raise', 'thigh_plane', 'thigh_twist', 'knee', 'ankle')
_PELVIS = ('pelvis_yaw', 'pelvis_tilt', 'pelvis_side')
_ARMS = ('arm_raise', 'arm_plane', 'arm_twist', 'elbow', 'forearm_twist', 'wrist', 'fingers')

Angles = Dict[str, float]


class Motion(NamedTuple):
    """Poses of consecutive frames.

    Attributes:
        poses: For each frame angles in degrees by the names of
            ``pose.JOINT_LIMITS_DEG``.
        sits: Whether the person sits on a seat all the time.
    """

    poses: List[Angles]
    sits: bool


def sample_motion(
    rng: np.random.Generator,
    length: int,
    is_plausible: Callable[[Angles], bool] = lambda angles: True,
) -> Motion:
    """Draw a motion at 30 frames a second.

    Key poses are drawn like those of still frames. Between two of them all
    angles go together, with no jerk at the ends (minimum-jerk profile), the
    farthest one at 60-150 degrees a second on average. The motion begins
    somewhere on the way from the first key pose to the second. Who sits stays
    seated and moves trunk, head and arms.

    Args:
        rng (np.random.Generator): Source of randomness.
        length (int): Frames.
        is_plausible (Callable): Key poses are drawn again (at most ten times)
            until it agrees with the poses on the way; then the arms rest.
            Defaults to taking the first draw.
    """
    key, legs = sample_pose(rng, is_plausible)
    sits = legs == 'sit'
    poses: List[Angles] = []
    skipped = None
    while skipped is None or len(poses) < skipped + length:
        following = _next_key(rng, key, sits, is_plausible)
        way = _way(rng, key, following)
        if skipped is None:
            skipped = int(rng.integers(len(way)))
        poses += way
        key = following
    return Motion(poses[skipped : skipped + length], sits)


def between_poses(first: Angles, second: Angles, progress: float) -> Angles:
    """A pose on the way; turns of the whole body take the short way round.

    Args:
        first (dict): Angles in degrees.
        second (dict): Angles in degrees.
        progress (float): 0 = the first, 1 = the second.
    """
    angles = {name: angle + progress * (second[name] - angle) for name, angle in first.items()}
    angles['pelvis_yaw'] = _wrap(first['pelvis_yaw'] + progress * _turn(first, second))
    return clip_to_limits(angles)


def minimum_jerk(time: float) -> float:
    """Progress, 0 to 1, at a time from 0 to 1: rest, swing, rest.

    Source: Flash and Hogan, "The coordination of arm movements", Journal of
    Neuroscience, 1985.
    """
    return time**3 * (10 - 15 * time + 6 * time**2)


def _next_key(
    rng: np.random.Generator, key: Angles, sits: bool, is_plausible: Callable[[Angles], bool]
) -> Angles:
    for _ in range(10):
        following, legs = sample_pose(rng, is_plausible)
        if sits:
            following = _keep(following, key, _PELVIS, _LEGS)
        elif legs == 'sit':
            continue
        if all(
            is_plausible(between_poses(key, following, progress))
            for progress in np.linspace(0, 1, _STEPS_CHECKED)
        ):
            return following
    return _keep(following, key, _PELVIS, _LEGS + _ARMS)


def _keep(angles: Angles, key: Angles, whole, of_a_side) -> Angles:
    """The angles with some of them as they were in the key pose."""
    names = [*whole, *(f'{s}_{n}' for s in SIDES for n in of_a_side)]
    return dict(angles, **{name: key[name] for name in names})


def _way(rng: np.random.Generator, key: Angles, following: Angles) -> List[Angles]:
    """The poses from a key pose up to, without, the next, a frame each."""
    farthest = max(
        abs(_turn(key, following)),
        *(abs(following[name] - key[name]) for name in key if name != 'pelvis_yaw'),
    )
    speed = rng.uniform(*_SPEEDS_DEG_PER_S) / FRAMES_PER_S
    frames = max(int(np.ceil(farthest / speed)), 2)
    return [between_poses(key, following, minimum_jerk(i / frames)) for i in range(frames)]


def _turn(first: Angles, second: Angles) -> float:
    """How far the body turns, -180 to 180 degrees."""
    return _wrap(second['pelvis_yaw'] - first['pelvis_yaw'])


def _wrap(angle: float) -> float:
    return (angle + 180) % 360 - 180

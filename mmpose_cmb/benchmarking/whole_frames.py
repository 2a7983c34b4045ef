"""From whole frames in memory to everybody's joints: how long that takes."""

import time
from statistics import median
from typing import Any, Callable, List, Tuple

import numpy as np

from ..camera import camera_from_fov
from ..depth.frame import DepthFrame
from ..pose.frame_boxes import Finder
from ..pose.predictor import PosePredictor
from ..words import counted

# Of whole frames, pixels: Kinect v1's half, ITOP's; Azure Kinect's.
SIZES = ((320, 240), (640, 576))
PEOPLE = (1, 2, 4)


def timed(function: Callable, *arguments: Any) -> Tuple[Any, float]:
    """What a function returns, and milliseconds it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return result, 1000 * (time.perf_counter() - start)


class SomeBoxes:
    """A finder that takes its network's time and gives boxes of its own.

    So the time hangs on how many people there are, not on who is found.

    Args:
        finder (Finder): Its network.
        number (int): Boxes, side by side.
    """

    def __init__(self, finder: Finder, number: int) -> None:
        self.finder, self.number = finder, number

    def __call__(self, frame: DepthFrame) -> Tuple[np.ndarray, np.ndarray]:
        self.finder(frame)
        height, width = frame.depth_m.shape
        left = np.linspace(0, 0.8 * width, self.number)
        box = np.array([0, 0.1 * height, 0.2 * width, 0.9 * height])
        shift = left[:, None] * (1, 0, 1, 0)
        return box + shift, np.ones(self.number)


def time_whole_frames(runtime: PosePredictor, rounds: int) -> List[Tuple[str, float]]:
    """Median milliseconds from a frame in memory to everybody's joints.

    Args:
        runtime (PosePredictor): With a finder.
        rounds (int): Counted frames of each kind; all kinds take turns.

    Returns:
        list: ``(what, milliseconds)`` of :data:`SIZES` and :data:`PEOPLE`.

    Raises:
        ValueError: If no network finds people.
    """
    finder = runtime.finder
    if finder is None:
        raise ValueError('no network finds people: give one by --detector')
    ways = []
    for width, height in SIZES:
        depth_m = np.tile(np.linspace(1.5, 4, width, dtype=np.float32), (height, 1))
        frame = DepthFrame(depth_m, camera_from_fov(width, height, 65.0))
        ways.append((f'{width}x{height}, finding people alone', finder, frame))
        for number in PEOPLE:
            one = PosePredictor(runtime.network, runtime.spec, SomeBoxes(finder, number))
            ways.append((f'{width}x{height}, {counted(number, "person")}', one.predict, frame))
    # All in turns; the first ones warm up.
    turns = [[timed(way, frame)[1] for _, way, frame in ways] for _ in range(rounds + 5)][5:]
    return [(name, median(ms)) for (name, *_), ms in zip(ways, zip(*turns))]

"""Whether an array holds one frame or many, along its first axis.

Legend: N frames of H x W pixels; C channels.
"""

from typing import Callable, Sequence

import numpy as np

# Fewer pixels are no side of a depth image.
MIN_SIDE = 16
# Width and height of what depth cameras give: Kinects, RealSense, Azure, OpenNI,
# time-of-flight sensors, phones, and halves of them.
SENSOR_SIZES = frozenset(
    [(160, 120), (176, 144), (224, 171), (224, 172), (256, 192), (256, 212), (320, 180)]
    + [(320, 240), (320, 288), (424, 240), (480, 270), (512, 424), (512, 512), (640, 360)]
    + [(640, 400), (640, 480), (640, 576), (848, 480), (1024, 768), (1024, 1024)]
    + [(1280, 720), (1280, 800), (1920, 1080)]
)
# Frames of one recording are about equally far; colours and infrared count
# other things than depth does.
MAX_PLANE_RATIO = 4.0
# Infrared is there where depth is not.
MIN_HOLES = 0.01


def holds_many(shape: Sequence[int]) -> bool:
    """Whether an array's first axis counts frames.

    It does in [N, H, W], [N, H, W, C] and [N, 1, H, W]; one frame is [H, W],
    [H, W, 1] or [H, W, 3].

    Args:
        shape (Sequence[int]): Of an array with two to four axes.

    Raises:
        ValueError: If these are the channels of an image, or frames along
            another axis, with what to do.

    Example:
        >>> holds_many((8, 212, 256)), holds_many((212, 256))
        (True, False)
    """
    if len(shape) == 2 or len(shape) == 3 and shape[2] in (1, 3):
        return False
    if len(shape) == 4:
        return True
    first, second, third = shape
    if third < MIN_SIDE <= min(first, second):
        raise ValueError(
            f'{list(shape)} is one image of {third} channels, or {third} frames along the last '
            'axis. Give the depth alone, [H, W], or frames as [N, H, W], by '
            'numpy.moveaxis(frames, -1, 0)'
        )
    if second < MIN_SIDE <= min(first, third):
        raise ValueError(f'{list(shape)}: frames are expected as [N, H, W]')
    if _is_sensors(first, second) and not _is_sensors(second, third):
        raise ValueError(
            f'{list(shape)} looks like {third} frames of {second} x {first} pixels along the last '
            'axis: give them as [N, H, W], by numpy.moveaxis(frames, -1, 0)'
        )
    return True


def check_planes(frames: Sequence[np.ndarray]) -> None:
    """Refuse the channels of one image in place of frames.

    Args:
        frames (Sequence[np.ndarray]): [H, W] each, as stored.

    Raises:
        ValueError: If their middle values differ by more than a factor of 4,
            or one of two has no hole where the other has many.
    """
    valid = [frame[(frame > 0) & (frame < np.inf)] for frame in frames]
    holes = [1 - values.size / frame.size for values, frame in zip(valid, frames)]
    if len(frames) == 2 and min(holes) == 0 and max(holes) > MIN_HOLES:
        raise ValueError(
            f'one of its two planes has no hole, the other {100 * max(holes):.0f} %: infrared '
            'beside depth? Give the depth alone, [H, W]'
        )
    middles = [float(np.median(values)) for values in valid if values.size]
    if middles and max(middles) > MAX_PLANE_RATIO * min(middles):
        listed = ', '.join(f'{middle:g}' for middle in middles)
        raise ValueError(
            f'the middle values of its {len(frames)} planes are {listed}: channels of one image, '
            'not frames? Give the depth alone, [H, W]'
        )


def lies_on_side(height: int, width: int) -> bool:
    """Whether a frame has a sensor's size, but height and width exchanged."""
    return height > width and (height, width) in SENSOR_SIZES


def take_frame(load: Callable[[], np.ndarray], record: int) -> np.ndarray:
    """One frame of what ``load`` gives, without an axis of length 1 before it."""
    frame = np.array(load()[record])
    return frame[0] if frame.ndim == 3 and frame.shape[0] == 1 else frame


def _is_sensors(height: int, width: int) -> bool:
    return (width, height) in SENSOR_SIZES or (height, width) in SENSOR_SIZES

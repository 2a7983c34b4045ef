"""Under which conditions networks are tested."""

from functools import partial
from typing import Callable, NamedTuple, Optional

import numpy as np
import torch
from torch import Tensor

from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.synthesis import Recipe

from .box_changes import shift, turn, widen
from .frame_changes import holes, noise, occluder


class Condition(NamedTuple):
    """How a test differs from the training.

    Something is done to the frame, to the person's box or to the memories
    [C, H, W], or so many frames of the other camera are tested. Figures that
    were measured under another meaning are not taken.
    """

    meaning: str
    on_frame: Optional[Callable] = None
    on_box: Optional[Callable] = None
    on_memory: Optional[Callable] = None
    other_frames: int = 0


def flatten(memory: Tensor) -> Tensor:
    """Each channel's mean in the place of a memory."""
    return memory.mean((1, 2), keepdim=True).expand_as(memory)


# Training saw boxes shifted by at most 0.08, 0.8 to 1.25 times as large and
# turned by at most 40 degrees.
CONDITIONS = dict(
    clean=Condition('the test frames as they are'),
    noise=Condition(
        'axial noise, standard deviation 2 cm + 1 cm/m² z²',
        on_frame=partial(noise, std_m=0.02, std_per_m=0.01),
    ),
    holes=Condition(
        '8 elliptical holes in the box, half axes 0.06 to 0.12 of its sides',
        on_frame=partial(holes, number=8, half_axis=(0.06, 0.12)),
    ),
    occluded=Condition(
        "a board before a quarter of the box, 0.3 to 0.5 m before the person's median depth",
        on_frame=partial(occluder, share=0.25, nearer_m=(0.3, 0.5)),
    ),
    shifted=Condition(
        'the box shifted by 0.2 of its width and of its height', on_box=partial(shift, part=0.2)
    ),
    small=Condition('the box 1.5 times too large', on_box=partial(widen, factor=1.5)),
    rotated=Condition(
        'the crop turned by 60 degrees, either way', on_box=partial(turn, degrees=60.0)
    ),
    other_camera=Condition(
        '300 other frames: time of flight alone, 320x240, 59 degrees wide '
        "(the study's: two sensors, 256x212, 70 degrees)",
        other_frames=300,
    ),
    memory_flat=Condition(
        'the test frames; each channel of the memory replaced by its mean', on_memory=flatten
    ),
    memory_zero=Condition(
        'the test frames; the memory replaced by zeros', on_memory=torch.zeros_like
    ),
)


def randomness(name: str, frame: int) -> np.random.Generator:
    """What is drawn follows from the condition's name and the frame alone."""
    return np.random.default_rng([*name.encode(), frame])


def other_camera(data_seed: int) -> Recipe:
    """The other frames: ITOP's camera, far from the study's own seed."""
    return Recipe(data_seed + 1000, intrinsics=ITOP_CAMERA, sensor='time_of_flight')

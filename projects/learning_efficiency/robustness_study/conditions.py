"""Under which conditions networks are tested."""
from typing import Callable, NamedTuple, Optional

from .box_changes import Shift, Turn, Widen
from .frame_changes import AxialNoise, Holes, Occluder
from .memory_changes import Fade, Flatten


class Condition(NamedTuple):
    """How a test differs from the training.

    Attributes:
        meaning: In words.
        on_frame: What is done to the frame, see ``frame_changes``.
        on_box: What is done to the person's box, see ``box_changes``.
        other_camera: Whether the frames are those of ``other_camera``.
        on_memory: What is done to the network's memories, see
            ``memory_changes``.
    """
    meaning: str
    on_frame: Optional[Callable] = None
    on_box: Optional[Callable] = None
    other_camera: bool = False
    on_memory: Optional[Callable] = None


# Training saw boxes shifted by at most 0.08, 0.8 to 1.25 times as large and
# turned by at most 40 degrees.
CONDITIONS = dict(
    clean=Condition('the test frames as they are'),
    noise=Condition(
        'axial noise, standard deviation 2 cm + 1 cm/m² z²',
        on_frame=AxialNoise(0.02, 0.01)),
    holes=Condition(
        '8 elliptical holes in the box, half axes 0.06 to 0.12 of its sides',
        on_frame=Holes(8, (0.06, 0.12))),
    occluded=Condition(
        'a board before a quarter of the box, 0.3 to 0.5 m before the '
        'person\'s median depth',
        on_frame=Occluder(0.25, (0.3, 0.5))),
    shifted=Condition(
        'the box shifted by 0.2 of its width and of its height',
        on_box=Shift(0.2)),
    small=Condition('the box 1.5 times too large', on_box=Widen(1.5)),
    rotated=Condition(
        'the crop turned by 60 degrees, either way', on_box=Turn(60.)),
    other_camera=Condition(
        '300 other frames: time of flight alone, 320x240, 59 degrees wide '
        '(the study\'s: two sensors, 256x212, 70 degrees)',
        other_camera=True),
    memory_flat=Condition(
        'the test frames; each channel of the memory replaced by its mean',
        on_memory=Flatten(0.)),
    memory_zero=Condition(
        'the test frames; the memory replaced by zeros', on_memory=Fade(0.)))

"""What decides how the samples of a data set look."""

from typing import NamedTuple, Optional, Tuple

from ..camera import Camera


class Recipe(NamedTuple):
    """Everything that decides the bytes of a data set.

    Where a field is ``None`` the layout's own default is meant.

    Attributes:
        seed: Another seed, other people, poses and rooms.
        intrinsics: The camera.
        sensor: 'structured_light', 'time_of_flight', 'active_stereo' or 'mixed'.
        device: Where rays are cast, see :func:`render_depth`.
        layout: How the files lie on the disk, see ``layouts.LAYOUTS``.
        views: ITOP and rooms: 'side', 'top'; ITOP: or both.
        label_convention: ASTAR only: 'offset_px' or 'wrist_mm'.
        sequence_length: K2HPD only: frames of a motion. ``None`` makes still
            frames, each with a person of its own.
    """

    seed: int
    intrinsics: Optional[Camera] = None
    sensor: Optional[str] = None
    device: str = 'cpu'
    layout: str = 'k2hpd'
    views: Optional[Tuple[str, ...]] = None
    label_convention: Optional[str] = None
    sequence_length: Optional[int] = None

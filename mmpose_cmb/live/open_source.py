"""A source by its name: a device, or where a recording lies."""

from typing import Optional, Sequence

from .azure_kinect import AzureKinectSource
from .openni import KINDS, OpenNISource
from .realsense import RealSenseSource
from .recorded import RecordedSource
from .source import DepthSource

DEVICES = ('realsense', 'azure', *KINDS)


def open_source(
    name: str,
    *,
    fps: Optional[float] = None,
    loop: bool = False,
    speed: float = 1.0,
    unit_m: Optional[float] = None,
    intrinsics: Optional[Sequence[float]] = None,
    key: Optional[str] = None,
    fallback_unit_m: Optional[float] = None,
    invalid_values: Sequence[float] = (0,),
    mirror: bool = False,
) -> DepthSource:
    """Build a source; entering it as a context opens it.

    Args:
        name (str): 'realsense' or 'realsense:SERIAL', 'azure' or 'azure:1',
            'openni', 'xtion' or 'astra' (with ':1' for the second camera);
            anything else is the path of a recording.
        fps (float, optional): Of the device or the recording.
        loop (bool): Recordings alone: begin again at the end.
        speed (float): Recordings alone: 2 plays twice as fast.
        unit_m (float, optional): Recordings alone: metres per stored unit.
        intrinsics (Sequence[float], optional): fx, fy, cx, cy; recordings and
            OpenNI cameras, the others know theirs.
        key (str, optional): Recordings alone: name of the array.
        fallback_unit_m (float, optional): Metres per stored unit of a
            recording where it is neither told nor can be guessed: that of the
            model. Devices tell theirs.
        invalid_values (Sequence[float]): Stored values of a recording that
            mean "no measurement": those of the model. Defaults to ``(0, )``.
        mirror (bool): Recordings alone: they are stored mirrored.

    Raises:
        FileNotFoundError: If there is no such recording.
        ValueError: If an option does not fit.
    """
    kind, _, number = name.partition(':')
    if kind not in DEVICES:
        return RecordedSource(
            name,
            fps,
            loop=loop,
            speed=speed,
            unit_m=unit_m,
            intrinsics=intrinsics,
            key=key,
            fallback_unit_m=fallback_unit_m,
            invalid_values=invalid_values,
            mirror=mirror,
        )
    of_recordings = dict(loop=loop, speed=speed != 1, unit_m=unit_m, key=key, mirror=mirror)
    for option, given in of_recordings.items():
        if given:
            raise ValueError(f'{option} is for recordings, and "{name}" is a device')
    if kind == 'realsense':
        _refuse_intrinsics(name, intrinsics)
        return RealSenseSource(number or None, fps=round(fps or 30))
    if number and not number.isdigit():
        raise ValueError(f'"{name}": expected the number of a camera after the colon')
    if kind == 'azure':
        _refuse_intrinsics(name, intrinsics)
        return AzureKinectSource(int(number or 0), fps=round(fps or 30))
    if fps is not None:
        raise ValueError(f'"{name}": OpenCV cannot set the frames per second of OpenNI cameras')
    return OpenNISource(kind, int(number or 0), intrinsics)


def _refuse_intrinsics(name: str, intrinsics: Optional[Sequence[float]]) -> None:
    if intrinsics is not None:
        raise ValueError(f'"{name}" knows its intrinsics; none can be given')

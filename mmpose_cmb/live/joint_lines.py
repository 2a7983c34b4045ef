"""A live run as lines of JSON; docs/live.md explains every field.

The first line is a header. Then comes one line for each frame; persons are as
in the project's other files, with an id.
"""

import json
from typing import Any, Dict, Sequence, Tuple

from ..pose.result_files import person_record
from .loop import LiveResult

FORMAT, VERSION = 'mmpose_cmb.live', 1


def header_record(
    source: str,
    keypoint_names: Sequence[str],
    links: Sequence[Tuple[int, int]],
    began_unix_s: float,
) -> Dict[str, Any]:
    """The header: what is the same for all frames.

    Args:
        source (str): Name of the camera or recording.
        keypoint_names (Sequence[str]): Of the K joints.
        links (Sequence[tuple]): Pairs of joint ids.
        began_unix_s (float): Seconds since 1970 at which ``time_s`` is 0.
    """
    return dict(
        type='header',
        format=FORMAT,
        version=VERSION,
        source=source,
        began_unix_s=began_unix_s,
        keypoint_names=list(keypoint_names),
        skeleton_links=[list(link) for link in links],
    )


def frame_record(result: LiveResult, began_s: float) -> Dict[str, Any]:
    """One frame.

    Args:
        result (LiveResult): With a frame.
        began_s (float): The loop's clock when ``time_s`` was 0.
    """
    return dict(
        type='frame',
        format=FORMAT,
        version=VERSION,
        number=result.number,
        frame=result.frame.index,
        time_s=round(result.arrived_s - began_s, 6),
        sensor_time_s=result.frame.time_s,
        dropped=result.dropped,
        message=result.message,
        persons=[dict(id=person.id, **person_record(person)) for person in result.people],
    )


def to_line(record: Dict[str, Any]) -> bytes:
    """JSON with a line end, UTF-8."""
    return json.dumps(record, allow_nan=False, separators=(',', ':')).encode() + b'\n'

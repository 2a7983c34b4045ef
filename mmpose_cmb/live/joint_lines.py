"""A live run as lines of JSON; docs/live.md explains every field.

The first line is a header. Then comes one line for each frame.
"""
import json
import math
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .loop import LiveResult
from .tracked_person import TrackedPerson

FORMAT, VERSION = 'mmpose_cmb.live', 1


def header_record(source: str, keypoint_names: Sequence[str],
                  links: Sequence[Tuple[int, int]],
                  began_unix_s: float) -> Dict[str, Any]:
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
        skeleton_links=[list(link) for link in links])


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
        persons=[_person(person) for person in result.people])


def to_line(record: Dict[str, Any]) -> bytes:
    """JSON with a line end, UTF-8."""
    return json.dumps(
        record, allow_nan=False, separators=(',', ':')).encode() + b'\n'


def _person(person: TrackedPerson) -> Dict[str, Any]:
    in_space = person.keypoints_cam
    return dict(
        id=person.id,
        bbox=_numbers(person.bbox.tolist(), 2),
        bbox_score=_number(float(person.bbox_score), 4),
        keypoints=_rows(person.keypoints.tolist(), 2),
        keypoint_scores=_numbers(person.keypoint_scores.tolist(), 4),
        keypoints_cam=None if in_space is None else _rows(
            in_space.tolist(), 4))


def _rows(rows: List[List[float]], digits: int) -> list:
    return [_numbers(row, digits) for row in rows]


def _numbers(row: List[float], digits: int) -> List[Optional[float]]:
    return [_number(value, digits) for value in row]


def _number(value: float, digits: int) -> Optional[float]:
    """Rounded; None where it is not finite, for which JSON has no word."""
    return round(value, digits) if math.isfinite(value) else None

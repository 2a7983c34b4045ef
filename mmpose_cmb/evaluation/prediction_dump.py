"""Predictions of a test beside their labels, as a JSON file.

``{"format": 1, "keypoints": [K names], "frames": [...]}``; a frame has what
finds its image (``img_path``, ``frame_index`` in a file of many, ``img_id``)
and, for each of its persons, ``predictions`` as MMPose's inferencers write
them and ``labels``.
"""

from typing import Any, List, NamedTuple, Optional

import numpy as np

from ..io.read_text import read_json
from ..io.whole_file import write_json

DUMP_FORMAT = 1
MAX_PIXELS = 1e6
# What a data sample may have to find its image with.
IMAGE_KEYS = ('img_path', 'frame_index', 'img_id')


class DumpedFrame(NamedTuple):
    """One image of a dump with n persons.

    Attributes:
        image (dict): Those of ``IMAGE_KEYS`` that are known.
        keypoints (np.ndarray): Predicted, pixels, [n, K, 2].
        labels (np.ndarray): Pixels, [n, K, 2].
        bboxes (np.ndarray): In which the joints were looked for: x1, y1, x2,
            y2, pixels, [n, 4].
    """

    image: dict
    keypoints: np.ndarray
    labels: np.ndarray
    bboxes: np.ndarray


def write_dump(path: str, keypoint_names: List[str], frames: List[dict]) -> None:
    """Write a dump; it appears whole or not at all.

    Args:
        path (str): The JSON file.
        keypoint_names (List[str]): The K joints.
        frames (List[dict]): Plain numbers and lists, as this module says.
    """
    write_json(path, dict(format=DUMP_FORMAT, keypoints=keypoint_names, frames=frames))


def read_dump(path: str) -> List[DumpedFrame]:
    """Read a dump; nothing in it runs.

    Args:
        path (str): The JSON file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming file and frame, if it is not a dump.
    """
    if not path.endswith('.json'):
        raise ValueError(
            f'{path}: dumps are read as JSON; a pickle can run code. Make one with '
            'tools/test.py CONFIG CHECKPOINT --dump FILE.json'
        )
    content = read_json(path)
    if not isinstance(content, dict) or content.get('format') != DUMP_FORMAT:
        raise ValueError(f'{path}: not a dump of tools/test.py --dump FILE.json')
    try:
        num_joints = len(content['keypoints'])
        frames = list(content['frames'])
    except (KeyError, TypeError) as error:
        raise ValueError(f'{path}: not a whole dump ({error})') from error
    if not frames:
        raise ValueError(f'{path}: holds no frame')
    return [_frame(frame, num_joints, f'{path}: frame {i}') for i, frame in enumerate(frames)]


def _frame(frame: Any, num_joints: int, name: str) -> DumpedFrame:
    try:
        persons = frame['predictions']
        return DumpedFrame(
            {key: frame[key] for key in IMAGE_KEYS if frame.get(key) is not None},
            _array(persons, 'keypoints', (num_joints, 2)),
            _array(frame['labels'], 'keypoints', (num_joints, 2)),
            _array(persons, 'bbox', (1, 4))[:, 0],
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f'{name}: damaged ({error})') from error


def _array(persons: list, key: str, shape: tuple) -> np.ndarray:
    values = np.array([person[key] for person in persons], np.float64)
    if values.shape[1:] != shape or not len(values):
        raise ValueError(f'{key} is {list(values.shape)}, expected {["n", *shape]}')
    # A joint that is not finite is null; a box is finite.
    known = values if key == 'bbox' else values[~np.isnan(values)]
    if not (np.abs(known) <= MAX_PIXELS).all():
        raise ValueError(f'{key} lie far outside any image')
    return values


def dumped_frame(sample: dict, predictions: List[dict], labels: Optional[np.ndarray]) -> dict:
    """A frame's record for :func:`write_dump`.

    Args:
        sample (dict): With some of ``IMAGE_KEYS``.
        predictions (List[dict]): A person each: see ``pose.result_files``.
        labels (np.ndarray): Pixels, [n, K, 2].
    """
    image = {key: sample[key] for key in IMAGE_KEYS if sample.get(key) is not None}
    return dict(
        image,
        predictions=predictions,
        labels=[dict(keypoints=joints) for joints in np.asarray(labels, np.float64).tolist()],
    )

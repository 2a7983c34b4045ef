"""A picture of some frames of a synthetic data set with their skeletons."""

from pathlib import Path
from typing import List, NamedTuple, Tuple

import cv2
import numpy as np

from ..io import write_bytes

_COLOURS_BGR = dict(right=(60, 60, 235), left=(70, 200, 70))
_MIDDLE_BGR = (230, 160, 40)


class Drawing(NamedTuple):
    """A frame to be drawn.

    Attributes:
        depth_m: (H, W), metres, 0 = invalid.
        keypoints_uv: (K, 2), pixels.
        visible: (K,), bool.
        names: Names of the K joints.
        bones: Pairs of names.
        range_m: What is drawn bright and what dark, metres.
    """

    depth_m: np.ndarray
    keypoints_uv: np.ndarray
    visible: np.ndarray
    names: Tuple[str, ...]
    bones: Tuple[Tuple[str, str], ...]
    range_m: Tuple[float, float] = (0.8, 5.3)


def write_contact_sheet(drawings: List[Drawing], path: Path, columns: int = 6) -> None:
    """Draw frames into one PNG.

    Args:
        drawings (list): The frames, all of one size.
        path (Path): The file to write.
        columns (int): Frames in a row. Defaults to 6.
    """
    tiles = [draw_frame(drawing) for drawing in drawings]
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % columns)
    sheet = np.vstack(
        [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    )
    done, encoded = cv2.imencode('.png', sheet)
    assert done
    write_bytes(path, encoded.tobytes())


def draw_frame(drawing: Drawing) -> np.ndarray:
    """One frame as (2H, 2W, 3) BGR: near is bright, holes are purple.

    The subject's right is red, left green; hidden joints are drawn hollow.
    """
    depth_m = drawing.depth_m
    near_m, far_m = drawing.range_m
    near = np.clip(1 - (depth_m - near_m) / (far_m - near_m), 0.05, 1)
    image = np.repeat((near * 255).astype(np.uint8)[..., None], 3, axis=2)
    image[depth_m <= 0] = (70, 0, 70)
    image = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    points = {
        name: tuple(int(x) for x in np.rint(2 * uv))
        for name, uv in zip(drawing.names, drawing.keypoints_uv)
    }
    for start, end in drawing.bones:
        cv2.line(image, points[start], points[end], _colour(end), 2, cv2.LINE_AA)
    for name, seen in zip(drawing.names, drawing.visible):
        cv2.circle(image, points[name], 4, _colour(name), -1 if seen else 1, cv2.LINE_AA)
    return image


def _colour(joint: str) -> Tuple[int, int, int]:
    return _COLOURS_BGR.get(joint.split('_')[0], _MIDDLE_BGR)

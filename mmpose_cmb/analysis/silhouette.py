"""Where the person is in a crop."""

from pathlib import Path
from typing import Optional, Tuple

import cv2
import numpy as np

from mmpose.structures.bbox import get_udp_warp_matrix

from ..camera import Camera
from ..io.read_text import read_json


def person_mask(normalized: np.ndarray) -> np.ndarray:
    """The pixels of a crop that are within the person's range of depth.

    What the network can know: the person, and what is as far away, such as
    the floor around the feet.

    Args:
        normalized (np.ndarray): Output of ``NormalizeDepth``, [H, W].

    Returns:
        np.ndarray: bool [H, W]; nothing that was clipped.
    """
    return np.abs(normalized) < 1


def synthetic_body_mask(image_path: str) -> Optional[np.ndarray]:
    """The exact silhouette of a frame that ``tools/synthesize.py`` has made.

    The frame is made again from the seed in its data set's
    ``synthesis.json``; that takes the packages ``anny`` and ``warp-lang``.

    Args:
        image_path (str): ``ROOT/depth_data/*/XXXXXXXX.png``, K2HPD's layout.

    Returns:
        np.ndarray, optional: bool [H, W] of the whole frame; None for an
        image that was not made that way.

    Raises:
        ImportError: If a package is missing.
    """
    path = Path(image_path).resolve()
    described = path.parent.parent.parent / 'synthesis.json'
    if not described.is_file():
        return None
    told = read_json(described)
    if not isinstance(told, dict) or told.get('layout') != 'k2hpd' or not path.stem.isdigit():
        return None
    try:
        return _make_again(told, int(path.stem))
    except (KeyError, TypeError) as error:
        raise ValueError(f'{described}: not as tools/synthesize.py writes it ({error})') from error


def _make_again(told: dict, index: int) -> np.ndarray:
    from ..synthesis import make_sample, make_sequence_sample

    of_the_set = (Camera(**told['intrinsics']), told['sensor'], told['device'])
    if 'sequence_length' in told:
        return make_sequence_sample(
            told['seed'], index, told['sequence_length'], *of_the_set
        ).body_mask
    return make_sample(told['seed'], index, *of_the_set).body_mask


def crop_mask(
    mask: np.ndarray, center: np.ndarray, scale: np.ndarray, input_size: Tuple[int, int]
) -> np.ndarray:
    """Crop a frame's mask as ``TopdownDepthAffine`` crops the frame.

    Args:
        mask (np.ndarray): bool [H, W].
        center (np.ndarray): ``input_center`` of the crop, [2], pixels.
        scale (np.ndarray): ``input_scale`` of the crop, [2], pixels.
        input_size (Tuple[int, int]): Width and height of the crop.

    Returns:
        np.ndarray: bool of ``input_size``; False outside the frame.
    """
    matrix = get_udp_warp_matrix(center, scale, 0.0, output_size=input_size)
    return (
        cv2.warpAffine(
            mask.astype(np.uint8), matrix, tuple(map(int, input_size)), flags=cv2.INTER_NEAREST
        )
        > 0
    )

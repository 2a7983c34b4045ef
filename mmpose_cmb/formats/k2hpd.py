"""K2HPD's files: 8-bit depth images, and the joints of all of them as text.

``depth_data/depth_images/00000003.png`` holds depth in steps of 20 mm, three
equal channels. A line of ``train_annos.txt`` and ``test_annos.txt`` is
``00000003.png x0,y0,x1,y1,...``: the image's name, a blank, then the joints'
pixels as integers. Some lines of the published files start with NUL bytes.
"""

import re
from typing import List, NamedTuple, Sequence, Tuple

import cv2
import numpy as np

from ..io.whole_file import AnyPath, write_bytes, write_text
from .joint_names import limbs

K2HPD_JOINTS = (
    'head',
    'neck',
    'mid_spine',
    'right_shoulder',
    'right_elbow',
    'right_hand',
    'left_shoulder',
    'left_elbow',
    'left_hand',
    'right_hip',
    'right_knee',
    'right_foot',
    'left_hip',
    'left_knee',
    'left_foot',
    'spine_shoulder',
    'spine_base',
    'right_wrist',
    'left_wrist',
)
K2HPD_BONES = (
    ('head', 'neck'),
    ('neck', 'spine_shoulder'),
    ('spine_shoulder', 'mid_spine'),
    ('mid_spine', 'spine_base'),
    *limbs([('*_shoulder', '*_elbow'), ('*_hip', '*_knee'), ('*_knee', '*_foot')]),
    *limbs(
        [
            ('spine_shoulder', '*_shoulder'),
            ('*_elbow', '*_wrist'),
            ('*_wrist', '*_hand'),
            ('spine_base', '*_hip'),
        ]
    ),
)
# Width and height, pixels; and metres per grey level.
K2HPD_IMAGE_SIZE = (256, 212)
GREY_UNIT_M = 0.02
# More digits fit no array, and thousands no int.
IMAGE_NAME = re.compile(rb'\d{1,18}\.png')
INTEGER = re.compile(rb'[+-]?\d{1,18}')
# A joint farther away from the 256 x 212 image than this is a damaged record:
# the published training labels lie in -3..262.
PLAUSIBLE_PX = (-512, 1024)


class K2HPDAnnotations(NamedTuple):
    """The usable records of an annotation file in the file's order.

    N records, K joints.

    Attributes:
        names (List[str]): The images' file names, N.
        keypoints (np.ndarray): Pixels (x, y), float32 [N, K, 2].
        line_numbers (List[int]): Each record's line, counted from 1, N.
        problems (List[Tuple[int, str]]): Line number of, and what was found
            in, each line that cannot be used.
    """

    names: List[str]
    keypoints: np.ndarray
    line_numbers: List[int]
    problems: List[Tuple[int, str]]


def parse_k2hpd_annotations(
    content: bytes, num_keypoints: int = len(K2HPD_JOINTS)
) -> K2HPDAnnotations:
    """Parse the content of an annotation file.

    NUL bytes, blank lines and any line ending are fine. A line that cannot
    be used is left out of the records and listed in ``problems``.

    Args:
        content (bytes): The file's content.
        num_keypoints (int): Joints per line. Defaults to 19.

    Returns:
        K2HPDAnnotations: The records, and the lines that are none.
    """
    names, coordinates, line_numbers, problems = [], [], [], []
    lines = content.replace(b'\0', b'').splitlines()
    for line_number, line in enumerate(lines, 1):
        name, _, numbers = line.strip().partition(b' ')
        if not name:
            continue
        try:
            coordinates.append(_parse_line(name, numbers, 2 * num_keypoints))
        except ValueError as error:
            problems.append((line_number, str(error)))
            continue
        names.append(name.decode('ascii'))
        line_numbers.append(line_number)
    keypoints = np.array(coordinates, np.float32)
    return K2HPDAnnotations(names, keypoints.reshape(-1, num_keypoints, 2), line_numbers, problems)


def image_name(file_id: int) -> str:
    """File name of an image: eight digits."""
    return f'{file_id:08d}.png'


def annotation_line(file_id: int, keypoints_uv: np.ndarray) -> str:
    """A line of an annotation file, in whole pixels.

    Args:
        file_id (int): Number of the image.
        keypoints_uv (np.ndarray): Pixels, [K, 2]; joints outside the image
            are kept.
    """
    pixels = np.rint(keypoints_uv).astype(int).reshape(-1)
    return f'{image_name(file_id)} {",".join(map(str, pixels))}\n'


def write_k2hpd_annotations(path: AnyPath, ids: Sequence[int], keypoints_uv: np.ndarray) -> None:
    """Write an annotation file.

    Args:
        path (str | Path): ``train_annos.txt`` or ``test_annos.txt``.
        ids (Sequence[int]): Numbers of the N images.
        keypoints_uv (np.ndarray): Pixels, [N, K, 2].
    """
    write_text(path, ''.join(map(annotation_line, ids, keypoints_uv)))


def to_grey(depth_m: np.ndarray) -> np.ndarray:
    """Depth [H, W] in metres as uint8, 20 mm a level.

    0 is invalid; 255 means 5.1 m and beyond.
    """
    return np.minimum(np.rint(depth_m / GREY_UNIT_M), 255).astype(np.uint8)


def write_k2hpd_image(path: AnyPath, depth_m: np.ndarray) -> None:
    """Write a depth image with three equal channels.

    Args:
        path (str | Path): The ``.png`` file.
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
    """
    grey = to_grey(depth_m)
    done, encoded = cv2.imencode('.png', np.repeat(grey[..., None], 3, 2))
    assert done
    write_bytes(path, encoded.tobytes())


def _parse_line(name: bytes, numbers: bytes, count: int) -> List[int]:
    """Return a line's coordinates, or raise ValueError saying what is off."""
    if not IMAGE_NAME.fullmatch(name):
        raise ValueError(f'{_shown(name)} is not an image name such as 00000003.png')
    values = numbers.split(b',')
    if len(values) != count:
        raise ValueError(f'{len(values)} numbers instead of {count}')
    try:
        coordinates = list(map(int, values))
    except ValueError:
        coordinates = None
    # int() also takes 1_000.
    if coordinates is None or b'_' in numbers:
        bad = next(v for v in values if not INTEGER.fullmatch(v.strip()))
        raise ValueError(f'{_shown(bad)} is not an integer')
    for extreme in (min(coordinates), max(coordinates)):
        if not PLAUSIBLE_PX[0] <= extreme <= PLAUSIBLE_PX[1]:
            raise ValueError(f'coordinate {extreme} is far outside the image')
    return coordinates


def _shown(text: bytes) -> str:
    return repr(text[:40])[1:]

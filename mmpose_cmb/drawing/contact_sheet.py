"""Many pictures on one sheet."""

import os.path as osp
from typing import Optional, Sequence, Tuple

import cv2
import numpy as np

from ..io import whole_file

BACKGROUND = (18, 18, 22)
CAPTION_COLOR = (225, 225, 230)
CAPTION_HEIGHT = 24


def contact_sheet(
    images: Sequence[np.ndarray],
    columns: int,
    captions: Optional[Sequence[str]] = None,
    *,
    upscale: int = 1,
    gap: int = 6,
) -> np.ndarray:
    """Lay out images in rows, each with its caption below.

    Args:
        images (Sequence[np.ndarray]): uint8 [h, w, 3] (RGB) or [h, w] (grey);
            sizes may differ, each is centred in a cell of the largest.
        columns (int): Images in a row.
        captions (Sequence[str], optional): One per image. Defaults to None.
        upscale (int): Whole factor by which images are enlarged, pixel by
            pixel. Defaults to 1.
        gap (int): Pixels between the cells. Defaults to 6.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB.

    Raises:
        ValueError: If there is no image, a number does not fit, or an image
            is not uint8.
    """
    if not images:
        raise ValueError('a contact sheet needs at least one image')
    if columns < 1 or upscale < 1:
        raise ValueError(f'columns and upscale must be at least 1, got {columns} and {upscale}')
    if captions is not None and len(captions) != len(images):
        raise ValueError(f'{len(images)} images need as many captions, got {len(captions)}')
    images = [_as_rgb(image, upscale) for image in images]
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height = max(image.shape[0] for image in images)
    width = max(image.shape[1] for image in images)
    caption_height = CAPTION_HEIGHT if captions is not None else 0

    step_y, step_x = height + caption_height + gap, width + gap
    sheet = np.empty((rows * step_y + gap, columns * step_x + gap, 3), np.uint8)
    sheet[:] = BACKGROUND
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        h, w = image.shape[:2]
        top = gap + row * step_y + (height - h) // 2
        left = gap + column * step_x + (width - w) // 2
        sheet[top : top + h, left : left + w] = image
        if captions is not None:
            cell = gap + column * step_x, gap + row * step_y + height
            write_caption(sheet, captions[i], cell, width)
    return sheet


def write_caption(image: np.ndarray, text: str, corner: Tuple[int, int], width: int) -> None:
    """Write one line centred in a strip of the image, shrunk where needed.

    Args:
        image (np.ndarray): uint8 [H, W, 3], RGB; IS changed.
        text (str): ASCII, which is what OpenCV's fonts have.
        corner (tuple[int, int]): x, y of the strip's upper left pixel; it is
            ``CAPTION_HEIGHT`` pixels high.
        width (int): Width of the strip in pixels.
    """
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.5
    text_width = max(cv2.getTextSize(text, font, scale, 1)[0][0], 1)
    scale *= min(1.0, (width - 4) / text_width)
    text_width, text_height = cv2.getTextSize(text, font, scale, 1)[0]
    position = (
        corner[0] + (width - text_width) // 2,
        corner[1] + (CAPTION_HEIGHT + text_height) // 2,
    )
    cv2.putText(image, text, position, font, scale, CAPTION_COLOR, 1, cv2.LINE_AA)


def write_image(path: str, image: np.ndarray) -> str:
    """Write an RGB image; the file appears whole or not at all.

    Args:
        path (str): Where to; the suffix tells the format. Missing folders
            are made.
        image (np.ndarray): uint8 [H, W, 3], RGB.

    Returns:
        str: ``path``.

    Raises:
        ValueError: If OpenCV does not write such files.
    """
    suffix = osp.splitext(path)[1]
    if not suffix or not cv2.haveImageWriter(path):
        raise ValueError(f'{path}: cannot write images of the type "{suffix}"; use .png or .jpg')
    with whole_file(path) as aside:
        if not cv2.imwrite(aside, image[..., ::-1]):
            raise OSError(f'{path}: could not be written')
    return path


def _as_rgb(image: np.ndarray, upscale: int) -> np.ndarray:
    image = np.asarray(image)
    if (
        image.dtype != np.uint8
        or image.ndim not in (2, 3)
        or (image.ndim == 3 and image.shape[2] != 3)
    ):
        raise ValueError(
            f'images must be uint8 [h, w] or [h, w, 3], got {image.dtype} {image.shape}'
        )
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    return image.repeat(upscale, axis=0).repeat(upscale, axis=1)

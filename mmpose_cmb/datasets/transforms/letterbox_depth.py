"""Whole frames as a person finder's input."""

from typing import Tuple

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmpose.registry import TRANSFORMS

from ...depth.letterbox import letterbox_frame, letterbox_matrix, move_boxes, pixels_per_metre
from ...pose.frame_boxes import camera_or_usual


@TRANSFORMS.register_module()
class LetterboxDepth(BaseTransform):
    """Fit a whole frame into the network's input; labels stay in the frame.

    Required Keys:

        - img: metres, float32 [H, W], 0 = invalid
        - intrinsics (optional): fx, fy, cx, cy; a usual field of view is
          assumed without

    Modified Keys:

        - img: of ``input_size``

    Added Keys:

        - input_size
        - warp_mat: [2, 3], from the frame's pixels to the input's
        - focal_px: focal length in pixels of the input

    Args:
        input_size (Tuple[int, int]): Width and height, pixels.
    """

    def __init__(self, input_size: Tuple[int, int]) -> None:
        super().__init__()
        self.input_size = tuple(input_size)

    def transform(self, results: dict) -> dict:
        """Warp the frame."""
        height, width = results['img'].shape
        matrix = self._matrix(letterbox_matrix((width, height), self.input_size))
        camera = camera_or_usual(results.get('intrinsics'), width, height)
        results['img'], results['focal_px'] = letterbox_frame(
            results['img'], matrix, self.input_size, camera
        )
        results['input_size'] = self.input_size
        results['warp_mat'] = matrix
        return results

    def _matrix(self, matrix: np.ndarray) -> np.ndarray:
        return matrix

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(input_size={self.input_size})'


@TRANSFORMS.register_module()
class RandomLetterbox(LetterboxDepth):
    """Fit a frame into the input somehow, mirrored or not, with its labels.

    Keys are those of :class:`LetterboxDepth`, and

    Modified Keys:

        - keypoints: pixels of the input. Mirrored joints keep their names:
          where they lie is all that boxes are made of.
        - unsure_bbox

    Args:
        input_size (Tuple[int, int]): Width and height, pixels.
        scale_factor (Tuple[float, float]): Smallest and largest size of the
            frame against :class:`LetterboxDepth`'s. Defaults to (0.7, 1.6).
        shift_factor (float): Largest shift either way, as a part of the
            input's side. Defaults to 0.15.
        roll_deg (float): Largest turn either way, degrees. Defaults to 10.
        flip_prob (float): Probability of mirroring. Defaults to 0.5.
    """

    def __init__(
        self,
        input_size: Tuple[int, int],
        scale_factor: Tuple[float, float] = (0.7, 1.6),
        shift_factor: float = 0.15,
        roll_deg: float = 10.0,
        flip_prob: float = 0.5,
    ) -> None:
        super().__init__(input_size)
        self.scale_factor = tuple(scale_factor)
        self.shift_factor = shift_factor
        self.roll_deg = roll_deg
        self.flip_prob = flip_prob

    @cache_randomness
    def _draw(self) -> Tuple[float, np.ndarray, float, bool]:
        return (
            np.exp(np.random.uniform(*np.log(self.scale_factor))),
            np.random.uniform(-self.shift_factor, self.shift_factor, 2),
            np.random.uniform(-self.roll_deg, self.roll_deg),
            np.random.rand() < self.flip_prob,
        )

    def _matrix(self, matrix: np.ndarray) -> np.ndarray:
        scale, shift, roll_deg, flipped = self._draw()
        middle = (np.array(self.input_size) - 1) / 2
        change = cv2.getRotationMatrix2D(middle.tolist(), roll_deg, scale)
        change[:, 2] += shift * self.input_size
        if flipped:
            change[0] = -change[0]
            change[0, 2] += self.input_size[0] - 1
        return (change @ np.vstack([matrix, (0, 0, 1)])).astype(np.float32)

    def transform(self, results: dict) -> dict:
        """Warp the frame and move its labels."""
        results = super().transform(results)
        matrix = results['warp_mat']
        results['keypoints'] = results['keypoints'] @ matrix[:, :2].T + matrix[:, 2]
        results['unsure_bbox'] = move_boxes(results['unsure_bbox'], matrix)
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(input_size={self.input_size}, '
            f'scale_factor={self.scale_factor}, shift_factor={self.shift_factor}, '
            f'roll_deg={self.roll_deg}, flip_prob={self.flip_prob})'
        )


@TRANSFORMS.register_module()
class PixelsPerMetre(BaseTransform):
    """Depth as the number of pixels that a metre takes, / 100.

    Required Keys:

        - focal_px

    Modified Keys:

        - img: see :func:`mmpose_cmb.depth.letterbox.pixels_per_metre`

    Args:
        jitter (float): For training: a random factor of up to 1 + this, or
            its inverse, as cameras are not known exactly and people are of
            several sizes. Defaults to 0.
    """

    def __init__(self, jitter: float = 0.0) -> None:
        super().__init__()
        if not jitter >= 0:
            raise ValueError(f'jitter: expected a number >= 0, got {jitter}')
        self.jitter = jitter

    @cache_randomness
    def _factor(self) -> float:
        return (1 + self.jitter) ** np.random.uniform(-1, 1) if self.jitter else 1.0

    def transform(self, results: dict) -> dict:
        """Divide."""
        results['img'] = pixels_per_metre(results['img'], results['focal_px'] * self._factor())
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(jitter={self.jitter})'

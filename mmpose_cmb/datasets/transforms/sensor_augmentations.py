"""Random sensor effects, on metric depth and before ``NormalizeDepth``.

All of them require and modify ``img``: metres, float32 [H, W], 0 = invalid.
"""

from typing import Optional, Tuple

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmpose.registry import TRANSFORMS

from ...depth.smoothing import smooth_depth
from ..sensor_effects import add_axial_noise, cut_blobs, drop_edges, quantize_depth, shift_depth


def _generator() -> np.random.Generator:
    """Return a generator seeded from numpy's global one.

    Its float32 numbers cost half of the global one's float64, and seeding as
    MMEngine does still repeats them.
    """
    return np.random.Generator(np.random.SFC64(np.random.randint(2**31)))


def _check_not_negative(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value < np.inf:
            raise ValueError(f'{name}: expected a number >= 0, got {value}')


def _check_probabilities(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f'{name}: expected a probability in [0, 1], got {value}')


@TRANSFORMS.register_module()
class RandomDepthNoise(BaseTransform):
    """Add axial noise of a random strength.

    The standard deviation is ``strength * (std_m + std_per_m * z**2)``, with
    the strength drawn from [0, 1] for each image.

    Required and Modified Keys:

        - img

    Args:
        std_m (float): Largest standard deviation that does not depend on
            distance, metres. Defaults to 0.002.
        std_per_m (float): Largest standard deviation at 1 m of the part that
            grows with the squared distance, metres. Defaults to 0.003, about
            twice a Kinect's.
        prob (float): Probability of any noise. Defaults to 1.
    """

    def __init__(self, std_m: float = 0.002, std_per_m: float = 0.003, prob: float = 1.0) -> None:
        super().__init__()
        _check_not_negative(std_m=std_m, std_per_m=std_per_m)
        _check_probabilities(prob=prob)
        self.std_m = std_m
        self.std_per_m = std_per_m
        self.prob = prob

    @cache_randomness
    def _noise(self, shape: Tuple[int, int]) -> Optional[np.ndarray]:
        if np.random.rand() >= self.prob:
            return None
        strength = np.float32(np.random.rand())
        return strength * _generator().standard_normal(shape, np.float32)

    def transform(self, results: dict) -> dict:
        """Add the noise."""
        noise = self._noise(results['img'].shape)
        if noise is not None:
            results['img'] = add_axial_noise(results['img'], noise, self.std_m, self.std_per_m)
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(std_m={self.std_m}, '
            f'std_per_m={self.std_per_m}, prob={self.prob})'
        )


@TRANSFORMS.register_module()
class RandomDepthSmoothing(BaseTransform):
    """Blur, as in frames that were resized or filtered; holes stay.

    Required and Modified Keys:

        - img

    Args:
        sigma_px (Tuple[float, float]): Smallest and largest standard
            deviation, pixels. Defaults to (0.5, 1.5).
        prob (float): Probability of any blur. Defaults to 0.3.
    """

    def __init__(self, sigma_px: Tuple[float, float] = (0.5, 1.5), prob: float = 0.3) -> None:
        super().__init__()
        _check_probabilities(prob=prob)
        if not 0 < sigma_px[0] <= sigma_px[1] < np.inf:
            raise ValueError(
                'sigma_px: expected the smallest and the largest standard deviation, '
                f'> 0, got {sigma_px}'
            )
        self.sigma_px = sigma_px
        self.prob = prob

    @cache_randomness
    def _sigma(self) -> Optional[float]:
        if np.random.rand() >= self.prob:
            return None
        return np.random.uniform(*self.sigma_px)

    def transform(self, results: dict) -> dict:
        """Blur, or not."""
        sigma = self._sigma()
        if sigma is not None:
            results['img'] = smooth_depth(results['img'], sigma)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(sigma_px={self.sigma_px}, prob={self.prob})'


@TRANSFORMS.register_module()
class RandomDepthHoles(BaseTransform):
    """Make holes: blobs anywhere, and lost pixels where depth jumps.

    Required and Modified Keys:

        - img

    Args:
        max_blobs (int): The largest number of elliptical holes; an image
            gets 0 to this many. Defaults to 4.
        blob_size (Tuple[float, float]): Smallest and largest half axis of a
            hole, as a part of the image's side. Defaults to (0.01, 0.06).
        edge_prob (float): The largest part of the pixels at depth edges that
            is lost; each image draws its own. Defaults to 0.3.
        edge_m (float): What counts as an edge: a jump of more than this many
            metres between neighbours. Defaults to 0.1.
        prob (float): Probability of any holes. Defaults to 0.5.
    """

    def __init__(
        self,
        max_blobs: int = 4,
        blob_size: Tuple[float, float] = (0.01, 0.06),
        edge_prob: float = 0.3,
        edge_m: float = 0.1,
        prob: float = 0.5,
    ) -> None:
        super().__init__()
        _check_not_negative(max_blobs=max_blobs, edge_m=edge_m)
        _check_probabilities(edge_prob=edge_prob, prob=prob)
        if not 0 < blob_size[0] <= blob_size[1] <= 1:
            raise ValueError(
                'blob_size: expected the smallest and the '
                f'largest half axis in (0, 1], got {blob_size}'
            )
        self.max_blobs = max_blobs
        self.blob_size = blob_size
        self.edge_prob = edge_prob
        self.edge_m = edge_m
        self.prob = prob

    @cache_randomness
    def _draw(self, shape: Tuple[int, int]) -> Optional[Tuple[np.ndarray, np.ndarray, float]]:
        if np.random.rand() >= self.prob:
            return None
        count = np.random.randint(self.max_blobs + 1)
        blobs = np.hstack(
            [
                np.random.rand(count, 2),
                np.random.uniform(*self.blob_size, (count, 2)),
                np.random.uniform(0, 180, (count, 1)),
            ]
        )
        lost_part = np.random.uniform(0, self.edge_prob)
        return blobs, _generator().random(shape, np.float32), lost_part

    def transform(self, results: dict) -> dict:
        """Make the holes."""
        drawn = self._draw(results['img'].shape)
        if drawn is not None:
            blobs, uniform, lost_part = drawn
            results['img'] = drop_edges(results['img'], uniform, self.edge_m, lost_part)
            results['img'] = cut_blobs(results['img'], blobs)
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(max_blobs={self.max_blobs}, '
            f'blob_size={self.blob_size}, edge_prob={self.edge_prob}, '
            f'edge_m={self.edge_m}, prob={self.prob})'
        )


@TRANSFORMS.register_module()
class RandomDepthQuantization(BaseTransform):
    """Round depth to steps of a random size.

    Required and Modified Keys:

        - img

    Args:
        step_m (float): Largest fixed step, metres. Defaults to 0.02, the grey
            levels of an 8-bit image of a room.
        step_per_m (float): Largest step at 1 m of a sensor whose step grows
            with the squared distance, metres. Defaults to 0.003, a Kinect's.
        prob (float): Probability of any rounding. Defaults to 0.5.
    """

    def __init__(self, step_m: float = 0.02, step_per_m: float = 0.003, prob: float = 0.5) -> None:
        super().__init__()
        _check_not_negative(step_m=step_m, step_per_m=step_per_m)
        _check_probabilities(prob=prob)
        self.step_m = step_m
        self.step_per_m = step_per_m
        self.prob = prob

    @cache_randomness
    def _strengths(self) -> Optional[Tuple[float, float]]:
        if np.random.rand() >= self.prob:
            return None
        return np.random.rand(), np.random.rand()

    def transform(self, results: dict) -> dict:
        """Round the depth."""
        strengths = self._strengths()
        if strengths is not None:
            results['img'] = quantize_depth(
                results['img'], strengths[0] * self.step_m, strengths[1] * self.step_per_m
            )
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(step_m={self.step_m}, '
            f'step_per_m={self.step_per_m}, prob={self.prob})'
        )


@TRANSFORMS.register_module()
class RandomDepthShift(BaseTransform):
    """Move the whole scene nearer or farther.

    ``NormalizeDepth`` takes the shift out again. What remains is that noise
    and steps which follow, and which grow with distance, become those of
    another distance: place it before them. To shift what the network sees,
    use ``NormalizeDepth(reference_jitter_m=...)``.

    Required and Modified Keys:

        - img
        - keypoints_cam (optional): moved along their rays, so that they stay
          at the same pixels

    Args:
        max_shift_m (float): Largest shift either way, metres.
    """

    def __init__(self, max_shift_m: float) -> None:
        super().__init__()
        _check_not_negative(max_shift_m=max_shift_m)
        self.max_shift_m = max_shift_m

    @cache_randomness
    def _shift_m(self) -> float:
        return np.random.uniform(-self.max_shift_m, self.max_shift_m)

    def transform(self, results: dict) -> dict:
        """Shift the depth."""
        shift_m = self._shift_m()
        results['img'] = shift_depth(results['img'], shift_m)
        if 'keypoints_cam' in results:
            z = results['keypoints_cam'][..., 2:]
            results['keypoints_cam'] = results['keypoints_cam'] * ((z + shift_m) / z)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(max_shift_m={self.max_shift_m})'

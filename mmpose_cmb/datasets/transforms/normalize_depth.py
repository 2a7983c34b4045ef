"""Depth relative to the person, in [-1, 1]."""

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmpose.registry import TRANSFORMS

from ...depth.person_depth import estimate_person_depth, normalize_depth


@TRANSFORMS.register_module()
class NormalizeDepth(BaseTransform):
    """Make a crop's depth relative to the person and clip it to [-1, 1].

    The person's depth is estimated from the crop alone, so training and test
    see the same.

    Required Keys:

        - img: metres, [H, W], 0 = invalid; the person's crop

    Modified Keys:

        - img: float32 [H, W] in [-1, 1]; -1 is nearest

    Added Keys:

        - person_depth_m: the depth that became 0; NaN where the crop holds no
          valid pixel

    Args:
        half_range_m (float): What is this much nearer than the person
            becomes -1, what is this much farther +1; beyond that it is
            clipped. Background is therefore +1. Defaults to 1.0.
        hole_value (float): What invalid pixels become. Defaults to 1.0, the
            background's value.
        reference_jitter_m (float): For training: the estimate is shifted by
            up to this many metres either way. This is what shifting the
            depth means to the network, since a shift of the whole image
            cancels against the estimate. Defaults to 0.
    """

    def __init__(
        self, half_range_m: float = 1.0, hole_value: float = 1.0, reference_jitter_m: float = 0.0
    ) -> None:
        super().__init__()
        if not half_range_m > 0:
            raise ValueError(f'half_range_m: expected metres > 0, got {half_range_m}')
        if not -1 <= hole_value <= 1:
            raise ValueError(f'hole_value: expected a value in [-1, 1], got {hole_value}')
        if not reference_jitter_m >= 0:
            raise ValueError(f'reference_jitter_m: expected metres >= 0, got {reference_jitter_m}')
        self.half_range_m = half_range_m
        self.hole_value = hole_value
        self.reference_jitter_m = reference_jitter_m

    @cache_randomness
    def _jitter_m(self) -> float:
        return np.random.uniform(-self.reference_jitter_m, self.reference_jitter_m)

    def transform(self, results: dict) -> dict:
        """Estimate the person's depth and normalise."""
        person_depth_m = estimate_person_depth(results['img'], self.half_range_m)
        if self.reference_jitter_m:
            person_depth_m += self._jitter_m()
        results['img'] = normalize_depth(
            results['img'], person_depth_m, self.half_range_m, self.hole_value
        )
        results['person_depth_m'] = person_depth_m
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(half_range_m={self.half_range_m}, '
            f'hole_value={self.hole_value}, '
            f'reference_jitter_m={self.reference_jitter_m})'
        )

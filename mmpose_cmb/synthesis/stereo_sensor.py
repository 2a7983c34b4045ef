"""What an active stereo camera (RealSense D400) makes of a scene, pure numpy.

Two infrared cameras are matched window by window, so errors are alike in
neighbours and grow with the square of depth, silhouettes grow by a part of the
window, what is thinner than half of it is lost, and beside everybody is a strip
that one camera alone sees. Keselman, Woodfill, Grunnet-Jepsen & Bhowmik, "Intel
RealSense Stereoscopic Depth Cameras", CVPR Workshops 2017; the noise law is that
of Intel's paper on tuning them: z^2 x subpixel error / (focal length x baseline).
Depth is (H, W) float32 in metres, 0 = invalid, throughout.
"""

from typing import NamedTuple

import cv2
import numpy as np

from .render import Rendering
from .sensor import projector_shadow, quantise_inverse_depth, shift_pixels, smooth_noise


class Stereo(NamedTuple):
    """A stereo camera; what it delivers may be smaller than what it matches.

    Attributes:
        baseline_m: Between its two cameras.
        matched_focal_px: Focal length of the images that are matched.
        subpixel_px: Standard deviation of the disparity, for a surface with
            texture; 0.05 well tuned, 0.1 and more on plain ones.
        step_px: Quantum of the disparity.
        nearest_m: Nothing nearer is measured.
        farthest_m: Nothing farther is.
        pattern_m: Up to where the projector's pattern is seen; plain surfaces
            beyond it are lost in patches.
    """

    baseline_m: float = 0.05
    matched_focal_px: float = 422.0
    subpixel_px: float = 0.08
    step_px: float = 1 / 32
    nearest_m: float = 0.28
    farthest_m: float = 10.0
    pattern_m: float = 3.5

    @property
    def pixel_inverse_m(self) -> float:
        """Inverse depth of a pixel of disparity, 1/metre."""
        return 1 / (self.matched_focal_px * self.baseline_m)


# 848x480 with 91 degrees.
D435 = Stereo()
# Standard deviation of how far errors of neighbours are alike, pixels of what
# is delivered at half of the resolution.
_WINDOW_PX = 2.2


def active_stereo(
    rng: np.random.Generator,
    scene: Rendering,
    hair: np.ndarray,
    focal_px: float,
    camera: Stereo = D435,
) -> np.ndarray:
    """A frame of an active stereo camera, aligned with its left image.

    Args:
        rng (np.random.Generator): Source of randomness.
        scene (Rendering): The true depth, and how the surfaces lie.
        hair (np.ndarray): (H, W) bool, pixels that absorb infrared light.
        focal_px (float): Horizontal focal length of the frame, pixels.
        camera (Stereo): Its geometry and noise. Defaults to the D435's.
    """
    depth, cosine, hair = shift_pixels(rng, 0.7, scene.depth_m, scene.cos_incidence, hair)
    shape = depth.shape
    depth = fattened(depth, smooth_noise(rng, shape, _WINDOW_PX) > -0.5)
    # The right camera looks past the left side of whatever is near.
    hidden = projector_shadow(depth[:, ::-1], focal_px, camera.baseline_m)[:, ::-1]
    valid = (depth > camera.nearest_m) & (depth < camera.farthest_m)
    # Some of the strip is filled with what lies behind.
    valid &= ~(hidden & (smooth_noise(rng, shape, 2.0) > -0.8))
    valid &= cosine > 0.1 + 0.05 * smooth_noise(rng, shape, 2.0)
    valid &= ~(hair & (smooth_noise(rng, shape, 2.0) < rng.normal(-1.2, 0.8)))
    beyond = depth - camera.pattern_m * rng.uniform(0.8, 2.0)
    valid &= ~((beyond > 0) & (smooth_noise(rng, shape, 4.0) < 0.6 * beyond - 0.6))
    valid &= smooth_noise(rng, shape, 2.0) < 3.2

    subpixel_px = camera.subpixel_px * rng.uniform(0.6, 1.6)
    error = 0.97 * smooth_noise(rng, shape, _WINDOW_PX) + 0.24 * rng.standard_normal(
        shape, np.float32
    )
    return quantise_inverse_depth(
        np.where(valid, depth, 0),
        error * subpixel_px * camera.pixel_inverse_m,
        camera.step_px * camera.pixel_inverse_m,
    )


def fattened(depth_m: np.ndarray, grown: np.ndarray) -> np.ndarray:
    """Depth matched by windows: silhouettes grow, thin things are lost.

    Args:
        depth_m (np.ndarray): (H, W), metres, 0 = nothing there.
        grown (np.ndarray): (H, W) bool, where a window takes the nearer of
            the surfaces that it holds.
    """
    nothing = np.float32(99)
    filled = np.where(depth_m > 0, depth_m, nothing)
    # The middle of 5 x 5: what fills less than half of it goes.
    middle = cv2.medianBlur(filled, 5)
    near = cv2.erode(middle, np.ones((3, 3), np.uint8))
    matched = np.where(grown, near, middle)
    return np.where(matched < nothing, matched, 0).astype(np.float32)

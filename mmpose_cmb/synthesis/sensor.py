"""What a depth sensor makes of a scene: noise, steps, holes (pure numpy).

Structured light (Kinect v1) follows Khoshelham & Elberink, "Accuracy and
Resolution of Kinect Depth Data", Sensors 12(2), 2012: disparity is quantised,
so the depth step and the axial noise grow with the square of depth. Lateral
noise and grazing angles: Nguyen, Izadi & Lovell, "Modeling Kinect Sensor Noise
for Improved 3D Reconstruction and Tracking", 3DIMPVT 2012. Disturbing the
pixel that is looked up: Barron & Malik, "Intrinsic Scene Properties from a
Single RGB-D Image", CVPR 2013. Time of flight (Kinect v2): Sarbolandi, Lefloch
& Kolb, "Kinect range sensing: Structured-light versus Time-of-Flight Kinect",
CVIU 139, 2015. Depth is (H, W) float32 in metres, 0 = invalid, throughout.
"""

from typing import NamedTuple

import cv2
import numpy as np

from .render import Rendering

SENSORS = ('structured_light', 'time_of_flight')
# Kinect v1: 1/8 px of disparity, f = 580 px (at 640x480), baseline 75 mm.
BASELINE_M = 0.075
INVERSE_DEPTH_STEP = 1 / (8 * 580 * BASELINE_M)
_NEAREST_M = 0.5


class StructuredLight(NamedTuple):
    """What sets structured-light cameras apart.

    Attributes:
        nearest_m: Nothing nearer is measured.
        baseline_m: Between the camera and the projector to its right.
    """

    nearest_m: float = _NEAREST_M
    baseline_m: float = BASELINE_M


KINECT_V1 = StructuredLight()
# Those for hands, such as RealSense SR300 (from 0.2 m on) and Orbbec's Astra
# Mini S (0.35 m), have the projector nearer.
NEAR_STRUCTURED_LIGHT = StructuredLight(0.2, 0.03)


class TimeOfFlight(NamedTuple):
    """What sets time-of-flight cameras apart.

    Attributes:
        nearest_m: Nothing nearer is measured.
        noise_m: Standard deviation of the depth of a very near surface.
        noise_per_m2: What is added to it per square metre of distance.
        silhouette_m: Neighbours that are farther apart make flying pixels.
    """

    nearest_m: float = _NEAREST_M
    noise_m: float = 0.001
    noise_per_m2: float = 0.0006
    silhouette_m: float = 0.1


KINECT_V2 = TimeOfFlight()
# SoftKinetic's DS325 is given as within 14 mm at 1 m, from 0.15 m on.
CLOSE_RANGE = TimeOfFlight(0.15, 0.001, 0.008, 0.03)


def structured_light(
    rng: np.random.Generator,
    scene: Rendering,
    hair: np.ndarray,
    focal_px: float,
    camera: StructuredLight = KINECT_V1,
) -> np.ndarray:
    """A frame of a structured-light sensor.

    Args:
        rng (np.random.Generator): Source of randomness.
        scene (Rendering): The true depth, and how the surfaces lie.
        hair (np.ndarray): (H, W) bool, pixels that absorb infrared light.
        focal_px (float): Horizontal focal length, pixels.
        camera (StructuredLight): Its range and baseline. Defaults to Kinect v1's.
    """
    depth, cosine, hair = shift_pixels(rng, 0.55, scene.depth_m, scene.cos_incidence, hair)
    valid = (depth > camera.nearest_m) & (depth < _range_limit(rng))
    valid &= ~projector_shadow(depth, focal_px, camera.baseline_m)
    valid &= cosine > 0.12 + 0.05 * smooth_noise(rng, depth.shape, 2.0)
    valid &= ~_absorbed(rng, hair)
    valid &= smooth_noise(rng, depth.shape, 2.0) < 3.7

    # The matching window makes the errors of neighbours alike.
    error = 0.38 * smooth_noise(rng, depth.shape, 1.8) + 0.12 * rng.standard_normal(
        depth.shape, np.float32
    )
    return quantise_inverse_depth(
        np.where(valid, depth, 0), error * INVERSE_DEPTH_STEP, INVERSE_DEPTH_STEP
    )


def time_of_flight(
    rng: np.random.Generator, scene: Rendering, hair: np.ndarray, camera: TimeOfFlight = KINECT_V2
) -> np.ndarray:
    """A frame of a time-of-flight sensor.

    Args:
        rng (np.random.Generator): Source of randomness.
        scene (Rendering): The true depth, and how the surfaces lie.
        hair (np.ndarray): (H, W) bool, pixels that absorb infrared light.
        camera (TimeOfFlight): Its range and noise. Defaults to Kinect v2's.
    """
    depth = mix_at_edges(rng, scene.depth_m, camera.silhouette_m)
    sigma = tof_noise_sigma(depth, scene.cos_incidence, camera)
    noisy = depth + sigma * rng.standard_normal(depth.shape, np.float32)
    valid = (depth > camera.nearest_m) & (depth < _range_limit(rng))
    valid &= ~_absorbed(rng, hair)
    # Too little light comes back: far, grazing, or both.
    lost = sigma + 0.006 * np.abs(smooth_noise(rng, depth.shape, 0.8)) > 0.05
    valid &= ~lost
    valid &= smooth_noise(rng, depth.shape, 1.2) < 3.6
    # Millimetres are what such cameras deliver.
    return np.where(valid, np.round(noisy, 3), 0).astype(np.float32)


def tof_noise_sigma(
    depth_m: np.ndarray, cos_incidence: np.ndarray, camera: TimeOfFlight = KINECT_V2
) -> np.ndarray:
    """Standard deviation of a time-of-flight depth, metres.

    For Kinect v2 1 mm plus 0.6 mm per square metre (about 6 mm at 3 m),
    growing as the surface turns away.

    Args:
        depth_m (np.ndarray): True depth, metres.
        cos_incidence (np.ndarray): Cosine between ray and normal.
        camera (TimeOfFlight): The camera. Defaults to Kinect v2.
    """
    return (camera.noise_m + camera.noise_per_m2 * depth_m**2) / np.maximum(
        cos_incidence, 0.05
    ) ** 0.7


def quantise_inverse_depth(depth_m: np.ndarray, error: np.ndarray, step: float) -> np.ndarray:
    """Depth as it comes back from whole steps of inverse depth.

    A step of s gives depth steps, and an error of sd e gives a depth noise,
    of s z^2 and e z^2.

    Args:
        depth_m (np.ndarray): True depth, metres; 0 stays 0.
        error (np.ndarray): Error of the inverse depth, 1/metre.
        step (float): Quantum of the inverse depth, 1/metre.
    """
    valid = depth_m > 0
    inverse = 1 / np.where(valid, depth_m, 1) + error
    levels = np.maximum(np.round(inverse / step), 1)
    return np.where(valid, 1 / (levels * step), 0).astype(np.float32)


def projector_shadow(
    depth_m: np.ndarray, focal_px: float, baseline_m: float = BASELINE_M
) -> np.ndarray:
    """Where the projector, ``baseline_m`` beside the camera, cannot see.

    In a rectified pair pixel u lies on the projector's column u + f b / z; a
    pixel whose column was passed by a nearer one to its left is in shadow.

    Args:
        depth_m (np.ndarray): (H, W), metres, 0 = nothing there.
        focal_px (float): Horizontal focal length, pixels.
        baseline_m (float): Metres. Defaults to ``BASELINE_M``.
    """
    columns = np.arange(depth_m.shape[1], dtype=np.float32)
    valid = depth_m > 0
    projected = columns + np.where(valid, focal_px * baseline_m / np.where(valid, depth_m, 1), 0)
    furthest = np.maximum.accumulate(projected, axis=1)
    # Half a pixel of slack: slanted surfaces also pull columns together.
    return furthest > projected + 0.5


def mix_at_edges(rng: np.random.Generator, depth_m: np.ndarray, step_m: float = 0.1) -> np.ndarray:
    """Flying pixels: at a silhouette, half of them see both surfaces.

    A pixel counts as on a silhouette where its 3x3 neighbourhood spans more
    than ``step_m``; one in six of these is lost, as the camera filters them.

    Args:
        rng (np.random.Generator): Source of randomness.
        depth_m (np.ndarray): (H, W), metres, 0 = nothing there.
        step_m (float): Least step of a silhouette. Defaults to 0.1.
    """
    kernel = np.ones((3, 3), np.uint8)
    nothing = np.float32(99)
    near = cv2.erode(np.where(depth_m > 0, depth_m, nothing), kernel)
    far = cv2.dilate(depth_m, kernel)
    edge = (far - near > step_m) & (depth_m > 0) & (near < nothing)
    draw = rng.random(depth_m.shape, np.float32)
    share = rng.random(depth_m.shape, np.float32)
    # Most of the light of a pixel comes from one side.
    share = np.where(share < 0.5, 2 * share**2, 1 - 2 * (1 - share) ** 2)
    mixed = np.where(edge & (draw < 0.5), near + share * (far - near), depth_m)
    return np.where(edge & (draw > 5 / 6), 0, mixed).astype(np.float32)


def shift_pixels(rng: np.random.Generator, sigma_px: float, *images):
    """Look every pixel up a little beside its place: ragged silhouettes.

    Args:
        rng (np.random.Generator): Source of randomness.
        sigma_px (float): Standard deviation of the shift, pixels.
        *images (np.ndarray): (H, W) each; all are shifted alike.
    """
    height, width = images[0].shape
    du, dv = (
        np.rint(sigma_px * smooth_noise(rng, (height, width), 1.0)).astype(int) for _ in range(2)
    )
    v, u = np.indices((height, width))
    rows = np.clip(v + dv, 0, height - 1)
    columns = np.clip(u + du, 0, width - 1)
    return [image[rows, columns] for image in images]


def lost_on_dark(rng: np.random.Generator, dark: np.ndarray) -> np.ndarray:
    """(H, W) bool: pixels that dark furniture swallows, in patches.

    Args:
        rng (np.random.Generator): Source of randomness.
        dark (np.ndarray): (H, W) bool, pixels of dark surfaces.
    """
    return dark & (smooth_noise(rng, dark.shape, 5.0) < rng.normal(0.5, 1.2))


def without_border(rng: np.random.Generator, depth_m: np.ndarray) -> np.ndarray:
    """Depth that was registered to a colour image: its border is empty.

    Args:
        rng (np.random.Generator): Source of randomness.
        depth_m (np.ndarray): (H, W), metres; is left as it is.
    """
    height, width = depth_m.shape
    top, bottom = rng.integers(0, max(height // 20, 1), 2)
    left, right = rng.integers(0, max(width // 20, 1), 2)
    kept = np.zeros_like(depth_m)
    inner = slice(top, height - bottom), slice(left, width - right)
    kept[inner] = depth_m[inner]
    return kept


def _absorbed(rng: np.random.Generator, hair: np.ndarray) -> np.ndarray:
    """Dark hair of some people returns nothing, in patches."""
    darkness = rng.normal(-0.9, 1.1)
    return hair & (smooth_noise(rng, hair.shape, 2.0) < darkness)


def _range_limit(rng: np.random.Generator) -> float:
    """Where the sensor stops, metres: some are set to a short range.

    Not before 5 m, so that most people stay in it.
    """
    return rng.uniform(5, 6) if rng.random() < 0.3 else 8.0


def smooth_noise(rng: np.random.Generator, shape, sigma_px: float):
    """Gaussian noise (H, W), unit variance, blurred over ``sigma_px``.

    Args:
        rng (np.random.Generator): Source of randomness.
        shape (tuple): H, W.
        sigma_px (float): Standard deviation of the blur, pixels.
    """
    noise = rng.standard_normal(shape, np.float32)
    # A Gaussian blur leaves 1 / (4 pi sigma^2) of white noise's variance
    # for sigma around one pixel and more.
    return cv2.GaussianBlur(noise, (0, 0), sigma_px) * np.float32(2 * np.sqrt(np.pi) * sigma_px)

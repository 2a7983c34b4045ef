import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.synthesis import make_sample
from mmpose_cmb.synthesis.render import Rendering
from mmpose_cmb.synthesis.stereo_sensor import D435, Stereo, active_stereo, fattened

SHAPE = (120, 212)
NO_HAIR = np.zeros(SHAPE, bool)
FOCAL_PX = 211.0
EVERYWHERE = np.ones(SHAPE, bool)


def scene(depth_m, cosine=1.0):
    depth = np.broadcast_to(np.asarray(depth_m, np.float32), SHAPE).copy()
    return Rendering(depth, np.zeros(SHAPE, np.int32), np.full(SHAPE, cosine, np.float32))


def seen(depth_m, seed=0, hair=NO_HAIR, camera=D435, cosine=1.0):
    return active_stereo(
        np.random.default_rng(seed), scene(depth_m, cosine), hair, FOCAL_PX, camera
    )


def deviation(depth_m):
    """Standard deviation on a wall, root mean square over frames, holes left out."""
    frames = [seen(depth_m, seed) for seed in range(12)]
    return np.sqrt(np.mean([(f[f > 0] - depth_m).var() for f in frames]))


def test_noise_follows_intels_law():
    # z^2 x subpixel / (focal length x baseline): 15 mm at 2 m for 0.08 pixels.
    assert deviation(2.0) == pytest.approx(2.0**2 * 0.08 / (422 * 0.05), rel=0.45)
    assert 3.3 < deviation(3.0) / deviation(1.5) < 4.7


def test_errors_of_neighbours_are_alike():
    error = seen(2.0) - 2.0
    good = (seen(2.0) > 0)[:, 1:] & (seen(2.0) > 0)[:, :-1]
    assert np.corrcoef(error[:, 1:][good], error[:, :-1][good])[0, 1] > 0.8


def test_steps_are_those_of_disparity():
    values = np.unique(seen(3.0))[1:]
    inverse = 1 / values.astype(float) * (422 * 0.05) * 32
    np.testing.assert_allclose(inverse, inverse.round(), atol=2e-3)


def test_the_strip_beside_somebody_is_at_the_left():
    depth = np.full(SHAPE, 4.0, np.float32)
    depth[:, 100:140] = 1.0
    rows = np.stack([seen(depth, seed) for seed in range(8)])
    # 211 x 0.05 x (1/1 - 1/4) = 7.9 pixels that the right camera does not see.
    holes = (rows == 0).mean((0, 1))
    assert holes[92:98].mean() > 0.6
    assert holes[145:155].mean() < 0.35
    assert holes[60:80].mean() < 0.35


def test_silhouettes_grow_and_thin_things_are_lost():
    depth = np.full(SHAPE, 3.0, np.float32)
    depth[:, 100:120] = 1.5
    depth[:, 50:52] = 1.5
    matched = fattened(depth, EVERYWHERE)
    assert (matched == 1.5).sum(1).tolist() == [22] * SHAPE[0]
    assert (matched[:, 45:56] == 3.0).all()
    np.testing.assert_array_equal(fattened(depth, ~EVERYWHERE)[:, 100:120], 1.5)
    assert (fattened(0 * depth, EVERYWHERE) == 0).all()


def test_what_is_lost():
    assert (seen(0.2) == 0).all() and (seen(10.5) == 0).all()
    far, near = ((seen(depth) == 0).mean() for depth in (7.5, 2.0))
    assert near < 0.1 < 0.3 < far
    assert (seen(2.0, cosine=0.05) == 0).mean() > 0.5
    # A pattern that reaches farther.
    assert (seen(6.0, camera=Stereo(pattern_m=9.0)) == 0).mean() < 0.1


def test_samples_are_made_by_its_name():
    camera = Camera(FOCAL_PX, FOCAL_PX, 105.5, 59.5, *SHAPE[::-1])
    first, again = (make_sample(3, 1, camera, 'active_stereo') for _ in range(2))
    np.testing.assert_array_equal(first.depth_m, again.depth_m)
    assert first.sensor == 'active_stereo' and first.depth_m.shape == SHAPE
    other = make_sample(3, 1, camera, 'time_of_flight')
    np.testing.assert_array_equal(first.keypoints_cam_m, other.keypoints_cam_m)
    both = (first.depth_m > 0) & (other.depth_m > 0)
    assert np.median(np.abs(first.depth_m - other.depth_m)[both]) < 0.1

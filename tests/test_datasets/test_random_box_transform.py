"""RandomBoxTransform against the distribution that MMPose draws from."""

import numpy as np
from scipy.stats import kstest, truncnorm

from mmpose.registry import TRANSFORMS
from mmpose_cmb.datasets import RandomBoxTransform

BOX = dict(
    bbox_center=np.array([[50.0, 60.0]], np.float32),
    bbox_scale=np.array([[80.0, 100.0]], np.float32),
)


def test_draws_the_truncated_normal_distribution():
    np.random.seed(0)
    drawn = RandomBoxTransform._truncnorm(size=(5000, 4))
    assert drawn.dtype == np.float32 and drawn.shape == (5000, 4)
    assert kstest(drawn.ravel(), truncnorm(-1, 1).cdf).pvalue > 0.01
    wide = RandomBoxTransform._truncnorm(-2.0, 0.5, size=5000)
    assert kstest(wide, truncnorm(-2, 0.5).cdf).pvalue > 0.01


def test_boxes_stay_within_the_arguments():
    transform = TRANSFORMS.build(
        dict(
            type='RandomBoxTransform',
            shift_prob=1.0,
            shift_factor=0.1,
            scale_prob=1.0,
            scale_factor=(0.8, 1.2),
            rotate_prob=1.0,
            rotate_factor=40.0,
        )
    )
    np.random.seed(0)
    boxes = [transform({k: v.copy() for k, v in BOX.items()}) for _ in range(200)]
    shift = np.concatenate([b['bbox_center'] for b in boxes]) - (50, 60)
    scale = np.concatenate([b['bbox_scale'] for b in boxes]) / (80, 100)
    turn = np.concatenate([b['bbox_rotation'] for b in boxes])
    assert (np.abs(shift) <= (8.001, 10.001)).all() and shift.std() > 3
    assert scale.min() >= 0.799 and scale.max() <= 1.201
    assert turn.std() > 10 and np.abs(turn).max() <= 40.001


def test_the_same_seed_gives_the_same_box():
    transform = RandomBoxTransform()
    results = []
    for _ in range(2):
        np.random.seed(7)
        results.append(transform({k: v.copy() for k, v in BOX.items()}))
    for key in results[0]:
        np.testing.assert_array_equal(results[0][key], results[1][key])

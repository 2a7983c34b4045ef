"""Frames and their labels as a person finder is trained on them."""

import numpy as np
import pytest

from mmpose_cmb.datasets.transforms import (
    BoxesOfJoints,
    LetterboxDepth,
    PixelsPerMetre,
    RandomLetterbox,
)
from mmpose_cmb.datasets.transforms.boxes_of_joints import boxes_of_joints

SIZE = (192, 160)


def _frame(joints=((100, 80), (200, 150), (160, 120)), **more):
    """Dots of 9x9 pixels, each at its own depth, where the joints are."""
    depth = np.zeros((240, 320), np.float32)
    for i, (x, y) in enumerate(joints):
        depth[y - 4 : y + 5, x - 4 : x + 5] = 2 + i
    return dict(
        img=depth,
        keypoints=np.array([joints], np.float32),
        keypoints_seen=np.ones((1, len(joints)), np.float32),
        bbox=np.zeros((1, 4), np.float32),
        unsure_bbox=np.array([[96, 76, 104, 84]], np.float32),
        intrinsics=np.array([280, 284, 160, 120], np.float32),
        **more,
    )


@pytest.mark.parametrize('seed', range(6))
def test_joints_go_where_their_pixels_go(seed):
    np.random.seed(seed)
    results = RandomLetterbox(SIZE)(_frame())
    assert results['img'].shape == (160, 192)
    for i, joint in enumerate(results['keypoints'][0]):
        rows, columns = np.nonzero(results['img'] == 2 + i)
        if len(rows) > 8 and (joint > 6).all() and (joint < np.array(SIZE) - 7).all():
            np.testing.assert_allclose(joint, (columns.mean(), rows.mean()), atol=0.7)
    rows, columns = np.nonzero(results['img'] == 2)
    if len(rows):
        x1, y1, x2, y2 = results['unsure_bbox'][0]
        assert x1 - 1 <= columns.min() and columns.max() <= x2 + 1
        assert y1 - 1 <= rows.min() and rows.max() <= y2 + 1


def test_a_larger_frame_has_a_longer_focal_length():
    plain = LetterboxDepth(SIZE)(_frame())
    assert plain['focal_px'] == pytest.approx(282 * 191 / 319, rel=1e-5)
    zoomed = RandomLetterbox(SIZE, scale_factor=(1.5, 1.5))(_frame())
    assert zoomed['focal_px'] == pytest.approx(1.5 * plain['focal_px'], rel=1e-4)
    unknown = _frame()
    del unknown['intrinsics']
    # 65 degrees.
    expected = 96 / np.tan(np.radians(32.5)) * 319 / 320 * 320 / 319
    assert LetterboxDepth(SIZE)(unknown)['focal_px'] == pytest.approx(expected, rel=0.01)


def test_labels_stay_in_the_frame_in_a_test():
    results = LetterboxDepth(SIZE)(_frame())
    np.testing.assert_array_equal(results['keypoints'], _frame()['keypoints'])
    np.testing.assert_array_equal(results['unsure_bbox'], _frame()['unsure_bbox'])


def test_jitter_is_a_factor_either_way():
    np.random.seed(0)
    depth = np.full((2, 2), 2, np.float32)
    unsure = PixelsPerMetre(0.2)
    values = [unsure(dict(img=depth, focal_px=100.0))['img'][0, 0] for _ in range(200)]
    assert 0.5 / 1.2 <= min(values) < 0.44 and 0.57 < max(values) <= 0.5 * 1.2
    assert PixelsPerMetre()(dict(img=depth, focal_px=100.0))['img'][0, 0] == 0.5
    with pytest.raises(ValueError, match='jitter'):
        PixelsPerMetre(-0.1)


def test_boxes_of_joints_by_hand():
    joints = np.array([[[10, 20], [50, 30], [0, 0]]], np.float32)
    used = np.array([[True, True, False]])
    np.testing.assert_allclose(boxes_of_joints(joints, used, 0.1), [[6, 16, 54, 34]])
    assert boxes_of_joints(joints[:0], used[:0], 0.1).shape == (0, 4)


def test_who_is_hardly_seen_may_be_found_or_not():
    joints = np.full((3, 4, 2), 10, np.float32) + np.arange(4)[:, None]
    # One joint is hidden, two lie outside: two are left.
    joints[1, 2:] += 500
    seen = np.ones((3, 4))
    seen[0, 0] = 0
    # The third has nothing in view.
    joints[2] -= 100
    results = dict(
        img=np.zeros((40, 60)),
        keypoints=joints,
        keypoints_seen=seen,
        bbox=np.zeros((3, 4)),
        unsure_bbox=np.array([[1, 2, 3, 4]], np.float32),
    )
    results = BoxesOfJoints(margin=0.5, least_joints=3)(results)
    np.testing.assert_allclose(results['bbox'], [[10, 10, 14, 14]])
    np.testing.assert_allclose(results['unsure_bbox'], [[1, 2, 3, 4], [9.5, 9.5, 11.5, 11.5]])
    assert len(results['keypoints']) == len(results['keypoints_seen']) == 1

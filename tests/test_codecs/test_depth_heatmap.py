"""DepthHeatmap: what is encoded, and that decoding inverts it."""

import numpy as np
import pytest

from mmpose.codecs import UDPHeatmap
from mmpose_cmb.codecs import DepthHeatmap
from mmpose_cmb.codecs.depth_heatmap import absolute_depth_m, relative_depth

SIZES = dict(input_size=(64, 48), heatmap_size=(32, 24), sigma=1)


@pytest.fixture
def person():
    return dict(
        keypoints=np.array([[[0.0, 0.0], [63.0, 47.0], [31.5, 23.5]]]),
        keypoints_visible=np.ones((1, 3), np.float32),
        keypoints_cam=np.array([[[0, 0, 2.5], [0, 0, 3.0], [0, 0, 4.5]]]),
        person_depth_m=3.0,
    )


def test_hand_computed(person):
    encoded = DepthHeatmap(**SIZES, half_range_m=0.5).encode(**person)
    assert encoded['keypoint_uvd'].tolist() == [
        [[-0.5, -0.5, -1.0], [0.5, 0.5, 0.0], [0.0, 0.0, 3.0]]
    ]
    assert encoded['keypoint_uvd_weights'].tolist() == [[1, 1, 1]]


def test_heat_maps_are_udps(person):
    ours = DepthHeatmap(**SIZES).encode(**person)
    theirs = UDPHeatmap(**SIZES).encode(person['keypoints'], person['keypoints_visible'])
    for key in ('heatmaps', 'keypoint_weights'):
        np.testing.assert_array_equal(ours[key], theirs[key])


def test_unlabelled_joints_and_empty_crops_weigh_nothing(person):
    codec = DepthHeatmap(**SIZES)
    person['keypoints_visible'][0, 1] = 0
    person['keypoints_cam'][0, 2, 2] = np.nan
    encoded = codec.encode(**person)
    assert encoded['keypoint_uvd_weights'].tolist() == [[1, 0, 0]]
    assert np.isfinite(encoded['keypoint_uvd']).all()
    person['person_depth_m'] = np.nan
    assert not codec.encode(**person)['keypoint_uvd_weights'].any()


def test_depth_round_trip():
    depth_m = np.array([1.2, 3.4])
    back = absolute_depth_m(relative_depth(depth_m, 2.9, 0.7), 2.9, 0.7)
    np.testing.assert_allclose(back, depth_m)
    assert DepthHeatmap(**SIZES, half_range_m=2.0).decode_depth(0.5, 3.0) == 4.0


@pytest.mark.parametrize(
    'key, message',
    [
        ('keypoints_cam', 'UDPHeatmap is for joints in the image'),
        ('person_depth_m', 'NormalizeDepth before GenerateTarget'),
    ],
)
def test_missing_labels_are_explained(person, key, message):
    person[key] = None
    with pytest.raises(ValueError, match=message):
        DepthHeatmap(**SIZES).encode(**person)


def test_a_joint_outside_is_taught_as_an_empty_map_where_that_is_asked_for(person):
    person['keypoints'][0, :2] = (-40, 20), (30, np.nan)
    person['keypoints_visible'][0, 2] = 0
    nothing = DepthHeatmap(**SIZES).encode(**person)
    empty = DepthHeatmap(**SIZES, outside_is_empty=True).encode(**person)
    assert nothing['keypoint_weights'].tolist() == [[0, 0, 0]]
    assert empty['keypoint_weights'].tolist() == [[1, 0, 0]]
    assert not empty['heatmaps'][0].any()

"""The runtime on networks written by hand, whose outputs are known."""
import warnings

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.person_box import find_person_box
from mmpose_cmb.camera import Camera
from mmpose_cmb.runtime import DepthPoseRuntime

INTRINSICS = (140., 150., 79.5, 59.5)


def _frame(intrinsics=INTRINSICS):
    """A rounded column of a person's size, 2.5 m away, before nothing."""
    depth = np.zeros((120, 160), np.float32)
    depth[20:110, 60:90] = 2.5 + np.linspace(-1, 1, 30)**2 * 0.3
    return DepthFrame(depth, intrinsics, name='one.png')


def test_joints_in_the_frame_in_closed_form(network):
    runtime = DepthPoseRuntime(network)
    boxes = np.array([[60, 20, 90, 110], [70, 30, 110, 50]])
    (first, second), = runtime.estimate([_frame()], [boxes])
    # Sides 1.25 times as long, made square around the box's centre.
    for person, centre, side, box in ((first, (75, 65), 112.5, boxes[0]),
                                      (second, (90, 40), 50, boxes[1])):
        corner = np.array(centre) - side / 2
        np.testing.assert_allclose(
            person.keypoints, [corner, corner + [side, side / 2]], atol=1e-4)
        np.testing.assert_array_equal(person.bbox, box)
        assert person.bbox_score == 1


def test_joints_in_the_camera_in_closed_form(network):
    frame = _frame()
    frame.depth_m[20:110, 60:90] = 2.5
    (person, ), = DepthPoseRuntime(network).estimate(
        [frame], [[[60, 20, 90, 110]]])
    # The person's depth is 2.5 m; 0.5 and -0.25 half ranges of 0.5 m from it.
    fx, fy, cx, cy = INTRINSICS
    expected = [[(u - cx) / fx * z, (v - cy) / fy * z, z]
                for u, v, z in ((18.75, 8.75, 2.75), (75, 65, 2.375))]
    np.testing.assert_allclose(person.keypoints_cam, expected, rtol=1e-6)
    assert person.keypoints_cam.dtype == np.float32


def test_the_network_sees_the_normalised_crop(network):
    """Its scores are the crop's mean: a half range nearer is -1, holes 1."""
    depth = np.full((100, 100), 2., np.float32)
    depth[:, 80:] = 0
    depth[:, :20] = 1.75
    frame = DepthFrame(depth, INTRINSICS)
    # Crop column i is the frame's 10 + 80 / 31 i: 4 are nearer than the
    # person's depth by half a half range, 5 are holes.
    (person, ), = DepthPoseRuntime(network).estimate(
        [frame], [[[18, 18, 82, 82]]])
    np.testing.assert_allclose(
        person.keypoint_scores, (-0.5 * 4 + 5) / 32, rtol=1e-5)


def test_without_joints_in_space(tmp_path, metadata, write_network):
    metadata['space'] = False
    path = write_network(
        tmp_path / 'flat.onnx', metadata, outputs=['keypoints', 'scores'])
    (person, ), = DepthPoseRuntime(path).estimate([_frame()], [[[0, 0, 9, 9]]])
    assert person.keypoints_cam is None and person.keypoints.shape == (2, 2)


def test_without_intrinsics_there_is_no_space(network):
    (person, ), = DepthPoseRuntime(network).estimate([_frame(None)],
                                                     [[[0, 0, 9, 9]]])
    assert person.keypoints_cam is None


def test_the_person_is_found_where_no_box_is_given(network):
    frame = _frame()
    (person, ), = DepthPoseRuntime(network).estimate([frame])
    found = find_person_box(frame.depth_m, Camera(*INTRINSICS))
    np.testing.assert_array_equal(person.bbox, found.bbox)
    assert person.bbox_score == pytest.approx(found.score)


def test_the_whole_frame_where_the_camera_is_unknown(network):
    runtime = DepthPoseRuntime(network)
    with pytest.warns(UserWarning, match='intrinsics are not known'):
        (person, ), = runtime.estimate([_frame(None)])
    np.testing.assert_array_equal(person.bbox, [0, 0, 159, 119])


def test_nobody_is_no_error(network):
    runtime = DepthPoseRuntime(network)
    holes = DepthFrame(np.zeros((120, 160), np.float32), INTRINSICS)
    wall = DepthFrame(np.full((120, 160), 3, np.float32), INTRINSICS)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert runtime.estimate([holes, wall, holes]) == [[], [], []]
        assert runtime.estimate([holes], [[[1, 2, 30, 40]]]) == [[]]
        assert runtime.estimate([_frame()], [[]]) == [[]]
        assert runtime.estimate([]) == []


@pytest.mark.parametrize('batch', [1, 'batch'])
def test_persons_of_several_frames(batch, tmp_path, metadata, write_network):
    """More than run at once, whatever the graph's batch is."""
    path = write_network(tmp_path / 'net.onnx', metadata, batch)
    runtime = DepthPoseRuntime(path, threads=1)
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 60, (21, 2))
    boxes = np.concatenate([low, low + rng.uniform(20, 60, (21, 2))], 1)
    split = [boxes[:3], boxes[:0], boxes[3:4], boxes[4:]]
    together = runtime.estimate([_frame()] * 4, split)
    assert [len(persons) for persons in together] == [3, 0, 1, 17]
    for person, box in zip([p for ps in together for p in ps], boxes):
        (alone, ), = runtime.estimate([_frame()], [[box]])
        np.testing.assert_array_equal(person.bbox, np.float32(box))
        for name in ('keypoints', 'keypoint_scores', 'keypoints_cam'):
            np.testing.assert_allclose(
                getattr(person, name), getattr(alone, name), rtol=1e-6)


def test_background_of_the_model_is_cut_off(tmp_path, metadata, write_network):
    metadata['background_m'] = 2.0
    path = write_network(tmp_path / 'near.onnx', metadata)
    depth = np.full((100, 100), 2.2, np.float32)
    depth[:, :50] = 1.9
    frame = DepthFrame(depth, INTRINSICS)
    (person, ), = DepthPoseRuntime(path).estimate([frame],
                                                  [[[10, 10, 90, 90]]])
    # 1.9 m is the person; the other half would be 0.6 with the background.
    np.testing.assert_allclose(person.keypoint_scores, 0.5, atol=0.02)
    assert (depth[:, 50:] == np.float32(2.2)).all()  # the frame is not changed


def test_a_box_without_a_valid_pixel_has_no_place_in_space(network):
    (person, ), = DepthPoseRuntime(network).estimate([_frame()],
                                                     [[[0, 0, 20, 15]]])
    assert np.isfinite(person.keypoints).all()
    assert np.isnan(person.keypoints_cam).all()


@pytest.mark.parametrize('boxes, message', [
    ([[1, 2, 3]], r'one.png: boxes must have the shape \[N, 4\]'),
    ([[30, 2, 3, 40]], r'one.png: \[30.0, 2.0, 3.0, 40.0\] is not a box'),
    ([[0, 0, np.nan, 40]], 'is not a box'),
])
def test_boxes_that_are_none(network, boxes, message):
    with pytest.raises(ValueError, match=message):
        DepthPoseRuntime(network).estimate([_frame()], [boxes])


def test_frames_that_are_none(network):
    runtime = DepthPoseRuntime(network)
    frame = DepthFrame(np.zeros((3, 4, 3), np.float32), name='colour.png')
    with pytest.raises(ValueError, match=r'colour.png: .* got \(3, 4, 3\)'):
        runtime.estimate([frame])
    with pytest.raises(ValueError, match='2 frames need as many'):
        runtime.estimate([_frame()] * 2, [None])


def test_what_drawing_needs(network):
    runtime = DepthPoseRuntime(network)
    assert runtime.keypoint_names == ['head', 'foot']
    assert runtime.skeleton_links == [(0, 1)]
    assert runtime.keypoint_colors == [(255, 0, 0), (0, 255, 0)]
    assert runtime.link_colors == [(0, 0, 255)]

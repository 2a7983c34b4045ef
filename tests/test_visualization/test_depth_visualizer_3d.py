"""What the visualizer does with joints in space and frames in HDF5."""

import cv2
import numpy as np
import pytest
from mmengine.structures import InstanceData

from mmpose.registry import HOOKS, VISUALIZERS
from mmpose.structures import PoseDataSample
from mmpose_cmb.camera import Camera, unproject
from mmpose_cmb.drawing.contact_sheet import CAPTION_HEIGHT
from mmpose_cmb.visualization import DepthPoseVisualizer, draw_pose_3d

pytestmark = pytest.mark.usefixtures('mmpose_scope')

LINKS, COLORS = [(0, 1), (1, 2)], [(250, 0, 250), (0, 250, 0)]
META = dict(
    keypoint_colors=np.array([[250, 0, 0]] * 3, np.uint8),
    skeleton_links=LINKS,
    skeleton_link_colors=np.array(COLORS, np.uint8),
)
POSE = np.array([[[0.0, -0.6, 2.0], [0.0, 0.2, 2.0], [0.1, 0.2, 1.6]]])
GAP = 6
VIEW = HEIGHT, WIDTH = 240, 320


@pytest.fixture
def depth_mm():
    depth = np.full((HEIGHT, WIDTH), 3500, np.uint16)
    depth[40:200, 120:200] = 2050
    return depth


@pytest.fixture
def sample(tmp_path, depth_mm):
    path = str(tmp_path / 'depth.png')
    cv2.imwrite(path, depth_mm)
    sample = PoseDataSample(metainfo=dict(img_path=path))
    pixels = np.array([[[160.0, 40.0], [160.0, 150.0], [180.0, 150.0]]])
    sample.gt_instances = InstanceData(
        keypoints=pixels, keypoints_visible=np.ones((1, 3, 2)), keypoints_cam=POSE + (0.05, 0, 0)
    )
    sample.pred_instances = InstanceData(
        keypoints=pixels, keypoints_visible=np.ones((1, 3)), keypoints_cam=POSE
    )
    return sample


def build(**options):
    # Not through the registry, which keeps one instance per name.
    visualizer = DepthPoseVisualizer(min_side=1, **options)
    visualizer.set_dataset_meta(META)
    return visualizer


def panels_right_of(drawn, number):
    """Both views beside ``number`` panels of the image."""
    lefts = [GAP + i * (WIDTH + GAP) for i in (number, number + 1)]
    return np.hstack([drawn[GAP : GAP + HEIGHT, left : left + WIDTH] for left in lefts])


def expected(gt, **options):
    return draw_pose_3d(POSE, LINKS, COLORS, gt=gt, view_hw=VIEW, **options)


def test_two_views_beside_truth_and_prediction(sample):
    drawn = build().add_datasample('x', None, sample)
    assert drawn.shape[0] == HEIGHT + CAPTION_HEIGHT + 2 * GAP
    np.testing.assert_array_equal(panels_right_of(drawn, 2), expected(POSE + (0.05, 0, 0)))


def test_show_gt_and_show_3d_decide(sample):
    drawn = build(show_gt=False).add_datasample('x', None, sample)
    np.testing.assert_array_equal(panels_right_of(drawn, 1), expected(None))
    flat = build(show_3d=False).add_datasample('x', None, sample)
    del sample.pred_instances.keypoints_cam
    np.testing.assert_array_equal(build().add_datasample('x', None, sample), flat)
    assert flat.shape[1] == 2 * WIDTH + 3 * GAP


def test_scores_and_labels_hide_joints(sample):
    sample.pred_instances.keypoints_visible = np.array([[1.0, 1.0, 0.2]])
    sample.gt_instances.keypoints_visible[:, 0] = 0
    drawn = build().add_datasample('x', None, sample, kpt_thr=0.3)
    shown, truth = POSE.copy(), POSE + (0.05, 0, 0)
    shown[:, 2], truth[:, 0] = np.nan, np.nan
    np.testing.assert_array_equal(
        panels_right_of(drawn, 2), draw_pose_3d(shown, LINKS, COLORS, gt=truth, view_hw=VIEW)
    )


def test_points_of_the_depth_where_the_camera_is_known(sample, depth_mm):
    camera = Camera(280.0, 290.0, 158.0, 121.0, WIDTH, HEIGHT)
    sample.set_metainfo(dict(intrinsics=np.array([280.0, 290.0, 158.0, 121.0], np.float32)))
    drawn = build(show_gt=False).add_datasample('x', None, sample)
    v, u = np.mgrid[:HEIGHT, :WIDTH].reshape(2, -1)
    depth_m = depth_mm.ravel().astype(np.float32) * np.float32(0.001)
    cloud = unproject(np.stack([u, v], -1), depth_m, camera)
    picture = panels_right_of(drawn, 1)
    np.testing.assert_array_equal(picture, expected(None, cloud_m=cloud))
    assert (picture != expected(None)).any()


def test_without_metainfo_there_are_joints_only(sample):
    visualizer = DepthPoseVisualizer(min_side=1, show_gt=False)
    drawn = visualizer.add_datasample('x', None, sample)
    np.testing.assert_array_equal(
        panels_right_of(drawn, 1), draw_pose_3d(POSE, [], [], view_hw=VIEW)
    )


def test_unit_of_the_sample_goes_first(sample):
    usual = build(far_m=4.0, near_m=1.0).add_datasample('x', None, sample)
    visualizer = build(far_m=4.0, near_m=1.0, unit_m=1.0)
    assert (visualizer.add_datasample('x', None, sample) != usual).any()
    sample.set_metainfo(dict(depth_unit_m=0.001))
    np.testing.assert_array_equal(visualizer.add_datasample('x', None, sample), usual)


def test_frame_of_an_hdf5_file(sample, depth_mm, tmp_path):
    h5py = pytest.importorskip('h5py')
    path = str(tmp_path / 'depth_map.h5')
    with h5py.File(path, 'w') as file:
        file['data'] = np.stack([depth_mm * 0 + 1000, depth_mm])
        file['other'] = np.stack([depth_mm, depth_mm * 0 + 1000])
    expected = build().add_datasample('x', None, sample)
    sample.set_metainfo(dict(img_path=path, frame_index=1))
    np.testing.assert_array_equal(build().add_datasample('x', None, sample), expected)
    assert (build(key='other').add_datasample('x', None, sample) != expected).any()


def test_under_the_hook(sample, depth_mm, tmp_path):
    """Joints in space, camera and frame number outlive MMPose's merging."""
    h5py = pytest.importorskip('h5py')
    path = str(tmp_path / 'depth_map.h5')
    with h5py.File(path, 'w') as file:
        file['data'] = depth_mm[None]
    sample.set_metainfo(
        dict(img_path=path, frame_index=0, intrinsics=np.array([280.0, 280.0, 160.0, 120.0]))
    )
    sample.pred_instances.bboxes = np.array([[100.0, 20.0, 220.0, 210.0]])
    visualizer = VISUALIZERS.build(
        dict(type='DepthPoseVisualizer', name=f'depth_{tmp_path.name}', min_side=1)
    )
    hook = HOOKS.build(dict(type='DepthVisualizationHook', enable=True, out_dir='shown'))
    assert hook._visualizer is visualizer

    class Evaluator:
        dataset_meta = META

    class Runner:
        """What the hook asks of a runner."""

        timestamp = 'now'
        work_dir = str(tmp_path)
        test_evaluator = Evaluator()

    hook.after_test_iter(Runner(), 0, None, [sample])
    written = cv2.imread(str(tmp_path / 'now' / 'shown' / 'depth_map_1.png'))
    np.testing.assert_array_equal(
        written[..., ::-1], build().add_datasample('x', None, sample, draw_bbox=True)
    )

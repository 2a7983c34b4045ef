"""The visualizer by itself and under MMPose's own hook."""

import cv2
import numpy as np
import pytest
from mmengine.structures import InstanceData, PixelData

from mmpose.registry import HOOKS, VISUALIZERS
from mmpose.structures import PoseDataSample
from mmpose_cmb.drawing.contact_sheet import CAPTION_HEIGHT
from mmpose_cmb.visualization import DepthPoseVisualizer, colorize_depth
from mmpose_cmb.visualization.depth_visualizer import BRIGHTNESS

pytestmark = pytest.mark.usefixtures('mmpose_scope')

META = dict(
    keypoint_colors=np.array([[250, 0, 0]] * 3, np.uint8),
    skeleton_links=[(0, 1), (1, 2)],
    skeleton_link_colors=np.array([[250, 0, 250]] * 2, np.uint8),
)
TRUTH = np.array([[[10.0, 10.0], [10.0, 50.0], [40.0, 50.0]]], np.float32)
GAP = 6


@pytest.fixture
def depth_mm():
    """A slope from 1 to 3 m; its first column is a hole."""
    depth = np.tile(np.linspace(1000, 3000, 80), (60, 1)).astype(np.uint16)
    depth[:, 0] = 0
    return depth


@pytest.fixture
def sample(tmp_path, depth_mm):
    path = str(tmp_path / 'depth.png')
    cv2.imwrite(path, depth_mm)
    sample = PoseDataSample(
        metainfo=dict(
            img_path=path,
            ori_shape=(60, 80),
            input_center=np.array([40.0, 30.0]),
            input_scale=np.array([80.0, 60.0]),
        )
    )
    sample.gt_instances = InstanceData(keypoints=TRUTH, keypoints_visible=np.ones((1, 3, 2)))
    sample.pred_instances = InstanceData(
        keypoints=TRUTH + (20, 0),
        keypoints_visible=np.ones((1, 3)),
        bboxes=np.array([[2.0, 3.0, 70.0, 55.0]]),
    )
    return sample


def without_file(sample):
    other = PoseDataSample()
    other.gt_instances = sample.gt_instances
    other.pred_instances = sample.pred_instances
    return other


def build(**options):
    # Not through the registry, which keeps one instance per name.
    visualizer = DepthPoseVisualizer(**options)
    visualizer.set_dataset_meta(META)
    return visualizer


def panels(drawn, number, scale=1):
    """The panels of a drawing of the 60 x 80 image, without captions."""
    width = 80 * scale
    assert drawn.shape == (60 * scale + CAPTION_HEIGHT + 2 * GAP, number * (width + GAP) + GAP, 3)
    return [
        drawn[GAP : GAP + 60 * scale, left : left + width]
        for left in (GAP + i * (width + GAP) for i in range(number))
    ]


def test_truth_is_left_and_prediction_right(sample, depth_mm):
    visualizer = build(min_side=1, line_width=1, radius=1)
    black = np.zeros((60, 80, 3), np.uint8)
    truth, prediction = panels(visualizer.add_datasample('x', black, sample, draw_gt=False), 2)
    assert tuple(truth[30, 10]) == (250, 0, 250)
    assert tuple(prediction[30, 30]) == (250, 0, 250)
    assert tuple(prediction[50, 60]) == (250, 0, 0)
    # The background is the file's depth, not the black picture.
    depth = colorize_depth(depth_mm / 1000) * BRIGHTNESS
    np.testing.assert_allclose(truth[:9], depth[:9], atol=1)
    np.testing.assert_allclose(prediction[:9], depth[:9], atol=1)


def test_options_change_the_picture(sample):
    kwargs = dict(min_side=1, line_width=1, radius=1)
    (usual,) = panels(build(show_gt=False, **kwargs).add_datasample('x', None, sample), 1)
    for options in (
        dict(near_m=0.5),
        dict(far_m=9.0),
        dict(radius=4),
        dict(invalid_values=(0, 1025)),
        dict(line_width=3),
    ):
        (other,) = panels(
            build(show_gt=False, **{**kwargs, **options}).add_datasample('x', None, sample), 1
        )
        assert (usual != other).any(), options


def test_unit_counts_where_a_range_is_given(sample):
    kwargs = dict(show_gt=False, min_side=1, near_m=1.0, far_m=3.0)
    metres = build(**kwargs).add_datasample('x', None, sample)
    kwargs['unit_m'] = 0.0005
    halved = build(**kwargs).add_datasample('x', None, sample)
    assert (metres != halved).any()


def test_small_frames_are_enlarged_with_their_joints(sample):
    drawn = build(min_side=150, line_width=1).add_datasample('x', None, sample)
    truth, _ = panels(drawn, 2, scale=3)
    # x 10 and y 30 lie at (10 + 0.5) * 3 - 0.5 = 31 and 91.
    assert tuple(truth[91, 31]) == (250, 0, 250)


def test_box_and_missing_prediction(sample):
    visualizer = build(min_side=1)
    plain = visualizer.add_datasample('x', None, sample)
    boxed = visualizer.add_datasample('x', None, sample, draw_bbox=True)
    assert (plain != boxed).any()
    panels(visualizer.add_datasample('x', None, sample, draw_pred=False), 1)
    empty = PoseDataSample(metainfo=sample.metainfo)
    panels(visualizer.add_datasample('x', None, empty), 1)


def test_float_image_is_the_depth_itself(sample, depth_mm):
    depth_m = depth_mm.astype(np.float32) / 1000
    visualizer = build(min_side=1)
    expected = visualizer.add_datasample('x', None, sample)
    sample = without_file(sample)
    for image in (depth_m, depth_m[..., None]):
        np.testing.assert_array_equal(visualizer.add_datasample('x', image, sample), expected)


def test_npz_by_its_key(sample, depth_mm, tmp_path):
    path = str(tmp_path / 'depth.npz')
    np.savez(path, wrong=depth_mm * 0 + 7, right=depth_mm)
    expected = build(min_side=1).add_datasample('x', None, sample)
    sample.set_metainfo(dict(img_path=path))
    drawn = build(min_side=1, key='right').add_datasample('x', None, sample)
    np.testing.assert_array_equal(drawn, expected)


def test_no_depth_to_be_had(sample):
    sample = without_file(sample)
    with pytest.raises(ValueError, match='needs depth: .*img_path'):
        build().add_datasample('x', np.zeros((60, 80, 3), np.uint8), sample)


def test_out_file(sample, tmp_path):
    drawn = build().add_datasample('x', None, sample, out_file=str(tmp_path / 'a' / 'b.npy'))
    written = cv2.imread(str(tmp_path / 'a' / 'b.png'))
    np.testing.assert_array_equal(written[..., ::-1], drawn)


class _Evaluator:
    dataset_meta = META


class _Runner:
    """What the hook asks of a runner."""

    iter = 0
    timestamp = 'now'
    val_evaluator = test_evaluator = _Evaluator()


@pytest.fixture
def hook_with(tmp_path):
    """A hook that finds our visualizer as the current one."""

    def make(hook_type='PoseVisualizationHook', **options):
        visualizer = VISUALIZERS.build(
            dict(
                type='DepthPoseVisualizer',
                name=f'depth_{tmp_path.name}',
                min_side=1,
                save_dir=str(tmp_path),
                vis_backends=[dict(type='LocalVisBackend')],
            )
        )
        options = dict(type=hook_type, enable=True, interval=2, **options)
        hook = HOOKS.build(options)
        assert hook._visualizer is visualizer
        runner = _Runner()
        runner.work_dir = str(tmp_path)
        return hook, runner

    return make


def test_under_the_hook_in_test(sample, hook_with, tmp_path):
    hook, runner = hook_with(out_dir='shown')
    hook.after_test_iter(runner, 0, None, [sample])
    written = cv2.imread(str(tmp_path / 'now' / 'shown' / 'depth_0.png'))
    truth, prediction = panels(written[..., ::-1], 2)
    assert len(np.unique(truth[:9].reshape(-1, 3), axis=0)) > 50


def test_under_the_hook_in_validation_with_heat_maps(sample, hook_with, tmp_path):
    heatmaps = np.zeros((3, 15, 20), np.float32)
    heatmaps[0, 10, 5] = 1
    sample.pred_fields = PixelData(heatmaps=heatmaps)
    hook, runner = hook_with()
    hook.after_val_iter(runner, 0, dict(data_samples=[sample]), [sample])
    (written,) = (tmp_path / 'vis_data' / 'vis_image').iterdir()
    _, prediction, heat = panels(cv2.imread(str(written))[..., ::-1], 3)
    assert (heat != prediction).any()


@pytest.fixture
def npy_sample(sample, depth_mm):
    path = sample.img_path.replace('.png', '.npy')
    np.save(path, depth_mm)
    sample.set_metainfo(dict(img_path=path))
    return sample


def test_mmpose_hook_fails_on_npy(npy_sample, hook_with):
    """Why DepthVisualizationHook exists; drop it when this fails."""
    hook, runner = hook_with()
    with pytest.raises(cv2.error):
        hook.after_test_iter(runner, 0, None, [npy_sample])


def test_depth_hook_on_npy(npy_sample, hook_with, tmp_path):
    expected = build(min_side=1).add_datasample('x', None, npy_sample, draw_bbox=True)
    hook, runner = hook_with('DepthVisualizationHook', out_dir='shown')
    hook.after_test_iter(runner, 0, None, [npy_sample, npy_sample])
    shown = tmp_path / 'now' / 'shown'
    assert sorted(p.name for p in shown.iterdir()) == ['depth_1.png', 'depth_2.png']
    written = cv2.imread(str(shown / 'depth_2.png'))
    np.testing.assert_array_equal(written[..., ::-1], expected)


def test_depth_hook_in_validation_by_its_interval(npy_sample, hook_with, tmp_path):
    hook, runner = hook_with('DepthVisualizationHook')
    batch = dict(data_samples=[npy_sample])
    for batch_idx in range(4):
        hook.after_val_iter(runner, batch_idx, batch, [npy_sample])
    images = tmp_path / 'vis_data' / 'vis_image'
    assert sorted(p.name for p in images.iterdir()) == ['val_img_0.png', 'val_img_2.png']


@pytest.mark.parametrize('hook_type', ['PoseVisualizationHook', 'DepthVisualizationHook'])
def test_a_disabled_hook_draws_nothing(hook_type, sample, hook_with, tmp_path):
    hook, runner = hook_with(hook_type, out_dir='shown')
    hook.enable = False
    hook.after_test_iter(runner, 0, None, [sample])
    hook.after_val_iter(runner, 0, dict(data_samples=[sample]), [sample])
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ['depth.png']
    assert not (tmp_path / 'now').exists()


def test_skdepth_files_are_read(sample, tmp_path):
    depth_mm = np.full((240, 320), 32001, np.int16)
    depth_mm[60:180, 80:240] = 500
    path = tmp_path / 'a.skdepth'
    depth_mm.tofile(path)
    sample.set_metainfo(dict(img_path=str(path)))
    depth_m = build()._depth_of(None, sample)
    np.testing.assert_allclose(depth_m, np.where(depth_mm == 500, 0.5, 0))

import numpy as np
import pytest
from mmengine.logging import MMLogger

from mmpose_cmb.camera import Camera
from mmpose_cmb.evaluation import HeadPCKAccuracy, JointErrorMetric, PDJAccuracy
from mmpose_cmb.evaluation.score_joints import pixels_of, score_joints

NAMES = ('head', 'neck', 'left_shoulder', 'right_hip')
META = dict(
    keypoint_name2id={name: i for i, name in enumerate(NAMES)}, joint_groups={'All': [0, 1, 2, 3]}
)
CAMERA = Camera(100.0, 100.0, 50.0, 50.0)


def frames():
    rng = np.random.default_rng(0)
    gt = rng.normal(0, 0.4, (20, 4, 3)) + (0, 0, 3)
    return gt + rng.normal(0, 0.06, gt.shape), gt


def test_pixels_by_hand():
    joints = np.array([[[0.5, -1.0, 2.0], [1.0, 1.0, 0.0], [1.0, 1.0, -2.0], [np.nan, 0.0, 1.0]]])
    expected = [[75, 0], [np.nan] * 2, [np.nan] * 2, [np.nan, 50]]
    np.testing.assert_allclose(pixels_of(joints, CAMERA)[0], expected)


def evaluate(metric, pred, gt, key):
    """One frame at a time, as a test run goes."""
    metric.dataset_meta = META
    for p, g in zip(pred, gt):
        metric.process(
            None,
            [
                dict(
                    pred_instances={key: p[None]},
                    gt_instances={key: g[None], 'keypoints_visible': np.ones((1, 4))},
                )
            ],
        )
    return metric.evaluate(len(gt))


def test_figures_are_those_of_the_metrics():
    pred, gt = frames()
    figures = score_joints(pred, gt, META, intrinsics=CAMERA, root='neck')
    expected = evaluate(
        JointErrorMetric(root='neck', prefix='aligned', detail='joints'), pred, gt, 'keypoints_cam'
    )
    expected.update(evaluate(JointErrorMetric(detail='joints'), pred, gt, 'keypoints_cam'))
    pixels = pixels_of(pred, CAMERA), pixels_of(gt, CAMERA), 'keypoints'
    for metric in (PDJAccuracy, HeadPCKAccuracy):
        expected.update(evaluate(metric(detail='joints'), *pixels))
    right = np.linalg.norm(pred - gt, axis=-1) < 0.1
    expected['accuracy@10cm'] = expected['accuracy@10cm/All'] = 100 * right.mean()
    for j, name in enumerate(NAMES):
        expected[f'accuracy@10cm/{name}'] = 100 * right[:, j].mean()
    assert figures == pytest.approx(expected, nan_ok=True, rel=1e-12)


def test_without_a_camera_there_is_no_image_plane():
    figures = score_joints(*frames(), META)
    assert not [key for key in figures if key.startswith(('PDJ', 'PCKh'))]


def test_options_reach_the_metrics(tmp_path):
    options = dict(thresholds_m=(0.05, 0.2), distances_mm=(90,), max_distance_mm=300.0)
    path = tmp_path / 'curve.png'
    figures = score_joints(*frames(), META, detail='summary', plot_file=str(path), **options)
    assert list(figures) == [
        'accuracy@5cm',
        'accuracy@20cm',
        'error_mm/mean',
        'error_mm/median',
        'frames@90mm',
        'frames/auc',
    ]
    metric = JointErrorMetric((90,), 300.0, detail='summary')
    assert figures['frames/auc'] == pytest.approx(
        evaluate(metric, *frames(), 'keypoints_cam')['frames/auc']
    )
    usual = path.read_bytes()
    score_joints(*frames(), META, plot_file=str(path), root='neck', **options)
    assert path.read_bytes() != usual


def test_a_skeleton_without_torso(monkeypatch):
    lines = []
    monkeypatch.setattr(MMLogger.get_current_instance(), 'info', lines.append)
    meta = dict(keypoint_name2id=dict(head=0, neck=1, wrist=2, left_shoulder=3))
    figures = score_joints(*frames(), meta, intrinsics=CAMERA)
    assert 'PCKh@0.5' in figures and 'PDJ@0.20' not in figures
    assert any('PDJAccuracy is left out: this skeleton has no right_hip' in line for line in lines)


def test_behind_the_camera_is_wrong_on_the_image_but_has_an_error():
    pred, gt = frames()
    gt[:, 0], pred[:, 0] = (0, 0, 3), (0, 0, 3)
    assert score_joints(pred, gt, META, intrinsics=CAMERA)['PCKh@0.5/head'] == 100
    pred[:, 0] *= -1
    figures = score_joints(pred, gt, META, intrinsics=CAMERA)
    assert figures['PCKh@0.5/head'] == 0
    assert figures['error_mm/mean/head'] == pytest.approx(6000)


def test_frames_must_pair_up():
    pred, gt = frames()
    with pytest.raises(ValueError, match='19 predicted frames, but 20'):
        score_joints(pred[1:], gt, META)

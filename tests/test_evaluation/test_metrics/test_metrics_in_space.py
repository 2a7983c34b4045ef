"""JointDistanceAccuracy and JointErrorMetric as a config builds them."""

import math

import cv2
import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmpose.registry import METRICS
from mmpose.structures import PoseDataSample
from mmpose_cmb.evaluation.functional import (
    area_under_curve,
    frames_within,
    joint_distance_accuracy,
    joint_errors_mm,
    summarize_errors,
)

pytestmark = pytest.mark.usefixtures('mmpose_scope')

NAMES = ('head', 'neck', 'left_hand', 'right_hand')
GROUPS = {'Head': [0], 'Hands': [2, 3], 'Full Body': [0, 1, 2, 3]}
META = dict(keypoint_name2id={name: i for i, name in enumerate(NAMES)}, joint_groups=GROUPS)
ACCURACY = dict(type='JointDistanceAccuracy')
ERROR = dict(type='JointErrorMetric')


def random_frames(num_frames=40):
    """Frames with unlabelled joints, one of them with none at all."""
    rng = np.random.default_rng(0)
    gt = rng.normal(0, 0.5, (num_frames, 4, 3)).astype(np.float32) + (0, 0, 3)
    pred = gt + rng.normal(0, 0.05, gt.shape)
    visible = (rng.random((num_frames, 4)) > 0.15).astype(np.float32)
    visible[3] = 0
    return pred, gt, visible


def as_samples(pred, gt, visible):
    return [
        dict(
            pred_instances=dict(keypoints_cam=p[None]),
            gt_instances=dict(keypoints_cam=g[None], keypoints_visible=v[None]),
        )
        for p, g, v in zip(pred, gt, visible)
    ]


def evaluate(cfg, samples, meta=META):
    metric = METRICS.build(cfg)
    metric.dataset_meta = meta
    for start in range(0, len(samples), 7):  # the last batch is short
        metric.process(None, samples[start : start + 7])
    return metric.evaluate(len(samples))


def test_accuracy_is_that_of_the_function():
    pred, gt, visible = random_frames()
    percent = joint_distance_accuracy(pred, gt, thresholds_m=(0.07, 0.1), valid=visible).percent
    metrics = evaluate(
        dict(ACCURACY, thresholds=(0.07, 0.1), detail='joints'), as_samples(pred, gt, visible)
    )
    expected = {}
    for t, key in enumerate(('accuracy@7cm', 'accuracy@10cm')):
        expected[key] = percent[t].mean()
        for name, ids in GROUPS.items():
            expected[f'{key}/{name}'] = percent[t, ids].mean()
        for j, name in enumerate(NAMES):
            expected[f'{key}/{name}'] = percent[t, j]
    assert metrics == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize('root', [None, 'neck'])
def test_errors_are_those_of_the_functions(root):
    pred, gt, visible = random_frames()
    errors = joint_errors_mm(pred, gt, valid=visible, root=None if root is None else 1)
    metrics = evaluate(
        dict(ERROR, distances_mm=(80, 120), root=root, detail='joints'),
        as_samples(pred, gt, visible),
    )
    rows = {'': [0, 1, 2, 3]}
    rows.update({f'/{name}': ids for name, ids in GROUPS.items()})
    rows.update({f'/{name}': [j] for j, name in enumerate(NAMES)})
    expected = {}
    for row, ids in rows.items():
        part = errors[:, ids]
        summary = summarize_errors(part)
        within = frames_within(part, (80, 120))
        expected[f'error_mm/mean{row}'] = summary.mean_mm
        expected[f'error_mm/median{row}'] = summary.median_mm
        expected[f'frames@80mm{row}'] = within[0]
        expected[f'frames@120mm{row}'] = within[1]
        expected[f'frames/auc{row}'] = area_under_curve(part, 120)
    assert metrics == pytest.approx(expected, nan_ok=True, rel=1e-12)
    assert math.isnan(metrics['error_mm/mean/neck']) == (root == 'neck')


def test_max_distance_moves_the_area_only():
    samples = as_samples(*random_frames())
    usual = evaluate(dict(ERROR, detail='summary'), samples)
    wider = evaluate(dict(ERROR, detail='summary', max_distance_mm=400), samples)
    assert wider.pop('frames/auc') > usual.pop('frames/auc')
    assert wider == usual


@pytest.mark.parametrize(
    'cfg, heads',
    [
        (ACCURACY, ['accuracy@10cm']),
        (dict(ACCURACY, thresholds=(0.025, 0.1)), ['accuracy@2.5cm', 'accuracy@10cm']),
        (
            ERROR,
            [
                'error_mm/mean',
                'error_mm/median',
                'frames@50mm',
                'frames@100mm',
                'frames@150mm',
                'frames@200mm',
                'frames/auc',
            ],
        ),
    ],
)
def test_keys_by_detail(cfg, heads):
    samples = as_samples(*random_frames())
    groups = [f'/{group}' for group in GROUPS]
    joints = [f'/{name}' for name in NAMES]
    for detail, rows in (
        ('summary', ['']),
        ('groups', ['', *groups]),
        ('joints', ['', *groups, *joints]),
    ):
        metrics = evaluate(dict(cfg, detail=detail), samples)
        assert list(metrics) == [head + row for row in rows for head in heads]


@pytest.mark.parametrize('cfg', [ACCURACY, dict(ERROR, root='neck')])
def test_ranks_and_order_do_not_matter(cfg):
    """Frames spread over two ranks, one of which repeats a frame as pad."""
    samples = as_samples(*random_frames(9))
    whole = evaluate(cfg, samples)
    ranks = []
    for rank in range(2):
        metric = METRICS.build(cfg)
        metric.dataset_meta = META
        metric.process(None, (samples + samples[:1])[rank::2])
        ranks.append(metric.results)
    # mmengine's collect_results: interleave, then cut to the data set.
    merged = [r for pair in zip(*ranks) for r in pair][: len(samples)]
    for results in (merged, merged[::-1]):
        assert metric.compute_metrics(results) == pytest.approx(whole, nan_ok=True, rel=1e-12)


def test_works_on_data_samples_with_tensors():
    """What a Runner hands over: PoseDataSample through an Evaluator."""
    pred, gt, visible = random_frames()
    samples = []
    for p, g, v in zip(pred, gt, visible):
        sample = PoseDataSample()
        sample.gt_instances = InstanceData(
            keypoints_cam=torch.from_numpy(g[None]),
            # MMPose packs visibility and weight as two columns.
            keypoints_visible=np.stack([v, np.ones_like(v)], -1)[None],
        )
        sample.pred_instances = InstanceData(keypoints_cam=torch.from_numpy(p[None]))
        samples.append(sample)
    configs = (ACCURACY, ERROR, dict(ERROR, root='neck', prefix='aligned'))
    evaluator = Evaluator([METRICS.build(cfg) for cfg in configs])
    evaluator.dataset_meta = META
    evaluator.process(samples)
    metrics = evaluator.evaluate(len(samples))
    expected = {}
    for cfg in configs:
        expected.update(evaluate(cfg, as_samples(pred, gt, visible)))
    assert metrics == expected
    assert metrics['error_mm/mean'] != metrics['aligned/error_mm/mean']


def test_without_visibility_the_finite_joints_are_labelled():
    pred, gt, visible = random_frames()
    expected = evaluate(ACCURACY, as_samples(pred, gt, visible))
    gt = np.where(visible[..., None] > 0, gt, np.nan)
    samples = as_samples(pred, gt, visible)
    for sample in samples:
        del sample['gt_instances']['keypoints_visible']
    assert evaluate(ACCURACY, samples) == expected


def test_titles_tell_what_was_counted(logged):
    pred, gt, visible = random_frames(10)
    pred[5, 2] = np.nan
    visible[5, 2] = 1
    samples = as_samples(pred, gt, visible)
    evaluate(ACCURACY, samples)
    assert logged[-1].startswith(
        'JointDistanceAccuracy in percent, 9 frames (1 left out: no label)\n'
    )
    metrics = evaluate(ERROR, samples)
    title = logged[-1].splitlines()[0]
    assert 'in the camera frame' in title and '0 to 200 mm' in title
    assert '9 frames (1 left out: no label); 1 labelled joints have' in title
    assert metrics['error_mm/mean'] == np.inf
    assert metrics['error_mm/median'] < 200
    evaluate(dict(ERROR, root='neck', max_distance_mm=90), samples)
    title, *rows = logged[-1].splitlines()
    assert 'relative to neck' in title and '0 to 90 mm' in title
    neck = [row for row in rows if row.startswith('| neck')][0]
    assert {cell.strip() for cell in neck.split('|')[2:-1]} == {'-'}


def test_plot_shows_the_curves(tmp_path):
    """More frames within a distance: more of the black curve is high."""
    pred, gt, visible = random_frames()
    heights = []
    for scale in (0.5, 2.0):
        path = tmp_path / 'plots' / f'{scale}.png'
        evaluate(
            dict(ERROR, plot_file=str(path)), as_samples(gt + scale * (pred - gt), gt, visible)
        )
        picture = cv2.imread(str(path))
        black = (picture.max(axis=-1) < 30)[20:-80, 80:600]
        heights.append(np.nonzero(black)[0].mean())
    assert heights[0] < heights[1]  # rows count downwards


def test_plot_file_must_be_a_picture(tmp_path):
    with pytest.raises(ValueError, match='curve.abc: cannot write images'):
        evaluate(dict(ERROR, plot_file=str(tmp_path / 'curve.abc')), as_samples(*random_frames()))


@pytest.mark.parametrize('cfg', [ACCURACY, ERROR])
@pytest.mark.parametrize(
    'side, message',
    [('pred_instances', 'head gives no 3D joints'), ('gt_instances', 'data set has no 3D labels')],
)
def test_no_joints_in_space(cfg, side, message):
    samples = as_samples(*random_frames(4))
    samples[1][side]['keypoints'] = samples[1][side].pop('keypoints_cam')
    with pytest.raises(ValueError, match=f'{cfg["type"]}.*{side}.*{message}'):
        evaluate(cfg, samples)


@pytest.mark.parametrize(
    'cfg, message',
    [
        (ACCURACY, 'no joint is labelled in any of the 4 frames'),
        (ERROR, 'no joint is labelled in any of the 4 frames'),
        (dict(ERROR, root='neck'), 'labelled together with the root "neck" in'),
    ],
)
def test_nothing_to_measure(cfg, message):
    pred, gt, visible = random_frames(4)
    with pytest.raises(ValueError, match=message):
        evaluate(cfg, as_samples(pred, gt, 0 * visible))
    with pytest.raises(ValueError, match='no frame to evaluate'):
        evaluate(cfg, [])


@pytest.mark.parametrize('cfg', [ACCURACY, ERROR])
def test_metainfo_is_checked(cfg):
    samples = as_samples(*random_frames(4))
    with pytest.raises(ValueError, match='no "keypoint_name2id"'):
        evaluate(cfg, samples, {})
    with pytest.raises(ValueError, match=r'"Tail" names the joint ids \[4\]'):
        evaluate(cfg, samples, dict(META, joint_groups={'Tail': [0, 4]}))


def test_unknown_root():
    with pytest.raises(ValueError, match=r"root names \['tail'\].*'head'"):
        evaluate(dict(ERROR, root='tail'), as_samples(*random_frames(4)))


@pytest.mark.parametrize(
    'cfg, message',
    [
        (dict(ACCURACY, thresholds=()), 'positive distances in metres'),
        (dict(ACCURACY, thresholds=(0.1, 0)), 'positive distances in metres'),
        (dict(ACCURACY, detail='all'), "got 'all'"),
        (dict(ERROR, distances_mm=()), 'distances_mm must be positive'),
        (dict(ERROR, distances_mm=(math.nan,)), 'distances_mm must be positive'),
        (dict(ERROR, max_distance_mm=0), 'max_distance_mm must be a positive'),
    ],
)
def test_bad_options(cfg, message):
    with pytest.raises(ValueError, match=message):
        METRICS.build(cfg)


def test_published_predictions(itop_golden_3d):
    """A2J on ITOP front, through the registered classes."""
    pred, gt, groups = itop_golden_3d
    names = [f'joint_{i}' for i in range(15)]
    meta = dict(
        keypoint_name2id={name: i for i, name in enumerate(names)},
        joint_groups={name: ids for name, (ids, _) in groups.items()},
    )
    samples = as_samples(pred, gt, np.ones(gt.shape[:2]))
    metrics = evaluate(ACCURACY, samples, meta)
    assert metrics['accuracy@10cm'] == pytest.approx(88.0184, abs=1e-4)
    for name, (_, percent) in groups.items():
        assert metrics[f'accuracy@10cm/{name}'] == pytest.approx(percent, abs=0.01), name
    metrics = evaluate(ERROR, samples, meta)
    assert metrics['error_mm/mean'] == pytest.approx(58.5, abs=0.05)


def test_a_root_that_does_not_fit_is_refused_when_the_data_set_is_named():
    metric = METRICS.build(dict(type='JointErrorMetric', root='tail'))
    with pytest.raises(
        ValueError,
        match=r'JointErrorMetric: the root names '
        r"\['tail'\], which .* does not have",
    ):
        metric.dataset_meta = META

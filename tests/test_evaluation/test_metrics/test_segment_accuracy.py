"""PDJAccuracy and HeadPCKAccuracy as a config builds them."""

import math

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmpose.registry import METRICS
from mmpose.structures import PoseDataSample
from mmpose_cmb.evaluation.functional import group_means, head_pck, pdj

pytestmark = pytest.mark.usefixtures('mmpose_scope')

NAMES = ('head', 'neck', 'left_shoulder', 'right_hip', 'left_hip', 'right_hand')
GROUPS = {'Head': [0], 'Hips': [3, 4], 'Full Body': [0, 1, 2, 3, 4, 5]}
META = dict(keypoint_name2id={name: i for i, name in enumerate(NAMES)}, joint_groups=GROUPS)


def naive_percent(pred, gt, visible, start, stop, thresholds):
    """Percent [T][K], one joint of one frame at a time; None = no label."""
    num_joints = len(gt[0])
    hits = [[0] * num_joints for _ in thresholds]
    labels = [0] * num_joints
    for frame in range(len(gt)):
        if not all(visible[frame][j] for j in (*start, *stop)):
            continue
        ends = []
        for end in (start, stop):
            ends.append(
                [sum(float(gt[frame][j][axis]) for j in end) / len(end) for axis in range(2)]
            )
        length = math.dist(*ends)
        if length == 0:
            continue
        for joint in range(num_joints):
            if not visible[frame][joint]:
                continue
            labels[joint] += 1
            x, y = (float(v) for v in pred[frame][joint])
            if math.isnan(x) or math.isnan(y):
                continue
            distance = math.dist((x, y), [float(v) for v in gt[frame][joint]])
            for t, threshold in enumerate(thresholds):
                if distance / length <= threshold:
                    hits[t][joint] += 1
    return [[100.0 * h / n if n else None for h, n in zip(row, labels)] for row in hits]


def naive_mean(values):
    """Mean of the values that are there; None where none is."""
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else None


def random_frames(num_frames=40):
    """Frames with unlabelled joints, missing predictions, no torso."""
    rng = np.random.default_rng(0)
    gt = rng.uniform(0, 200, (num_frames, 6, 2)).astype(np.float32)
    pred = gt + rng.normal(0, 12, gt.shape).astype(np.float32)
    visible = (rng.random((num_frames, 6)) > 0.15).astype(np.float32)
    pred[3, 5] = np.nan
    gt[4, 3] = gt[4, 2]
    gt[5, 1] = gt[5, 0]
    return pred, gt, visible


def as_samples(pred, gt, visible):
    return [
        dict(
            pred_instances=dict(keypoints=p[None]),
            gt_instances=dict(keypoints=g[None], keypoints_visible=v[None]),
        )
        for p, g, v in zip(pred, gt, visible)
    ]


def evaluate(cfg, samples, meta=META):
    metric = METRICS.build(cfg)
    metric.dataset_meta = meta
    for start in range(0, len(samples), 7):  # the last batch is short
        metric.process(None, samples[start : start + 7])
    return metric.evaluate(len(samples))


CASES = [
    pytest.param(
        dict(type='PDJAccuracy'),
        pdj,
        ((2,), (3,)),
        [('PDJ@0.05', 0.05), ('PDJ@0.10', 0.10), ('PDJ@0.15', 0.15), ('PDJ@0.20', 0.20)],
        id='pdj',
    ),
    pytest.param(
        dict(
            type='PDJAccuracy', torso=('neck', ('left_hip', 'right_hip')), thresholds=(0.1, 0.125)
        ),
        pdj,
        ((1,), (4, 3)),
        [('PDJ@0.10', 0.1), ('PDJ@0.125', 0.125)],
        id='pdj-neck-hips',
    ),
    pytest.param(
        dict(type='HeadPCKAccuracy'), head_pck, ((0,), (1,)), [('PCKh@0.5', 0.5)], id='pckh'
    ),
    pytest.param(
        dict(type='HeadPCKAccuracy', threshold=0.25, head_segment=('head', 'left_shoulder')),
        head_pck,
        ((0,), (2,)),
        [('PCKh@0.25', 0.25)],
        id='pckh-other-segment',
    ),
]


@pytest.mark.parametrize('cfg, function, ends, columns', CASES)
def test_class_and_function_against_loops(cfg, function, ends, columns):
    pred, gt, visible = random_frames()
    limits = [t for _, t in columns]
    expected = naive_percent(pred, gt, visible, *ends, limits)

    options = dict(thresholds=limits) if function is pdj else dict(threshold=limits[0])
    accuracy = function(pred, gt, ends, valid=visible, **options)
    np.testing.assert_allclose(accuracy.percent, expected, rtol=1e-12)
    by_group = group_means(accuracy.percent, GROUPS)

    metrics = evaluate(dict(cfg, detail='joints'), as_samples(pred, gt, visible))
    for t, (key, _) in enumerate(columns):
        assert metrics[key] == pytest.approx(naive_mean(expected[t]))
        for i, name in enumerate(NAMES):
            assert metrics[f'{key}/{name}'] == pytest.approx(expected[t][i])
        for name, ids in GROUPS.items():
            mean = naive_mean([expected[t][i] for i in ids])
            assert metrics[f'{key}/{name}'] == pytest.approx(mean)
            assert by_group[name][t] == pytest.approx(mean)
        assert metrics[key] == metrics[f'{key}/Full Body']


def test_average_is_the_mean_of_the_thresholds():
    metrics = evaluate(dict(type='PDJAccuracy'), as_samples(*random_frames()))
    for row in ('', '/Hips'):
        figures = [metrics[f'PDJ@{t}{row}'] for t in ('0.05', '0.10', '0.15', '0.20')]
        assert metrics[f'PDJ/average{row}'] == pytest.approx(sum(figures) / 4)


@pytest.mark.parametrize(
    'detail, rows',
    [
        ('summary', ['']),
        ('groups', ['', *(f'/{g}' for g in GROUPS)]),
        ('joints', ['', *(f'/{g}' for g in GROUPS), *(f'/{n}' for n in NAMES)]),
    ],
)
def test_keys_by_detail(detail, rows):
    samples = as_samples(*random_frames())
    heads = ['PDJ@0.05', 'PDJ@0.10', 'PDJ@0.15', 'PDJ@0.20', 'PDJ/average']
    metrics = evaluate(dict(type='PDJAccuracy', detail=detail), samples)
    assert list(metrics) == [head + row for row in rows for head in heads]
    metrics = evaluate(dict(type='HeadPCKAccuracy', detail=detail), samples)
    assert list(metrics) == ['PCKh@0.5' + row for row in rows]


def test_ranks_and_order_do_not_matter():
    """Frames spread over two ranks, one of which repeats a frame as pad."""
    samples = as_samples(*random_frames(9))
    whole = evaluate(dict(type='PDJAccuracy'), samples)

    ranks = []
    for rank in range(2):
        metric = METRICS.build(dict(type='PDJAccuracy'))
        metric.dataset_meta = META
        metric.process(None, (samples + samples[:1])[rank::2])
        ranks.append(metric.results)
    # mmengine's collect_results: interleave, then cut to the data set.
    merged = [r for pair in zip(*ranks) for r in pair][: len(samples)]
    assert metric.compute_metrics(merged) == whole
    assert metric.compute_metrics(merged[::-1]) == whole


def test_works_on_data_samples_with_tensors_and_weights():
    """What a Runner hands over: PoseDataSample through an Evaluator."""
    pred, gt, visible = random_frames()
    samples = []
    for p, g, v in zip(pred, gt, visible):
        sample = PoseDataSample()
        sample.gt_instances = InstanceData(
            keypoints=torch.from_numpy(g[None]),
            # MMPose packs visibility and weight as two columns.
            keypoints_visible=np.stack([v, np.ones_like(v)], -1)[None],
        )
        sample.pred_instances = InstanceData(keypoints=p[None])
        samples.append(sample)
    evaluator = Evaluator(
        [METRICS.build(dict(type='PDJAccuracy')), METRICS.build(dict(type='HeadPCKAccuracy'))]
    )
    evaluator.dataset_meta = META
    evaluator.process(samples)
    metrics = evaluator.evaluate(len(samples))
    plain = as_samples(pred, gt, visible)
    assert metrics == {
        **evaluate(dict(type='PDJAccuracy'), plain),
        **evaluate(dict(type='HeadPCKAccuracy'), plain),
    }


def test_prefix_tells_two_torsos_apart():
    samples = as_samples(*random_frames())
    metrics = evaluate(dict(type='PDJAccuracy', prefix='a2j', detail='summary'), samples)
    assert list(metrics)[0] == 'a2j/PDJ@0.05'


def test_without_groups_there_are_joints_and_the_total(logged):
    meta = dict(keypoint_name2id=META['keypoint_name2id'])
    metrics = evaluate(
        dict(type='HeadPCKAccuracy', detail='joints'), as_samples(*random_frames()), meta
    )
    assert list(metrics) == ['PCKh@0.5', *(f'PCKh@0.5/{n}' for n in NAMES)]
    assert 'right_hand' in logged[0] and 'Hips' not in logged[0]


def test_table_names_the_torso_and_what_was_left_out(logged):
    pred, gt, _ = random_frames(10)  # frame 4 has a torso of length 0
    visible = np.ones((10, 6))
    visible[:, 5] = 0  # no right hand at all
    evaluate(dict(type='PDJAccuracy'), as_samples(pred, gt, visible))
    title, *rows = logged[0].splitlines()
    assert 'torso: left_shoulder - right_hip, 9 frames (1 left out' in title
    names = [row.split('|')[1].strip() for row in rows if '|' in row]
    assert names == ['', *GROUPS, *NAMES, 'All joints']
    hand = [row for row in rows if 'right_hand' in row][0]
    assert [cell.strip() for cell in hand.split('|')[2:7]] == ['-'] * 5

    evaluate(
        dict(type='PDJAccuracy', torso=('neck', ('left_hip', 'right_hip'))),
        as_samples(pred, gt, visible),
    )
    assert 'torso: neck - mean(left_hip, right_hip), 10' in logged[1]


def test_a_joint_never_labelled_is_nan_and_not_in_the_means():
    pred, gt, visible = random_frames()
    visible[:, 5] = 0
    metrics = evaluate(dict(type='PDJAccuracy', detail='joints'), as_samples(pred, gt, visible))
    assert math.isnan(metrics['PDJ@0.20/right_hand'])
    others = [metrics[f'PDJ@0.20/{name}'] for name in NAMES[:5]]
    assert metrics['PDJ@0.20'] == pytest.approx(sum(others) / 5)


def test_unknown_joints_are_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"torso names \['tail'\].*'left_shoulder'"):
        evaluate(dict(type='PDJAccuracy', torso=('neck', 'tail')), as_samples(*random_frames(6)))


def test_missing_metainfo():
    with pytest.raises(ValueError, match='no "keypoint_name2id"'):
        evaluate(dict(type='PDJAccuracy'), as_samples(*random_frames(6)), None)


def test_nothing_to_measure():
    pred, gt, visible = random_frames(6)
    with pytest.raises(ValueError, match='none of the 6 frames is the head'):
        evaluate(dict(type='HeadPCKAccuracy'), as_samples(pred, gt, 0 * visible))
    with pytest.raises(ValueError, match='no frame to evaluate'):
        evaluate(dict(type='HeadPCKAccuracy'), [])


@pytest.mark.parametrize(
    'options, message',
    [
        (dict(detail='all'), "got 'all'"),
        (dict(torso=('neck',)), 'two ends'),
        (dict(torso='neck'), 'two ends'),
        (dict(torso=('neck', ())), 'two ends'),
        (dict(thresholds=()), 'positive fractions of the torso'),
        (dict(thresholds=(0.1, -1)), 'positive fractions'),
        (dict(thresholds=(float('nan'),)), 'positive fractions'),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        METRICS.build(dict(type='PDJAccuracy', **options))


def test_published_predictions(itop_golden):
    """A2J on ITOP front, through the registered classes."""
    pred, gt, name2id = itop_golden
    samples = as_samples(pred, gt, np.ones(gt.shape[:2]))
    meta = dict(keypoint_name2id=name2id)
    metrics = evaluate(dict(type='PDJAccuracy'), samples, meta)
    metrics.update(evaluate(dict(type='HeadPCKAccuracy'), samples, meta))
    expected = {
        'PDJ@0.05': 48.34,
        'PDJ@0.10': 80.27,
        'PDJ@0.15': 90.28,
        'PDJ@0.20': 94.31,
        'PCKh@0.5': 95.51,
    }
    for key, value in expected.items():
        assert metrics[key] == pytest.approx(value, abs=0.01), key


def test_a_data_set_that_does_not_fit_is_refused_when_it_is_named():
    """A Runner names it when it builds the validation, before a training."""
    metric = METRICS.build(dict(type='PDJAccuracy', torso=('neck', ('left_hip', 'tail'))))
    evaluator = Evaluator([metric])
    with pytest.raises(
        ValueError,
        match=r'PDJAccuracy: the torso names '
        r"\['tail'\], which .* does not have",
    ):
        evaluator.dataset_meta = META
    evaluator.dataset_meta = None

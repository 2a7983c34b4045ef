from pathlib import Path

import cv2
import numpy as np
import pytest

from mmpose_cmb.datasets.statistics import DatasetStatistics, DepthSums, crop_to_box
from mmpose_cmb.visualization.statistics_figure import draw_statistics

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'dataset_statistics.py'


def _sample(depth_m, bbox=(1, 1, 2, 3), keypoints=((1, 1), (9, 0)), **more):
    return dict(
        img=np.asarray(depth_m, np.float32),
        bbox=np.array([bbox], np.float32),
        keypoints=np.array([keypoints], np.float32),
        keypoints_visible=np.ones((1, len(keypoints)), np.float32),
        **{k: np.array([v], np.float32) for k, v in more.items()},
    )


def test_depth_by_hand():
    sums = DepthSums()
    sums.add(np.float32([[1, 0], [3, 0]]))
    sums.add(np.float32([[2, 2], [2, 25]]))
    summary = sums.summary()
    values = [1, 3, 2, 2, 2, 25]
    assert summary['mean_m'] == pytest.approx(np.mean(values))
    assert summary['std_m'] == pytest.approx(np.std(values))
    assert (summary['nearest_m'], summary['farthest_m']) == (1, 25)
    assert summary['holes_percent'] == pytest.approx(25)
    assert summary['median_m'] == pytest.approx(2, abs=0.0051)
    # Percentiles are of bins; what lies beyond 20 m counts as 20 m.
    assert summary['p99_m'] == pytest.approx(20, abs=0.0051)


def test_percentiles_to_half_a_bin():
    depth = np.random.default_rng(0).gamma(5, 0.5, (200, 50))
    sums = DepthSums()
    for part in np.split(depth.astype(np.float32), 4):
        sums.add(part)
    expected = np.percentile(depth, (1, 50, 99))
    summary = sums.summary()
    np.testing.assert_allclose(
        [summary['p1_m'], summary['median_m'], summary['p99_m']], expected, atol=0.011
    )


def test_nothing_valid():
    sums = DepthSums()
    sums.add(np.zeros((2, 2), np.float32))
    summary = sums.summary()
    assert summary['holes_percent'] == 100
    assert np.isnan(summary['mean_m']) and np.isnan(summary['p1_m'])


@pytest.mark.parametrize(
    'bbox, rows, columns',
    [
        ((1, 1, 2, 3), slice(1, 4), slice(1, 3)),
        ((0.5, -7, 99, 0.5), slice(0, 1), slice(1, 6)),
        ((-9, -9, -2, -2), slice(0, 0), slice(0, 0)),
    ],
)
def test_crop_holds_the_pixels_in_the_box(bbox, rows, columns):
    image = np.arange(30).reshape(5, 6)
    np.testing.assert_array_equal(crop_to_box(image, np.array(bbox)), image[rows, columns])


def test_crops_boxes_and_joints_by_hand():
    depth = np.full((5, 6), 4.0)
    depth[1:4, 1:3] = 2
    depth[1, 2] = 0
    statistics = DatasetStatistics(['a', 'b'])
    statistics.add(_sample(depth, keypoints_seen=[1, 0], keypoints_cam=[(0, 0, 2.1), (0, 0, 5)]))
    statistics.add(
        _sample(
            depth,
            bbox=(0, 0, 3, 7),
            keypoints_seen=[1, 1],
            keypoints=((1, 1), (5.4, 4.4)),
            keypoints_cam=[(0, 0, 2.3), (0, 0, 4.1)],
        )
    )
    table = {row[0]: row[1:] for row in statistics.depth_table()}
    # Box 1: 2 x 3 pixels, a hole; box 2: 4 x 5, in it the same hole.
    assert table['holes_percent'][1] == pytest.approx(100 * 2 / 26)
    assert table['holes_percent'][0] == pytest.approx(100 * 2 / 60)
    assert table['mean_m'][1] == pytest.approx((5 * 2 + 5 * 2 + 14 * 4) / 24)
    assert statistics.box_table()[0][:2] == ('width', 2)
    assert statistics.box_table()[1][1] == 4.5
    a, b, both = statistics.joint_table()
    assert a == ('a', 100, 0, 100, pytest.approx(20))
    # Once outside at x = 9, once in the last pixel.
    assert b == ('b', 100, 50, 50, pytest.approx(10))
    assert both == ('all joints', 100, 25, 75, pytest.approx(10))


def test_what_a_dataset_does_not_say_is_nan():
    statistics = DatasetStatistics(['a', 'b'])
    sample = _sample(np.ones((5, 6)))
    sample['keypoints_visible'][0, 1] = 0
    statistics.add(sample)
    a, b, _ = statistics.joint_table()
    assert a[1:3] == (100, 0) and np.isnan(a[3:]).all()
    assert b[1] == 0 and np.isnan(b[2:]).all()
    assert draw_statistics(statistics).ndim == 3


def test_picture_shows_the_data():
    pictures = []
    for depth in (1.0, 3.0):
        statistics = DatasetStatistics(['a', 'b'])
        statistics.add(_sample(np.full((5, 6), depth)))
        pictures.append(draw_statistics(statistics))
    assert pictures[0].dtype == np.uint8 and pictures[0].shape[2] == 3
    assert (pictures[0] != pictures[1]).any()


def test_the_tool(itop_root, tmp_path, call_tool):
    config = tmp_path / 'itop.py'
    config.write_text(
        "default_scope = 'mmpose'\n"
        "train_dataloader = dict(dataset=dict(type='ITOPDataset', "
        f"view='side', split='train', data_root={str(itop_root)!r}, "
        "pipeline=[dict(type='LoadDepthFrameFromHDF5'), "
        "dict(type='PackPoseInputs')]))\n"
    )
    out = tmp_path / 'statistics.png'
    ended = call_tool(TOOL, config, '--out', out, '--num', 5, '--time')
    printed = ended.out
    assert ended.status == 0 and 'train: 5 of 9 samples' in printed
    assert 'frames/s' in printed and 'samples/s' in printed
    line = [x for x in printed.splitlines() if x.startswith('right_foot')][0]
    # Labelled, outside, seen, behind the surface (not known: outside).
    assert line.split()[1:] == ['100.000', '100.000', '0.000', 'nan']
    line = [x for x in printed.splitlines() if x.startswith('torso')][0]
    assert float(line.split()[-1]) == pytest.approx(10, abs=0.2)
    assert cv2.imread(str(out)) is not None
    ended = call_tool(TOOL, config, '--cfg-options', 'train_dataloader.dataset.data_root=nowhere')
    assert ended.status == 2
    assert ended.error.startswith('error: ITOP is not in place')

from pathlib import Path

import cv2
import numpy as np
import pytest

from mmpose_cmb.datasets import K2HPDDataset
from mmpose_cmb.datasets.sample_trace import spread_indices, trace_sample
from mmpose_cmb.drawing.depth_colormap import INVALID_COLOR
from mmpose_cmb.visualization.sample_picture import draw_sample

pytestmark = pytest.mark.usefixtures('mmpose_scope')

REPOSITORY = Path(__file__).resolve().parents[2]
CODEC = dict(type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(32, 32), sigma=1.0)
PIPELINE = [
    dict(type='LoadDepthImage', unit_m=0.02),
    dict(type='GetBBoxCenterScale', padding=1.0),
    dict(type='TopdownDepthAffine', input_size=(64, 64)),
    dict(type='NormalizeDepth', half_range_m=3.0),
    dict(type='GenerateTarget', encoder=CODEC),
    dict(type='PackPoseInputs'),
]


def _dataset(root, pipeline):
    return K2HPDDataset(
        data_root=str(root),
        ann_file='train_annos.txt',
        data_prefix=dict(img='depth_data/depth_images/'),
        pipeline=pipeline,
    )


def _cut_hole(root):
    """A hole from (100, 120) to (109, 129) in the first image."""
    path = str(root / 'depth_data' / 'depth_images' / '00000000.png')
    image = cv2.imread(path)
    image[120:130, 100:110] = 0
    cv2.imwrite(path, image)


def test_trace_shows_what_the_network_gets(k2hpd_root):
    _cut_hole(k2hpd_root)
    dataset = _dataset(k2hpd_root, PIPELINE)
    trace = trace_sample(dataset, 0)
    np.testing.assert_array_equal(trace.network_input, dataset[0]['inputs'][0].numpy())
    # The image as loaded: 2 m and 4 m, holes 0.
    assert set(np.unique(trace.frame_m.round(4))) == {0, 2, 4}
    # The box 85..151 x 45..165 becomes 64 pixels high, around (118, 105).
    scale = 64 / 120
    rows, columns = np.nonzero(trace.holes)
    assert abs(columns.mean() - (104.5 - 118) * scale - 32) < 0.6
    assert abs(rows.mean() - (124.5 - 105) * scale - 32) < 0.6
    np.testing.assert_allclose(
        trace.crop_keypoints[4], [(108 - 118) * scale + 32, (80 - 105) * scale + 32], atol=1e-3
    )
    assert trace.heatmaps.shape == (19, 32, 32)


def test_holes_have_their_own_colour(k2hpd_root):
    _cut_hole(k2hpd_root)
    dataset = _dataset(k2hpd_root, PIPELINE)
    picture = draw_sample(trace_sample(dataset, 0), dataset.metainfo)
    with_hole = (picture == INVALID_COLOR).all(axis=-1).sum()
    picture = draw_sample(trace_sample(dataset, 1), dataset.metainfo)
    without = (picture == INVALID_COLOR).all(axis=-1).sum()
    # A few pixels of the captions' edges may have it by chance; how many is up
    # to OpenCV's letters.
    assert with_hole > 200 and without < with_hole / 10


def test_a_pipeline_without_targets(k2hpd_root):
    pipeline = [step for step in PIPELINE if step['type'] != 'GenerateTarget']
    dataset = _dataset(k2hpd_root, pipeline)
    trace = trace_sample(dataset, 0)
    assert trace.heatmaps is None
    with_targets = trace_sample(_dataset(k2hpd_root, PIPELINE), 0)
    assert (
        draw_sample(trace, dataset.metainfo).shape[1]
        < draw_sample(with_targets, dataset.metainfo).shape[1]
    )


@pytest.mark.parametrize(
    'length, number, expected', [(10, 2, [2, 7]), (3, 9, [0, 1, 2]), (5, 1, [2])]
)
def test_spread(length, number, expected):
    assert spread_indices(length, number) == expected


def _call_tool(call_tool, tmp_path, root, *arguments):
    config = tmp_path / 'config.py'
    config.write_text(
        f'pipeline = {PIPELINE!r}\n'
        'train_dataloader = dict(dataset=dict('
        "type='K2HPDDataset', ann_file='train_annos.txt', "
        f'data_root={str(root)!r}, pipeline=pipeline, '
        "data_prefix=dict(img='depth_data/depth_images/')))\n"
    )
    return call_tool(
        REPOSITORY / 'tools' / 'browse_dataset.py',
        config,
        '--out-dir',
        tmp_path / 'out',
        *arguments,
    )


def test_the_tool_writes_a_sheet_and_single_files(k2hpd_root, tmp_path, call_tool):
    ended = _call_tool(call_tool, tmp_path, k2hpd_root, '--num', '3')
    assert ended.status == 0, ended.err
    assert sorted(p.name for p in (tmp_path / 'out').iterdir()) == [
        'train_000004.png',
        'train_000012.png',
        'train_000020.png',
        'train_sheet.png',
    ]
    sheet = cv2.imread(str(tmp_path / 'out' / 'train_sheet.png'))
    single = cv2.imread(str(tmp_path / 'out' / 'train_000004.png'))
    assert sheet.shape[1] > 2 * single.shape[1]


def test_the_tool_says_what_data_is_missing(tmp_path, call_tool):
    ended = _call_tool(call_tool, tmp_path, tmp_path / 'nowhere')
    assert ended.status == 2
    assert 'tools/synthesize.py' in ended.error


def test_the_tool_checks_its_number(tmp_path, call_tool):
    ended = _call_tool(call_tool, tmp_path, tmp_path, '--num', '0')
    assert ended.status == 2
    assert '--num: must be at least 1' in ended.err

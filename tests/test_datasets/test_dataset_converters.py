"""The converters as a person runs them; the files load again."""

import json
from pathlib import Path

import cv2
import numpy as np

from mmpose_cmb.datasets import ASTARDataset, DepthCocoDataset, ITOPDataset, K2HPDDataset
from mmpose_cmb.datasets.coco_export import export_to_coco

TOOLS = Path(__file__).resolve().parents[2] / 'tools' / 'dataset_converters'


def _reload(out, dataset):
    return DepthCocoDataset(
        ann_file='train.json', data_root=str(out),
        data_prefix=dict(img='train/'), metainfo=dict(
            from_file=dataset.METAINFO['from_file']),
        pipeline=[dict(type='LoadDepthImage')])  # yapf: disable


def _assert_same(before, after):
    assert len(before) == len(after) > 0
    for i in range(len(before)):
        first, second = before[i], after[i]
        # Whole millimetres in the image, thousandths of a pixel in the file.
        np.testing.assert_allclose(second['img'], first['img'], atol=6e-4)
        for key, tolerance in (
            ('keypoints', 1e-3),
            ('bbox', 2e-3),
            ('keypoints_visible', 0),
            ('keypoints_cam', 1e-4),
            ('intrinsics', 1e-4),
            ('keypoints_seen', 0),
        ):
            if key in first:
                np.testing.assert_allclose(second[key], first[key], atol=tolerance)
        assert second['img_id'] == first['img_id']


def test_itop(write_itop_files, tmp_path, mmpose_scope):
    dataset = ITOPDataset(
        'side',
        'train',
        data_root=str(write_itop_files(tmp_path / 'itop')),
        pipeline=[dict(type='LoadDepthFrameFromHDF5')],
    )
    out = tmp_path / 'out'
    path = export_to_coco(dataset, str(out), 'train', range(len(dataset)))
    assert path == str(out / 'train.json')
    _assert_same(dataset, _reload(out, dataset))


def test_astar(write_astar_files, tmp_path, mmpose_scope):
    dataset = ASTARDataset(
        'train',
        data_root=str(write_astar_files(tmp_path / 'astar')),
        pipeline=[dict(type='LoadSKDepth', background_m=None)],
    )
    export_to_coco(dataset, str(tmp_path), 'train', range(len(dataset)))
    _assert_same(dataset, _reload(tmp_path, dataset))


def test_k2hpd(k2hpd_root, tmp_path, mmpose_scope, call_tool):
    dataset = K2HPDDataset(
        data_root=str(k2hpd_root),
        ann_file='train_annos.txt',
        data_prefix=dict(img='depth_data/depth_images/'),
        pipeline=[dict(type='LoadDepthImage', unit_m=0.03)],
        sample_interval=6,
    )
    out = tmp_path / 'out'
    ended = call_tool(
        TOOLS / 'dataset_to_coco.py', 'k2hpd', k2hpd_root, out, '--unit-m', 0.03, '--every', 6
    )
    assert f'4 frames: {out}/train.json' in ended.out
    _assert_same(dataset, _reload(out, dataset))


def test_data_not_in_place(call_tool, tmp_path):
    ended = call_tool(
        TOOLS / 'dataset_to_coco.py', 'itop', tmp_path / 'none', tmp_path / 'out', '--view', 'top'
    )
    assert ended.error.startswith('error: ITOP is not in place')
    assert 'ITOP_top_train_labels.h5' in ended.error
    assert not (tmp_path / 'out').exists()


def test_a_folder(tmp_path, call_tool, mmpose_scope):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 80), 1900, 'u2'))
    (tmp_path / 'joints.csv').write_text(
        'image,nose_x,nose_y,nose_X,nose_Y,nose_Z,left_eye_x,left_eye_y,'
        'left_eye_X,left_eye_Y,left_eye_Z\na.png,40,30,0,0,2,,,,,\n'
    )
    out, info = tmp_path / 'mine.json', tmp_path / 'joints.py'
    arguments = [
        TOOLS / 'folder_to_coco.py',
        tmp_path,
        tmp_path / 'joints.csv',
        out,
        '--unit-m',
        0.001,
        '--dataset-info',
        info,
        '--links',
        'nose-left_eye',
    ]
    ended = call_tool(*arguments)
    assert ended.status == 2
    assert 'has joints in space: give --intrinsics' in ended.error
    assert not out.exists()
    ended = call_tool(*arguments, '--intrinsics', 100, 100, 40, 30)
    assert ended.status == 0 and '1 person in 1 image' in ended.out
    dataset = DepthCocoDataset(
        ann_file=str(out),
        data_prefix=dict(img=str(tmp_path)),
        metainfo=dict(from_file=str(info)),
        pipeline=[dict(type='LoadDepthImage')],
    )
    sample = dataset[0]
    np.testing.assert_allclose(sample['img'], 1.9)
    np.testing.assert_array_equal(sample['keypoints_visible'], [[1, 0]])
    np.testing.assert_array_equal(sample['keypoints_cam'][0, 0], [0, 0, 2])
    assert json.loads(out.read_text())['intrinsics'] == [100, 100, 40, 30]

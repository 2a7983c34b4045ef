import json
import logging

import numpy as np
import pytest
from mmengine.logging import MMLogger

from mmpose.registry import DATASETS
from mmpose_cmb.datasets import K2HPDDataset

IMAGES = dict(img='depth_data/depth_images/')


def _dataset(root, split='train', **kwargs):
    return K2HPDDataset(
        data_root=str(root),
        ann_file=f'{split}_annos.txt',
        data_prefix=dict(kwargs.pop('data_prefix', IMAGES)),
        **kwargs,
    )


@pytest.fixture
def warnings_logged():
    """Messages of level WARNING in MMEngine's log."""
    messages = []

    class Collect(logging.Handler):
        def emit(self, record):
            messages.append(record.getMessage())

    collect = Collect(logging.WARNING)
    logger = MMLogger.get_current_instance()
    logger.addHandler(collect)
    yield messages
    logger.removeHandler(collect)


def test_registered_with_mmpose():
    assert DATASETS.get('K2HPDDataset') is K2HPDDataset


def test_a_record_by_hand(k2hpd_root):
    dataset = _dataset(k2hpd_root)
    assert len(dataset) == 24
    info = dataset.get_data_info(3)
    assert info['img_path'] == str(k2hpd_root / 'depth_data' / 'depth_images' / '00000003.png')
    assert info['img_id'] == 3 and info['id'] == 3
    # Joints from (100, 63) to (136, 153), 15 pixels around them.
    np.testing.assert_array_equal(info['bbox'], [[85, 48, 151, 168]])
    np.testing.assert_array_equal(info['bbox_score'], [1])
    assert info['keypoints'].shape == (1, 19, 2)
    np.testing.assert_array_equal(info['keypoints'][0, 4], [108, 83])
    np.testing.assert_array_equal(info['keypoints_visible'], np.ones((1, 19)))
    assert info['annotation_source'].endswith('train_annos.txt line 4')


def test_test_split_is_another_file(k2hpd_root):
    dataset = _dataset(k2hpd_root, 'test', test_mode=True)
    assert len(dataset) == 8 and dataset.get_data_info(0)['img_id'] == 24


def test_bbox_padding(k2hpd_root):
    box = _dataset(k2hpd_root, bbox_padding_px=0).get_data_info(0)['bbox']
    np.testing.assert_array_equal(box, [[100, 60, 136, 150]])


def test_joints_outside_the_image_are_kept(k2hpd_root):
    path = k2hpd_root / 'train_annos.txt'
    lines = path.read_text().splitlines()
    lines[0] = '00000000.png ' + ','.join(['-3,262'] + ['50,100'] * 18)
    path.write_text('\n'.join(lines))
    info = _dataset(k2hpd_root).get_data_info(0)
    np.testing.assert_array_equal(info['keypoints'][0, 0], [-3, 262])
    assert info['keypoints_visible'][0, 0] == 1
    np.testing.assert_array_equal(info['bbox'], [[-18, 85, 65, 277]])


def test_metainfo_carries_groups(k2hpd_root):
    groups = _dataset(k2hpd_root, lazy_init=True).metainfo['joint_groups']
    assert groups['Feet'] == [11, 14]


def test_a_data_set_of_other_joints(k2hpd_root):
    info = dict(
        dataset_name='two',
        keypoint_info={
            0: dict(name='top', id=0, type='upper', swap=''),
            1: dict(name='bottom', id=1, type='lower', swap=''),
        },
        skeleton_info={0: dict(link=('top', 'bottom'), id=0)},
        joint_weights=[1.0, 1.0],
        sigmas=[0.1, 0.1],
    )
    (k2hpd_root / 'train_annos.txt').write_text('00000000.png 1,2,3,4\n')
    dataset = _dataset(k2hpd_root, metainfo=info)
    np.testing.assert_array_equal(dataset.get_data_info(0)['keypoints'], [[[1, 2], [3, 4]]])
    assert 'joint_groups' not in dataset.metainfo


def test_options_of_the_base(k2hpd_root):
    assert len(_dataset(k2hpd_root, indices=5)) == 5
    lazy = _dataset(k2hpd_root, lazy_init=True)
    assert not lazy._fully_initialized and len(lazy) == 24
    plain = _dataset(k2hpd_root, serialize_data=False)
    np.testing.assert_array_equal(
        plain.get_data_info(7)['keypoints'], lazy.get_data_info(7)['keypoints']
    )
    every_fifth = _dataset(k2hpd_root, sample_interval=5)
    assert [every_fifth.get_data_info(i)['img_id'] for i in range(len(every_fifth))] == [
        0,
        5,
        10,
        15,
        20,
    ]


def test_another_folder_of_images(k2hpd_root):
    (k2hpd_root / 'depth_data' / 'depth_images').rename(k2hpd_root / 'depth_data' / 'depth_mm')
    dataset = _dataset(k2hpd_root, data_prefix=dict(img='depth_data/depth_mm'))
    assert 'depth_mm' in dataset.get_data_info(0)['img_path']


def test_missing_data_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        _dataset(tmp_path / 'k2hpd')
    message = str(caught.value)
    root = str(tmp_path / 'k2hpd')
    assert f'{root}/train_annos.txt is missing' in message
    assert f'into {root}, or make synthetic data' in message
    assert f'tools/synthesize.py --layout k2hpd --out-dir {root}' in message
    assert len(message.splitlines()) == 2


def test_missing_image_folder(k2hpd_root):
    (k2hpd_root / 'depth_data' / 'depth_images').rename(k2hpd_root / 'away')
    with pytest.raises(FileNotFoundError, match='depth_images/ is missing'):
        _dataset(k2hpd_root)


def test_damaged_records_are_left_out_and_named(k2hpd_root, warnings_logged):
    path = k2hpd_root / 'train_annos.txt'
    lines = path.read_text().splitlines()
    lines[4] += ',7'
    path.write_text('\n'.join(lines))
    missing = k2hpd_root / 'depth_data' / 'depth_images' / '00000002.png'
    missing.unlink()
    dataset = _dataset(k2hpd_root, max_bad_share=0.1)
    assert [dataset.get_data_info(i)['img_id'] for i in range(5)] == [0, 1, 3, 5, 6]
    assert warnings_logged == [
        f'{path}: 2 of 24 records cannot be used and are left out: '
        f'line 3: {missing} is missing; '
        'line 5: 39 numbers instead of 38'
    ]
    # 2 of 24 are more than the 5 % that are let pass without asking.
    with pytest.raises(ValueError, match='line 3: .*00000002.png is missing'):
        _dataset(k2hpd_root)


def test_whole_data_is_quiet(k2hpd_root, warnings_logged):
    _dataset(k2hpd_root)
    assert warnings_logged == []


@pytest.mark.parametrize('share', [-0.1, 1.5])
def test_bad_share_is_checked(k2hpd_root, share):
    with pytest.raises(ValueError, match='max_bad_share'):
        _dataset(k2hpd_root, max_bad_share=share)


def _detections(tmp_path, detections):
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps(detections))
    return str(path)


def test_detected_boxes(k2hpd_root, tmp_path, warnings_logged):
    boxes = _detections(
        tmp_path,
        [
            dict(image_id=24, category_id=1, bbox=[10, 20, 30, 40], score=0.4),
            dict(image_id=24, category_id=1, bbox=[11, 22, 33, 44], score=0.9),
            dict(image_id=24, category_id=2, bbox=[0, 0, 1, 1], score=0.99),
        ],
    )
    dataset = _dataset(k2hpd_root, 'test', test_mode=True, bbox_file=boxes)
    assert len(dataset) == 8
    info = dataset.get_data_info(0)
    np.testing.assert_allclose(info['bbox'], [[11, 22, 44, 66]])
    np.testing.assert_allclose(info['bbox_score'], [0.9])
    # The joints stay those of the annotation.
    np.testing.assert_array_equal(info['keypoints'][0, 0], [100, 84])
    info = dataset.get_data_info(1)
    np.testing.assert_allclose(info['bbox'], [[0, 0, 256, 212]])
    assert info['bbox_score'] == 0
    assert 'no person in 7 of 8 images' in warnings_logged[0]


@pytest.mark.parametrize(
    'detections, message',
    [
        ({}, 'expected a list'),
        ([dict(image_id=24, category_id=1, bbox=[1, 2, 3], score=1.0)], 'detection 0 needs'),
        ([dict(image_id=24, bbox=[1, 2, 3, 4], score=1.0)], 'category_id'),
    ],
)
def test_bad_detections_are_named(k2hpd_root, tmp_path, detections, message):
    boxes = _detections(tmp_path, detections)
    with pytest.raises(ValueError, match=f'boxes.json: .*{message}'):
        _dataset(k2hpd_root, 'test', test_mode=True, bbox_file=boxes)


def test_missing_detections(k2hpd_root):
    with pytest.raises(FileNotFoundError, match='nowhere.json'):
        _dataset(k2hpd_root, 'test', test_mode=True, bbox_file='nowhere.json')

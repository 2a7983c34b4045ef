import json

import cv2
import numpy as np

from mmpose_cmb.formats.k2hpd import to_grey
from mmpose_cmb.synthesis.k2hpd_writer import K2HPDWriter, to_millimetres


def test_millimetres():
    depth = np.array([[0, 0.5004, 0.5006], [9.999, 70.0, 1.0]])
    np.testing.assert_array_equal(to_millimetres(depth), [[0, 500, 501], [9999, 65535, 1000]])
    assert to_millimetres(depth).dtype == np.uint16


def test_files_on_the_disk(tmp_path):
    writer = K2HPDWriter(tmp_path / 'made' / 'k2hpd')
    depth = np.random.default_rng(0).uniform(0.5, 6, (20, 30))
    assert not writer.has_frame(3)
    writer.write_frame(3, depth)
    assert writer.has_frame(3)
    root = tmp_path / 'made' / 'k2hpd' / 'depth_data'
    grey = cv2.imread(str(root / 'depth_images' / '00000003.png'), cv2.IMREAD_UNCHANGED)
    assert grey.shape == (20, 30, 3) and grey.dtype == np.uint8
    for channel in range(3):
        np.testing.assert_array_equal(grey[..., channel], to_grey(depth))
    fine = cv2.imread(str(root / 'depth_mm' / '00000003.png'), cv2.IMREAD_UNCHANGED)
    assert fine.dtype == np.uint16
    np.testing.assert_array_equal(fine, to_millimetres(depth))


def test_annotations(tmp_path):
    rng = np.random.default_rng(0)
    writer = K2HPDWriter(tmp_path)

    def records(ids):
        return dict(
            ids=np.array(ids),
            keypoints_uv=rng.uniform(0, 200, (len(ids), 19, 2)),
            keypoints_cam_m=rng.uniform(0, 3, (len(ids), 19, 3)),
            visible=rng.random((len(ids), 19)) < 0.5,
            sensor=np.array(['time_of_flight'] * len(ids)),
        )

    splits = dict(train=records([0, 1, 2]), test=records([7]))
    writer.write_annotations(splits, dict(seed=5))
    lines = (tmp_path / 'train_annos.txt').read_text().splitlines()
    assert [line.split(' ')[0] for line in lines] == [
        '00000000.png',
        '00000001.png',
        '00000002.png',
    ]
    numbers = np.array([line.split(' ')[1].split(',') for line in lines], int)
    np.testing.assert_array_equal(
        numbers.reshape(3, 19, 2), np.rint(splits['train']['keypoints_uv'])
    )
    joints = np.load(tmp_path / 'joints_3d.npz')
    np.testing.assert_array_equal(
        joints['test_keypoints_cam_m'], splits['test']['keypoints_cam_m']
    )
    assert joints['names'][0] == 'head' and len(joints['names']) == 19
    assert json.loads((tmp_path / 'synthesis.json').read_text()) == dict(seed=5, grey_unit_m=0.02)
    assert not list(tmp_path.rglob('.part*'))

import numpy as np
import pytest

from mmpose.registry import DATASETS
from mmpose_cmb.datasets import ASTARDataset, LoadSKDepth
from mmpose_cmb.formats.astar import read_skdepth

LOAD = [dict(type='LoadSKDepth')]
FIRST = 'Training_Dataset/subject-16/subject-16_1'


def _dataset(root, split='train', **kwargs):
    return ASTARDataset(split, data_root=str(root), **kwargs)


def test_registered_with_mmpose():
    assert DATASETS.get('ASTARDataset') is ASTARDataset


@pytest.mark.parametrize(
    'split, expected',
    [
        ('train', [(s, p) for s in (16, 17, 18) for p in '1A']),
        ('test', [(s, p) for s in (1, 2) for p in '1A']),
    ],
)
def test_split_by_subject(astar_root, split, expected):
    dataset = _dataset(astar_root, split)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    assert [(info['subject'], info['pose']) for info in infos] == expected
    assert [info['img_id'] for info in infos] == list(range(len(expected)))


def test_a_record_by_hand(astar_root):
    info = _dataset(astar_root).get_data_info(0)
    assert info['img_path'] == str(astar_root / f'{FIRST}.skdepth')
    # The wrist: 16 pixels right of and 40 below the centre, 510 mm away.
    np.testing.assert_allclose(info['keypoints'][0, 0], [176, 160])
    np.testing.assert_allclose(
        info['keypoints_cam'][0, 0], [16 / 224.5 * 0.51, 40 / 230.5 * 0.51, 0.51], rtol=1e-6
    )
    assert info['keypoints_cam'].dtype == np.float32
    np.testing.assert_allclose(info['intrinsics'], [224.5, 230.5, 160, 120])
    # Fingers from -32 to 32 px about 176, from -22 to 40 px about 120.
    np.testing.assert_allclose(info['bbox'], [[176 - 47, 120 - 37, 176 + 47, 160 + 15]])


def test_intrinsics_are_an_option(astar_root):
    mine = [200.0, 210.0, 150.0, 110.0]
    info = _dataset(astar_root, intrinsics=mine).get_data_info(0)
    np.testing.assert_allclose(info['intrinsics'], mine)
    # Offsets are from the image's centre; the camera's axis is elsewhere.
    np.testing.assert_allclose(info['keypoints'][0, 0], [176, 160])
    np.testing.assert_allclose(
        info['keypoints_cam'][0, 0, :2], [26 / 200 * 0.51, 50 / 210 * 0.51], rtol=1e-6
    )
    with pytest.raises(ValueError, match='fx, fy, cx, cy'):
        _dataset(astar_root, intrinsics=[200.0, 210.0])


def test_depth(astar_root, mmpose_scope):
    img = _dataset(astar_root, pipeline=LOAD)[0]['img']
    assert img.dtype == np.float32 and img.shape == (240, 320)
    np.testing.assert_allclose(img[130, 176], 0.495)
    assert not img[0].any() and not img[200, 10]


def test_background_is_an_option(astar_root):
    path = str(astar_root / f'{FIRST}.skdepth')
    kept = LoadSKDepth(background_m=None)(dict(img_path=path))['img']
    np.testing.assert_allclose(kept[200, 10], 0.9)
    assert not kept[0].any()  # the sentinel, 32001
    assert not LoadSKDepth(background_m=0.4)(dict(img_path=path))['img'].any()
    with pytest.raises(ValueError, match='background_m'):
        LoadSKDepth(background_m=0)


def test_wrist_mm_keeps_the_shape(tmp_path, write_astar_files):
    """Relative positions are exact, the place is near the true one."""
    exact = _dataset(write_astar_files(tmp_path / 'a')).get_data_info(0)
    root = write_astar_files(tmp_path / 'b', 'wrist_mm')
    found = _dataset(root, label_convention='wrist_mm').get_data_info(0)
    true, points = exact['keypoints_cam'][0], found['keypoints_cam'][0]
    np.testing.assert_allclose(points - points[0], true - true[0], atol=2e-6)
    assert np.linalg.norm(points - true, axis=1).max() < 0.015
    assert np.abs(found['keypoints'] - exact['keypoints']).max() < 3
    fx, fy, cx, cy = found['intrinsics']
    np.testing.assert_allclose(
        found['keypoints'][0], points[:, :2] / points[:, 2:] * (fx, fy) + (cx, cy), atol=1e-3
    )


def test_says_what_it_assumed(astar_root, log_messages):
    _dataset(astar_root)
    assert log_messages[0] == (
        'INFO',
        f"{astar_root}: 6 train frames; joints read as 'offset_px' "
        '(z in millimetres, x and y in pixels from the image centre), '
        'intrinsics taken to be 224.5, 230.5, 160, 120',
    )


def test_the_other_convention_is_refused(tmp_path, write_astar_files):
    wrist = write_astar_files(tmp_path / 'wrist', 'wrist_mm')
    with pytest.raises(
        ValueError,
        match='subject-16_1.shand: does not fit '
        "label_convention 'offset_px' .joint 0: 0 0 0.; it "
        "fits 'wrist_mm': set label_convention",
    ):
        _dataset(wrist)
    offset = write_astar_files(tmp_path / 'offset')
    with pytest.raises(ValueError, match="joint 0: 510 16 40.; it fits 'offset_px'"):
        _dataset(offset, label_convention='wrist_mm')
    with pytest.raises(ValueError, match='label_convention: expected one of'):
        _dataset(offset, label_convention='xyz')


def test_joints_in_no_convention_are_refused(astar_root):
    path = astar_root / f'{FIRST}.shand'
    path.write_text(','.join(['0.5', '10', '20'] * 20))
    with pytest.raises(ValueError, match='joint 0: 0.5 10 20.; nor does it fit any of'):
        _dataset(astar_root)


def test_joints_off_the_hand_are_refused(astar_root):
    """y upwards instead of downwards, say, or another frame's depth."""
    for path in astar_root.glob('Training_Dataset/*/*.shand'):
        numbers = np.array(path.read_text().split('\n')[0].split(','), float)
        numbers[0::3] += 300
        path.write_text(','.join(map(str, numbers)))
    with pytest.raises(
        ValueError,
        match="read as 'offset_px', the joints lie "
        r'30\d mm .median. from the surface',
    ):
        _dataset(astar_root)
    for path in astar_root.glob('Training_Dataset/*/*.skdepth'):
        np.full((240, 320), 900, '<i2').tofile(path)
    with pytest.raises(ValueError, match='the joints lie nan mm'):
        _dataset(astar_root)


@pytest.mark.parametrize(
    'text, message',
    [
        ('1,2,3', 'line 1: 3 numbers instead of 60'),
        ('', 'line 1: 0 numbers instead of 60'),
        (','.join(['x'] * 60), "line 1: could not convert string to float: 'x'"),
        (','.join(['nan'] * 60), 'line 1: 60 numbers instead of 60 finite'),
    ],
)
def test_bad_joint_files_are_named(astar_root, text, message):
    (astar_root / f'{FIRST}.shand').write_text(text)
    with pytest.raises(ValueError, match=f'subject-16_1.shand, {message}'):
        _dataset(astar_root)


def test_bad_depth_files_are_named(astar_root, tmp_path):
    path = astar_root / f'{FIRST}.skdepth'
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match='subject-16_1.skdepth: 153599 bytes instead of 153600'):
        _dataset(astar_root)
    path.unlink()
    with pytest.raises(
        FileNotFoundError, match='subject-16_1.skdepth is missing; its joints .*subject-16_1.shand'
    ):
        _dataset(astar_root)
    with pytest.raises(FileNotFoundError, match='no such depth image'):
        read_skdepth(str(path))


def test_wrist_mm_without_a_hand(tmp_path, write_astar_files):
    root = write_astar_files(tmp_path / 'astar', 'wrist_mm')
    np.zeros((240, 320), '<i2').tofile(root / f'{FIRST}.skdepth')
    with pytest.raises(ValueError, match='subject-16_1.skdepth: no valid pixel of a hand'):
        _dataset(root, label_convention='wrist_mm')


def test_missing_folders_say_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        _dataset(tmp_path)
    message = str(caught.value)
    assert f'{tmp_path}/Training_Dataset is missing' in message
    assert f'--layout astar --out-dir {tmp_path}' in message
    (tmp_path / 'Test_Dataset').mkdir()
    with pytest.raises(FileNotFoundError, match='holds no subject-'):
        _dataset(tmp_path, 'test')
    with pytest.raises(ValueError, match="split: expected .*got 'val'"):
        _dataset(tmp_path, 'val')


def test_a_subject_of_the_other_split_is_refused(astar_root):
    folder = astar_root / 'Training_Dataset'
    (folder / 'subject-3').mkdir()
    (folder / 'subject-3' / 'subject-3_A.shand').write_text('')
    with pytest.raises(ValueError, match='subject-3_A.shand: not a file of the train split'):
        _dataset(astar_root)


def test_metainfo(astar_root):
    meta = _dataset(astar_root, lazy_init=True).metainfo
    assert meta['num_keypoints'] == 20
    # A mirrored hand is the other hand.
    assert meta['flip_indices'] == list(range(20))
    assert meta['joint_groups']['Index'] == [4, 5, 6, 7]
    assert meta['joint_groups']['Thumb'] == [1, 2, 3]
    assert len(meta['skeleton_links']) == 19
    assert (0, 1) in meta['skeleton_links']
    assert (18, 19) in meta['skeleton_links']


def test_options_of_the_base(astar_root):
    assert len(_dataset(astar_root, sample_interval=4)) == 2
    assert len(_dataset(astar_root, indices=1)) == 1

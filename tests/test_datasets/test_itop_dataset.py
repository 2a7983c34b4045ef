import pickle

import h5py
import numpy as np
import pytest
from mmengine.dataset import pseudo_collate
from torch.utils.data import DataLoader

from mmpose.registry import DATASETS
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.datasets import ITOPDataset
from mmpose_cmb.datasets.label_checks import projection_errors_px
from mmpose_cmb.formats.itop import ITOPLabels, unusable_rows, world_to_camera_frame

LOAD = [dict(type='LoadDepthFrameFromHDF5')]


def _dataset(root, view='side', split='train', **kwargs):
    return ITOPDataset(view=view, split=split, data_root=str(root), **kwargs)


def _change(path, field, change):
    """Change a field of a file: ``change`` gets it and returns a new one."""
    with h5py.File(path, 'r+') as file:
        changed = change(file[field][:]) if field in file else change(None)
        if field in file:
            del file[field]
        if changed is not None:
            file[field] = changed


def test_registered_with_mmpose():
    assert DATASETS.get('ITOPDataset') is ITOPDataset


def test_valid_frames_only(itop_root):
    dataset = _dataset(itop_root)
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    rows = [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert [info['frame_index'] for info in infos] == rows
    assert [info['img_id'] for info in infos] == rows
    assert [info['id'] for info in infos] == list(range(9))
    assert infos[3]['frame_id'] == '00_00004'
    assert infos[3]['annotation_source'].endswith('labels.h5 row 4')


def test_a_record_by_hand(itop_root):
    info = _dataset(itop_root).get_data_info(0)
    assert info['img_path'] == str(itop_root / 'ITOP_side_train_depth_map.h5')
    # The head: 0.7 m up, 2.6 m away; both rounded to float16.
    np.testing.assert_allclose(info['keypoints_cam'][0, 0], [0, -0.7, 2.6], atol=1e-3)
    assert info['keypoints_cam'].dtype == np.float32
    np.testing.assert_allclose(info['keypoints'][0, 0], [160, 120 - 0.7 / 0.0035 / 2.6], atol=0.05)
    np.testing.assert_allclose(info['intrinsics'], [285.714, 285.714, 160, 120], atol=1e-3)
    assert info['intrinsics'].dtype == np.float32
    np.testing.assert_array_equal(info['keypoints_visible'], np.ones((1, 15)))
    np.testing.assert_array_equal(info['keypoints_seen'], [[1.0] * 13 + [0, 0]])
    # Right is at the image's left.
    assert info['keypoints'][0, 2, 0] < info['keypoints'][0, 3, 0]


def test_joints_outside_the_image_are_kept(itop_root):
    info = _dataset(itop_root).get_data_info(0)
    foot_y = 120 + 1.2 / 0.0035 / 2.6
    np.testing.assert_allclose(info['keypoints'][0, 13, 1], foot_y, atol=0.1)
    assert foot_y > 240
    np.testing.assert_allclose(info['bbox'][0, 3], foot_y + 15, atol=0.1)


def test_projection_agrees_with_the_labels_pixels(itop_root):
    """To the half pixel that the files' rounding takes."""
    with h5py.File(itop_root / 'ITOP_side_train_labels.h5') as file:
        pixels = file['image_coordinates'][:]
    dataset = _dataset(itop_root)
    for i in range(len(dataset)):
        info = dataset.get_data_info(i)
        x, y, z = info['keypoints_cam'][0].T.astype(np.float64)
        fx, fy, cx, cy = info['intrinsics']
        projected = np.stack([cx + fx * x / z, cy + fy * y / z], -1)
        np.testing.assert_allclose(info['keypoints'][0], projected, atol=1e-3)
        np.testing.assert_allclose(projected, pixels[info['frame_index']], atol=0.51)


def test_frames_belong_to_their_labels(itop_root, mmpose_scope):
    dataset = _dataset(itop_root, pipeline=LOAD)
    for i, row in ((0, 0), (3, 4), (8, 10)):
        img = dataset[i]['img']
        assert img.dtype == np.float32 and img.shape == (240, 320)
        assert img[0, 0] == 1 + row / 8
        assert img[0, 1] == 4 and not img[:, 300].any()


def test_pickled_with_an_open_file(itop_root, mmpose_scope):
    dataset = _dataset(itop_root, pipeline=LOAD)
    dataset[0]
    copy = pickle.loads(pickle.dumps(dataset))
    np.testing.assert_array_equal(copy[5]['img'], dataset[5]['img'])


@pytest.mark.parametrize('method, workers', [('fork', 2), ('spawn', 1)])
def test_in_workers(itop_root, mmpose_scope, method, workers):
    dataset = _dataset(itop_root, pipeline=LOAD)
    expected = [dataset[i]['img'][0, 0] for i in range(len(dataset))]
    loader = DataLoader(
        dataset, num_workers=workers, multiprocessing_context=method, collate_fn=pseudo_collate
    )
    assert [batch['img'][0][0, 0] for batch in loader] == expected


def test_top_view(tmp_path, write_itop_files):
    root = write_itop_files(tmp_path / 'itop', view='top', split='test')
    dataset = _dataset(root, 'top', 'test', test_mode=True)
    assert len(dataset) == 9
    assert 'top_test' in dataset.get_data_info(0)['img_path']


def test_metainfo_has_both_lower_bodies(itop_root):
    meta = _dataset(itop_root, lazy_init=True).metainfo
    groups = meta['joint_groups']
    assert groups['Lower Body'] == [9, 10, 11, 12, 13, 14]
    assert groups['Lower Body + Torso'] == [8, 9, 10, 11, 12, 13, 14]
    assert groups['Upper Body'] == list(range(8))
    assert groups['Full Body'] == list(range(15))
    assert meta['flip_indices'] == [0, 1, 3, 2, 5, 4, 7, 6, 8, 10, 9, 12, 11, 14, 13]
    assert meta['skeleton_links'] == [
        (0, 1),
        (1, 2),
        (1, 3),
        (2, 4),
        (3, 5),
        (4, 6),
        (5, 7),
        (1, 8),
        (8, 9),
        (8, 10),
        (9, 11),
        (10, 12),
        (11, 13),
        (12, 14),
    ]


def test_options(itop_root):
    assert len(_dataset(itop_root, sample_interval=2)) == 5
    assert len(_dataset(itop_root, indices=2)) == 2
    box = _dataset(itop_root, bbox_padding_px=0).get_data_info(0)['bbox'][0]
    joints = _dataset(itop_root).get_data_info(0)['keypoints'][0]
    np.testing.assert_array_equal(box, [*joints.min(0), *joints.max(0)])


@pytest.mark.parametrize(
    'storage, said, warned',
    [
        (dict(), 'contiguous, not compressed', False),
        (
            dict(chunks=(1, 240, 320), compression='gzip'),
            'in chunks of 1 x 240 x 320, gzip compressed',
            False,
        ),
        (
            dict(chunks=(4, 60, 80), compression='gzip'),
            'in chunks of 4 x 60 x 80, gzip compressed',
            True,
        ),
    ],
)
def test_says_how_the_depth_is_stored(
    tmp_path, write_itop_files, log_messages, storage, said, warned
):
    root = write_itop_files(tmp_path / 'itop', **storage)
    _dataset(root)
    level, message = log_messages[0]
    assert level == 'INFO' and message.endswith(f'9 valid frames of 12; depth is stored {said}')
    assert (
        any(
            'takes 4 frames from the file' in message
            for level, message in log_messages
            if level == 'WARNING'
        )
        == warned
    )


def test_missing_files_say_what_to_do(itop_root):
    with pytest.raises(FileNotFoundError) as caught:
        _dataset(itop_root, split='test')
    message = str(caught.value)
    assert 'ITOP_side_test_labels.h5 is missing' in message
    assert f'files into {itop_root} ' in message
    assert f'--layout itop --out-dir {itop_root}' in message


@pytest.mark.parametrize(
    'view, split, message',
    [
        ('front', 'train', "calls its front view 'side'"),
        ('side', 'val', r"expected one of \('train', 'test'\), got 'val'"),
    ],
)
def test_view_and_split(tmp_path, view, split, message):
    with pytest.raises(ValueError, match=message):
        _dataset(tmp_path, view, split)


LABELS, DEPTH = 'ITOP_side_train_labels.h5', 'ITOP_side_train_depth_map.h5'


@pytest.mark.parametrize(
    'name, field, change, message',
    [
        (
            LABELS,
            'is_valid',
            lambda old: None,
            'labels.h5: no field "is_valid"; the file holds id',
        ),
        (
            LABELS,
            'real_world_coordinates',
            lambda old: old[:, :14],
            r'field "real_world_coordinates" is float16 \[12, 14, 3\], expected '
            r'floats \[12, 15, 3\]',
        ),
        (
            LABELS,
            'visible_joints',
            lambda old: old[:7],
            r'field "visible_joints" is int16 \[7, 15\]',
        ),
        (LABELS, 'is_valid', lambda old: old * 0, 'field "is_valid" is 1 in none of 12 rows'),
        (
            DEPTH,
            'data',
            lambda old: old.astype(np.uint16),
            r'depth_map.h5: field "data" is uint16 \[12, 240, 320\], expected '
            'floats',
        ),
        (DEPTH, 'data', lambda old: old[:, ::2], r'field "data" is float16 \[12, 120, 320\]'),
        (
            DEPTH,
            'data',
            lambda old: old[:5],
            r'field "data" is float16 \[5, 240, 320\], expected floats \[12, ',
        ),
        (
            DEPTH,
            'id',
            lambda old: old[::-1],
            'field "id", row 0: 00_00011 in .*depth_map.h5, 00_00000 in '
            '.*labels.h5; 12 rows differ. Take both files of one view',
        ),
        (DEPTH, 'id', lambda old: None, 'no field "id"'),
        (
            LABELS,
            'image_coordinates',
            lambda old: old // 2,
            r"pixels \(median\) from the projected .*not ITOP's camera",
        ),
        (
            DEPTH,
            'data',
            lambda old: old * 0 + 1,
            r'the arms lie 1.60 m \(median\) from the surface .*same view',
        ),
        (
            LABELS,
            'real_world_coordinates',
            lambda old: old * np.nan,
            'row 0: real_world_coordinates are not finite',
        ),
    ],
)
def test_bad_files_are_named(itop_root, name, field, change, message):
    _change(itop_root / name, field, change)
    with pytest.raises(ValueError, match=message):
        _dataset(itop_root)


def test_files_of_different_length(itop_root, tmp_path, write_itop_files):
    other = write_itop_files(tmp_path / 'other', frames=4)
    (other / DEPTH).replace(itop_root / DEPTH)
    with pytest.raises(
        ValueError,
        match='depth_map.h5 has 4 frames, .*labels.h5 has 12. Take both files of one view',
    ):
        _dataset(itop_root)


@pytest.mark.parametrize('name', [LABELS, DEPTH])
def test_truncated_and_foreign_files(itop_root, name):
    path = itop_root / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=f'{name}: cut short'):
        _dataset(itop_root)
    path.write_bytes(b'\x1f\x8b' + whole)
    with pytest.raises(ValueError, match=f'{name}: not an HDF5 file'):
        _dataset(itop_root)


def test_unusable_labels_are_left_out_and_named(itop_root, log_messages):

    def break_two(world):
        world[1, 4] = np.inf
        world[5, :, 2] = -1
        world[3] = np.nan  # not valid anyway
        return world

    _change(itop_root / LABELS, 'real_world_coordinates', break_two)
    dataset = _dataset(itop_root, max_bad_share=0.5)
    assert len(dataset) == 7
    warning = [m for level, m in log_messages if level == 'WARNING']
    assert warning == [
        f'{itop_root / LABELS}: 2 of 9 records cannot be used and are left '
        'out: row 1: real_world_coordinates are not finite; row 5: a joint '
        'does not lie 0.1 to 20 m before the camera'
    ]
    with pytest.raises(ValueError, match='max_bad_share = 0.05'):
        _dataset(itop_root)
    with pytest.raises(ValueError, match='max_bad_share: expected'):
        _dataset(itop_root, max_bad_share=2)


def test_the_segmentation_is_not_needed(itop_root):
    _change(itop_root / LABELS, 'segmentation', lambda old: None)
    assert len(_dataset(itop_root)) == 9


def test_float16_is_widened_before_arithmetic():
    stored = np.array([[0.1, 0.2, 3.0]], np.float16)
    camera = world_to_camera_frame(stored)
    assert camera.dtype == np.float32
    np.testing.assert_array_equal(
        camera[0], np.float32([stored[0, 0], -stored[0, 1], stored[0, 2]])
    )


def test_real_frames_through_the_loader(real_data_dir, tmp_path, write_itop_files, mmpose_scope):
    """64 real frames and labels, in files of the published form."""
    data = np.load(real_data_dir / 'itop_front_real_64.npz')
    world = data['kpt_world_m'].astype(np.float16)
    root = write_itop_files(tmp_path / 'itop', frames=64)
    # The small file has columns 40 to 279, resized to 100 x 100.
    nearest = (np.arange(240) / 2.4).astype(int)
    depth = np.zeros((64, 240, 320), np.float16)
    depth[:, :, 40:280] = (data['depth01'] * data['scale_m_est'][:, None, None])[:, nearest][
        :, :, nearest
    ]
    _change(root / DEPTH, 'data', lambda old: depth)
    _change(root / LABELS, 'real_world_coordinates', lambda old: world)
    _change(
        root / LABELS,
        'image_coordinates',
        lambda old: data['kpt_uv_320x240'].round().astype(np.int16),
    )
    dataset = _dataset(root, pipeline=LOAD)
    assert len(dataset) == 48
    sample = dataset[10]
    row = sample['frame_index']
    np.testing.assert_array_equal(sample['img'], depth[row])
    np.testing.assert_allclose(sample['keypoints'][0], data['kpt_uv_320x240'][row], atol=0.6)
    np.testing.assert_array_equal(
        sample['keypoints_cam'][0], world[row].astype(np.float32) * (1, -1, 1)
    )


def test_the_published_test_labels_are_usable(real_data_dir):
    """All 4863 of them."""
    world = np.load(real_data_dir / 'itop_front_test_golden.npz')['gt_world_m']
    cam = world_to_camera_frame(world)
    n, k = cam.shape[:2]
    assert n == 4863
    labels = ITOPLabels(
        np.zeros(n, 'S8'), np.ones(n, bool), cam[..., :2], cam, np.ones((n, k), bool)
    )
    assert unusable_rows(labels) == []


def test_real_labels_project_to_their_pixels(real_data_dir):
    data = np.load(real_data_dir / 'itop_front_real_64.npz')
    errors = projection_errors_px(
        world_to_camera_frame(data['kpt_world_m']), data['kpt_uv_320x240'], ITOP_CAMERA
    )
    assert errors.max() < 1


def test_through_a_training_pipeline(itop_root, mmpose_scope):
    codec = dict(type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(32, 32), sigma=2.0)
    dataset = _dataset(
        itop_root,
        pipeline=LOAD
        + [
            dict(type='GetBBoxCenterScale', padding=1.0),
            dict(type='RandomFlip', prob=1.0),
            dict(type='RandomBBoxTransform'),
            dict(type='TopdownDepthAffine', input_size=(64, 64)),
            dict(type='NormalizeDepth'),
            dict(type='GenerateTarget', encoder=codec),
            dict(type='PackPoseInputs'),
        ],
    )
    sample = dataset[0]
    assert sample['inputs'].shape == (1, 64, 64)
    assert sample['data_samples'].gt_fields.heatmaps.shape == (15, 32, 32)

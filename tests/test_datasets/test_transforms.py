"""The transforms of a depth pipeline, with MMPose's own between them."""

import cv2
import numpy as np
import pytest
import torch
from mmcv.transforms.utils import cache_random_params
from mmengine.dataset import Compose, pseudo_collate

from mmpose_cmb.datasets import (
    K2HPDDataset,
    LoadDepthImage,
    NormalizeDepth,
    RandomDepthHoles,
    RandomDepthNoise,
    RandomDepthQuantization,
    RandomDepthShift,
    RandomDepthSmoothing,
    TopdownDepthAffine,
)
from mmpose_cmb.depth.depth_io import write_depth_png_mm

pytestmark = pytest.mark.usefixtures('mmpose_scope')

CODEC = dict(type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(32, 32), sigma=1.0)


def _pipeline(*augmentations, unit_m=0.02):
    return [
        dict(type='LoadDepthImage', unit_m=unit_m),
        dict(type='GetBBoxCenterScale'),
        dict(type='RandomFlip', direction='horizontal'),
        dict(type='RandomBBoxTransform'),
        dict(type='TopdownDepthAffine', input_size=(64, 64)),
        *augmentations,
        dict(type='NormalizeDepth'),
        dict(type='GenerateTarget', encoder=CODEC),
        dict(type='PackPoseInputs'),
    ]


SENSOR = [
    dict(type='RandomDepthShift', max_shift_m=0.5),
    dict(type='RandomDepthNoise'),
    dict(type='RandomDepthSmoothing'),
    dict(type='RandomDepthHoles', prob=1.0),
    dict(type='RandomDepthQuantization', prob=1.0),
]


def _k2hpd(root, pipeline, **kwargs):
    return K2HPDDataset(
        data_root=str(root),
        ann_file='train_annos.txt',
        data_prefix=dict(img='depth_data/depth_images/'),
        pipeline=pipeline,
        **kwargs,
    )


# Loading


def test_load_from_file_and_from_array(tmp_path):
    path = str(tmp_path / 'depth.png')
    depth_m = np.array([[0, 1.5], [2.25, 3]], np.float32)
    write_depth_png_mm(path, depth_m)
    load = LoadDepthImage(unit_m=0.001)
    loaded = load(dict(img_path=path))
    np.testing.assert_allclose(loaded['img'], depth_m, rtol=1e-6)
    assert loaded['img'].dtype == np.float32
    assert loaded['img_shape'] == loaded['ori_shape'] == (2, 2)

    stored = np.array([[0, 1500], [2250, 3000]], np.uint16)
    given = load(dict(img=stored))
    np.testing.assert_allclose(given['img'], depth_m, rtol=1e-6)
    assert given['img_path'] is None
    # Floats are metres already; a colour reader's three channels are one.
    np.testing.assert_array_equal(load(dict(img=depth_m))['img'], depth_m)
    bgr = np.dstack([stored] * 3)
    np.testing.assert_allclose(load(dict(img=bgr))['img'], depth_m, rtol=1e-6)


def test_what_is_farther_than_the_background_is_cut_off():
    image = np.array([[500, 999], [1001, 0]], np.uint16)
    load = LoadDepthImage(unit_m=0.001, background_m=1.0)
    loaded = load(dict(img=image))['img']
    np.testing.assert_allclose(loaded, [[0.5, 0.999], [0, 0]])
    metres = np.array([[0.5, 1.5]], np.float32)
    assert load(dict(img=metres))['img'].tolist() == [[0.5, 0]] and metres[0, 1] == 1.5
    for wrong in (0, -1, float('nan')):
        with pytest.raises(ValueError, match='background_m: expected metres'):
            LoadDepthImage(background_m=wrong)


def test_load_names_file_and_annotation(tmp_path):
    load = LoadDepthImage(unit_m=0.001)
    missing = dict(
        img_path=str(tmp_path / 'gone.png'), annotation_source='train_annos.txt line 12'
    )
    with pytest.raises(
        FileNotFoundError, match=r'gone.png.*\(annotated in train_annos.txt line 12\)'
    ):
        load(missing)
    with pytest.raises(ValueError, match='img: expected an array'):
        load(dict(img=[1, 2]))


@pytest.mark.parametrize('unit_m', [0, -1, float('nan'), float('inf')])
def test_load_checks_its_unit(unit_m):
    with pytest.raises(ValueError, match='unit_m'):
        LoadDepthImage(unit_m=unit_m)


def test_unreadable_image_stops_or_is_replaced(k2hpd_root):
    broken = k2hpd_root / 'depth_data' / 'depth_images' / '00000001.png'
    broken.write_bytes(broken.read_bytes()[:100])
    dataset = _k2hpd(k2hpd_root, _pipeline())
    with pytest.raises(ValueError, match='00000001.png.*train_annos.txt line 2'):
        dataset[1]

    pipeline = _pipeline()
    pipeline[0]['skip_unreadable'] = True
    dataset = _k2hpd(k2hpd_root, pipeline)
    with pytest.warns(UserWarning, match='left out: .*00000001.png'):
        sample = dataset[1]
    assert sample['data_samples'].img_id != 1
    # A test must not put another sample in its place.
    dataset = _k2hpd(k2hpd_root, pipeline, test_mode=True)
    with (
        pytest.warns(UserWarning, match='left out'),
        pytest.raises(Exception, match='Test time pipline'),
    ):
        dataset[1]


# Geometry: joints and image move together


def _marked(joints, size=(212, 256)):
    """A depth image whose value at a joint's pixel is 1 + its index."""
    depth = np.zeros(size, np.float32)
    for index, (x, y) in enumerate(joints):
        depth[y - 2 : y + 3, x - 2 : x + 3] = 1 + index
    return depth


def _results():
    joints = np.array([[120, 70], [105, 110], [141, 113]])
    return dict(
        img=_marked(joints),
        img_shape=(212, 256),
        bbox=np.array([[90.0, 50, 160, 140]], np.float32),
        keypoints=joints[None].astype(np.float32),
        keypoints_visible=np.ones((1, 3), np.float32),
        flip_indices=[0, 2, 1],
    )


@pytest.mark.parametrize('use_udp', [False, True])
@pytest.mark.parametrize('flip', [False, True])
@pytest.mark.parametrize('rotate', [0.0, 60.0])
def test_markers_follow_the_joints(use_udp, flip, rotate):
    np.random.seed(3)
    steps = [
        dict(type='GetBBoxCenterScale'),
        dict(type='RandomFlip', prob=float(flip), direction='horizontal'),
        dict(type='RandomBBoxTransform', rotate_factor=rotate, rotate_prob=1.0, shift_prob=1.0),
        dict(type='TopdownDepthAffine', input_size=(192, 192), use_udp=use_udp),
    ]
    results = Compose(steps)(_results())
    crop = results['img']
    assert crop.shape == (192, 192) and crop.dtype == np.float32
    assert set(np.unique(crop)) <= {0, 1, 2, 3}
    # After a flip joints 1 and 2 have changed places.
    values = [1, 3, 2] if flip else [1, 2, 3]
    for (x, y), value in zip(results['transformed_keypoints'][0], values):
        rows, columns = np.nonzero(crop == value)
        assert abs(columns.mean() - x) < 0.8 and abs(rows.mean() - y) < 0.8


def test_affine_agrees_with_mmpose_on_a_smooth_image():
    """Same geometry as MMPose's own bilinear crop."""
    results = _results()
    x, y = np.meshgrid(np.arange(256), np.arange(212))
    results['img'] = (1 + 0.01 * x + 0.02 * y).astype(np.float32)
    before = Compose([dict(type='GetBBoxCenterScale')])(results)
    before['bbox_rotation'] = np.array([25.0])
    crops = [
        Compose([dict(type=name, input_size=(96, 96))])(dict(before))
        for name in ('TopdownAffine', 'TopdownDepthAffine')
    ]
    for key in ('input_center', 'input_scale', 'transformed_keypoints'):
        np.testing.assert_array_equal(crops[0][key], crops[1][key])
    # Nearest is at most half a pixel off in x and in y.
    assert np.abs(crops[0]['img'] - crops[1]['img']).max() <= 0.5 * 0.03 + 1e-3


def test_affine_outside_is_invalid():
    results = _results()
    results['img'] = np.full((212, 256), 2.0, np.float32)
    results['bbox'] = np.array([[-50.0, 60, 50, 160]], np.float32)
    results = Compose([dict(type='GetBBoxCenterScale', padding=1.0)])(results)
    crop = TopdownDepthAffine(input_size=(50, 50))(results)['img']
    assert (crop[:, :25] == 0).all() and (crop[:, 26:] == 2).all()


# Normalisation


def test_normalize_is_relative_to_the_person():
    crop = np.full((60, 60), 4.0, np.float32)
    crop[5:55, 20:40] = 2.5
    crop[0] = 0
    crop[30, 30] = 2.1
    results = NormalizeDepth(half_range_m=0.8)(dict(img=crop.copy()))
    assert results['person_depth_m'] == 2.5
    assert results['img'][30, 25] == 0
    np.testing.assert_allclose(results['img'][30, 30], -0.5, rtol=1e-5)
    assert (results['img'][0] == 1).all() and results['img'][30, 5] == 1
    results = NormalizeDepth(hole_value=-1.0)(dict(img=crop.copy()))
    assert (results['img'][0] == -1).all()


def test_normalize_an_empty_crop():
    results = NormalizeDepth()(dict(img=np.zeros((8, 8), np.float32)))
    assert np.isnan(results['person_depth_m'])
    assert (results['img'] == 1).all()


def test_reference_jitter_shifts_what_the_network_sees():
    np.random.seed(0)
    jitter = NormalizeDepth(half_range_m=0.5, reference_jitter_m=0.1)
    plane = np.full((9, 9), 2.0, np.float32)
    seen = np.array([jitter(dict(img=plane))['img'][4, 4] for _ in range(400)])
    # Uniform in +-0.1 m of a half range of 0.5 m.
    assert np.abs(seen).max() <= 0.2 and np.abs(seen).max() > 0.19
    assert abs(seen.std() - 0.2 / np.sqrt(3)) < 0.01


@pytest.mark.parametrize(
    'options', [dict(half_range_m=0.0), dict(hole_value=2.0), dict(reference_jitter_m=-1.0)]
)
def test_normalize_checks_its_options(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        NormalizeDepth(**options)


# Sensor augmentations


def _plane(depth_m=2.0):
    return dict(img=np.full((64, 64), depth_m, np.float32))


def _differ(transform, other):
    """Whether two transforms, seeded alike, do different things."""
    images = []
    for each in (transform, other):
        np.random.seed(7)
        scene = _plane()['img']
        scene[:, ::4] = 3.0
        images.append(np.stack([each(dict(img=scene))['img'] for _ in range(8)]))
    return not np.array_equal(*images)


@pytest.mark.parametrize(
    'cls, options',
    [
        (RandomDepthNoise, dict(std_m=0.05)),
        (RandomDepthNoise, dict(std_per_m=0.05)),
        (RandomDepthNoise, dict(prob=0.3)),
        (RandomDepthSmoothing, dict(sigma_px=(2.0, 4.0))),
        (RandomDepthSmoothing, dict(prob=1.0)),
        (RandomDepthHoles, dict(max_blobs=40)),
        (RandomDepthHoles, dict(blob_size=(0.1, 0.3))),
        (RandomDepthHoles, dict(edge_prob=0.9)),
        (RandomDepthHoles, dict(edge_m=2.0)),
        (RandomDepthHoles, dict(prob=1.0)),
        (RandomDepthQuantization, dict(step_m=0.3)),
        (RandomDepthQuantization, dict(step_per_m=0.1)),
        (RandomDepthQuantization, dict(prob=1.0)),
    ],
)
def test_every_option_changes_something(cls, options):
    assert _differ(cls(), cls(**options))
    name, value = next(iter(options.items()))
    assert f'{name}={value}' in repr(cls(**options))


@pytest.mark.parametrize(
    'cls',
    [
        RandomDepthNoise,
        RandomDepthSmoothing,
        RandomDepthHoles,
        RandomDepthQuantization,
        lambda prob: RandomDepthShift(max_shift_m=0.0 if prob == 0 else 1.0),
    ],
)
def test_switched_off_changes_nothing(cls):
    before = _plane()['img']
    np.testing.assert_array_equal(cls(prob=0.0)(_plane())['img'], before)


def test_noise_strength_is_drawn_from_zero_to_one():
    np.random.seed(0)
    noise = RandomDepthNoise(std_m=0.01, std_per_m=0.0)
    stds = [np.std(noise(_plane())['img']) for _ in range(300)]
    assert abs(np.mean(stds) - 0.005) < 0.0005 and max(stds) < 0.0105


def test_depth_shift_acts_through_noise_and_is_else_taken_out():
    """Noise after a shift of up to 2 m around 3 m: z squared has mean
    9 + 4 / 3 instead of 9."""
    crop = np.full((64, 64), 3.0, np.float32)
    shift, normalize = RandomDepthShift(max_shift_m=2.0), NormalizeDepth()
    np.random.seed(0)
    alone = normalize(shift(dict(img=crop)))['img']
    np.testing.assert_allclose(alone, 0, atol=1e-6)

    noise = RandomDepthNoise(std_m=0.0, std_per_m=0.002)
    with_shift, without = [], []
    for _ in range(600):
        with cache_random_params([noise]):
            without.append(np.std(noise(dict(img=crop))['img']))
            with_shift.append(np.std(noise(shift(dict(img=crop)))['img']))
    ratio = np.mean(with_shift) / np.mean(without)
    assert abs(ratio - (9 + 4 / 3) / 9) < 0.05


@pytest.mark.parametrize(
    'cls, options',
    [
        (RandomDepthNoise, dict(std_m=-1.0)),
        (RandomDepthNoise, dict(prob=2.0)),
        (RandomDepthHoles, dict(max_blobs=-1)),
        (RandomDepthHoles, dict(blob_size=(0.5, 0.1))),
        (RandomDepthHoles, dict(edge_prob=-0.1)),
        (RandomDepthQuantization, dict(step_per_m=float('nan'))),
        (RandomDepthShift, dict(max_shift_m=-0.1)),
    ],
)
def test_sensor_options_are_checked(cls, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cls(**options)


# The whole pipeline


def test_from_file_to_network(k2hpd_root):
    np.random.seed(0)
    dataset = _k2hpd(k2hpd_root, _pipeline(*SENSOR))
    batch = pseudo_collate([dataset[i] for i in range(4)])
    for inputs, sample in zip(batch['inputs'], batch['data_samples']):
        assert inputs.shape == (1, 64, 64) and inputs.dtype == torch.float32
        assert inputs.min() >= -1 and inputs.max() <= 1
        assert sample.gt_fields.heatmaps.shape == (19, 32, 32)
        assert sample.gt_instances.keypoints.shape == (1, 19, 2)


def test_seeding_repeats_a_sample(k2hpd_root):
    dataset = _k2hpd(k2hpd_root, _pipeline(*SENSOR))
    inputs = []
    for seed in (1, 1, 2):
        np.random.seed(seed)
        inputs.append(dataset[0]['inputs'])
    assert torch.equal(inputs[0], inputs[1])
    assert not torch.equal(inputs[0], inputs[2])


def test_test_pipeline_sees_the_person(k2hpd_root):
    """The conftest's person stands 2 m away, before a wall at 4 m."""
    pipeline = [step for step in _pipeline() if not step['type'].startswith('Random')]
    pipeline[-1]['meta_keys'] = ('img_id', 'person_depth_m', 'input_center', 'input_scale')
    sample = _k2hpd(k2hpd_root, pipeline, test_mode=True)[0]
    assert abs(sample['data_samples'].person_depth_m - 2) < 1e-5
    image = sample['inputs'][0].numpy()
    x1, y1 = 95, 50
    left, top = (
        (
            np.array([x1, y1])
            - sample['data_samples'].input_center
            + sample['data_samples'].input_scale / 2
        )
        / sample['data_samples'].input_scale
        * 64
    )
    rows, columns = np.nonzero(np.abs(image) < 1e-5)
    assert abs(columns.min() - left) < 1 and abs(rows.min() - top) < 1
    assert (image[np.abs(image) > 1e-5] == 1).all()


def test_an_image_array_goes_the_same_way(k2hpd_root):
    """Inferencers hand over the array that a colour reader returned."""
    path = str(k2hpd_root / 'depth_data' / 'depth_images' / '00000000.png')
    box = dict(bbox=np.array([[85.0, 45, 151, 165]], np.float32))
    steps = Compose([_pipeline()[i] for i in (0, 1, 4, 5)])
    by_path = steps(dict(img_path=path, **box))['img']
    by_array = steps(dict(img=cv2.imread(path), **box))['img']
    np.testing.assert_array_equal(by_path, by_array)

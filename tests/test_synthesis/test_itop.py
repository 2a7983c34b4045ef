"""Samples and files of ITOP's kind."""

import io

import h5py
import numpy as np
import pytest

from mmpose_cmb.synthesis import generate as generate_module
from mmpose_cmb.synthesis import itop_writer
from mmpose_cmb.synthesis.generate import draw_dataset, generate_dataset
from mmpose_cmb.synthesis.itop_sample import itop_frame_id, itop_person, make_itop_sample
from mmpose_cmb.synthesis.joints import ITOP_JOINTS
from mmpose_cmb.synthesis.recipe import Recipe

RECIPE = Recipe(1, layout='itop')
COUNTS = dict(train=5, test=2)
NAMES = sorted(
    f'ITOP_{view}_{split}_{kind}.h5'
    for view in ('side', 'top')
    for split in ('train', 'test')
    for kind in ('depth_map', 'labels')
)


def make(root, counts=COUNTS, recipe=RECIPE, **kwargs):
    return generate_dataset(root, counts, recipe, progress=False, **kwargs)


def contents(root):
    return {path.name: path.read_bytes() for path in sorted(root.iterdir()) if path.is_file()}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(generate_module, 'BLOCK_SIZE', 2)


@pytest.fixture(scope='module')
def reference(tmp_path_factory):
    root = tmp_path_factory.mktemp('reference') / 'data'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate_module, 'BLOCK_SIZE', 2)
        assert make(root)
    return root


@pytest.fixture(scope='module')
def samples():
    return [make_itop_sample(0, index) for index in range(20)]


def test_files_have_the_shapes_and_types_of_the_published_ones(reference):
    assert sorted(contents(reference)) == NAMES + ['synthesis.json']
    for view in ('side', 'top'):
        for split, count in COUNTS.items():
            stem = reference / f'ITOP_{view}_{split}'
            expected = dict(
                is_valid=((count,), np.uint8),
                visible_joints=((count, 15), np.int16),
                image_coordinates=((count, 15, 2), np.int16),
                real_world_coordinates=((count, 15, 3), np.float16),
                segmentation=((count, 240, 320), np.int8),
                id=((count,), np.dtype('S8')),
            )
            with h5py.File(f'{stem}_labels.h5') as file:
                assert {
                    name: (field.shape, field.dtype) for name, field in file.items()
                } == expected
                ids = file['id'][:].tolist()
            with h5py.File(f'{stem}_depth_map.h5') as file:
                assert set(file) == {'id', 'data'}
                assert file['data'].shape == (count, 240, 320)
                assert file['data'].dtype == np.float16
                # Stored one frame after the other, as published.
                assert file['data'].chunks is None
                assert file['id'][:].tolist() == ids
            first = dict(train=b'20_00000', test=b'00_00000')[split]
            assert ids[0] == first and len(set(ids)) == count


def test_image_and_world_coordinates_agree(reference):
    for view in ('side', 'top'):
        with h5py.File(reference / f'ITOP_{view}_train_labels.h5') as file:
            x, y, z = np.moveaxis(file['real_world_coordinates'][:].astype(float), -1, 0)
            pixels = file['image_coordinates'][:]
        # y is up; 0.5 px of rounding, and float16's 1 mm at 2 m.
        assert np.abs(160 + x / (0.0035 * z) - pixels[..., 0]).max() < 1
        assert np.abs(120 - y / (0.0035 * z) - pixels[..., 1]).max() < 1


def test_depth_segmentation_and_joints_belong_together(reference):
    for view in ('side', 'top'):
        with h5py.File(reference / f'ITOP_{view}_train_labels.h5') as labels:
            part = labels['segmentation'][:]
            pixels = labels['image_coordinates'][:]
            seen = labels['visible_joints'][:] > 0
        with h5py.File(reference / f'ITOP_{view}_train_depth_map.h5') as file:
            depth = file['data'][:].astype(np.float32)
        assert part.min() == -1 and part.max() <= 14
        assert 0.01 < (part >= 0).mean() < 0.3
        assert 0 < (depth == 0).mean() < 0.3
        frame, joint = np.nonzero(seen)
        u, v = pixels[frame, joint].T
        on_body = part[frame, v, u] >= 0
        assert on_body.mean() > 0.9
        # The nearest joint to a joint's own pixel is mostly itself.
        assert (part[frame, v, u] == joint)[on_body].mean() > 0.5


def test_workers_and_shards_do_not_change_a_byte(reference, tmp_path):
    assert make(tmp_path / 'two', workers=2)
    assert contents(tmp_path / 'two') == contents(reference)
    root = tmp_path / 'shards'
    assert not make(root, shard=(2, 2))
    assert not list(root.glob('*.h5'))
    assert make(root, shard=(1, 2))
    assert contents(root) == contents(reference)


def test_a_view_alone_has_the_same_bytes(reference, tmp_path):
    assert make(tmp_path / 'data', recipe=RECIPE._replace(views=('top',)))
    alone = contents(tmp_path / 'data')
    assert sorted(alone) == NAMES[4:] + ['synthesis.json']
    for name in NAMES[4:]:
        assert alone[name] == (reference / name).read_bytes()


def test_an_interrupted_run_is_continued(reference, tmp_path, monkeypatch):
    root = tmp_path / 'data'
    whole = itop_writer.make_itop_sample
    made = []

    def interrupted(seed, index, *rest):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(index)
        return whole(seed, index, *rest)

    monkeypatch.setattr(itop_writer, 'make_itop_sample', interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(root)
    assert not list(root.glob('*.h5'))
    made.clear()
    monkeypatch.setattr(
        itop_writer,
        'make_itop_sample',
        lambda seed, index, *rest: made.append(index) or whole(seed, index, *rest),
    )
    assert make(root)
    assert made == [2, 3, 4, 50_000_000, 50_000_001]
    assert contents(root) == contents(reference)


def test_a_failed_assembly_leaves_no_file(reference, tmp_path):
    part = tmp_path / 'part.npz'
    buffer = io.BytesIO()
    np.savez(buffer, ids=np.arange(2), id=np.array([b'00_00000'] * 2))
    part.write_bytes(buffer.getvalue())
    with pytest.raises(ValueError, match='part.npz.*side_data'):
        itop_writer.assemble(tmp_path / 'a.h5', [part], 'side', itop_writer.DEPTH_FIELDS)
    assert [path.name for path in tmp_path.iterdir()] == ['part.npz']


def test_contact_sheet_of_both_views(reference, tmp_path):
    draw_dataset(reference, RECIPE, COUNTS, tmp_path / 'sheet.png')
    assert (tmp_path / 'sheet.png').stat().st_size > 10_000


def test_frame_names():
    assert itop_frame_id(0) == b'20_00000'
    assert itop_frame_id(51) == b'21_00001'
    # 80 people of 50 frames; then the first one's next 50.
    assert itop_frame_id(80 * 50 + 3) == b'20_00053'
    assert itop_frame_id(50_000_000 + 19 * 50) == b'19_00000'
    names = {itop_frame_id(index) for index in range(9000)}
    assert len(names) == 9000
    assert {itop_person(index) for index in range(50_000_000, 50_002_000)} == set(range(20))


def test_views_look_along_the_floor_and_at_it(samples):
    head, torso, left, right = (
        ITOP_JOINTS.index(name) for name in ('head', 'torso', 'left_shoulder', 'right_shoulder')
    )
    feet = [ITOP_JOINTS.index(f'{side}_foot') for side in ('left', 'right')]
    side = np.stack([s['side'].keypoints_cam_m for s in samples])
    top = np.stack([s['top'].keypoints_cam_m for s in samples])
    # In front, y points down from head to feet; above, z does.
    assert np.median(side[:, feet, 1] - side[:, head : head + 1, 1]) > 1
    assert np.median(top[:, feet, 2] - top[:, head : head + 1, 2]) > 1
    assert (side[:, torso, 2] > 1.5).all() and (side[:, torso, 2] < 5.5).all()
    assert (top[:, torso, 2] < 3).all() and (top[:, :, 2] > 0.2).all()
    # Most face the camera; their right has the smaller x in both views.
    for joints in (side, top):
        assert (joints[:, right, 0] < joints[:, left, 0]).mean() > 0.65
    # One moment: both cameras measure the same lengths.
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(side, axis=1), axis=-1),
        np.linalg.norm(np.diff(top, axis=1), axis=-1),
        atol=1e-5,
    )


def test_joints_lie_inside_the_body(samples):
    """As deep as ITOP's: some 8 cm in trunk and head, 1-6 cm in limbs."""
    depths = {name: [] for name in ITOP_JOINTS}
    for sample in samples:
        view = sample['side']
        for k in np.flatnonzero(view.visible):
            u, v = np.rint(view.keypoints_uv[k]).astype(int)
            if view.part[v, u] >= 0 and view.depth_m[v, u] > 0:
                depths[ITOP_JOINTS[k]].append(view.keypoints_cam_m[k, 2] - view.depth_m[v, u])
    medians = {name: np.median(each) for name, each in depths.items()}
    for name in ('torso', 'head', 'left_hip', 'right_hip'):
        assert 0.05 < medians[name] < 0.14, name
    for name in ('left_elbow', 'right_knee', 'left_foot', 'right_hand'):
        assert 0.01 < medians[name] < 0.09, name


def test_people_outside_are_not_valid():
    views = [make_itop_sample(0, index, ('side',))['side'] for index in range(60)]
    valid = np.array([view.is_valid for view in views])
    inside = np.array(
        [
            ((view.keypoints_uv > -0.5) & (view.keypoints_uv < (319.5, 239.5))).all(1).mean()
            for view in views
        ]
    )
    np.testing.assert_array_equal(valid, inside >= 0.6)
    assert 0 < (~valid).sum() < 8

"""Files of ASTAR's kind."""

import json

import numpy as np
import pytest

from mmpose_cmb.camera import SOFTKINETIC_DS325
from mmpose_cmb.synthesis import generate as generate_module
from mmpose_cmb.synthesis.generate import draw_dataset, generate_dataset
from mmpose_cmb.synthesis.recipe import Recipe

RECIPE = Recipe(1, layout='astar')
COUNTS = dict(train=3, test=2)


def make(root, counts=COUNTS, recipe=RECIPE, **kwargs):
    return generate_dataset(root, counts, recipe, progress=False, **kwargs)


def contents(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob('*'))
        if path.is_file() and '.parts' not in path.parts
    }


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


def test_layout(reference):
    expected = {'joints_3d.npz', 'synthesis.json'}
    for kind in ('skdepth', 'shand'):
        expected |= {f'Training_Dataset/subject-16/subject-16_{name}.{kind}' for name in '124'} | {
            f'Test_Dataset/subject-1/subject-1_{name}.{kind}' for name in '12'
        }
    files = contents(reference)
    assert set(files) == expected
    depth = files['Training_Dataset/subject-16/subject-16_1.skdepth']
    assert len(depth) == 2 * 320 * 240
    depth_mm = np.frombuffer(depth, '<i2')
    assert ((depth_mm > 150) & (depth_mm < 4000) | (depth_mm == 32001)).all()
    assert ((depth_mm > 250) & (depth_mm < 830)).sum() > 300
    told = json.loads(files['synthesis.json'])
    assert told['layout'] == 'astar'
    assert told['label_convention'] == 'offset_px'
    assert told['sensor'] == 'time_of_flight' and 'views' not in told


def test_both_conventions_hold_the_joints(reference, tmp_path):
    """Read back by hand; pixels and camera come from different code."""
    wrist = RECIPE._replace(label_convention='wrist_mm')
    assert make(tmp_path / 'data', recipe=wrist)
    joints = np.load(reference / 'joints_3d.npz')['test_keypoints_cam_m'][1]
    name = 'Test_Dataset/subject-1/subject-1_2.shand'

    def triples(root):
        line, rest = (root / name).read_text().split('\n')
        assert rest == ''
        return np.array([each.split(' ') for each in line.split(',')], float)

    z, x, y = triples(reference).T
    np.testing.assert_allclose(z, joints[:, 2] * 1000, atol=1e-3)
    np.testing.assert_allclose(x * z / 224.5, joints[:, 0] * 1000, atol=5e-3)
    np.testing.assert_allclose(y * z / 230.5, joints[:, 1] * 1000, atol=5e-3)
    from_wrist = triples(tmp_path / 'data')
    np.testing.assert_array_equal(from_wrist[0], 0)
    np.testing.assert_allclose(from_wrist, 1000 * (joints - joints[0]), atol=1e-3)
    told = json.loads((tmp_path / 'data' / 'synthesis.json').read_text())
    assert told['label_convention'] == 'wrist_mm'


def test_order_does_not_change_a_byte_and_lost_frames_come_back(reference, tmp_path):
    root = tmp_path / 'data'
    assert not make(root, shard=(2, 2))
    assert make(root)
    assert contents(root) == contents(reference)
    (root / 'Training_Dataset/subject-16/subject-16_2.shand').unlink()
    assert make(root)
    assert contents(root) == contents(reference)


def test_contact_sheet(reference, tmp_path):
    draw_dataset(reference, RECIPE, COUNTS, tmp_path / 'sheet.png')
    assert (tmp_path / 'sheet.png').stat().st_size > 5_000


@pytest.mark.parametrize(
    'recipe, counts, message',
    [
        (RECIPE._replace(sensor='structured_light'), COUNTS, 'for the layout'),
        (RECIPE._replace(label_convention='mm'), COUNTS, "got 'mm'"),
        (
            RECIPE._replace(intrinsics=SOFTKINETIC_DS325._replace(fx=9.0)),
            COUNTS,
            'astar has a camera of its own',
        ),
        (RECIPE, dict(train=0, test=436), 'between 0 and 435'),
    ],
)
def test_bad_arguments(tmp_path, recipe, counts, message):
    with pytest.raises(ValueError, match=message):
        make(tmp_path / 'data', counts, recipe)
    assert not (tmp_path / 'data').exists()

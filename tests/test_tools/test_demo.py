"""The pieces of the demo; it is run as a whole by `make demo`."""

import importlib.util
import json
import shlex
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
FX, FY, CX, CY = 100.0, 110.0, 16.0, 12.0
NAMES = ['Head', 'Neck', 'Foot']


def load_tool(name):
    spec = importlib.util.spec_from_file_location(name, TOOLS / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='module')
def demo():
    return load_tool('demo')


@pytest.fixture
def data(tmp_path):
    """A K2HPD folder with one test frame: 2 m away, a hole, the wall."""
    images = tmp_path / 'data' / 'depth_data' / 'depth_images'
    images.mkdir(parents=True)
    grey = np.full((24, 32), 200, np.uint8)
    grey[:, 10:20] = 100
    grey[20:, :] = 0
    cv2.imwrite(str(images / '00000007.png'), grey)
    root = tmp_path / 'data'
    (root / 'test_annos.txt').write_text('00000007.png 1,2,3,4\n')
    (root / 'synthesis.json').write_text(
        json.dumps(
            dict(
                intrinsics=dict(width=32, height=24, fx=FX, fy=FY, cx=CX, cy=CY), grey_unit_m=0.02
            )
        )
    )
    return root


@pytest.fixture
def results(tmp_path):
    """What tools/infer.py writes."""

    def write(persons, problem=None):
        folder = tmp_path / 'results' / 'predictions'
        folder.mkdir(parents=True, exist_ok=True)
        (folder / '00000007.json').write_text(json.dumps(persons))
        (folder / 'summary.json').write_text(
            json.dumps(dict(meta_info=dict(keypoints=NAMES), frames=[dict(problem=problem)]))
        )
        return tmp_path / 'results'

    return write


PERSON = dict(keypoints=[[15.4, 2.0], [11.0, 12.2], [15.0, 22.0]], keypoint_scores=[0.9, 0.8, 0.1])


def test_surface_points_project_back_to_their_pixels(demo):
    rng = np.random.default_rng(0)
    depth_m = rng.uniform(1, 3, (24, 32))
    pixels = rng.uniform((-0.4, -0.4), (31.4, 23.4), (50, 2))
    x, y, z = demo.surface_points(depth_m, pixels, (FX, FY, CX, CY)).T
    np.testing.assert_allclose(np.stack([FX * x / z + CX, FY * y / z + CY], -1), pixels)
    for depth, (u, v) in zip(z, pixels):
        assert depth == depth_m[round(v), round(u)]


def test_no_surface_at_holes_and_outside(demo):
    depth_m = np.zeros((24, 32))
    depth_m[5, 6] = 2.0
    points = demo.surface_points(
        depth_m, np.array([[6.0, 5.0], [7.0, 5.0], [-1.0, 5.0], [6.0, 24.0]]), (FX, FY, CX, CY)
    )
    assert np.isfinite(points).all(axis=1).tolist() == [1, 0, 0, 0]


def test_joints_of_a_network_of_pixels(demo, data, results):
    camera, unit_m = demo.camera_of(data)
    text = demo.joints_of_a_frame(results([PERSON]), demo.first_test_frame(data), unit_m, camera)
    assert '1 person.' in text and 'visible surface' in text
    rows = [line.split() for line in text.splitlines()[-3:]]
    assert rows == [
        ['Head', '-0.01', '-0.18', '2.00', '0.90'],
        ['Neck', '-0.10', '0.00', '2.00', '0.80'],
        ['Foot', '-', '-', '-', '0.10'],
    ]


def test_joints_of_a_network_in_space_and_nobody(demo, data, results):
    camera, unit_m = demo.camera_of(data)
    frame = demo.first_test_frame(data)
    person = dict(PERSON, keypoints_cam=[[0.1, 0.2, 1.5]] * 3)
    text = demo.joints_of_a_frame(results([person, person]), frame, unit_m, camera)
    assert '2 persons.' in text and 'surface' not in text
    assert text.splitlines()[-1].split() == ['Foot', '0.10', '0.20', '1.50', '0.10']
    nobody = demo.joints_of_a_frame(results([], 'x.png: no person found'), frame, unit_m, camera)
    assert nobody == 'No joints to list: x.png: no person found'


def test_the_next_commands_can_be_pasted(demo, data, monkeypatch):
    """Python and tools exist, and the tools take the arguments."""
    monkeypatch.chdir(TOOLS.parent)
    frame = str(demo.first_test_frame(data))
    commands = demo.next_commands(
        'configs/cmb_k2hpd_demo.py', 'it.pth', data, Path('out dir'), frame, 20
    )
    infer, deploy = (shlex.split(line) for _, line in commands)
    for words in (infer, deploy):
        assert Path(words[0]).samefile(sys.executable)
        assert Path(words[1]).is_file() and not Path(words[1]).is_absolute()
    args = load_tool('infer').parse_args(infer[2:])
    assert args.frames == '-20:' and args.intrinsics == [FX, FY, CX, CY]
    # Relative where that is shorter, which hangs on where the checkout lies.
    assert [Path(path).resolve() for path in args.inputs] == [Path(frame).parent.resolve()]
    assert (args.config, args.checkpoint, args.out_dir) == (
        'configs/cmb_k2hpd_demo.py',
        'it.pth',
        'out dir/inference',
    )
    monkeypatch.setattr(sys, 'argv', deploy[1:])
    args = load_tool('deploy').parse_args()
    assert Path(args.deploy_cfg).is_file()
    assert Path(args.img).resolve() == Path(frame).resolve()
    assert args.checkpoint == 'it.pth' and args.work_dir == 'out dir/onnx'


def test_steps_are_shown_timed_and_end_where_one_fails(demo, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(demo, 'REPOSITORY', tmp_path)
    (tmp_path / 'tools').mkdir()
    (tmp_path / 'tools' / 'good.py').write_text('print("said")')
    (tmp_path / 'tools' / 'bad.py').write_text(
        'import sys; print("last words"); sys.exit("error: no such thing")'
    )
    steps = demo.Steps(['one thing', 'another thing'], tmp_path)
    steps.run('good.py', '--fast', 'a b')
    assert (tmp_path / '1_good.log').read_text() == 'said\n'
    with pytest.raises(SystemExit) as ended:
        steps.run('bad.py')
    assert ended.value.code == 1
    out, err = capfd.readouterr()
    assert '[1/2] one thing' in out and "--fast 'a b'" in out
    assert 'last words' in out and 'said\n' not in out
    assert 'error: no such thing' in err and '_bad.log' in err
    steps.seconds = {'one thing': 61.2, 'another thing': 28.8}
    assert steps.times().splitlines() == [
        'Time 1.5 minutes, without `make env`',
        '        61 s  one thing',
        '        29 s  another thing',
    ]

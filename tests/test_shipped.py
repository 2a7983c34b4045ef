"""The networks that come with the package, on frames that they never saw."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmpose.registry import MODELS
from mmpose_cmb.apis.model_spec_of_config import spec_of_config
from mmpose_cmb.camera import mirrored
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file
from mmpose_cmb.engine.weights_fit import check_weights_fit
from mmpose_cmb.formats.room_joints import where_in_rooms
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.pose.person_finder import PersonFinder
from mmpose_cmb.runtime import DepthPoseRuntime
from mmpose_cmb.runtime.__main__ import main
from mmpose_cmb.shipped import FOLDER, shipped_network, shipped_networks, shipped_weights

pytest.importorskip('anny')
pytest.importorskip('warp')


def names_of(begin):
    """The networks that ship whose names begin so."""
    return [name for name in shipped_networks() if name.startswith(begin)]


@pytest.fixture(scope='module')
def frames():
    """Rooms of a seed that is in no training."""
    from mmpose_cmb.synthesis.room_scene import make_room_frame

    return [make_room_frame(987654, index, 'cpu') for index in range(8)]


def test_files_are_small_and_named():
    assert shipped_network() == shipped_networks()['body_front']
    onnx, weights = (
        {path.stem: path.stat().st_size for path in FOLDER.glob(f'*{suffix}')}
        for suffix in ('.onnx', '.pth')
    )
    assert set(onnx) == set(weights) == {Path(path).stem for path in shipped_networks().values()}
    assert max(onnx.values()) < 8 * 2**20 and sum(onnx.values()) < 25 * 2**20
    assert max(weights.values()) < 8 * 2**20
    with pytest.raises(ValueError, match='no network "foot" comes.*there are body_front'):
        shipped_network('foot')


def test_configs_beside_them_say_what_the_files_say(mmpose_scope):
    """Of the networks for joints: their weights fit, and are used alike."""
    for name, path in shipped_networks().items():
        if name == 'person_boxes':
            continue
        cfg = Config.fromfile(Path(__file__).parents[1] / f'projects/zoo/configs/{name}.py')
        assert OnnxNetwork(path, threads=1).spec == spec_of_config(cfg)
        check_weights_fit(MODELS.build(cfg.model), load_checkpoint_file(shipped_weights(name)))


@pytest.mark.parametrize('name', names_of('body_front'))
def test_joints_of_people_in_rooms(name, frames):
    runtime = DepthPoseRuntime(name, threads=1)
    rows = where_in_rooms(runtime.keypoint_names)
    near, number = 0, 0
    for frame in frames:
        persons = runtime.predict(
            DepthFrame(frame.depth_m.astype(np.float32), frame.intrinsics), frame.boxes
        )
        for person, joints, visible in zip(persons, frame.keypoints_cam_m, frame.visible):
            off_m = np.linalg.norm(person.keypoints_cam - joints[rows], axis=1)
            near += (off_m < 0.1)[visible[rows]].sum()
            number += visible[rows].sum()
    # Chance gives next to nothing; the card (docs/models.md) says how much.
    assert near > 0.5 * number > 20


@pytest.mark.parametrize('name', names_of('body_top'))
def test_heads_of_people_under_a_ceiling(name):
    from mmpose_cmb.synthesis.ceiling_scene import make_ceiling_frame

    runtime = DepthPoseRuntime(name, threads=1)
    head = runtime.keypoint_names.index('head')
    row = where_in_rooms(runtime.keypoint_names).start + head
    off_m = []
    for index in range(8):
        frame = make_ceiling_frame(987654, index, 'cpu')
        persons = runtime.predict(
            DepthFrame(frame.depth_m.astype(np.float32), frame.intrinsics), frame.boxes
        )
        off_m += [
            np.linalg.norm(person.keypoints_cam[head] - joints[row])
            for person, joints, seen in zip(persons, frame.keypoints_cam_m, frame.visible)
            if seen[row]
        ]
    assert len(off_m) >= 5 and np.median(off_m) < 0.1


def test_hands_before_walls_and_people():
    from mmpose_cmb.synthesis.hand_scene import make_hand_frame

    runtime = DepthPoseRuntime('hand', threads=1)
    off_m, turned_m, found = [], [], 0
    for index in range(12):
        frame = make_hand_frame(987654, index, 'cpu')
        depth_m = frame.depth_m.astype(np.float32)
        (joints,), (seen,) = frame.keypoints_cam_m, frame.visible
        (person,) = runtime.predict(DepthFrame(depth_m, frame.intrinsics), frame.boxes)
        off_m += list(np.linalg.norm(person.keypoints_cam - joints, axis=1)[seen])
        # The left hand in a mirror.
        width = depth_m.shape[1]
        boxes = (width - 1, 0, width - 1, 0) + frame.boxes[:, [2, 1, 0, 3]] * (-1, 1, -1, 1)
        camera = mirrored(frame.intrinsics, width)
        (person,) = runtime.predict(DepthFrame(depth_m[:, ::-1], camera), boxes)
        off = person.keypoints_cam - joints * (-1, 1, 1)
        turned_m += list(np.linalg.norm(off, axis=1)[seen])
        # Nobody tells where it is.
        for person in runtime.predict(DepthFrame(depth_m, frame.intrinsics)):
            found += np.median(np.linalg.norm(person.keypoints_cam - joints, axis=1)) < 0.03
    # A hand has 18 cm; the card (docs/models.md) says how near they are.
    assert np.median(off_m) < 0.02 and np.median(turned_m) < 0.02 and found >= 6


def test_no_model_is_named(frames, tmp_path, capsys):
    depth_m = frames[0].depth_m
    write_depth_png_mm(str(tmp_path / 'a.png'), depth_m)
    intrinsics = [str(v) for v in frames[0].intrinsics[:4]]
    out = tmp_path / 'out'
    box = [str(v) for v in frames[0].boxes[0]]
    arguments = ['--bbox', *box, '--intrinsics', *intrinsics, '--out-dir', str(out)]
    assert main([str(tmp_path / 'a.png'), *arguments]) == 0
    (named,) = json.loads((out / 'predictions' / 'a.json').read_text())
    assert main([shipped_network(), str(tmp_path / 'a.png'), *arguments]) == 0
    assert json.loads((out / 'predictions' / 'a.json').read_text()) == [named]
    with pytest.raises(SystemExit):
        main([shipped_network(), '--out-dir', str(out)])
    assert 'which frames?' in capsys.readouterr().err


def test_joints_have_a_say_in_who_is_a_person():
    """What the files say; projects/zoo/restate.py writes it into older ones."""
    from mmpose_cmb.shipped import shipped_detector

    assert PersonFinder(shipped_detector(), threads=1).spec.joints_decide
    for name in names_of('body_'):
        assert OnnxNetwork(shipped_network(name), threads=1).spec.calibrated


def test_without_torch(tmp_path):
    code = (
        'import sys; from mmpose_cmb.runtime import DepthPoseRuntime; '
        'print(len(DepthPoseRuntime().keypoint_names), "torch" in sys.modules)'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stdout.split() == ['15', 'False'], done.stderr


def test_no_model_is_named_to_pytorch(frames, tmp_path):
    """In a process of its own, where nothing has been registered before."""
    write_depth_png_mm(str(tmp_path / 'a.png'), frames[0].depth_m)
    code = (
        'from mmpose_cmb.apis import DepthPoseInferencer; '
        f'next(DepthPoseInferencer(device="cpu")({str(tmp_path / "a.png")!r}, '
        f'pred_out_dir={str(tmp_path / "out")!r}))'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / 'out' / 'a.json').is_file()

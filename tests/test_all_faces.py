"""Every face of the project finds the same joints in the same input."""

import importlib.util
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.registry import init_default_scope

from mmpose.registry import MODELS
from mmpose_cmb import config_path
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.io.whole_file import write_json
from mmpose_cmb.live import LiveLoop, open_source
from mmpose_cmb.runtime import DepthPoseRuntime
from mmpose_cmb.runtime.__main__ import main as run_runtime

cv2 = pytest.importorskip('cv2')
pytest.importorskip('mmdeploy')

TOOLS = Path(__file__).resolve().parents[1] / 'tools'
SMALL = """
model = dict(
    backbone=dict(
        stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""
CAMERA = [str(v) for v in ITOP_CAMERA[:4]]
# The maps of a network with random weights are flat: the last digit moves joints.
PIXELS, METRES = 5e-3, 1e-5
BOX = [100.0, 30.0, 100.0, 205.0]  # x, y, width, height


def person_m(shift=0):
    """A rounded column of a person's size 2.5 m away, a wall at 4 m."""
    depth_m = np.full((240, 320), 4, np.float32)
    depth_m[40:230, 120 + shift : 180 + shift] = 2.5 + np.linspace(-1, 1, 60) ** 2 * 0.3
    depth_m[:4] = 0
    return np.rint(depth_m * 1000) / np.float32(1000)


class Faces:
    """A small random network, and what each face finds with it."""

    def __init__(self, base, folder):
        self.folder = folder
        self.config = folder / 'small.py'
        self.config.write_text(f'_base_ = {config_path(base)!r}\n{SMALL}')
        cfg = Config.fromfile(self.config)
        init_default_scope('mmpose')
        torch.manual_seed(0)
        model = MODELS.build(cfg.model)
        for name, parameter in model.named_parameters():
            # Joints that stay in the room, so that 0.01 mm is to be seen.
            torch.nn.init.normal_(parameter, std=0.02 if 'regressor' in name else 0.3)
        self.weights = folder / 'small.pth'
        torch.save(dict(state_dict=model.state_dict(), meta={}), self.weights)
        self.onnx = folder / 'deployed' / 'end2end.onnx'

    def infer(self, path, *options):
        spec = importlib.util.spec_from_file_location('infer', TOOLS / 'infer.py')
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        out = self.folder / 'infer'
        tool.main(
            [
                str(path),
                '--config',
                str(self.config),
                '--checkpoint',
                str(self.weights),
                '--device',
                'cpu',
                '--no-flip-test',
                *looking(options),
                '--pred-out-dir',
                str(out),
                *options,
            ]
        )
        return read_results(out)

    def runtime(self, path, *options):
        out = self.folder / 'runtime'
        common = ['--no-pictures', *looking(options), '--out-dir', str(out)]
        run_runtime([str(self.onnx), str(path), *common, *options])
        return read_results(out / 'predictions')

    def live(self, path, intrinsics=None):
        runtime = DepthPoseRuntime(str(self.onnx), threads=1, detector='none')
        source = open_source(
            str(path),
            fps=1000.0,
            intrinsics=intrinsics,
            fallback_unit_m=runtime.spec.depth_unit_m,
            invalid_values=runtime.spec.invalid_values,
        )
        with source:
            results = [r for r in LiveLoop(source, runtime) if r.frame]
        return {result.frame.index: result.people for result in results}

    def deploy(self, path, *options):
        """Also writes the file that the runtime and live load."""
        from mmpose_cmb.apis.model_spec_of_config import spec_of_config
        from mmpose_cmb.deploy.deploy_model import deploy_model
        from mmpose_cmb.pose.predictor import list_model_frames

        cfg = Config.fromfile(self.config)
        frame = list_model_frames(spec_of_config(cfg), str(path), **dict(options))[0].read()
        deploy_cfg = Config.fromfile(config_path('deploy/depth-pose_onnxruntime_static.py'))
        return deploy_model(
            deploy_cfg, cfg, str(self.weights), frame, str(self.onnx.parent)
        ).persons


def looking(options):
    """The search in the depth, unless boxes are given: blocks are nobody to a network."""
    return [] if '--bbox-file' in options else ['--detector', 'none']


def read_results(folder):
    """Persons of each frame, in the summary's order."""
    summary = json.loads((folder / 'summary.json').read_text())
    found = []
    for frame in summary['frames']:
        stored = json.loads((folder / frame['predictions']).read_text())
        if stored and 'instances' in stored[0]:
            stored = stored[frame['frame_id']]['instances']
        found.append(stored)
    return found


def assert_same(found, expected, pixels=PIXELS, metres=METRES, score=1e-4):
    """A person as JSON or as an object, and one as JSON."""
    for name, atol in (
        ('keypoints', pixels),
        ('keypoint_scores', score),
        ('bbox', pixels),
        ('bbox_score', score),
        ('keypoints_cam', metres),
    ):
        value = found.get(name) if isinstance(found, dict) else getattr(found, name)
        if expected.get(name) is None:
            assert value is None
            continue
        np.testing.assert_allclose(
            np.ravel(value), np.ravel(expected[name]), rtol=0, atol=atol, err_msg=name
        )


@pytest.fixture(scope='module')
def faces(tmp_path_factory):
    made = {}

    def of(base):
        if base not in made:
            made[base] = Faces(base, tmp_path_factory.mktemp('faces'))
        return made[base]

    return of


def grey_png(folder):
    """As K2HPD's: three equal channels, 0.02 m a level in the model's."""
    grey = np.rint(person_m() / 0.02).astype(np.uint8)
    cv2.imwrite(str(folder / 'grey.png'), np.dstack([grey] * 3))
    return folder / 'grey.png'


def millimetre_png(folder):
    write_depth_png_mm(str(folder / 'mm.png'), person_m())
    return folder / 'mm.png'


def metres_npy(folder):
    np.save(folder / 'metres.npy', person_m())
    return folder / 'metres.npy'


def metres_hdf5(folder):
    with h5py.File(folder / 'many.h5', 'w') as file:
        file['data'] = person_m()[None]
    return folder / 'many.h5'


def hand_skdepth(folder):
    depth_m = np.full((240, 320), 1.2, np.float32)
    depth_m[80:180, 100:150] = np.linspace(0.5, 0.55, 50)
    stored = np.rint(depth_m * 1000).astype('<i2')
    stored[:5] = 32001
    stored.tofile(folder / 'hand.skdepth')
    return folder / 'hand.skdepth'


@pytest.mark.parametrize(
    'base, write, depth_m',
    [
        ('cmb_k2hpd_demo.py', grey_png, None),
        ('cmb_k2hpd_demo.py', millimetre_png, None),
        ('cmb_itop_lift_demo.py', millimetre_png, 2.5),
        ('cmb_itop_lift_demo.py', metres_npy, 2.5),
        ('cmb_itop_lift_demo.py', metres_hdf5, 2.5),
        ('cmb_astar_demo.py', hand_skdepth, 0.5),
    ],
)
def test_one_frame(base, write, depth_m, faces, tmp_path):
    face = faces(base)
    path = write(tmp_path)
    hand = write is hand_skdepth
    camera = [] if hand else ['--intrinsics', *CAMERA]
    ((expected,),) = face.infer(path, *camera)
    x1, y1, x2, y2 = expected['bbox'][0]
    left, right = (100, 149) if hand else (120, 179)
    assert left - 40 < x1 <= left and right <= x2 < right + 40
    if depth_m is not None:
        # Random joints, but at the person's distance: the unit is right.
        z = np.array(expected['keypoints_cam'])[:, 2]
        assert abs(np.median(z) - depth_m) < 1.5
    intrinsics = None if hand else ITOP_CAMERA[:4]
    (person,) = face.deploy(path, ('intrinsics', intrinsics))
    assert_same(person, expected)
    ((person,),) = face.runtime(path, *camera)
    assert_same(person, expected)
    (person,) = face.live(path, intrinsics)[0]
    assert_same(person, expected)


def test_a_folder_with_a_broken_frame_and_boxes_of_a_file(faces, tmp_path):
    face = faces('cmb_itop_lift_demo.py')
    folder = tmp_path / 'recording'
    folder.mkdir()
    for i in range(5):
        write_depth_png_mm(str(folder / f'{i}.png'), person_m(6 * i))
    (folder / '2.png').write_bytes(b'nothing')
    write_json(folder / 'camera.json', dict(intrinsics=ITOP_CAMERA[:4], depth_unit_m=0.001))
    boxes = tmp_path / 'boxes.json'
    write_json(boxes, [
        dict(image_id=i, bbox=[BOX[0] + 6 * i, *BOX[1:]], score=1 - i / 10,
             category_id=1) for i in range(5)
    ])  # yapf: disable
    face.deploy(folder / '0.png')
    expected = face.infer(folder, '--bbox-file', str(boxes))
    found = face.runtime(folder, '--bbox-file', str(boxes))
    assert [len(persons) for persons in expected] == [1, 1, 0, 1, 1]
    for i, persons in enumerate(expected):
        assert len(found[i]) == len(persons)
        if persons:
            assert_same(found[i][0], persons[0])
            assert persons[0]['bbox'][0][0] == 100 + 6 * i
            assert persons[0]['bbox_score'] == pytest.approx(1 - i / 10)
    # Live looks for the person itself.
    expected = face.infer(folder)
    found = face.live(folder)
    assert 2 not in found and len(found) >= 2
    for i, persons in found.items():
        assert_same(persons[0], expected[i][0])


def test_no_camera(faces, tmp_path):
    """A usual one finds the person; no joint is in metres."""
    face = faces('cmb_itop_lift_demo.py')
    path = metres_npy(tmp_path)
    ((expected,),) = face.infer(path)
    assert 'keypoints_cam' not in expected
    x1, y1, x2, y2 = expected['bbox'][0]
    assert 90 < x1 < 121 and 178 < x2 < 210
    assert_same(face.deploy(path)[0], expected)
    assert_same(face.runtime(path)[0][0], expected)
    assert_same(face.live(path)[0][0], expected)


def test_the_networks_that_ship_choose_the_same_people(tmp_path):
    """Found, not given: boxes, joints' say in who is a person, and who is found twice."""
    pytest.importorskip('anny')
    pytest.importorskip('warp')
    from mmpose_cmb.apis import DepthPoseInferencer
    from mmpose_cmb.synthesis.room_scene import make_room_frame

    runtime, inferencer = DepthPoseRuntime(threads=1), DepthPoseInferencer(device='cpu')
    found = []
    for index in range(6):
        room = make_room_frame(20_000, index, 'cpu')
        folder = tmp_path / str(index)
        folder.mkdir()
        write_depth_png_mm(str(folder / '0.png'), room.depth_m.astype(np.float32))
        write_json(
            folder / 'camera.json', dict(intrinsics=room.intrinsics[:4], depth_unit_m=0.001)
        )
        (expected,) = next(inferencer(str(folder)))['predictions']
        run_runtime([str(folder), '--no-pictures', '--out-dir', str(folder / 'out')])
        (in_runtime,) = read_results(folder / 'out' / 'predictions')
        with open_source(str(folder)) as source:
            (live,) = [r.people for r in LiveLoop(source, runtime) if r.frame]
        assert len(in_runtime) == len(live) == len(expected)
        for persons in (in_runtime, live):
            for person, other in zip(persons, expected):
                # Weights of 16 bits beside those of 32.
                assert_same(person, other, pixels=0.1, metres=2e-3, score=2e-3)
        found += [person['bbox_score'] for person in expected]
    assert len(found) >= 4 and 0.29 <= min(found) < max(found) < 1

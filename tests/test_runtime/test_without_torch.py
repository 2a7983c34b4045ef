"""A process that refuses torch and MMPose runs an exported model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmpose.registry import MODELS
from mmpose_cmb.deploy import export_onnx, spec_of_config
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.runtime import DepthPoseRuntime

from ..known_detector import METADATA as FINDER
from ..known_detector import write_known_detector

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
REFUSING = '''
import importlib.util
import sys

REFUSED = {'torch', 'torchvision', 'mmpose', 'mmengine', 'mmcv', 'mmdet',
           'mmdeploy', 'scipy', 'matplotlib', 'onnx', 'h5py', 'rerun'}
attempts = []


class Refuse:
    """Stands before all other finders."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split('.')[0] in REFUSED:
            attempts.append(name)
            raise ModuleNotFoundError(f'{name} is not to be imported')


find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: (
    None if name.split('.')[0] in REFUSED else find_spec(name, package))
sys.meta_path.insert(0, Refuse)
'''
IMPORT_ALL = (
    REFUSING
    + """
import importlib
import pkgutil

import mmpose_cmb

for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(
            getattr(package, '__path__', []), package.__name__ + '.'):
        importlib.import_module(module.name)
"""
)
REPORT = """
loaded = {name.split('.')[0] for name in sys.modules}
print('attempts', attempts, 'loaded', sorted(loaded & REFUSED))
"""
NOTHING = 'attempts [] loaded []'
RUN = (
    REFUSING
    + """
from mmpose_cmb.runtime.__main__ import main

print('status', main(sys.argv[1:]))
"""
)


def _python(code, *arguments, cwd):
    return subprocess.run(
        [sys.executable, '-c', code + REPORT, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=dict(os.environ, OMP_NUM_THREADS='1'),
    )


@pytest.mark.parametrize(
    'package',
    [
        'mmpose_cmb.camera',
        'mmpose_cmb.depth',
        'mmpose_cmb.drawing',
        'mmpose_cmb.formats',
        'mmpose_cmb.io',
        'mmpose_cmb.live',
        'mmpose_cmb.pose',
        'mmpose_cmb.runtime',
    ],
)
def test_imports(package, tmp_path):
    """Every module of the packages that are to work alone."""
    # The tracker assigns with SciPy, which requirements/live.txt names.
    code = IMPORT_ALL.replace(
        REFUSING, REFUSING + ("\nREFUSED.discard('scipy')\n" if package.endswith('live') else '')
    )
    done = _python(code, package, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert NOTHING in done.stdout


@pytest.mark.parametrize(
    'culprit',
    [
        'import torch',
        'from scipy import ndimage',
        'import mmpose_cmb.models',
        'try:\n    import matplotlib\nexcept ImportError:\n    pass',
    ],
)
def test_such_an_import_would_be_noticed(culprit, tmp_path):
    (tmp_path / 'culprit.py').write_text(culprit)
    done = _python(IMPORT_ALL, 'culprit', cwd=tmp_path)
    assert done.returncode or NOTHING not in done.stdout


def test_torch_stays_out_where_it_is_installed():
    """Also mmengine, which would load it."""
    code = (
        'import sys; import mmpose_cmb.runtime, mmpose_cmb.live; '
        'print(sorted({"torch", "mmengine"} & set(sys.modules)))'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.stdout.strip() == '[]', done.stdout + done.stderr


def test_an_exported_model_runs(tmp_path, mmpose_scope):
    """From files to JSON and picture, with the numbers of this process."""
    cfg = Config.fromfile(CONFIGS / 'cmb_itop_lift_demo.py')
    cfg.model.backbone.update(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8)))
    cfg.model.head.update(in_channels=(8, 8, 8), decoder_channels=(8, 8))
    torch.manual_seed(0)
    path = tmp_path / 'model.onnx'
    export_onnx(MODELS.build(cfg.model).eval(), spec_of_config(cfg, False), str(path))
    depth = np.full((120, 160), 4, np.float32)
    depth[20:110, 60:90] = 2.5 + np.linspace(-1, 1, 30) ** 2 * 0.3
    write_depth_png_mm(str(tmp_path / 'frame.png'), depth)
    intrinsics = (140.0, 140.0, 79.5, 59.5)
    # 28 pixels of its input are a metre at 1 m, 11 at the person.
    finder = write_known_detector(tmp_path / 'finder.onnx', dict(FINDER, least_score=0.1))

    done = _python(
        RUN,
        path,
        tmp_path / 'frame.png',
        '--out-dir',
        'out',
        '--kpt-thr',
        '-9',
        '--detector',
        finder,
        '--intrinsics',
        *intrinsics,
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    assert 'status 0' in done.stdout and NOTHING in done.stdout
    assert (tmp_path / 'out' / 'visualizations' / 'frame.png').is_file()
    there = json.loads((tmp_path / 'out' / 'predictions' / 'frame.json').read_text())
    runtime = DepthPoseRuntime(str(path), detector=finder)
    (frame,) = runtime.list_frames(str(tmp_path / 'frame.png'), intrinsics=intrinsics)
    here = runtime.predict(frame.read())
    assert len(there) == len(here) > 0
    for name in ('keypoints', 'keypoint_scores', 'keypoints_cam'):
        np.testing.assert_allclose(
            [person[name] for person in there],
            [getattr(person, name) for person in here],
            rtol=1e-4,
            atol=1e-4,
        )

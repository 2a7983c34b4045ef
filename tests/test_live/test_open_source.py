import subprocess
import sys

import numpy as np
import pytest

from mmpose_cmb.live import RecordedSource, open_source


def test_anything_else_is_a_recording(tmp_path):
    np.save(tmp_path / 'frames.npy', np.full((2, 16, 20), 2000, np.uint16))
    source = open_source(
        str(tmp_path / 'frames.npy'), fps=12, unit_m=0.002, speed=2.)
    assert isinstance(source, RecordedSource)
    assert source.fps == pytest.approx(24)
    assert source.read().depth_m[0, 0] == 4
    with pytest.raises(FileNotFoundError, match='no such file or folder'):
        open_source(str(tmp_path / 'realsens'))


@pytest.mark.parametrize('name, options, message', (
    ('realsense', dict(unit_m=0.001), 'unit_m is for recordings'),
    ('azure', dict(loop=True), 'loop is for recordings'),
    ('openni', dict(speed=2.), 'speed is for recordings'),
    ('realsense', dict(intrinsics=[1, 1, 1, 1]), 'knows its intrinsics'),
    ('azure:second', dict(), 'expected the number of a camera'),
    ('astra', dict(fps=60), 'OpenCV cannot set the frames per second'),
    ('openni', dict(intrinsics=[0, 1, 1, 1]), 'expected fx, fy, cx, cy'),
))
def test_options_that_do_not_fit(name, options, message):
    with pytest.raises(ValueError, match=message):
        open_source(name, **options)


def test_it_needs_neither_torch_nor_mmpose():
    """In a process in which these cannot be imported."""
    code = ('import sys\n'
            'import importlib.util as util\n'
            'find = util.find_spec\n'
            'gone = ("torch", "mmpose", "mmengine", "mmcv", "matplotlib", '
            '"scipy")\n'
            'util.find_spec = lambda name, *rest: None if name in gone else '
            'find(name, *rest)\n'
            'sys.modules.update(dict.fromkeys(gone))\n'
            'import mmpose_cmb.live\n'
            'import mmpose_cmb.live.screen\n')
    subprocess.run([sys.executable, '-c', code], check=True, timeout=60)

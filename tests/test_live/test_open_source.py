import subprocess
import sys

import numpy as np
import pytest

from mmpose_cmb.live import RecordedSource, open_source


def test_anything_else_is_a_recording(tmp_path):
    np.save(tmp_path / 'frames.npy', np.full((2, 16, 20), 2000, np.uint16))
    source = open_source(str(tmp_path / 'frames.npy'), fps=12, unit_m=0.002, speed=2.0)
    assert isinstance(source, RecordedSource)
    assert source.fps == pytest.approx(24)
    assert source.read().depth_m[0, 0] == 4
    with pytest.raises(FileNotFoundError, match='no such file or folder'):
        open_source(str(tmp_path / 'realsens'))


def test_the_models_unit_is_taken_where_nobody_tells_another(tmp_path):
    levels = np.full((1, 16, 20), 100, np.uint8)
    levels[0, 0] = 255
    np.save(tmp_path / 'frames.npy', levels)

    def read(**options):
        return open_source(str(tmp_path / 'frames.npy'), **options).read().depth_m

    with pytest.raises(ValueError, match='8-bit depth cannot be guessed'):
        read()
    depth_m = read(fallback_unit_m=0.02, invalid_values=(0, 255))
    assert depth_m[1, 0] == pytest.approx(2) and depth_m[0, 0] == 0
    assert read(fallback_unit_m=0.02, unit_m=0.01)[1, 0] == pytest.approx(1)
    # Millimetres are still known by their values.
    np.save(tmp_path / 'frames.npy', np.full((1, 16, 20), 3000, np.uint16))
    assert read(fallback_unit_m=0.02)[0, 0] == pytest.approx(3)


@pytest.mark.parametrize(
    'name, options, message',
    (
        ('realsense', dict(unit_m=0.001), 'unit_m is for recordings'),
        ('azure', dict(loop=True), 'loop is for recordings'),
        ('openni', dict(speed=2.0), 'speed is for recordings'),
        ('realsense', dict(intrinsics=[1, 1, 1, 1]), 'knows its intrinsics'),
        ('azure:second', dict(), 'expected the number of a camera'),
        ('astra', dict(fps=60), 'OpenCV cannot set the frames per second'),
        ('openni', dict(intrinsics=[0, 1, 1, 1]), 'expected fx, fy, cx, cy'),
    ),
)
def test_options_that_do_not_fit(name, options, message):
    with pytest.raises(ValueError, match=message):
        open_source(name, **options)


def test_it_needs_neither_torch_nor_mmpose():
    """In a process in which these cannot be imported."""
    code = (
        'import sys\n'
        'import importlib.util as util\n'
        'find = util.find_spec\n'
        'gone = ("torch", "mmpose", "mmengine", "mmcv", "matplotlib")\n'
        'util.find_spec = lambda name, *rest: None if name in gone else '
        'find(name, *rest)\n'
        'sys.modules.update(dict.fromkeys(gone))\n'
        'import mmpose_cmb.live\n'
        'import mmpose_cmb.live.outputs\n'
    )
    subprocess.run([sys.executable, '-c', code], check=True, timeout=60)

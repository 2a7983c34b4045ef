"""The work-arounds: what they allow, and what they go on refusing."""

import errno
import importlib
import importlib.metadata
import importlib.util
import os
import pickle
import subprocess
import sys
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.fileio.backends import LocalBackend
from mmengine.logging import HistoryBuffer, MessageHub

from mmpose_cmb import compat


class Harmful:
    def __reduce__(self):
        return eval, ('1 + 1',)


def test_mmengines_log_history_loads_safely(tmp_path):
    hub = MessageHub.get_instance('test_compat')
    hub.update_scalar('train/loss', 0.5)
    hub.update_scalar('train/lr', np.float64(1e-3))
    hub.update_info('numbers', [np.int64(3), np.bool_(True), np.arange(3)])
    path = tmp_path / 'epoch_1.pth'
    torch.save(dict(message_hub=hub.state_dict()), path)
    loaded = torch.load(path, weights_only=True)['message_hub']
    history = loaded['log_scalars']['train/loss']
    assert isinstance(history, HistoryBuffer) and history.current() == 0.5


def test_other_code_is_still_refused(tmp_path):
    path = tmp_path / 'harmful.pth'
    torch.save(dict(state_dict={}, meta=Harmful()), path)
    with pytest.raises(pickle.UnpicklingError, match='eval'):
        torch.load(path)


def test_checkpoints_are_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / 'work' / 'epoch_1.pth'
    LocalBackend().put(b'weights', str(path))
    assert path.read_bytes() == b'weights'

    def fill(self, content):
        self.touch()
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(Path, 'write_bytes', fill)
    with pytest.raises(OSError, match='No space left on device: .*epoch_1.pth'):
        LocalBackend().put(b'others', path)
    assert [file.name for file in path.parent.iterdir()] == ['epoch_1.pth']
    assert path.read_bytes() == b'weights'


@pytest.mark.parametrize(
    'owner, name',
    [(HistoryBuffer, '__init__'), (HistoryBuffer, 'update'), (np.ndarray, 'min'), (dict, 'pop')],
)
def test_the_guarded_getattr_resolves_nothing_else(owner, name):
    with pytest.raises(ValueError, match='refused to resolve'):
        compat._getattr_of_history_buffer(owner, name)
    assert compat._getattr_of_history_buffer(HistoryBuffer, 'mean') is HistoryBuffer.mean


def test_one_message_names_all_that_does_not_fit(monkeypatch):
    installed = {
        'torch': '2.15.0+cu130',
        'mmengine': '0.7.0',
        'mmcv-lite': '2.2.0',
        'mmdet': '3.2.0',
    }

    def version(name):
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(importlib.metadata, 'version', version)
    with pytest.raises(ImportError) as error:
        compat.check_requirements()
    message = str(error.value)
    assert 'mmengine 0.7.0 does not fit (wanted >=0.10.4,<1.0.0)' in message
    assert 'mmcv 2.2.0 does not fit' in message
    assert 'mmpose is missing (wanted >=1.3.0,<2.0.0)' in message
    assert 'torch' not in message.split('docs/')[0].replace('pytorch', '')
    assert 'mmdet' not in message


def run_python(code):
    return subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', code], capture_output=True, text=True
    )


@pytest.mark.skipif(
    sys.modules['mmcv._ext'].__spec__.origin is not None, reason='the full mmcv is installed'
)
def test_placeholder_lets_mmpose_in_and_raises_when_called():
    result = run_python(
        'import mmpose_cmb, mmpose.models, mmcv.ops, torch\n'
        'from mmengine.utils.dl_utils.misc import mmcv_full_available\n'
        'assert not mmcv_full_available()\n'
        'try:\n'
        '    mmcv.ops.nms(torch.rand(2, 4), torch.rand(2), 0.5)\n'
        'except NotImplementedError as error:\n'
        '    print(error)\n'
    )
    assert result.returncode == 0, result.stderr
    assert 'Install the full mmcv' in result.stdout


def test_with_the_full_mmcv_the_placeholder_does_nothing(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, 'mmcv._ext', raising=False)
    (tmp_path / '_ext.py').write_text('')
    compat._PlaceholderForMmcvOps.find_spec('mmcv.ops', [str(tmp_path)])
    assert 'mmcv._ext' not in sys.modules
    (tmp_path / '_ext.py').unlink()
    importlib.invalidate_caches()
    compat._PlaceholderForMmcvOps.find_spec('mmcv.utils', [str(tmp_path)])
    assert 'mmcv._ext' not in sys.modules
    compat._PlaceholderForMmcvOps.find_spec('mmcv.ops', [str(tmp_path)])
    assert 'mmcv._ext' in sys.modules


def load_with(finder, name):
    module = importlib.util.module_from_spec(finder.find_spec(name))
    module.__loader__.exec_module(module)
    return module


def test_pycocotools_serves_as_xtcocotools_only_where_it_is_absent(tmp_path):
    finder = compat._PycocotoolsAsXtcocotools
    assert finder.find_spec('cocotools') is None
    pycocotools = pytest.importorskip('pycocotools.coco')
    assert load_with(finder, 'xtcocotools.coco').COCO is pycocotools.COCO
    # One that is installed is found first.
    package = tmp_path / 'xtcocotools'
    package.mkdir()
    (package / '__init__.py').write_text('real = True')
    code = f'import sys; sys.path.insert(0, {str(tmp_path)!r})\n'
    result = run_python(code + 'import mmpose_cmb, xtcocotools; print(xtcocotools.real)')
    assert result.stdout == 'True\n', result.stderr


@pytest.mark.parametrize('sigma, precision', [(1.0, 1.0), (0.001, 0.0)])
def test_coco_metric_gets_its_sigmas(sigma, precision, capsys):
    """A person 50 pixels high, found 2 pixels off, under two tolerances."""
    coco = pytest.importorskip('pycocotools.coco')
    labelled, found = coco.COCO(), coco.COCO()
    for api, offset in ((labelled, 0), (found, 2)):
        api.dataset = dict(
            images=[dict(id=1)],
            categories=[dict(id=1)],
            annotations=[
                dict(
                    id=1,
                    image_id=1,
                    category_id=1,
                    area=2500,
                    bbox=[0, 0, 50, 50],
                    iscrowd=0,
                    num_keypoints=2,
                    keypoints=[10 + offset, 10, 2, 40 + offset, 40, 2],
                    score=1.0,
                )
            ],
        )
        api.createIndex()
    evaluation = load_with(compat._PycocotoolsAsXtcocotools, 'xtcocotools.cocoeval')
    scored = evaluation.COCOeval(labelled, found, 'keypoints', np.full(2, sigma), True)
    scored.evaluate()
    scored.accumulate()
    scored.summarize()
    assert scored.stats[0] == pytest.approx(precision)
    with pytest.raises(ValueError, match='use_area=False.*xtcocotools'):
        evaluation.COCOeval(labelled, found, 'keypoints_crowd', use_area=False)


def test_idle_threads_sleep_unless_someone_chose_otherwise(monkeypatch):
    monkeypatch.delitem(sys.modules, 'torch')
    monkeypatch.delenv('OMP_WAIT_POLICY', raising=False)
    compat.let_idle_threads_sleep()
    assert os.environ['OMP_WAIT_POLICY'] == 'PASSIVE'
    monkeypatch.setenv('OMP_WAIT_POLICY', 'ACTIVE')
    compat.let_idle_threads_sleep()
    assert os.environ['OMP_WAIT_POLICY'] == 'ACTIVE'


@pytest.mark.parametrize(
    'module, silent',
    [
        ('mmengine.utils.package_utils', True),
        ('mim.utils.utils', True),
        ('importlib', True),
        ('somebody.elses', False),
    ],
)
def test_known_warnings_of_the_stack_alone_are_silenced(module, silent):
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter('default')
        compat.silence_known_warnings()
        for message in ('pkg_resources is deprecated as an API. See https', 'something else'):
            warnings.warn_explicit(message, UserWarning, 'file.py', 1, module)
    messages = [str(warning.message) for warning in shown]
    assert 'something else' in messages
    assert (len(messages) == 1) == silent


def test_warnings_that_are_asked_for_are_shown(monkeypatch):
    monkeypatch.setattr(sys, 'warnoptions', ['default'])
    with warnings.catch_warnings():
        before = list(warnings.filters)
        compat.silence_known_warnings()
        assert warnings.filters == before


class TalkativeWarp(types.ModuleType):
    """Writes to the process's stderr, past Python's."""

    LOG_ERROR = 40

    def __init__(self, *lines):
        super().__init__('warp')
        self.config = types.SimpleNamespace(log_level=20)
        self.lines = lines

    def init(self):
        for line in self.lines:
            os.write(2, line)
        if b'error' in self.lines[-1]:
            raise RuntimeError('no')


def test_warps_line_about_the_missing_driver_alone_is_held_back(capfd):
    warp = TalkativeWarp(
        b'Warp CUDA warning: Could not find or load the NVIDIA CUDA driver. '
        b'GPU execution will not be available.\n',
        b'Warp CUDA warning: x\n',
        b'error\n',
    )
    with pytest.raises(RuntimeError):
        compat.init_warp_quietly(warp)
    os.write(2, b'afterwards\n')
    assert capfd.readouterr().err == ('Warp CUDA warning: x\nerror\nafterwards\n')
    assert warp.config.log_level == warp.LOG_ERROR

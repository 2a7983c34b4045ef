"""Fixtures for all tests."""

import re
import runpy
import sys
import types
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope, init_default_scope

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)

REPOSITORY = Path(__file__).resolve().parents[1]
# What starts processes, trains, exports or poses bodies: `make test-fast`
# leaves it out, as well as tests that are marked one by one.
SLOW = (
    'test_all_faces.py',
    'test_analysis',
    'test_benchmarking',
    'test_compat.py',
    'test_deploy',
    'test_docs.py',
    'test_gpu_check',
    'test_own_data.py',
    'test_projects',
    'test_synthesis',
    'test_tools',
    'test_torture.py',
)
SLOW_TESTS = ('test_compiled_block_writes_the_same_memory', 'test_in_workers')


def pytest_collection_modifyitems(items):
    """Mark the slow folders, files and tests."""
    for item in items:
        path = item.path.relative_to(REPOSITORY / 'tests')
        if path.parts[0] in SLOW or item.originalname in SLOW_TESTS:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope='session', autouse=True)
def few_threads():
    """Keep small tensors from being spread over many threads."""
    torch.set_num_threads(1)
    cv2.setNumThreads(0)


class Ended(NamedTuple):
    """How a tool ended: its exit status, and what it said."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """What is said of a mistake; empty where there is none."""
        found = re.search('^error: .*', self.err, re.MULTILINE | re.DOTALL)
        return found.group() if found else ''


@pytest.fixture
def call_tool(monkeypatch, capfd):
    """Runs a tool in this process, as if a person had typed it."""

    def call(path, *arguments):
        monkeypatch.setattr(sys, 'argv', [str(path), *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            runpy.run_path(str(path), run_name='__main__')
        return Ended(stopped.value.code, *capfd.readouterr())

    return call


@pytest.fixture
def mmpose_scope():
    """Resolve registry names in MMPose's scope, as a Runner does."""
    before = DefaultScope.get_current_instance()
    init_default_scope('mmpose')
    yield
    if before is not None:
        init_default_scope(before.scope_name)


@pytest.fixture
def tensorrt(monkeypatch):
    """The stand-in as ``tensorrt``, the CPU as the GPU."""
    from .test_deploy import tensorrt_standin

    spec = types.SimpleNamespace(name='tensorrt')
    monkeypatch.setattr(tensorrt_standin, '__spec__', spec)
    monkeypatch.setitem(sys.modules, 'tensorrt', tensorrt_standin)
    stream = types.SimpleNamespace(cuda_stream=1)
    monkeypatch.setattr(torch.cuda, 'current_stream', lambda device=None: stream)
    return tensorrt_standin


@pytest.fixture(scope='session')
def real_data_dir():
    """The folder of small real recordings beside the repository."""
    folder = REPOSITORY.parent / 'shared' / 'data'
    if not folder.is_dir():
        pytest.skip(f'real recordings are not at hand: {folder}')
    return folder


@pytest.fixture
def k2hpd_root(tmp_path):
    """A K2HPD folder of 24 training and 8 test images with known content.

    A person-sized block 2 m away stands before a wall at 4 m; joint j of
    image i lies at (100 + 2 j, 60 + 5 j + i) pixels.
    """
    root = tmp_path / 'k2hpd'
    images = root / 'depth_data' / 'depth_images'
    images.mkdir(parents=True)
    for split, numbers in (('train', range(24)), ('test', range(24, 32))):
        lines = []
        for number in numbers:
            grey = np.full((212, 256), 200, np.uint8)
            grey[50:170, 95:145] = 100
            name = f'{number:08d}.png'
            cv2.imwrite(str(images / name), np.dstack([grey] * 3))
            joints = [(100 + 2 * j, 60 + 5 * j + number) for j in range(19)]
            lines.append(f'{name} ' + ','.join(f'{x},{y}' for x, y in joints))
        (root / f'{split}_annos.txt').write_text('\n'.join(lines) + '\n')
    return root

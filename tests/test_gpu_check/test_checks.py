"""Every check at toy size, with the CPU in the GPU's place; and what it finds."""

import operator
import pickle
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from mmpose_cmb.gpu_check import checks, exported, speed, synthesis, training, two_processes
from mmpose_cmb.gpu_check.outcome import CannotRun, Check, CheckFailed
from mmpose_cmb.models.blocks import ConvMemoryBlock

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'gpu_check.py'
train = partial(
    training.check_training, device='cpu', size=32, batch_size=2, steps=3, compiler='eager'
)


@pytest.mark.parametrize('way', training.WAYS)
def test_training_steps(way):
    said = train(way)
    assert re.match(r'[\d.]+ images/s at 32x32 in batches of 2.*; loss .* \(CPU .*\) to ', said)


@pytest.mark.parametrize(
    'target, name, value, match',
    [
        (training, '_loss_on_cpu', lambda *_: 1e9, 'the first loss is .* on the CPU 1e'),
        (ConvMemoryBlock, '_write', lambda *_: None, 'weights or memories stay'),
        (
            torch.optim.Adam,
            'step',
            lambda *_, **__: None,
            'the loss does not fall|weights or memories stay',
        ),
    ],
)
def test_training_steps_that_are_wrong(target, name, value, match, monkeypatch):
    monkeypatch.setattr(target, name, value)
    with pytest.raises(CheckFailed, match=match):
        train(training.FLOAT32)


@pytest.mark.parametrize(
    'changes, match',
    [
        ({}, None),
        (dict(start=torch.zeros(3, 4, 4)), 'start from different memories'),
        (dict(memory=torch.zeros(3, 4, 4)), 'wrote different memories'),
        (dict(own=torch.ones(3, 4, 4)), 'not the mean'),
    ],
)
def test_memories_of_two_processes(changes, match, monkeypatch):
    own = torch.rand(2, 3, 4, 4)
    first, second = (dict(start=own[0], memory=own.mean(0), own=one) for one in own)
    second.update(changes)
    monkeypatch.setattr(two_processes, 'memories_of_two_processes', lambda *_: (first, second))
    check = partial(two_processes.check_two_processes, 'gloo', ('cpu', 'cpu'))
    if match is None:
        assert check().startswith('the same in both; ')
    else:
        with pytest.raises(CheckFailed, match=match):
            check()


def test_nccl_wants_two_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 1)
    with pytest.raises(CannotRun, match='NCCL wants a GPU for each process; here are 1'):
        two_processes.check_two_processes('nccl', ('cuda:0', 'cuda:1'))


def test_export_and_providers(monkeypatch):
    assert exported.check_export('cpu', crops=2).startswith('100.0 % of 30 joints within 0.5 px')
    said = exported.check_provider('cpu', crops=2)
    assert said.startswith('100.0 %') and re.search(r'; [\d.]+ ms a crop$', said)
    monkeypatch.setattr('onnxruntime.get_available_providers', lambda: ['CPUExecutionProvider'])
    for provider in ('cuda', 'tensorrt'):
        with pytest.raises(CannotRun, match='has no .*ExecutionProvider: pip install "onnxruntim'):
            exported.check_provider(provider)


def test_tensorrt(tensorrt):
    pytest.importorskip('onnx')
    assert 'ms a crop; built in' in exported.check_tensorrt(True, 'cpu', crops=2)


def test_tensorrt_that_is_missing_or_old(tensorrt, monkeypatch):
    monkeypatch.setattr(tensorrt, '__version__', '8.6.1')
    with pytest.raises(CannotRun, match='older than 10'):
        exported.check_tensorrt(False)
    monkeypatch.setattr(exported, 'find_spec', lambda name: None)
    with pytest.raises(CannotRun, match='pip install tensorrt'):
        exported.check_tensorrt(False)


def test_joints_that_are_elsewhere_fail():
    joints, scores = np.zeros((2, 15, 2)), np.full((2, 15), 0.5)
    for wrong in ((joints + 1, scores), (joints, scores + 0.1), (joints + np.nan, scores)):
        with pytest.raises(CheckFailed, match='of 30 joints within'):
            exported.compare(wrong, (joints, scores))


def test_synthesis(monkeypatch):
    assert synthesis.check_synthesis('cpu', frames=1).startswith('100.00 % of the pixels of 2')
    seen = iter(range(100))
    sample = synthesis.make_sample(0, 0, synthesis.KINECT_V2_HALF)
    monkeypatch.setattr(
        synthesis,
        'make_sample',
        lambda *_: sample._replace(depth_m=sample.depth_m + 0.01 * next(seen)),
    )
    with pytest.raises(CheckFailed, match=r'0.00 % of the pixels .* of the worst'):
        synthesis.check_synthesis('another', frames=1)


@pytest.mark.parametrize('way', [speed.ONNX_RUNTIME, speed.PYTORCH])
def test_latency(way):
    said = speed.check_latency(way, 'cpu', rounds=1).split('; ')
    assert len(said) == 8 and re.match(r'320x240, 4 persons [\d.]+ ms$', said[3])


@pytest.mark.parametrize('precision', ['float32', 'float16'])
def test_convolutions(precision):
    said = speed.check_convolutions(
        precision, 'cpu', size=64, batch_size=1, peak_shape=(1, 64, 32), rounds=1
    )
    share = re.match(r'peak .* TFLOPS; .* crops/s, .* TFLOPS, (\d+) % of the peak$', said)
    assert int(share[1]) > 0


def test_the_checks_can_be_sent_to_a_process():
    every = checks.gpu_checks()
    assert len({check.name for check in every}) == len(every) == 16
    assert all(callable(pickle.loads(pickle.dumps(check.run))) for check in every)


def test_a_machine_without_a_gpu(call_tool, monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    out = tmp_path / 'table.md'
    ended = call_tool(TOOL, '--out', out)
    assert ended.status == 1
    assert ended.out.count('| not run | PyTorch ') == 16 and 'finds no GPU' in ended.out
    assert ended.out.strip() == out.read_text().strip()
    monkeypatch.setattr(torch.version, 'cuda', None)
    assert 'is built without CUDA: make env TORCH=cuda' in checks.why_no_gpu()


@pytest.mark.parametrize('wrong, status', [([], 0), ([partial(operator.truediv, 1, 0)], 1)])
def test_how_the_tool_ends(wrong, status, call_tool, monkeypatch):
    runs = [*wrong, partial(str, '3 ms')]
    monkeypatch.setattr(checks, 'why_no_gpu', lambda: None)
    monkeypatch.setattr(
        checks, 'gpu_checks', lambda: [Check(f'check {i}', run) for i, run in enumerate(runs)]
    )
    ended = call_tool(TOOL)
    assert ended.status == status
    assert ended.out.endswith(f'1 pass, {len(wrong)} fail, 0 not run\n')
    assert f'| check {len(wrong)} | pass | 3 ms |' in ended.out

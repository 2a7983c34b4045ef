"""The deployment tools, and how they end after a mistake."""

import importlib.util
import json
import math
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine import Config

from mmpose.registry import MODELS
from mmpose_cmb import command_line

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
BASE = TOOLS.parent / 'configs' / 'cmb_k2hpd_demo.py'
DEPLOY = TOOLS.parent / 'configs' / 'deploy'
SMALL_NETWORK = """
model = dict(
    backbone=dict(
        stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""
ONNX = DEPLOY / 'depth-pose_onnxruntime_static.py'


@pytest.fixture
def run_main(monkeypatch):
    """Runs a tool in this process: starting MMDeploy takes seconds."""

    def run(name, *arguments):
        spec = importlib.util.spec_from_file_location(name, TOOLS / f'{name}.py')
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        monkeypatch.setattr(sys, 'argv', [name, *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            command_line.run(tool.main)
        return end.value.code

    return run


@pytest.fixture
def small_model(k2hpd_root, mmpose_scope, tmp_path):
    """A config with data, and a checkpoint with random weights."""
    pytest.importorskip('mmdeploy')
    config = tmp_path / 'small.py'
    config.write_text(
        f'_base_ = {str(BASE)!r}\n'
        f'{SMALL_NETWORK}\n'
        'test_dataloader = dict(num_workers=0, dataset=dict(\n'
        f'    data_root={str(k2hpd_root)!r}))\n'
        "test_evaluator = [dict(type='EPE')]\n"
    )
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(config).model)
    # High maps: the joints of nearly empty ones hang on the last digit.
    torch.nn.init.normal_(model.head.final_layer.weight, std=0.5)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'small.pth')
    return config, tmp_path / 'small.pth'


@pytest.mark.parametrize(
    'backend, options',
    [
        ('depth-pose_onnxruntime_static', []),
        ('depth-pose_openvino', ['--deploy-options', 'backend_config.precision=float32']),
    ],
)
def test_from_checkpoint_to_metrics(backend, options, small_model, run_main, tmp_path, capsys):
    if 'openvino' in backend:
        pytest.importorskip('openvino')
    config, checkpoint = small_model
    frame = np.full((212, 256), 4.0, np.float32)
    frame[50:170, 95:145] = 2.0
    np.save(tmp_path / 'frame.npy', frame)
    out = tmp_path / 'deployed'
    assert not run_main(
        'deploy',
        backend,
        config,
        checkpoint,
        tmp_path / 'frame.npy',
        '--work-dir',
        out,
        '--bbox',
        85,
        40,
        155,
        180,
        *options,
    )
    said = capsys.readouterr().out
    assert f'Deployed  {out / "end2end.onnx"}' in said
    assert 'Largest difference from PyTorch on this image: heatmaps' in said

    assert not run_main(
        'test_deployed',
        DEPLOY / f'{backend}.py',
        config,
        '--model',
        out / 'end2end.onnx',
        '--checkpoint',
        checkpoint,
        '--work-dir',
        tmp_path / 'logs',
        '--out',
        tmp_path / 'metrics.json',
        *options,
    )
    metrics = json.loads((tmp_path / 'metrics.json').read_text())
    assert metrics['pytorch']['EPE'] > 1
    assert abs(metrics['deployed']['EPE'] - metrics['pytorch']['EPE']) < 0.01
    table = capsys.readouterr().out.strip().splitlines()[-2:]
    assert table[0].split() == ['deployed', 'PyTorch']
    assert table[1].split()[0] == 'EPE' and len(table[1].split()) == 3


def test_metrics_that_are_not_finite_are_none_in_json():
    tool = runpy.run_path(str(TOOLS / 'test_deployed.py'))
    assert tool['for_json'](dict(mean=math.inf, median=2.0)) == dict(mean=None, median=2.0)


@pytest.mark.parametrize(
    'changed, match',
    [
        (dict(deploy='no.py'), 'no.py: no such file, and no config of'),
        (dict(deploy='model'), 'not a deploy config .*no backend_config'),
        (dict(model=ONNX), "not a model's config, it has no model"),
        (dict(checkpoint='no.pth'), 'no.pth: no such checkpoint'),
        (dict(image='no.png'), 'no.png'),
        (dict(image='small.pth'), 'small.pth'),
        (
            dict(deploy=DEPLOY / 'depth-pose_tensorrt_static-192x192.py'),
            'tensorrt is not installed|192, 192',
        ),
    ],
)
def test_a_mistake_is_one_line(changed, match, small_model, run_main, tmp_path, capsys):
    config, checkpoint = small_model
    paths = dict(deploy=ONNX, model=config, checkpoint=checkpoint, image=tmp_path / 'frame.npy')
    np.save(paths['image'], np.full((212, 256), 2.0, np.float32))
    paths.update(changed)
    if paths['deploy'] == 'model':
        paths['deploy'] = config
    if paths['image'] == 'small.pth':
        paths['image'] = checkpoint
    assert run_main('deploy', *paths.values(), '--work-dir', tmp_path / 'out') == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.match(f'error: .*({match})', line), line
    assert not (tmp_path / 'out').exists() or not list((tmp_path / 'out').iterdir())


def test_missing_packages_are_named(run_main, monkeypatch, capsys):
    from mmpose_cmb.deploy import tool_setup

    monkeypatch.setattr(tool_setup, 'find_spec', lambda name: None)
    assert run_main('deploy', ONNX, 'config.py', 'model.pth', 'x.png') == 2
    assert 'mmdeploy is not installed: pip' in capsys.readouterr().err

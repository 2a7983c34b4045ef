"""Training and testing as a person runs them, in processes of their own."""

import json
import pickle
import subprocess
from pathlib import Path

import pytest
import torch

import mmpose
import mmpose_cmb

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / 'tools'
MMPOSE_TOOLS = Path(mmpose.__file__).parent / '.mim' / 'tools'


def test_mmposes_own_tools(small_config, run_tool, tmp_path):
    """Train, validate, save, load with weights_only, test, dump, draw."""
    work = tmp_path / 'work'
    config = small_config(
        'train_cfg = dict(max_epochs=2, val_interval=2)\n'
        'custom_hooks = [dict(type="MemoryRatioHook", milestones=[(3, 2.)])]\n'
        'visualizer = dict(vis_backends=[dict(type="LocalVisBackend"), '
        'dict(type="TensorboardVisBackend")])'
    )
    run_tool(MMPOSE_TOOLS / 'train.py', config, '--work-dir', work)
    checkpoint = work / 'epoch_2.pth'
    saved = torch.load(checkpoint, weights_only=True)
    state = saved['state_dict']
    assert state['backbone.blocks.0.memory'].shape == (4, 32, 32)
    # 2 epochs of 2 iterations: r changed in the last one.
    assert state['backbone.blocks.2.ratio_limit'] == 2.0
    assert list(work.rglob('events.out.tfevents.*'))

    run_tool(
        MMPOSE_TOOLS / 'test.py',
        config,
        checkpoint,
        '--work-dir',
        work,
        '--out',
        tmp_path / 'metrics.json',
        '--dump',
        tmp_path / 'predictions.pkl',
        '--show-dir',
        'shown',
    )
    metrics = json.loads((tmp_path / 'metrics.json').read_text())
    assert 0 <= metrics['PDJ@0.20'] <= 100
    assert 'PCKh@0.5/Full Body' in metrics
    with open(tmp_path / 'predictions.pkl', 'rb') as file:
        assert len(pickle.load(file)) == 8
    assert len(list(work.rglob('shown/*.png'))) == 8


def test_a_config_with_other_widths_and_joints(small_config, run_tool, tmp_path):
    """Five of the 19 joints, chosen by MMPose's KeypointConverter."""
    config = small_config("""
train_pipeline = [
    *_base_.load,
    dict(type='KeypointConverter', num_keypoints=5,
         mapping=[(0, 0), (5, 1), (8, 2), (11, 3), (14, 4)]),
    _base_.affine, *_base_.normalize,
    dict(type='GenerateTarget', encoder=_base_.codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(data_root=root, pipeline=train_pipeline))
model['head']['out_channels'] = 5
model['backbone']['block'] = dict(memory_channels=3)
train_cfg = dict(max_epochs=1)
""")
    run_tool(TOOLS / 'train.py', config, '--work-dir', tmp_path / 'work', '--no-validate')
    saved = torch.load(tmp_path / 'work' / 'epoch_1.pth')['state_dict']
    assert saved['head.final_layer.weight'].shape == (5, 8, 1, 1)
    assert saved['backbone.blocks.1.memory'].shape == (3, 16, 16)


def test_missing_data_is_one_message(run_tool, tmp_path):
    missing = tmp_path / 'nowhere'
    result = run_tool(
        TOOLS / 'train.py',
        mmpose_cmb.config_path('cmb_k2hpd.py'),
        '--work-dir',
        tmp_path / 'work',
        '--cfg-options',
        f'train_dataloader.dataset.data_root={missing}',
        check=False,
    )
    assert result.returncode == 2
    message = result.stderr.split('error: ')[1]
    assert 'Traceback' not in result.stderr
    assert str(missing) in message and 'tools/synthesize.py' in message


def test_missing_config_and_checkpoint_are_one_message(run_tool, small_config, tmp_path):
    result = run_tool(TOOLS / 'train.py', tmp_path / 'no_config.py', check=False)
    assert result.returncode == 2 and 'no_config.py' in result.stderr
    assert 'Traceback' not in result.stderr
    result = run_tool(
        TOOLS / 'test.py',
        small_config(),
        tmp_path / 'no.pth',
        '--work-dir',
        tmp_path / 'work',
        check=False,
    )
    assert result.returncode == 2 and 'no.pth' in result.stderr
    assert 'Traceback' not in result.stderr


@pytest.mark.parametrize('script', sorted(p.name for p in TOOLS.glob('*.sh')))
def test_shell_tools_explain_themselves(script):
    result = subprocess.run(['bash', str(TOOLS / script)], capture_output=True, text=True)
    assert result.returncode == 2
    assert f'Usage: tools/{script}' in result.stderr

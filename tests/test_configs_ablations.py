"""configs/ablations: each variant changes one thing, trains and tests."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmpose.registry import MODELS

FOLDER = Path(__file__).resolve().parents[1] / 'configs' / 'ablations'
VARIANTS = sorted(path.stem for path in FOLDER.glob('*.py'))
IN_ORDER = {'cmb_sequences', 'conv_gru', 'conv_lstm'}
OF_MOTIONS = IN_ORDER | {'cmb_sequences_shuffled'}


def load(name):
    return Config.fromfile(FOLDER / f'{name}.py')


def differences(a, b, path=''):
    """The keys in which two configs differ, dotted, down to the leaves."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            where = f'{path}.{key}' if path else key
            yield from differences(a.get(key), b.get(key), where)
    elif a != b:
        yield path


def test_every_variant_of_the_component_analysis_is_there():
    assert set(VARIANTS) == {
        'cmb',
        'without_cmb',
        'with_convs',
        'conv_gru',
        'conv_lstm',
        'cmb_sequences',
        'cmb_sequences_shuffled',
        'half_memory',
        'double_memory',
        'running_average',
        'ratio_not_switched',
        'memory_optimized',
    }


@pytest.mark.parametrize('name', VARIANTS)
def test_a_variant_changes_one_thing(name):
    parent = load(
        'cmb_sequences'
        if name in IN_ORDER - {'cmb_sequences'}
        else 'cmb_sequences_shuffled'
        if name == 'cmb_sequences'
        else 'cmb'
    )
    changed = {
        where.split('.')[0] for where in differences(parent.to_dict(), load(name).to_dict())
    }
    allowed = {
        'cmb': set(),
        'ratio_not_switched': {'custom_hooks'},
        'conv_gru': {'model', 'custom_hooks'},
        'conv_lstm': {'model', 'custom_hooks'},
        'cmb_sequences': {
            'dataset',
            'augment_box',
            'train_pipeline',
            'train_dataloader',
            'val_dataloader',
            'test_dataloader',
        },
        'cmb_sequences_shuffled': {
            'data_root',
            'dataset',
            'train_dataloader',
            'val_dataloader',
            'test_dataloader',
        },
    }.get(name, {'model'})
    assert changed == allowed
    if 'model' in changed:
        assert all(
            where.startswith('backbone.block')
            for where in differences(parent.model.to_dict(), load(name).model.to_dict())
        )


def test_ratio_not_switched_keeps_the_other_hooks():
    hooks = [hook.type for hook in load('ratio_not_switched').custom_hooks]
    assert hooks == [hook.type for hook in load('cmb').custom_hooks]
    milestones = [
        hook.milestones
        for hook in load('ratio_not_switched').custom_hooks
        if hook.type == 'MemoryRatioHook'
    ]
    assert milestones == [((0, 1.0),)]


def test_parameters(mmpose_scope):
    count = {
        name: sum(p.numel() for p in MODELS.build(load(name).model.backbone).parameters())
        for name in VARIANTS
    }
    assert count['with_convs'] == count['cmb'] > 1.5 * count['without_cmb']
    assert count['half_memory'] < count['cmb'] < count['double_memory']
    memory = 32 * 32**2 + 64 * 16**2 + 128 * 8**2
    assert count['memory_optimized'] == count['cmb'] + memory


@pytest.mark.parametrize('name', VARIANTS)
def test_an_epoch_and_its_validation(name, k2hpd_root, tmp_path):
    """8 frames as 4 sequences of 2, 3 a time; 4 test frames as 2."""
    cfg = load(name)
    cfg.work_dir = str(tmp_path / 'work')
    cfg.custom_hooks = [h for h in cfg.custom_hooks if h.type != 'ProgressHook']
    cfg.default_hooks.checkpoint = None
    cfg.visualizer.vis_backends = []
    cfg.train_cfg = dict(by_epoch=True, max_epochs=1)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.batch_size = 3
        loader.num_workers = 0
        loader.dataset.data_root = str(k2hpd_root)
        if 'sequence_length' in loader.dataset:
            loader.dataset.sequence_length = 2
    cfg.train_dataloader.dataset.indices = 8
    cfg.val_dataloader.dataset.indices = 4
    cfg.test_dataloader = cfg.test_cfg = cfg.test_evaluator = None
    runner = Runner.from_cfg(cfg)
    before = [p.detach().clone() for p in runner.model.parameters()]
    runner.train()
    # 3 sequences side by side, then the fourth: 2 + 2 steps; else 8 // 3.
    assert runner.iter == (4 if name in IN_ORDER else 2)
    changed = [not torch.equal(a, b) for a, b in zip(before, runner.model.parameters())]
    assert all(changed)
    score = runner.message_hub.get_scalar('val/PDJ@0.20').current()
    assert 0 <= score <= 100

"""docs/own_data.md, as a person follows it: train, test, fine-tune."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

PAGE = Path(__file__).resolve().parents[1] / 'docs' / 'own_data.md'
BLOCK = re.compile(r'^```python\n(.*?)^```$', re.MULTILINE | re.DOTALL)
FILE = re.compile(r'^```python title="([\w.]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SMALL = dict(
    backbone=dict(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8,))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)),
)


@pytest.fixture
def folder(tmp_path, monkeypatch, mmpose_scope):
    """The page's data and its configs, in the current directory."""
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding='utf-8')
    for name, content in FILE.findall(text):
        (tmp_path / name).write_text(content)
    exec(compile(BLOCK.findall(text)[0], str(PAGE), 'exec'), {})
    return tmp_path


def runner_of(name, **changes):
    cfg = Config.fromfile(name)
    cfg.work_dir = 'work'
    cfg.train_cfg = dict(by_epoch=True, max_epochs=1, val_interval=1)
    cfg.visualizer.vis_backends = []
    cfg.default_hooks.checkpoint.save_best = None
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.num_workers = 0
    cfg.merge_from_dict(dict(model=SMALL))
    cfg.update(changes)
    return Runner.from_cfg(cfg)


def test_trains_tests_and_is_fine_tuned(folder):
    runner = runner_of('mine.py')
    runner.train()
    assert runner.iter == 2
    score = runner.message_hub.get_scalar('val/PDJ@0.20').current()
    assert 0 <= score <= 100

    # Weights of another skeleton: the last layer starts anew, and it is said.
    state = torch.load('work/epoch_1.pth')['state_dict']
    trained = {
        **state,
        'head.final_layer.weight': torch.zeros(19, 8, 1, 1),
        'head.final_layer.bias': torch.zeros(19),
    }
    torch.save(dict(state_dict=trained, meta={}), 'trained.pth')
    runner = runner_of(
        'mine_fine_tuned.py',
        train_dataloader=None,
        train_cfg=None,
        optim_wrapper=None,
        param_scheduler=None,
    )
    with pytest.raises(
        ValueError,
        match=r'2 of \d+ weights do not fit '
        r'\(head.final_layer.weight is \[19, 8, 1, 1\]',
    ):
        runner.test()

    runner = runner_of('mine_fine_tuned.py')
    rates = {
        name: group['lr']
        for group in runner.build_optim_wrapper(runner.optim_wrapper).optimizer.param_groups
        for name, weight in runner.model.named_parameters()
        if any(weight is p for p in group['params'])
    }
    assert rates['head.final_layer.weight'] == 1e-3
    assert rates['backbone.stem.0.conv.weight'] == pytest.approx(1e-4)
    runner.train()
    log = ''.join(p.read_text() for p in sorted(Path('work').rglob('*.log')))
    assert re.search(
        r'fine-tuning: \d+ of \d+ weights are the checkpoint\'s, '
        r'2 start anew: head.final_layer.weight is \[19, ',
        log,
    )
    assert runner.model.backbone.blocks[0].ratio_limit == 3


def test_a_checkpoint_of_which_nothing_fits_is_refused(folder):
    torch.save(dict(state_dict={'x': torch.zeros(1)}, meta={}), 'trained.pth')
    with pytest.raises(ValueError, match='not one of this config'):
        runner_of('mine_fine_tuned.py').train()


def test_a_metric_that_does_not_fit_ends_before_the_first_step(folder):
    runner = runner_of(
        'mine.py',
        val_evaluator=[dict(type='PDJAccuracy', torso=('neck', ('left_hip', 'right_hip')))],
    )
    with pytest.raises(
        ValueError,
        match=r"PDJAccuracy: the torso names \['left_hip', "
        r"'right_hip'\], which mine does not have; its joints are "
        r"\['head', 'neck'",
    ):
        runner.train()
    assert runner.iter == 0


def test_in_space(folder):
    cfg = Config.fromfile('mine_in_space.py')
    steps = [step.type for step in cfg.train_dataloader.dataset.pipeline]
    assert steps[0] == 'LoadDepthImage' and 'RandomDepthFlip' in steps
    assert cfg.model.head.type == 'HourglassLiftHead'
    assert cfg.test_dataloader.dataset.type == 'DepthCocoDataset'
    assert 'view' not in cfg.test_dataloader.dataset

"""MemoryRatioHook: r over the training, and after a resume."""

from types import SimpleNamespace

import pytest
from mmengine.hooks import EMAHook
from torch import nn

from mmpose_cmb.engine import MemoryRatioHook
from mmpose_cmb.engine.hooks import ratio_limit_at
from mmpose_cmb.models import ConvMemoryBlock


def make_runner(iteration=0, hooks=()):
    model = nn.Sequential(ConvMemoryBlock(2, (4, 4)), nn.Sequential(ConvMemoryBlock(4, (4, 4))))
    return SimpleNamespace(model=model, iter=iteration, hooks=list(hooks))


def limits(model):
    return [float(m.ratio_limit) for m in model.modules() if isinstance(m, ConvMemoryBlock)]


def test_the_papers_schedule():
    milestones = ((0, 1.0), (10000, 3.0))
    assert ratio_limit_at(0, milestones) == 1
    assert ratio_limit_at(9999, milestones) == 1
    assert ratio_limit_at(10000, milestones) == 3
    assert ratio_limit_at(10**6, milestones) == 3


def test_several_milestones_without_one_at_zero():
    milestones = [(5, 2.0), (7, 4.0)]
    assert [ratio_limit_at(i, milestones) for i in (0, 4, 5, 6, 7)] == [1.0, 1.0, 2.0, 2.0, 4.0]


def test_sets_every_block_when_its_iteration_comes():
    hook, runner = MemoryRatioHook(((0, 1.0), (3, 3.0))), make_runner()
    hook.before_train(runner)
    seen = []
    for runner.iter in range(5):
        hook.before_train_iter(runner, 0)
        seen.append(limits(runner.model))
    assert seen == 3 * [[1.0, 1.0]] + 2 * [[3.0, 3.0]]


def test_a_resumed_run_has_the_right_one_at_once():
    hook, runner = MemoryRatioHook(), make_runner(iteration=12_345)
    hook.before_train(runner)
    hook.before_train_iter(runner, 0)
    assert limits(runner.model) == [3.0, 3.0]


def test_a_second_training_starts_anew():
    hook, first, second = MemoryRatioHook(), make_runner(20_000), make_runner()
    hook.before_train(first)
    hook.before_train_iter(first, 0)
    second.iter = 20_000
    hook.before_train(second)
    hook.before_train_iter(second, 0)
    assert limits(second.model) == [3.0, 3.0]


def test_the_averaged_model_follows():
    ema = EMAHook()
    ema.ema_model = make_runner().model
    hook, runner = MemoryRatioHook(((0, 2.0),)), make_runner(hooks=[ema])
    hook.before_train(runner)
    hook.before_train_iter(runner, 0)
    assert limits(ema.ema_model) == [2.0, 2.0]


@pytest.mark.parametrize(
    'milestones, message',
    [
        ((), 'ascending order'),
        (((5, 1.0), (5, 3.0)), 'ascending order'),
        (((9, 1.0), (5, 3.0)), 'ascending order'),
        (((0, 0.5),), 'at least 1, got 0.5 from iteration 0'),
    ],
)
def test_wrong_milestones(milestones, message):
    with pytest.raises(ValueError, match=message):
        MemoryRatioHook(milestones)

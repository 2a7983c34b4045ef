"""ProgressHook: the bars count what the runner does."""

from types import SimpleNamespace

import pytest

from mmpose_cmb.engine import ProgressHook


def run_training(hook, runner, iterations):
    hook.before_train(runner)
    hook.before_train_epoch(runner)
    for _ in range(iterations):
        hook.after_train_iter(runner, 0)
    hook.after_train_epoch(runner)
    hook.after_train(runner)


@pytest.fixture
def runner():
    return SimpleNamespace(max_iters=12, iter=5, val_dataloader=range(3), test_dataloader=[0])


def test_training_bar_goes_on_where_a_resumed_run_starts(runner, capsys):
    run_training(ProgressHook(), runner, 7)
    assert '12/12' in capsys.readouterr().err


def test_validation_and_test_have_bars_of_their_own(runner, capsys):
    hook = ProgressHook()
    hook.before_val_epoch(runner)
    for _ in range(3):
        hook.after_val_iter(runner, 0)
    hook.after_val_epoch(runner)
    hook.before_test_epoch(runner)
    hook.after_test_iter(runner, 0)
    hook.after_test_epoch(runner)
    shown = capsys.readouterr().err
    assert 'validate' in shown and '3/3' in shown
    assert 'test' in shown and '1/1' in shown

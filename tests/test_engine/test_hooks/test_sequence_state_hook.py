"""SequenceStateHook: rows that begin a sequence have no past."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmpose.structures import PoseDataSample
from mmpose_cmb.engine import SequenceStateHook
from mmpose_cmb.models import ConvGRUBlock, ConvLSTMBlock


def make_batch(*rows):
    """A mini-batch of rows (sequence, whether it begins)."""
    samples = [
        PoseDataSample(metainfo=dict(sequence_index=i, sequence_start=start)) for i, start in rows
    ]
    return dict(inputs=[], data_samples=samples)


def make_runner():
    torch.manual_seed(0)
    return SimpleNamespace(
        model=nn.Sequential(ConvGRUBlock(1, (3, 3)), nn.Sequential(ConvLSTMBlock(2, (3, 3))))
    )


@pytest.mark.parametrize('mode', ['train', 'val', 'test'])
def test_every_block_is_told(mode):
    runner = make_runner()
    runner.model.train(mode == 'train')
    hook = SequenceStateHook()
    getattr(hook, f'before_{mode}_epoch')(runner)
    x = torch.rand(2, 1, 3, 3)
    outputs = []
    for rows in ([(0, True), (1, True)], [(2, True), (1, False)], [(3, True), (4, True)]):
        getattr(hook, f'before_{mode}_iter')(runner, 0, make_batch(*rows))
        outputs.append(runner.model(x))
    first, second, third = outputs
    torch.testing.assert_close(second[0], first[0])
    assert not torch.allclose(second[1], first[1])
    torch.testing.assert_close(third, first)


def test_frames_in_a_wrong_order_are_refused():
    hook, runner = SequenceStateHook(), make_runner()
    hook.before_train_iter(runner, 0, make_batch((0, True), (1, True)))
    with pytest.raises(
        ValueError,
        match='row 0 .* goes on with sequence 1 but had sequence 0.*SequenceBatchSampler',
    ):
        hook.before_train_iter(runner, 1, make_batch((1, False)))
    with pytest.raises(ValueError, match='row 2 .* sequence 2 but had no '):
        hook.before_train_iter(runner, 1, make_batch((0, False), (1, False), (2, False)))


def test_a_new_epoch_and_a_validation_between_have_rows_of_their_own():
    hook, runner = SequenceStateHook(), make_runner()
    hook.before_train_iter(runner, 0, make_batch((0, True)))
    hook.before_val_iter(runner, 0, make_batch((7, True)))
    hook.before_train_iter(runner, 1, make_batch((0, False)))
    with pytest.raises(ValueError, match='had sequence 0'):
        hook.before_train_iter(runner, 2, make_batch((5, False)))
    hook.before_train_epoch(runner)
    hook.before_train_iter(runner, 2, make_batch((5, False)))


@pytest.mark.parametrize('missing', ['sequence_index', 'sequence_start'])
def test_data_that_do_not_tell(missing):
    told = dict(sequence_index=0, sequence_start=True)
    del told[missing]
    batch = dict(inputs=[], data_samples=[PoseDataSample(metainfo=told)])
    with pytest.raises(ValueError, match=f'no "{missing}".*meta_keys'):
        SequenceStateHook().before_train_iter(make_runner(), 0, batch)

"""SequenceStateHook: rows that begin a sequence have no past."""
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmpose.structures import PoseDataSample
from mmpose_cmb.engine import SequenceStateHook
from mmpose_cmb.models import ConvGRUBlock, ConvLSTMBlock


def make_batch(*starts):
    samples = [PoseDataSample(metainfo=dict(sequence_start=start))
               for start in starts]
    return dict(inputs=[], data_samples=samples)


@pytest.mark.parametrize('event', ['before_train_iter', 'before_val_iter',
                                   'before_test_iter'])
def test_every_block_is_told(event):
    torch.manual_seed(0)
    model = nn.Sequential(ConvGRUBlock(1, (3, 3)),
                          nn.Sequential(ConvLSTMBlock(2, (3, 3))))
    model.train(event == 'before_train_iter')
    runner = SimpleNamespace(model=model)
    hook = SequenceStateHook()
    x = torch.rand(2, 1, 3, 3)
    outputs = []
    for starts in ((True, True), (True, False), (True, True)):
        getattr(hook, event)(runner, 0, make_batch(*starts))
        outputs.append(model(x))
    first, second, third = outputs
    torch.testing.assert_close(second[0], first[0])
    assert not torch.allclose(second[1], first[1])
    torch.testing.assert_close(third, first)


def test_data_that_do_not_tell():
    batch = dict(inputs=[], data_samples=[PoseDataSample()])
    runner = SimpleNamespace(model=nn.Sequential(ConvGRUBlock(1, (3, 3))))
    with pytest.raises(ValueError, match='no "sequence_start".*meta_keys'):
        SequenceStateHook().before_train_iter(runner, 0, batch)

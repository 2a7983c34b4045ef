"""Training in bfloat16 on a CPU."""

import numpy as np
import pytest
import torch
from torch import nn

from mmpose.registry import OPTIM_WRAPPERS
from mmpose_cmb.engine import BFloat16OptimWrapper
from mmpose_cmb.models.blocks import ConvMemoryBlock


def wrapper_of(model, **kwargs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return OPTIM_WRAPPERS.build(dict(type='BFloat16OptimWrapper', optimizer=optimizer, **kwargs))


def test_forward_is_bfloat16_and_weights_are_not():
    model = nn.Linear(4, 2)
    wrapper = wrapper_of(model)
    assert isinstance(wrapper, BFloat16OptimWrapper)
    with wrapper.optim_context(model):
        out = model(torch.rand(3, 4))
    assert out.dtype == torch.bfloat16
    assert model(torch.rand(3, 4)).dtype == torch.float32
    before = model.weight.detach().clone()
    wrapper.update_params(out.float().sum())
    assert model.weight.dtype == torch.float32
    assert not torch.equal(model.weight, before)


def test_gradients_accumulate_as_in_mmengine():
    model = nn.Linear(4, 2)
    wrapper = wrapper_of(model, accumulative_counts=2)
    wrapper.initialize_count_status(model, 0, 4)
    before = model.weight.detach().clone()
    for step in range(2):
        with wrapper.optim_context(model):
            loss = model(torch.rand(3, 4)).float().sum()
        wrapper.update_params(loss)
        assert torch.equal(model.weight, before) == (step == 0)


@pytest.mark.parametrize('ratio_limit', [1.0, 3.0])
def test_a_memory_block_trains_near_float32(ratio_limit):
    torch.manual_seed(0)
    block = ConvMemoryBlock(4, (8, 8))
    block.set_ratio_limit(ratio_limit)
    memory, x = block.memory.clone(), torch.rand(2, 4, 8, 8)
    with wrapper_of(block).optim_context(block):
        low = block(x)
    stored = block.memory.clone()
    assert stored.dtype == torch.float32 and stored.isfinite().all()
    block.memory.copy_(memory)
    exact = block(x)
    torch.testing.assert_close(low.float(), exact, atol=0.05, rtol=0.05)
    torch.testing.assert_close(stored, block.memory, atol=0.05, rtol=0.05)


def test_numpy_reads_what_a_head_gives():
    model = nn.Linear(4, 2)
    wrapper = wrapper_of(model)
    with wrapper.optim_context(model):
        out = model(torch.rand(3, 4)).detach()
        assert out.dtype == torch.bfloat16
        read = out.cpu().numpy()
    assert read.dtype == 'float32'
    np.testing.assert_array_equal(read, out.float().numpy())
    with pytest.raises(TypeError):
        out.numpy()

"""OptimizedMemoryBlock: written by the forward pass, moved by the step."""

import copy
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmpose_cmb.engine.hooks import MemoryRatioHook
from mmpose_cmb.models.blocks import ConvMemoryBlock, OptimizedMemoryBlock


def make_blocks(**kwargs):
    torch.manual_seed(0)
    plain = ConvMemoryBlock(3, (5, 4), **kwargs)
    plain.set_ratio_limit(3)
    optimized = OptimizedMemoryBlock(3, (5, 4), **kwargs)
    optimized.load_state_dict(plain.state_dict())
    return plain.double(), optimized.double()


def make_input(seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(2, 3, 5, 4, generator=generator).double()


@pytest.mark.parametrize('training', [True, False])
def test_forward_is_that_of_the_plain_block(training):
    plain, optimized = make_blocks()
    plain.train(training)
    optimized.train(training)
    for step in range(2):
        x = make_input(step)
        assert torch.equal(optimized(x), plain(x))
        assert torch.equal(optimized.memory, plain.memory)
    assert isinstance(optimized.memory, nn.Parameter)


def test_the_gradient_is_that_of_the_new_memory():
    """Against central differences of a shift of all samples' M_t."""
    block = make_blocks()[1]
    x, weights = make_input(), torch.rand(2, 6, 5, 4).double()
    old = block.memory.detach().clone()

    @torch.no_grad()
    def loss(shift):
        new_memory = block.renew(x, old) + shift
        c_o = block.output_controller(torch.cat([x, new_memory], dim=1))
        return float((torch.cat([x, c_o], dim=1) * weights).sum())

    (block(x) * weights).sum().backward()
    step = 1e-6
    for place in ((0, 0, 0), (1, 2, 3), (2, 4, 1)):
        shift = torch.zeros_like(old)
        shift[place] = step
        slope = (loss(shift) - loss(-shift)) / (2 * step)
        assert block.memory.grad[place].item() == pytest.approx(slope, rel=1e-5)


def test_the_optimiser_moves_what_the_forward_pass_has_written():
    plain, optimized = make_blocks()
    sgd = torch.optim.SGD(optimized.parameters(), lr=0.1)
    plain(make_input())
    optimized(make_input()).sum().backward()
    gradient = optimized.memory.grad.clone()
    assert gradient.abs().sum() > 0
    sgd.step()
    torch.testing.assert_close(optimized.memory.detach(), plain.memory - 0.1 * gradient)


def test_other_gradients_are_those_of_the_plain_block():
    plain, optimized = make_blocks()
    for block in (plain, optimized):
        block(make_input()).pow(2).sum().backward()
    gradients = dict(optimized.named_parameters())
    for name, parameter in plain.named_parameters():
        assert torch.equal(gradients[name].grad, parameter.grad), name


def test_evaluation_neither_writes_nor_collects_gradients():
    block = make_blocks()[1].eval()
    before = block.memory.detach().clone()
    block(make_input().requires_grad_()).sum().backward()
    assert torch.equal(block.memory, before) and block.memory.grad is None


def test_the_ratio_hook_reaches_it_and_it_can_be_copied():
    block = copy.deepcopy(make_blocks()[1])
    hook = MemoryRatioHook(((0, 2.0),))
    hook.before_train_iter(SimpleNamespace(model=nn.Sequential(block), iter=0, hooks=[]), 0)
    assert block.ratio_limit == 2


def test_a_checkpoint_of_another_size_is_refused():
    state = make_blocks()[0].state_dict()
    with pytest.raises(ValueError, match='"memory" is .*resize_memory'):
        OptimizedMemoryBlock(3, (10, 8)).load_state_dict(state)

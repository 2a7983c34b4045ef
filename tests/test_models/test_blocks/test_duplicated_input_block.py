"""DuplicatedInputBlock: a memory block whose memory is the input itself."""

import torch

from mmpose_cmb.models.blocks import ConvMemoryBlock, DuplicatedInputBlock


def make_blocks():
    """Both blocks with the same weights, in double precision."""
    torch.manual_seed(0)
    memory_block = ConvMemoryBlock(3, (5, 4))
    block = DuplicatedInputBlock(3, (5, 4))
    block.load_state_dict(memory_block.state_dict(), strict=False)
    return memory_block.double(), block.double()


def test_as_many_parameters_as_the_memory_block():
    memory_block, block = make_blocks()
    shapes = [{name: p.shape for name, p in b.named_parameters()} for b in (memory_block, block)]
    assert shapes[0] == shapes[1]
    assert 'memory' not in dict(block.named_buffers())


def test_equals_the_equations_with_x_for_the_memory_at_any_ratio():
    memory_block, block = make_blocks()
    x = torch.rand(1, 3, 5, 4).double()
    for ratio_limit in (1.0, 3.0):
        memory_block.set_ratio_limit(ratio_limit)
        for training in (True, False):
            memory_block.train(training)
            block.train(training)
            expected, _ = memory_block.enhance(x, x[0])
            torch.testing.assert_close(block(x), expected)


def test_samples_do_not_meet_and_nothing_is_kept():
    block = make_blocks()[1].eval()
    x = torch.rand(2, 3, 5, 4).double()
    together, before = block(x), {k: v.clone() for k, v in block.state_dict().items()}
    torch.testing.assert_close(together[1:], block(x[1:]))
    assert all(torch.equal(v, before[k]) for k, v in block.state_dict().items())


def test_gradients_reach_every_parameter():
    block = make_blocks()[1]
    block(torch.rand(2, 3, 5, 4).double()).pow(2).sum().backward()
    for name, parameter in block.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_gradcheck():
    block = make_blocks()[1].eval()
    x = torch.rand(1, 3, 5, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(block, (x,), atol=1e-4)

"""ConvMemoryBlock: the equations, and when the memory is read and written."""

import copy

import numpy as np
import pytest
import torch
from mmengine.model import ExponentialMovingAverage
from mmengine.runner import load_checkpoint
from torch import nn
from torch.utils.checkpoint import checkpoint

from mmpose_cmb.models.blocks import ConvMemoryBlock


def make_block(channels=3, size=(5, 4), ratio_limit=3.0, seed=0, **kwargs):
    torch.manual_seed(seed)
    block = ConvMemoryBlock(channels, size, **kwargs)
    block.set_ratio_limit(ratio_limit)
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.5)
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    return block


def make_input(batch=2, channels=3, size=(5, 4), seed=1):
    generator = torch.Generator().manual_seed(seed)
    return 0.05 + torch.rand(batch, channels, *size, generator=generator)


# --- a naive version in double precision: loops, and the printed division ---


def naive_conv(image, weight):
    """[B, C, H, W] with [O, C, k, k], zero padding, one output at a time."""
    batch, _, height, width = image.shape
    out_channels, _, k, _ = weight.shape
    pad = k // 2
    padded = np.pad(image, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    result = np.zeros((batch, out_channels, height, width))
    for y in range(height):
        for x in range(width):
            patch = padded[:, :, y : y + k, x : x + k]
            result[:, :, y, x] = np.einsum('bcij,ocij->bo', patch, weight)
    return result


def naive_batch_norm(image, bn, training):
    if training:
        mean = image.mean((0, 2, 3))
        var = ((image - mean[:, None, None]) ** 2).mean((0, 2, 3))
    else:
        mean, var = bn.running_mean.numpy(), bn.running_var.numpy()
    scale = bn.weight.detach().numpy() / np.sqrt(var + bn.eps)
    shift = bn.bias.detach().numpy() - mean * scale
    return image * scale[:, None, None] + shift[:, None, None]


def naive_phi(controller, *maps, training):
    image = np.concatenate(maps, axis=1)
    for layer in (controller.spatial, controller.pointwise):
        image = naive_conv(image, layer.conv.weight.detach().numpy())
        image = naive_batch_norm(image, layer.bn, training)
        image = np.maximum(image, 0)
    return image


def naive_block(block, x, training):
    """Equations 1-4 as printed, for an x without zeros."""
    x = x.double().numpy()
    memory = block.memory.numpy()
    memory = np.stack([memory] * len(x))
    r = float(block.ratio_limit)
    if isinstance(block.to_memory, nn.Identity):
        query = x
    else:
        query = naive_conv(x, block.to_memory.weight.detach().numpy())
    c_i = naive_phi(block.input_controller, x, memory, training=training)
    recalled = np.clip(memory / query, 1 / r, r) * query
    c_m = naive_phi(block.memory_controller, x, recalled, training=training)
    new_memory = c_m + c_i
    c_o = naive_phi(block.output_controller, x, new_memory, training=training)
    return np.concatenate([x, c_o], axis=1), new_memory.mean(0)


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('ratio_limit', [1.0, 3.0])
@pytest.mark.parametrize('memory_channels', [None, 2, 6])
def test_equations_in_double_precision(training, ratio_limit, memory_channels):
    block = make_block(ratio_limit=ratio_limit, memory_channels=memory_channels).double()
    block.train(training)
    x = make_input().double()
    before = block.memory.clone()
    expected, expected_memory = naive_block(block, x, training)

    actual = block(x)

    np.testing.assert_allclose(actual.detach(), expected, rtol=1e-9, atol=1e-12)
    if training:
        # The stored memory is float32 at heart.
        np.testing.assert_allclose(block.memory, expected_memory, rtol=1e-6)
        assert not torch.equal(block.memory, before)
    else:
        assert torch.equal(block.memory, before)


def test_gradcheck():
    block = make_block(channels=2, size=(3, 3)).double()
    x = make_input(2, 2, (3, 3)).double().requires_grad_()
    weights = [p.detach().requires_grad_() for p in block.parameters()]
    names = [name for name, _ in block.named_parameters()]

    def run(x, memory, *weights):
        return torch.func.functional_call(
            _Enhance(block), {f'block.{n}': w for n, w in zip(names, weights)}, (x, memory)
        )

    assert torch.autograd.gradcheck(
        run, (x, block.memory.clone().requires_grad_(), *weights), atol=1e-4
    )


class _Enhance(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x, memory):
        return self.block.enhance(x, memory)


def test_memory_starts_random_and_float32():
    memory = ConvMemoryBlock(8, (4, 4)).memory
    assert memory.dtype == torch.float32 and memory.std() > 0.1
    assert not torch.equal(memory, ConvMemoryBlock(8, (4, 4)).memory)


def test_one_write_per_training_forward_none_in_eval():
    block = make_block()
    states = [block.memory.clone()]
    for _ in range(2):
        block(make_input())
        states.append(block.memory.clone())
    assert not torch.equal(states[0], states[1])
    assert not torch.equal(states[1], states[2])
    block.eval()
    block(make_input())
    assert torch.equal(block.memory, states[2])


def test_stored_memory_is_detached_and_backward_still_works():
    block = make_block()
    for _ in range(3):
        block(make_input()).sum().backward()
        assert not block.memory.requires_grad and block.memory.grad_fn is None


def test_gradients_reach_every_parameter():
    block = make_block()
    block(make_input()).pow(2).sum().backward()
    for name, parameter in block.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_gradient_accumulation_writes_once_per_micro_batch():
    x = make_input(batch=4)
    block = make_block()
    reference = make_block()
    for half in x.chunk(2):
        block(half).sum().backward()
    # The second micro-batch reads what the first has written.
    reference(x[:2])
    expected_memory = reference.enhance(x[2:], reference.memory)[1].mean(0)
    torch.testing.assert_close(block.memory, expected_memory.detach())


def test_running_average():
    mean_rule = make_block()
    average_rule = make_block(update_rule='running_average', momentum=0.25)
    start = average_rule.memory.clone()
    mean_rule(make_input())
    average_rule(make_input())
    torch.testing.assert_close(average_rule.memory, 0.75 * start + 0.25 * mean_rule.memory)


@pytest.mark.parametrize('use_reentrant', [True, False])
def test_activation_checkpointing_writes_once_with_equal_gradients(use_reentrant):
    plain, checkpointed = make_block(), make_block()
    for step in range(3):
        x = make_input(seed=step).requires_grad_()
        y = x.detach().clone().requires_grad_()
        plain(x).pow(2).sum().backward()
        checkpoint(checkpointed, y, use_reentrant=use_reentrant).pow(2).sum().backward()
        assert torch.equal(checkpointed.memory, plain.memory)
        torch.testing.assert_close(y.grad, x.grad)
    for expected, actual in zip(plain.parameters(), checkpointed.parameters()):
        torch.testing.assert_close(actual.grad, expected.grad)


@pytest.mark.parametrize('use_reentrant', [True, False])
def test_a_checkpointed_network_writes_each_memory_once(use_reentrant):
    # The blocks are recomputed before a gradient has reached them.
    def make_network():
        return nn.Sequential(
            make_block(),
            nn.Conv2d(6, 3, 1),
            nn.Softplus(),
            make_block(seed=3, update_rule='running_average'),
        )

    plain, checkpointed = make_network(), make_network()
    checkpointed.load_state_dict(plain.state_dict())
    for step in range(2):
        x = make_input(seed=step).requires_grad_()
        y = x.detach().clone().requires_grad_()
        plain(x).pow(2).sum().backward()
        checkpoint(checkpointed, y, use_reentrant=use_reentrant).pow(2).sum().backward()
        for i in (0, 3):
            assert torch.equal(checkpointed[i].memory, plain[i].memory)
        torch.testing.assert_close(y.grad, x.grad)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_autocast_keeps_the_memory_in_float32(dtype):
    block = make_block(channels=8, size=(8, 8))
    reference = copy.deepcopy(block)
    x = make_input(4, 8, (8, 8))
    with torch.autocast('cpu', dtype=dtype):
        y = block(x)
    reference(x)
    assert block.memory.dtype == torch.float32
    assert y.isfinite().all()
    torch.testing.assert_close(block.memory, reference.memory, rtol=0.05, atol=0.05)


def test_an_overflow_does_not_enter_the_memory():
    block = make_block()
    before = block.memory.clone()
    x = make_input()
    x[:, 0, 0, 0] = float('inf')
    block(x)
    assert block.memory.isfinite().all()
    assert torch.equal(block.memory, before)  # BN spreads one Inf everywhere
    block(make_input())
    assert not torch.equal(block.memory, before)


def test_zeros_in_the_input_give_finite_results():
    block = make_block()
    x = torch.zeros(2, 3, 5, 4, requires_grad=True)
    y = block(x)
    y.sum().backward()
    assert y.isfinite().all() and x.grad.isfinite().all()
    assert block.memory.isfinite().all()


def test_compiled_block_writes_the_same_memory():
    block = make_block()
    compiled_block = copy.deepcopy(block)
    compiled = torch.compile(compiled_block, backend='aot_eager', fullgraph=True)
    for step in range(3):
        x = make_input(seed=step)
        y, z = block(x), compiled(x)
        y.pow(2).sum().backward()
        z.pow(2).sum().backward()
        torch.testing.assert_close(z, y)
        torch.testing.assert_close(compiled_block.memory, block.memory)
    for expected, actual in zip(block.parameters(), compiled_block.parameters()):
        torch.testing.assert_close(actual.grad, expected.grad)
    compiled_block.eval()
    before = compiled_block.memory.clone()
    compiled(make_input())
    assert torch.equal(compiled_block.memory, before)


def test_deep_copy_has_a_memory_of_its_own():
    block = make_block()
    block(make_input()).sum().backward()
    twin = copy.deepcopy(block)
    assert torch.equal(twin.memory, block.memory)
    block(make_input())
    assert not torch.equal(twin.memory, block.memory)


def test_ema_follows_the_memory():
    block = make_block()
    ema = ExponentialMovingAverage(block, momentum=0.1)
    block(make_input())
    ema.update_parameters(block)
    assert torch.equal(ema.module.memory, block.memory)


def test_state_dict_round_trip_continues_identically():
    block = make_block()
    block(make_input())
    resumed = make_block(ratio_limit=1.0, seed=9)
    resumed.load_state_dict(block.state_dict())
    assert resumed.ratio_limit == 3.0
    assert torch.equal(block(make_input(seed=5)), resumed(make_input(seed=5)))
    assert torch.equal(block.memory, resumed.memory)


def test_checkpoint_of_another_size_is_refused(tmp_path):
    state = make_block(size=(5, 4)).state_dict()
    message = (
        r'"memory" is \(3, 5, 4\).*model\'s is \(3, 10, 8\).*'
        'resize_memory=True'
    )
    with pytest.raises(ValueError, match=message):
        make_block(size=(10, 8)).load_state_dict(state)
    # MMEngine's lenient loader would otherwise go on with a random memory.
    path = str(tmp_path / 'small.pth')
    torch.save(dict(state_dict=state), path)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(make_block(size=(10, 8)), path)


def test_checkpoint_of_another_size_is_resampled_on_request():
    small = make_block(channels=1, size=(2, 2))
    small.memory.copy_(torch.tensor([[[0.0, 1.0], [2.0, 3.0]]]))
    big = make_block(channels=1, size=(4, 4), resize_memory=True)
    big.load_state_dict(small.state_dict())
    row = torch.tensor([0.0, 0.25, 0.75, 1.0])  # bilinear, pixel centres
    torch.testing.assert_close(big.memory[0], 2 * row[:, None] + row)


def test_checkpoint_of_other_channels_is_always_refused():
    state = make_block(memory_channels=6).state_dict()
    with pytest.raises(ValueError, match='Set memory_channels and widths'):
        make_block(resize_memory=True).load_state_dict(state)


@pytest.mark.parametrize(
    'kwargs, message',
    [
        (dict(update_rule='sum'), "must be one of .*got 'sum'"),
        (dict(momentum=0.0), r'momentum must lie in \(0, 1\], got 0'),
    ],
)
def test_wrong_options(kwargs, message):
    with pytest.raises(ValueError, match=message):
        ConvMemoryBlock(3, (5, 4), **kwargs)


def test_wrong_ratio_limit():
    with pytest.raises(ValueError, match='at least 1, got 0.5'):
        make_block().set_ratio_limit(0.5)


def test_wrong_feature_size():
    with pytest.raises(
        ValueError,
        match=r'\(5, 4\), got feature maps of '
        r'\(4, 4\).*set input_size',
    ):
        make_block()(torch.rand(2, 3, 4, 4))

"""ConvGRUBlock, ConvLSTMBlock: their equations, and the state they carry."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from mmpose_cmb.models import CMBNet
from mmpose_cmb.models.blocks import ConvGRUBlock, ConvLSTMBlock

BLOCKS = (ConvGRUBlock, ConvLSTMBlock)
every_block = pytest.mark.parametrize('block_type', BLOCKS)


def make_block(block_type, channels=3, size=(5, 4)):
    torch.manual_seed(0)
    block = block_type(channels, size).double()
    for parameter in block.parameters():
        nn.init.uniform_(parameter, -0.5, 0.5)
    return block


def make_clip(length=3, batch=2, channels=3, size=(5, 4), seed=1):
    """A clip of feature maps [T, B, C, H, W]."""
    generator = torch.Generator().manual_seed(seed)
    shape = (length, batch, channels, *size)
    return torch.rand(shape, generator=generator).double()


def run_clip(block, clip):
    """Outputs of a clip whose first frame begins every row's sequence."""
    outputs = []
    for t, x in enumerate(clip):
        block.begin_step([t == 0] * len(x))
        outputs.append(block(x))
    return outputs


# --- naive versions, one output pixel at a time, split convolutions ---


def naive_conv(image, weight):
    """[C, H, W] with [O, C, 3, 3], zero padding."""
    _, height, width = image.shape
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    result = np.zeros((len(weight), height, width))
    for o in range(len(weight)):
        for y in range(height):
            for x in range(width):
                patch = padded[:, y : y + 3, x : x + 3]
                result[o, y, x] = (patch * weight[o]).sum()
    return result


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def split(conv, channels):
    """The kernels over x and over h and the bias, for each gate."""
    weight, bias = conv.weight.detach().numpy(), conv.bias.detach().numpy()
    return [
        (
            weight[i : i + channels, :channels],
            weight[i : i + channels, channels:],
            bias[i : i + channels, None, None],
        )
        for i in range(0, len(weight), channels)
    ]


def naive_gru(block, clip):
    """Ballas et al., equations 4-7, for one row [T, C, H, W]."""
    (wz, uz, bz), (wr, ur, br) = split(block.gates, block.channels)
    ((w, u, b),) = split(block.candidate, block.channels)
    h, hiddens = np.zeros(clip.shape[1:]), []
    for x in clip:
        z = sigmoid(naive_conv(x, wz) + naive_conv(h, uz) + bz)
        r = sigmoid(naive_conv(x, wr) + naive_conv(h, ur) + br)
        fresh = np.tanh(naive_conv(x, w) + naive_conv(r * h, u) + b)
        h = (1 - z) * h + z * fresh
        hiddens.append(h)
    return hiddens


def naive_lstm(block, clip):
    """Shi et al., equation 3, for one row [T, C, H, W]."""
    inward, forget, fresh, outward = split(block.gates, block.channels)
    p_i, p_f, p_o = block.peepholes.detach().numpy()
    h, c, hiddens = np.zeros(clip.shape[1:]), np.zeros(clip.shape[1:]), []

    def gate(parts, x, h):
        return naive_conv(x, parts[0]) + naive_conv(h, parts[1]) + parts[2]

    for x in clip:
        i = sigmoid(gate(inward, x, h) + p_i * c)
        f = sigmoid(gate(forget, x, h) + p_f * c)
        c = f * c + i * np.tanh(gate(fresh, x, h))
        o = sigmoid(gate(outward, x, h) + p_o * c)
        h = o * np.tanh(c)
        hiddens.append(h)
    return hiddens


@pytest.mark.parametrize(
    'block_type, naive', [(ConvGRUBlock, naive_gru), (ConvLSTMBlock, naive_lstm)]
)
@pytest.mark.parametrize('training', [True, False])
def test_equations_over_a_clip_in_double_precision(block_type, naive, training):
    block = make_block(block_type).train(training)
    clip = make_clip()
    outputs = torch.stack(run_clip(block, clip)).detach()
    assert torch.equal(outputs[:, :, :3], clip)
    for row in range(clip.shape[1]):
        expected = naive(block, clip[:, row].numpy())
        np.testing.assert_allclose(outputs[:, row, 3:], expected, rtol=1e-10, atol=1e-13)


@every_block
def test_gradcheck(block_type):
    block = make_block(block_type, 2, (3, 3))
    names = [name for name, _ in block.named_parameters()]
    weights = [p.detach().requires_grad_() for p in block.parameters()]
    x = make_clip(1, 1, 2, (3, 3))[0].requires_grad_()
    state = (torch.rand(block.STATE_MAPS, 1, 2, 3, 3).double() - 0.5).requires_grad_()

    class Advance(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = block

        def forward(self, x, state):
            return self.block.advance(x, state)

    def run(x, state, *weights):
        named = {f'block.{n}': w for n, w in zip(names, weights)}
        return torch.func.functional_call(Advance(), named, (x, state))

    assert torch.autograd.gradcheck(run, (x, state, *weights))


@every_block
def test_a_row_that_begins_forgets_and_the_others_go_on(block_type):
    block = make_block(block_type)
    clip = make_clip(2)
    block.begin_step([True, True])
    block(clip[0])
    block.begin_step([True, False])
    mixed = block(clip[1])

    fresh = run_clip(make_block(block_type), clip[1:])[0]
    carried = run_clip(make_block(block_type), clip)[1]
    torch.testing.assert_close(mixed[0], fresh[0])
    torch.testing.assert_close(mixed[1], carried[1])
    assert not torch.allclose(fresh[1], carried[1])


@every_block
def test_the_state_is_detached_between_steps(block_type):
    block = make_block(block_type)
    clip = make_clip(2).requires_grad_()
    first, second = run_clip(block, clip)
    (gradient,) = torch.autograd.grad(second.sum(), clip)
    assert gradient[0].abs().sum() == 0 and gradient[1].abs().sum() > 0
    first.sum().backward()  # The second step has not freed the first's graph.


@every_block
def test_each_pass_of_a_step_continues_its_own(block_type):
    """The flip test runs image and mirror image in one step."""
    block = make_block(block_type).eval()
    clip = make_clip()
    mirrored = clip.flip(-1)
    plain, flipped = [], []
    for t in range(len(clip)):
        block.begin_step([t == 0] * 2)
        plain.append(block(clip[t]))
        flipped.append(block(mirrored[t]))
    torch.testing.assert_close(plain, run_clip(block, clip))
    torch.testing.assert_close(flipped, run_clip(block, mirrored))


@every_block
def test_switching_the_mode_forgets(block_type):
    block = make_block(block_type)
    clip = make_clip()
    expected = run_clip(make_block(block_type).eval(), clip)
    run_clip(block, clip)
    block.eval()
    block.begin_step([False, False])
    torch.testing.assert_close(block(clip[0]), expected[0])
    block.train()
    with pytest.raises(RuntimeError, match='SequenceStateHook'):
        block(clip[0])


@every_block
def test_single_images_in_evaluation_begin_anew_and_keep_nothing(block_type):
    block = make_block(block_type).eval()
    x = make_clip()[0]
    before = block(x)
    assert torch.equal(block(x), before)
    torch.testing.assert_close(block(x[:1]), before[:1])
    assert block._states == []


@every_block
def test_another_number_of_rows(block_type):
    block = make_block(block_type)
    clip = make_clip(2, batch=3)
    expected = run_clip(make_block(block_type), clip[:, :2])

    block.begin_step([True] * 3)
    block(clip[0])
    block.begin_step([False] * 2)  # The third row has ended.
    torch.testing.assert_close(block(clip[1, :2]), expected[1])
    with pytest.raises(ValueError, match='mini-batch of 3 continues.*of 2'):
        block.begin_step([False, False, True])
    block.begin_step([False] * 2)
    with pytest.raises(ValueError, match='1 feature maps continue .* of 2'):
        block(clip[1, :1])
    block.begin_step([True] * 3)
    torch.testing.assert_close(block(clip[0])[:2], expected[0])


@every_block
def test_the_state_is_no_part_of_a_checkpoint_but_of_a_copy(block_type):
    block = make_block(block_type)
    names = set(block.state_dict())
    clip = make_clip(2)
    block.begin_step([True] * 2)
    block(clip[0])
    assert set(block.state_dict()) == names
    twin = copy.deepcopy(block)
    for each in (block, twin):
        each.begin_step([False] * 2)
    assert torch.equal(block(clip[1]), twin(clip[1]))


@every_block
def test_autocast(block_type):
    block = make_block(block_type).float()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        outputs = run_clip(block, make_clip().float())
    expected = run_clip(make_block(block_type).float(), make_clip().float())
    torch.testing.assert_close(outputs[-1], expected[-1], rtol=0.05, atol=0.05)


@every_block
def test_wrong_feature_size(block_type):
    with pytest.raises(ValueError, match=r'\(5, 4\), got \(4, 4\)'):
        make_block(block_type)(torch.rand(2, 3, 4, 4).double())


@every_block
def test_in_the_encoder(block_type):
    net = CMBNet((16, 16), block=dict(type=block_type.__name__)).eval()
    shapes = [tuple(maps.shape[1:]) for maps in net(torch.rand(1, 1, 16, 16))]
    assert shapes == [(64, 8, 8), (128, 4, 4), (256, 2, 2)]

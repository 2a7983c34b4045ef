"""recall_similar against the paper's quotient, in double precision."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mmpose_cmb.models.blocks import recall_similar

FINITE = st.floats(-(2.0**100), 2.0**100, width=32)


def quotient_form(memory, x, r):
    """Equation 2 as printed; only fit where x is not 0."""
    return torch.clamp(memory / x, 1 / r, r) * x


@pytest.mark.parametrize('r', [1.0, 1.5, 3.0, 10.0])
def test_equals_the_quotient_away_from_zero(r):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(10_000, generator=generator, dtype=torch.float64)
    x = x.sign() * (x.abs() + 1e-3)
    memory = 3 * torch.randn(10_000, generator=generator, dtype=torch.float64)
    expected = quotient_form(memory, x, r)
    actual = recall_similar(memory, x, torch.tensor(r, dtype=torch.float64))
    torch.testing.assert_close(actual, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize('r', [1.0, 3.0])
def test_gradient_equals_the_quotients(r):
    generator = torch.Generator().manual_seed(1)
    x = 0.1 + torch.rand(1000, generator=generator, dtype=torch.float64)
    x = x * torch.where(torch.arange(1000) % 2 == 0, 1.0, -1.0)
    memory = 4 * torch.rand(1000, generator=generator, dtype=torch.float64)
    inputs = [[t.clone().requires_grad_() for t in (memory, x)] for _ in range(2)]
    quotient_form(*inputs[0], r).pow(2).sum().backward()
    recall_similar(*inputs[1], torch.tensor(r)).pow(2).sum().backward()
    for expected, actual in zip(*inputs):
        torch.testing.assert_close(actual.grad, expected.grad)


def test_gradcheck():
    x = torch.tensor([0.7, -1.2, 2.0, -0.4], dtype=torch.float64, requires_grad=True)
    memory = torch.tensor([0.9, 1.0, 9.0, -0.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda m, x: recall_similar(m, x, torch.tensor(3.0)), (memory, x)
    )


def test_zero_gives_the_limit():
    x = torch.zeros(4, requires_grad=True)
    memory = torch.tensor([0.0, 1.0, -1.0, 1e30])
    result = recall_similar(memory, x, torch.tensor(3.0))
    result.sum().backward()
    assert result.tolist() == [0.0, 0.0, 0.0, 0.0]
    assert x.grad.isfinite().all()


@given(FINITE, FINITE, st.sampled_from([1.0, 2.0, 3.0]))
@settings(max_examples=200, deadline=None)
def test_stays_finite_and_between_the_bounds(memory, x, r):
    result = recall_similar(torch.tensor(memory), torch.tensor(x), torch.tensor(r)).item()
    bounds = sorted((torch.tensor(x) / r, torch.tensor(x) * r))
    assert bounds[0] <= result <= bounds[1]


def test_ratio_one_shuts_the_memory_out():
    x = torch.randn(100, generator=torch.Generator().manual_seed(2))
    memory = torch.full((100,), 5.0)
    assert torch.equal(recall_similar(memory, x, torch.tensor(1.0)), x)

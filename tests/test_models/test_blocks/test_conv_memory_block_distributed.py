"""The memory under two processes (gloo)."""

import torch

from mmpose_cmb.gpu_check.two_processes import memories_of_two_processes


def test_memory_is_the_mean_over_both_ranks():
    first, second = memories_of_two_processes('gloo', ('cpu', 'cpu'))
    assert torch.equal(first['start'], second['start'])
    assert not torch.equal(first['own'], second['own'])
    assert torch.equal(first['memory'], second['memory'])
    torch.testing.assert_close(first['memory'], (first['own'] + second['own']) / 2)

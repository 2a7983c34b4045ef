"""The memory under two processes (gloo).

Two processes with half a batch each equal one with the whole, as long as no
layer looks at other samples than its own: parameters, as gradients are
averaged; the memory, as what is stored is the mean over all samples. Batch
normalisation by the batch's own statistics is not so: its SyncBN, which would
be, runs on GPUs alone.
"""

import os
import socket
import subprocess
import sys

import pytest
import torch
import torch.distributed
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from mmpose_cmb.gpu_check.two_processes import memories_of_two_processes
from mmpose_cmb.models import CMBNet

WORLD_SIZE = 2
NORMS = ('GN', 'frozen BN', 'BN')
BATCH, STEPS = 4, 6


def network(norm: str) -> CMBNet:
    """A network with two memory blocks that recall (r = 3)."""
    torch.manual_seed(0)
    norm_cfg = dict(type='GN', num_groups=2) if norm == 'GN' else dict(type='BN')
    net = CMBNet(
        (16, 16),
        stem_channels=(4,),
        stage_channels=((4,), (4,)),
        block=dict(type='ConvMemoryBlock', norm_cfg=norm_cfg),
        norm_cfg=norm_cfg,
    )
    net.init_weights()
    for block in net.blocks:
        block.set_ratio_limit(3)
    for module in net.modules():
        if norm == 'frozen BN' and isinstance(module, nn.BatchNorm2d):
            module.eval()
    return net


def train(model: nn.Module, part: slice) -> None:
    """Train on a part of each batch."""
    drawn = torch.Generator().manual_seed(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for _ in range(STEPS):
        images = torch.rand(BATCH, 1, 16, 16, generator=drawn)
        targets = torch.rand(BATCH, 4, 4, 4, generator=drawn)
        optimizer.zero_grad()
        nn.functional.mse_loss(model(images[part])[-1], targets[part]).backward()
        optimizer.step()


def trained_state(norm: str, rank: int) -> 'dict[str, Tensor]':
    """What a process holds after some steps with its share of the batches."""
    net = network(norm)
    model = DistributedDataParallel(net, broadcast_buffers=False)
    train(model, slice(rank, None, WORLD_SIZE))
    return net.state_dict()


def train_rank(rank: int, port: int, out_dir: str) -> None:
    os.environ.update(
        MASTER_ADDR='127.0.0.1',
        MASTER_PORT=str(port),
        RANK=str(rank),
        LOCAL_RANK=str(rank),
        WORLD_SIZE=str(WORLD_SIZE),
    )
    torch.set_num_threads(1)
    # MMEngine's init_dist wants a GPU for every process.
    torch.distributed.init_process_group('gloo')
    trained = {norm: trained_state(norm, rank) for norm in NORMS}
    torch.save(trained, f'{out_dir}/rank{rank}.pth')
    torch.distributed.destroy_process_group()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


@pytest.fixture(scope='module')
def both(tmp_path_factory):
    """What two processes have found."""
    folder = tmp_path_factory.mktemp('ranks')
    port = str(free_port())
    ranks = [
        subprocess.Popen(
            [sys.executable, __file__, str(rank), port, str(folder)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(WORLD_SIZE)
    ]
    for rank in ranks:
        _, errors = rank.communicate(timeout=300)
        assert rank.returncode == 0, errors
    return [torch.load(folder / f'rank{rank}.pth') for rank in range(WORLD_SIZE)]


def test_memory_is_the_mean_over_both_ranks():
    first, second = memories_of_two_processes('gloo', ('cpu', 'cpu'))
    assert torch.equal(first['start'], second['start'])
    assert not torch.equal(first['own'], second['own'])
    assert torch.equal(first['memory'], second['memory'])
    torch.testing.assert_close(first['memory'], (first['own'] + second['own']) / 2)


@pytest.mark.parametrize('norm', NORMS)
def test_two_processes_with_half_a_batch_are_one_with_the_whole(both, norm):
    first, second = (rank[norm] for rank in both)
    alone = network(norm)
    before = {name: tensor.clone() for name, tensor in alone.state_dict().items()}
    train(alone, slice(None))
    for name, tensor in alone.state_dict().items():
        if 'running_' not in name:
            assert torch.equal(first[name], second[name]), name
        if norm != 'BN':
            torch.testing.assert_close(first[name], tensor, rtol=1e-4, atol=1e-6, msg=name)
    memory = 'blocks.1.memory'
    moved = (alone.state_dict()[memory] - before[memory]).abs().max()
    apart = (alone.state_dict()[memory] - first[memory]).abs().max()
    assert moved > 0.1
    # Each process normalises by its own half: near, and not the same.
    assert apart > 1e-3 if norm == 'BN' else apart < 1e-5


if __name__ == '__main__':
    train_rank(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

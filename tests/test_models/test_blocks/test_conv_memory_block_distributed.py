"""The memory under two processes (gloo)."""

import copy
import os
import socket
import subprocess
import sys

import torch
import torch.distributed
from torch.nn.parallel import DistributedDataParallel

from mmpose_cmb.models.blocks import ConvMemoryBlock

WORLD_SIZE = 2


def train_one_step(rank: int, port: int, out_dir: str) -> None:
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
    torch.manual_seed(rank)  # ranks start from different random memories
    block = ConvMemoryBlock(3, (4, 4))
    model = DistributedDataParallel(block)
    start = copy.deepcopy(block.state_dict())
    x = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(rank))
    model(x).sum().backward()
    alone = ConvMemoryBlock(3, (4, 4))
    alone.load_state_dict(start)
    own = alone.enhance(x, alone.memory)[1].mean(0).detach()
    torch.save(
        dict(start=start['memory'], memory=block.memory, own=own), f'{out_dir}/rank{rank}.pth'
    )
    torch.distributed.destroy_process_group()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def test_memory_is_the_mean_over_both_ranks(tmp_path):
    port = str(free_port())
    ranks = [
        subprocess.Popen(
            [sys.executable, __file__, str(rank), port, str(tmp_path)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(WORLD_SIZE)
    ]
    for rank in ranks:
        _, errors = rank.communicate(timeout=120)
        assert rank.returncode == 0, errors
    first, second = (torch.load(tmp_path / f'rank{rank}.pth') for rank in range(WORLD_SIZE))
    assert torch.equal(first['start'], second['start'])
    assert not torch.equal(first['own'], second['own'])
    assert torch.equal(first['memory'], second['memory'])
    torch.testing.assert_close(first['memory'], (first['own'] + second['own']) / 2)


if __name__ == '__main__':
    train_one_step(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

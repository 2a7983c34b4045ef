"""The memory of a block that two processes train: the mean of both, in both."""

import copy
import tempfile
from typing import Dict, List, Sequence

import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)

from ..models.blocks import ConvMemoryBlock
from ..processes import end_with_parent
from .outcome import CannotRun, CheckFailed


def check_two_processes(backend: str, devices: Sequence[str]) -> str:
    """Both processes start from, and write, the same memory.

    Args:
        backend (str): 'nccl' or 'gloo'. NCCL wants a GPU for each process.
        devices (Sequence[str]): Of the two processes.

    Raises:
        CannotRun: If there is no second GPU for NCCL.
        CheckFailed: If the memories differ or are not the mean.
    """
    if backend == 'nccl' and torch.cuda.device_count() < len(devices):
        raise CannotRun(f'NCCL wants a GPU for each process; here are {torch.cuda.device_count()}')
    first, second = memories_of_two_processes(backend, devices)
    if not torch.equal(first['start'], second['start']):
        raise CheckFailed('the processes start from different memories')
    if not torch.equal(first['memory'], second['memory']):
        raise CheckFailed('the processes wrote different memories')
    mean = (first['own'] + second['own']) / 2
    off = float((first['memory'] - mean).abs().max() / mean.abs().max())
    if off > 1e-3:
        raise CheckFailed(f'the memory is not the mean of both processes: {off:.2g} off')
    return f'the same in both; {off:.1g} off the mean of what each saw, of its maximum'


def memories_of_two_processes(backend: str, devices: Sequence[str]) -> List[Dict[str, Tensor]]:
    """What two processes see in one step under DistributedDataParallel.

    Args: See :func:`check_two_processes`.

    Returns:
        list: Of each process ``start``, the memory ``[C, H, W]`` before the
        step, ``memory``, after it, and ``own``, what it would write alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(_train_one_step, (backend, devices, folder), len(devices))
        return [torch.load(f'{folder}/{rank}.pth') for rank in range(len(devices))]


def _train_one_step(rank: int, backend: str, devices: Sequence[str], folder: str) -> None:
    end_with_parent()
    torch.set_num_threads(1)
    device = torch.device(devices[rank])
    if device.type == 'cuda':
        torch.cuda.set_device(device)
    torch.distributed.init_process_group(
        backend, f'file://{folder}/rendezvous', rank=rank, world_size=len(devices)
    )
    torch.manual_seed(rank)  # ranks start from different random memories
    block = ConvMemoryBlock(3, (4, 4)).to(device)
    model = DistributedDataParallel(block)
    start = copy.deepcopy(block.state_dict())
    x = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(rank)).to(device)
    model(x).sum().backward()
    alone = ConvMemoryBlock(3, (4, 4)).to(device)
    alone.load_state_dict(start)
    own = alone.enhance(x, alone.memory)[1].mean(0).detach()
    found = dict(start=start['memory'], memory=block.memory, own=own)
    torch.save({name: values.cpu() for name, values in found.items()}, f'{folder}/{rank}.pth')
    torch.distributed.destroy_process_group()

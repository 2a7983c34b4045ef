"""Training steps: the first is the CPU's, and the loss falls."""

import copy
import time
from functools import partial
from statistics import median

import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)

from ..benchmarking.peak_memory import with_peak_memory
from ..benchmarking.training_step import build_trained, random_batch
from ..paths import config_path
from .outcome import CheckFailed

FLOAT32, MIXED, COMPILED, CHANNELS_LAST = WAYS = (
    'float32',
    'mixed precision',
    'compiled',
    'channels last',
)
# Of the loss; a GPU rounds products of float32 to 10 bits, half precision more.
MOST_OFF = {MIXED: 0.05}


def check_training(
    way: str,
    device: str = 'cuda',
    size: int = 192,
    batch_size: int = 16,
    steps: int = 20,
    compiler: str = 'inductor',
) -> str:
    """Train the paper's network on one random batch.

    Args:
        way (str): One of :data:`WAYS`.
        device (str): Where. On 'cpu' mixed precision is bfloat16.
        size (int): Height and width of the input in pixels.
        batch_size (int): Images.
        steps (int): At least 2.
        compiler (str): ``torch.compile``'s backend.

    Returns:
        str: Images a second, memory, losses.

    Raises:
        CheckFailed: If the first loss is not that of the CPU in float32, the
            last is no lower, or weights or memories stay or are not finite.
    """
    torch.manual_seed(0)
    cfg = Config.fromfile(config_path('cmb_k2hpd.py'))
    with DefaultScope.overwrite_default_scope('mmpose'):
        model = build_trained(cfg, size)
        wrapper_cfg = dict(cfg.optim_wrapper)
        if way == MIXED:
            wrapper_cfg['type'] = 'BFloat16OptimWrapper' if device == 'cpu' else 'AmpOptimWrapper'
        images, samples = random_batch(size, batch_size, cfg.model.head.out_channels, 'cpu')
        data = dict(inputs=list(images), data_samples=samples)
        expected = _loss_on_cpu(copy.deepcopy(model), data)
        model.to(device)
        if way == CHANNELS_LAST:
            model.to(memory_format=torch.channels_last)
        if way == COMPILED:  # as MMEngine's runner does
            model.forward = torch.compile(model.forward, backend=compiler)
        wrapper = build_optim_wrapper(model, wrapper_cfg)
    written = [model.head.final_layer.weight, *(block.memory for block in model.backbone.blocks)]
    before = [values.detach().clone() for values in written]
    run = partial(_train, model, data, wrapper, steps, device)
    (losses, seconds), peak_bytes = with_peak_memory(run, device)

    if abs(losses[0] / expected - 1) > MOST_OFF.get(way, 0.01):
        raise CheckFailed(f'the first loss is {losses[0]:.5g}, on the CPU {expected:.5g}')
    if not losses[-1] < losses[0]:
        raise CheckFailed(f'the loss does not fall: {losses[0]:.5g} to {losses[-1]:.5g}')
    if not all(values.isfinite().all() for values in model.state_dict().values()):
        raise CheckFailed('weights or memories are not finite')
    if any(torch.equal(old, new) for old, new in zip(before, written)):
        raise CheckFailed('weights or memories stay as they were')
    memory = '' if peak_bytes is None else f', {peak_bytes / 1e9:.2f} GB'
    # The first ones compile, choose algorithms and scale the loss.
    rate = batch_size / median(seconds[steps // 2 :])
    return (
        f'{rate:.1f} images/s at {size}x{size} in batches of {batch_size}{memory}; '
        f'loss {losses[0]:.4g} (CPU {expected:.4g}) to {losses[-1]:.4g}'
    )


def _loss_on_cpu(model, data) -> float:
    data = model.data_preprocessor(copy.deepcopy(data), True)
    with torch.no_grad():
        loss, _ = model.parse_losses(model(**data, mode='loss'))
    return float(loss)


def _train(model, data, wrapper, steps, device):
    losses, seconds = [], []
    for _ in range(steps):
        begin = time.perf_counter()
        # Which waits for the device.
        losses.append(float(model.train_step(copy.deepcopy(data), wrapper)['loss'].detach()))
        seconds.append(time.perf_counter() - begin)
    return losses, seconds

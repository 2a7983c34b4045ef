"""Time a training step with and without the memory blocks, in one run.

Both networks take turns on the same batches, so that a machine whose speed
drifts treats them alike; medians and the ratio of each pair are printed, and
where the time of a step goes.

Example:
    python tools/benchmark_training.py configs/cmb_k2hpd_demo.py --size 64 192
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_cfg_options, add_threads, positive_int, run, tool_parser

# isort: split
import argparse
import time
from statistics import median

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from tabulate import tabulate

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.benchmarking.training_step import build_trained, random_batch
from mmpose_cmb.engine.tool_config import read_config

PARTS = ('forward', 'backward', 'optimiser')


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('--size', type=int, nargs='+', default=[64, 192], help='pixels')
    parser.add_argument('--batch-size', type=positive_int, default=16)
    parser.add_argument(
        '--steps', type=positive_int, default=5, help='counted steps of each network'
    )
    add_threads(parser, 'PyTorch on the CPU')
    parser.add_argument('--bf16', action='store_true', help='forward pass in bfloat16')
    parser.add_argument('--channels-last', action='store_true', help='memory format')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    add_cfg_options(parser)
    return parser.parse_args()


def build(cfg: Config, size: int, with_memory: bool, device: str, channels_last: bool = False):
    """The config's model at another input size, with its optimiser."""
    model = build_trained(cfg, size, with_memory).to(device)
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    return model, torch.optim.Adam(model.parameters(), lr=2.5e-4)


def step_times(model, optimizer, images, samples, device: str, bf16: bool = False) -> list:
    """Seconds of one step's forward, backward and optimiser parts."""

    def now() -> float:
        if device.startswith('cuda'):
            torch.cuda.synchronize()
        return time.perf_counter()

    marks = [now()]
    with torch.autocast(device.split(':')[0], torch.bfloat16, enabled=bf16):
        losses = model(images, samples, mode='loss')
        loss, _ = model.parse_losses(losses)
    marks.append(now())
    loss.backward()
    marks.append(now())
    optimizer.step()
    optimizer.zero_grad()
    marks.append(now())
    return list(np.diff(marks))


def main() -> None:
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    cfg = read_config(args.config, args.cfg_options, ['model'])
    init_default_scope(cfg.default_scope)
    rows = []
    for size in args.size:
        networks = {
            name: build(cfg, size, with_memory, args.device, args.channels_last)
            for name, with_memory in (('with memory', True), ('without', False))
        }
        batch = random_batch(size, args.batch_size, cfg.model.head.out_channels, args.device)
        times = {name: [] for name in networks}
        for step in range(args.steps + 1):
            for name, network in networks.items():
                parts = step_times(*network, *batch, args.device, args.bf16)
                if step:  # the first one warms up
                    times[name].append(parts)
        totals = {n: [sum(p) for p in t] for n, t in times.items()}
        ratio = median(a / b for a, b in zip(totals['with memory'], totals['without']))
        for name in networks:
            step_s = median(totals[name])
            shares = [
                f'{100 * median(p[i] for p in times[name]) / step_s:.0f} %'
                for i in range(len(PARTS))
            ]
            rows.append(
                [
                    size,
                    name,
                    f'{args.batch_size / step_s:.1f}',
                    f'{1000 * step_s:.0f}',
                    *shares,
                    f'{ratio:.2f}' if name == 'with memory' else '',
                ]
            )
    print(
        f'{args.device}, {torch.get_num_threads()} threads, batches of '
        f'{args.batch_size}, medians of {args.steps} interleaved steps'
    )
    print(
        tabulate(rows, ['input', 'network', 'images/s', 'step, ms', *PARTS, 'time with / without'])
    )


if __name__ == '__main__':
    run(main)

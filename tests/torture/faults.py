"""Faults while tools run: they are killed, the disk is full, processes meet.

    python -m tests.torture.faults --only kill-training

Each fault says in a few words what came out, or fails. Some minutes on one
core; the moments are drawn by a fixed seed.
"""

import argparse
import hashlib
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np
import torch

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.command_line import DONE, MISTAKE, SOME_UNUSABLE, run, tool_parser
from mmpose_cmb.pose.onnx_network import OnnxNetwork

from . import every_tool
from .killing_hook import KILL_AT
from .processes import (
    End,
    after_cpu_s,
    as_a_terminal_does,
    call,
    children,
    lives,
    start,
    tool,
    wait_until,
)
from .small_training import synthesize, write_small_config
from .tool_calls import READING, WRITING, Calls

KILLED = -signal.SIGKILL
CHECKPOINT = 'epoch_10.pth'


class Fault(NamedTuple):
    """One kind of fault.

    Attributes:
        name (str): For ``--only``.
        what (str): For the table.
        times (int): How often it is tried.
        try_it (callable): Takes an empty folder, the data set's and a
            generator of random numbers; returns what came out, or raises
            AssertionError.
    """

    name: str
    what: str
    times: int
    try_it: Callable[[Path, Path, np.random.Generator], str]


# Moments of ten epochs of two iterations, each behind the one before; a
# training has no checkpoint yet at the first two.
MOMENTS = (
    'iteration 1', 'checkpoint 1', 'iteration 3', 'validation 2', 'checkpoint 3', 'iteration 8',
    'validation 4', 'checkpoint 5', 'validation 6', 'checkpoint 7', 'iteration 17', 'checkpoint 9',
)  # yapf: disable
RANDOM_KILLS = 4


def kill_training(
    folder: Path,
    data: Path,
    rng: np.random.Generator,
    moments: Sequence[str] = MOMENTS,
    random_kills: int = RANDOM_KILLS,
) -> str:
    """Kill it at moments, and at random times between; resume it each time."""
    config = write_small_config(
        folder / 'small.py',
        data,
        'train_cfg = dict(max_epochs=10, val_interval=2)\n'
        'custom_imports = dict(imports=["mmpose_cmb.register", "tests.torture.killing_hook"])\n'
        'custom_hooks = [dict(type="EpochSeedHook"), dict(type="KillingHook"),\n'
        '    dict(type="MemoryRatioHook", milestones=[(0, 1.), (7, 3.)])]\n'
        'default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=2))\n',
    )
    whole, broken = folder / 'whole', folder / 'broken'
    ended = call(tool(f'train.py {config} --work-dir {whole}'))
    assert ended.status == DONE, ended.said
    again = tool(f'train.py {config} --work-dir {broken} --resume')
    random = rng.choice(len(moments), random_kills, replace=False)
    for number, moment in enumerate(moments):
        if number in random:
            ended = call(again, after_cpu_s(rng.uniform(1, 8)))
            assert ended.status == KILLED, ended.said
        ended = call(again, env={KILL_AT: moment})
        assert ended.status == KILLED, f'{moment}: {ended.said}'
    ended = call(again)
    assert ended.status == DONE, ended.said
    first, second = (torch.load(path / CHECKPOINT) for path in (whole, broken))
    assert first['state_dict']['backbone.blocks.0.ratio_limit'] == 3
    assert_same(first, second)
    return 'resumed each time, it ends bit-identical with one that was not killed'


def assert_same(first: Any, second: Any) -> None:
    """Weights, memories, r and the optimiser's state of two checkpoints."""
    assert first['meta']['iter'] == second['meta']['iter']
    assert list(first['state_dict']) == list(second['state_dict'])
    for name, tensor in first['state_dict'].items():
        assert torch.equal(tensor, second['state_dict'][name]), name
    for key, state in first['optimizer']['state'].items():
        for name, tensor in state.items():
            assert torch.equal(tensor, second['optimizer']['state'][key][name]), name
    assert first['param_schedulers'] == second['param_schedulers']


def content(root: Path) -> Dict[str, str]:
    """The checksum of every file of a data set, and of no part of it."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob('*'))
        if path.is_file() and '.parts' not in path.parts
    }


SYNTHESIZER_KILLS = 4


def kill_synthesizer(folder: Path, data: Path, rng: np.random.Generator) -> str:
    again = tool(SYNTHESIZE, '--out-dir', folder / 'set')
    moments = rng.uniform(2, 7, SYNTHESIZER_KILLS)
    killed = [call(again, after_cpu_s(moment)).status for moment in moments].count(KILLED)
    ended = call(again)
    assert ended.status == DONE, ended.said
    assert content(folder / 'set') == content(data)
    return f'{killed} times before its end; the same command goes on, to the same bytes'


SYNTHESIZE = 'synthesize.py --layout k2hpd --train 32 --test 8 --workers 1'


def two_synthesizers(folder: Path, data: Path, rng: np.random.Generator) -> str:
    command = tool(SYNTHESIZE, '--out-dir', folder / 'set')
    both = [start(command) for _ in range(2)]
    assert [process.wait() for process in both] == [DONE, DONE]
    assert content(folder / 'set') == content(data)
    return 'both end with 0; the same bytes as of one'


EXPORT_KILLS = 3
DEPLOY = 'deploy.py depth-pose_onnxruntime_static'


def export_command(folder: Path, data: Path) -> Tuple[List[str], Path]:
    """tools/deploy.py of an untrained network, and the file that it writes."""
    config = write_small_config(folder / 'small.py', data)
    weights = random_weights(config, folder / 'random.pth')
    frame = sorted((data / 'depth_data' / 'depth_mm').iterdir())[0]
    box = '--unit-m 0.001 --bbox 60 20 180 200'
    line = f'{DEPLOY} {config} {weights} {frame} --work-dir {folder / "out"} {box}'
    return tool(line), folder / 'out' / 'end2end.onnx'


def random_weights(config: Path, path: Path) -> Path:
    """A checkpoint of an untrained network."""
    from mmengine.config import Config
    from mmengine.registry import init_default_scope

    from mmpose.registry import MODELS

    init_default_scope('mmpose')
    torch.save(dict(state_dict=MODELS.build(Config.fromfile(config).model).state_dict()), path)
    return path


def kill_export(folder: Path, data: Path, rng: np.random.Generator) -> str:
    command, exported = export_command(folder, data)
    killed = 0
    for moment in rng.uniform(5, 11, EXPORT_KILLS):
        killed += call([*command, '--overwrite'], after_cpu_s(moment)).status == KILLED
        if exported.exists():
            OnnxNetwork(str(exported), 1)
    ended = call([*command, '--overwrite'])
    assert ended.status == DONE, ended.said
    OnnxNetwork(str(exported), 1)
    return f'{killed} times before its end; the file is whole or not there'


def full(size: int) -> Callable[[], None]:
    """Lets a process write files of so many bytes, as on a full disk."""

    def limit() -> None:
        as_a_terminal_does()
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def assert_one_line(ended: End, name: str) -> None:
    """Status 2, and one line about a file."""
    lines = [line for line in ended.said.splitlines() if line.startswith('error: ')]
    assert ended.status == MISTAKE and len(lines) == 1, f'{ended.status}: {ended.said[-2000:]}'
    assert name in lines[0] and 'Traceback' not in ended.said, ended.said[-2000:]


FULL = 6


def disk_full(folder: Path, data: Path, rng: np.random.Generator) -> str:
    """A limit on the size of files, which every write meets at last."""
    export, exported = export_command(folder, data)
    images = data / 'depth_data' / 'depth_mm'
    camera = '--unit-m 0.001 --intrinsics 183 183 127.5 105.5'
    # Workers hand batches on in files, too, in memory.
    alone = write_small_config(
        folder / 'alone.py', data, 'train_dataloader.update(num_workers=0)\n'
    )
    train = tool(f'train.py {alone} --no-validate --work-dir {folder / "work"}')
    assert_one_line(call(train, preexec_fn=full(40_000)), 'epoch_1.pth')
    assert not (folder / 'work' / 'last_checkpoint').exists()
    assert_one_line(call(export, preexec_fn=full(10_000)), 'end2end.onnx')
    assert not exported.exists()
    made = tool(SYNTHESIZE, '--out-dir', folder / 'set')
    assert_one_line(call(made, preexec_fn=full(4_000)), str(folder / 'set'))
    runtime = tool(f'runtime {images} {camera} --out-dir {folder / "results"}')
    assert_one_line(call(runtime, preexec_fn=full(5_000)), str(folder / 'results'))
    coco = tool(f'dataset_converters/dataset_to_coco.py k2hpd {data} {folder / "coco"}')
    assert_one_line(call(coco, preexec_fn=full(20_000)), str(folder / 'coco'))
    live = tool(
        f'live.py {images} {camera} --no-window --max-frames 8 --record {folder / "recorded"} '
        f'--jsonl {folder / "joints.jsonl"}'
    )
    ended = call(live, preexec_fn=full(3_000))
    assert ended.status == DONE and 'recording has stopped' in ended.said, ended.said
    assert not (folder / 'joints.jsonl').exists()
    assert whole_files(folder) > 0
    return 'one line with the file, status 2 (live.py goes on without); no half file'


def whole_files(folder: Path) -> int:
    """How many files lie there, none of which is empty or cut.

    MMEngine writes checkpoints under their names: last_checkpoint tells.
    """
    count = 0
    for path in folder.rglob('*'):
        if not path.is_file() or path.name.startswith('.part-') or path.suffix == '.part':
            continue
        assert path.stat().st_size or path.suffix in ('.log', '.json'), f'{path} is empty'
        count += 1
    return count


def workers_end(folder: Path, data: Path, rng: np.random.Generator) -> str:
    """Kill a training that has three loader workers."""
    config = write_small_config(
        folder / 'small.py',
        data,
        'train_cfg = dict(max_epochs=1000)\ntrain_dataloader["num_workers"] = 3',
    )
    process = start(tool(f'train.py {config} --work-dir {folder / "work"}'))
    try:
        wait_until(lambda: len(children(process.pid)) == 3, process)
        # They begin with what makes them look.
        time.sleep(0.5)
        workers = children(process.pid)
    finally:
        process.kill()
        process.wait()
    # torch's own loaders look every five seconds.
    seconds = wait_until(lambda: not any(map(lives, workers)))
    assert seconds < 3, seconds
    return 'they end within 3 s'


def a_rank_dies(folder: Path, data: Path, rng: np.random.Generator) -> str:
    """Kill one of two processes on the CPU."""
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        port = found.getsockname()[1]
    config = write_small_config(
        folder / 'small.py',
        data,
        'train_cfg = dict(max_epochs=100000)\n'
        'train_dataloader.update(num_workers=0, batch_size=8)\n',
    )
    work = folder / 'work'
    script = tool(f'dist_train.sh {config} 2 --work-dir {work} --no-validate')[1:]
    process = start(script, PORT=str(port), PYTHON=sys.executable, CUDA_VISIBLE_DEVICES='')
    wait_until((work / 'last_checkpoint').is_file, process)
    ranks = children(process.pid)
    assert len(ranks) == 2
    os.kill(ranks[-1], signal.SIGKILL)
    assert process.wait() != DONE
    assert not any(map(lives, ranks))
    return 'all end, status not 0'


def with_calls(try_it: Callable[..., str]) -> Callable[..., str]:
    """A fault of every tool, which gets their calls and the folder that they write to."""

    def wrapped(folder: Path, data: Path, rng: np.random.Generator) -> str:
        # Somebody else is to read what lies there.
        folder.parent.chmod(0o755)
        out = folder / 'out'
        return try_it(Calls.below(folder, data, out, random_weights), out, rng)

    return wrapped


FAULTS = (
    Fault(
        'kill-training',
        'a training is killed (SIGKILL): after an iteration, in validation, with half of a '
        'checkpoint written, at random times',
        len(MOMENTS) + RANDOM_KILLS,
        kill_training,
    ),
    Fault('kill-synthesizer', 'the synthesiser is killed', SYNTHESIZER_KILLS, kill_synthesizer),
    Fault('kill-export', 'an export by `deploy.py` is killed', EXPORT_KILLS, kill_export),
    Fault('two-synthesizers', 'two synthesisers in one folder', 1, two_synthesizers),
    Fault(
        'full',
        'the disk is full: checkpoint, export, synthesiser, runtime, `dataset_to_coco.py`, '
        'recording of `live.py`',
        FULL,
        disk_full,
    ),
    Fault('workers', 'a training with 3 loader workers is killed', 1, workers_end),
    Fault('rank', 'one of two processes of a training (gloo, CPU) is killed', 1, a_rank_dies),
    Fault(
        'ctrl-c',
        'Ctrl-C at a random time, every tool, and the scripts of `projects/zoo`',
        len(WRITING) + len(READING),
        with_calls(every_tool.interrupt),
    ),
    Fault(
        'read-only',
        'a folder in which nothing may be written, every tool that writes',
        len(every_tool.written()),
        with_calls(every_tool.read_only),
    ),
    Fault(
        'head',
        '`| head`: nobody reads what a tool says, those that say much',
        len(every_tool.TALKATIVE) + 3,
        with_calls(every_tool.head),
    ),
)


def try_faults(names: List[str]) -> List[Tuple[Fault, str, bool]]:
    """Try faults: each with what came out, and whether that is right."""
    tried = []
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / 'data'
        synthesize(data)
        for fault in FAULTS:
            if names and fault.name not in names:
                continue
            folder = Path(name) / fault.name
            folder.mkdir()
            begin = time.monotonic()
            try:
                tried.append((fault, fault.try_it(folder, data, np.random.default_rng(0)), True))
            except AssertionError as error:
                tried.append((fault, f'WRONG: {error}', False))
            shutil.rmtree(folder, ignore_errors=True)
            took = f'{time.monotonic() - begin:.0f} s'
            print(f'{fault.name}, {took}: {tried[-1][1]}', file=sys.stderr, flush=True)
    return tried


def main() -> int:
    parser = tool_parser(__doc__, prog='python -m tests.torture.faults')
    parser.add_argument('--only', nargs='+', choices=[f.name for f in FAULTS], default=[])
    args: argparse.Namespace = parser.parse_args()
    tried = try_faults(args.only)
    print('| fault | how often | what came out |\n|---|---|---|')
    for fault, said, _ in tried:
        print(f'| {fault.what} | {fault.times} | {said} |')
    return DONE if all(right for *_, right in tried) else SOME_UNUSABLE


if __name__ == '__main__':
    run(main)

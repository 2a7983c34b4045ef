"""What is left of a training when a process of it is killed: nothing."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
SECONDS = 120


def children(pid):
    """Processes that a process has started, by /proc."""
    return [
        int(child)
        for task in Path(f'/proc/{pid}/task').iterdir()
        for child in (task / 'children').read_text().split()
    ]


def lives(pid):
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def wait_until(true, process=None):
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end and (process is None or process.poll() is None)
        time.sleep(0.02)


def start(command, environment):
    return subprocess.Popen(
        [*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )


def test_workers_end_with_their_training(small_config, tool_environment, tmp_path):
    config = small_config('train_cfg = dict(max_epochs=1000)\ntrain_dataloader["num_workers"] = 3')
    command = [os.sys.executable, TOOLS / 'train.py', config, '--work-dir', tmp_path / 'work']
    process = start(command, tool_environment)
    wait_until(lambda: len(children(process.pid)) == 3, process)
    # They begin with what makes them look.
    time.sleep(0.5)
    workers = children(process.pid)
    process.kill()
    process.wait()
    began = time.monotonic()
    wait_until(lambda: not any(map(lives, workers)))
    # torch's own loaders look every five seconds.
    assert time.monotonic() - began < 3


def test_the_others_end_with_a_process_that_dies(small_config, tool_environment, tmp_path):
    """Two processes on the CPU, as MMEngine itself cannot start them."""
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        port = found.getsockname()[1]
    work = tmp_path / 'work'
    config = small_config(
        'train_cfg = dict(max_epochs=100000)\n'
        'train_dataloader.update(num_workers=0, batch_size=8)\n'
    )
    process = start(
        [TOOLS / 'dist_train.sh', config, 2, '--work-dir', work, '--no-validate'],
        dict(tool_environment, PORT=str(port), PYTHON=os.sys.executable, CUDA_VISIBLE_DEVICES=''),
    )
    wait_until((work / 'last_checkpoint').is_file, process)
    ranks = children(process.pid)
    os.kill(ranks[-1], signal.SIGKILL)
    assert process.wait(timeout=SECONDS) != 0
    assert not any(map(lives, ranks))

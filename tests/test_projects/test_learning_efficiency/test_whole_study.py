"""The whole study at toy size, as a person runs it."""

import os
import signal
import time

import run
import torch
from learning_study.plan import make_runs
from learning_study.study_folder import StudyFolder
from mmengine.config import Config
from mmengine.runner import Runner

# Many rounds, so that there is time to stop a run between two.
SIZES = (
    '--scale',
    'toy',
    '--train-frames',
    16,
    '--test-frames',
    4,
    '--validation-frames',
    4,
    '--iterations',
    10,
    '--validation-interval',
    2,
    '--patience',
    10,
    '--batch-size',
    4,
)


def wait_until(condition, process, seconds=200):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError('waited in vain')


def children(pid):
    """Processes that a process has started, theirs too."""
    found = []
    for number in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{number}/stat') as file:
                parent = int(file.read().rpartition(')')[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found += [int(number), *children(int(number))]
    return found


def curve(folder, run):
    rows = folder.rows_of(run, folder.curves).sort_values('iteration')
    return rows.drop(columns='train_s').to_dict('records')


def result(folder, run):
    return folder.rows_of(run, folder.runs).iloc[0].dropna().to_dict()


def weights(folder, run):
    return torch.load(folder.run_dir(run) / 'weights.pth')['state_dict']


def test_killed_resumed_widened_and_reported(variants, start_study, run_command, tmp_path):
    out = tmp_path / 'study'
    folder = StudyFolder(out)
    command = ('--out', out, '--variants', *variants, '--seeds', 0, *SIZES, '--fractions')
    runs = make_runs(['without_cmb', 'cmb'], [25, 100], [0])
    first = runs[0]

    # Killed in its first run, after a round: its process ends, too.
    process = start_study(*command, 25)
    last = folder.run_dir(first) / 'training' / 'last_checkpoint'
    wait_until(last.is_file, process)
    assert folder.is_claimed(first)
    processes = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 20
    while (
        folder.is_claimed(first) or any(os.path.exists(f'/proc/{pid}') for pid in processes)
    ) and time.monotonic() < end:
        time.sleep(0.05)
    assert not folder.is_claimed(first)
    assert not any(os.path.exists(f'/proc/{pid}') for pid in processes)
    assert folder.states()[first] == 'to come'
    assert 1 <= len(curve(folder, first)) < 5

    # Somebody else is at one of the runs: it is left to them.
    with folder.claim(runs[1]):
        status, said = run_command(run.main, *command, 25)
    assert status == 0, said
    assert '2 runs, 0 of them finished before' in said
    assert 'cmb/025_seed0: is left to another process' in said
    assert 'resumed epoch: ' in (folder.run_dir(first) / 'log.txt').read_text()
    text = (out / 'report.md').read_text()
    assert '1 of 2 runs are finished' in text and 'to come' in text

    # The rest, and more: what is finished stays as it is.
    before = result(folder, first)
    status, said = run_command(run.main, *command, 25, 100)
    assert status == 0, said
    assert '4 runs, 1 of them finished before' in said
    assert result(folder, first) == before
    for done in runs:
        check_result(folder, done)
    assert '4 of 4 runs are finished' in (out / 'report.md').read_text()
    html = (out / 'report.html').read_text()
    assert 'Nothing: all runs are finished.' in html
    check_what_a_run_leaves(folder, first, tmp_path)

    # Resumed equals uninterrupted, to the bit. A broken variant beside it
    # costs its own run alone.
    broken = tmp_path / 'broken.py'
    broken.write_text(
        f'_base_ = {variants[1].partition("=")[2]!r}\n'
        'model = dict(backbone=dict(input_size=(36, 36)))\n'
    )
    other = StudyFolder(tmp_path / 'other')
    status, said = run_command(
        run.main,
        '--out',
        other.root,
        '--data',
        out / 'data',
        '--variants',
        *variants,
        f'broken={broken}',
        '--fractions',
        25,
        '--seeds',
        0,
        *SIZES,
    )
    assert status == 1 and 'FAILED: ValueError' in said, said
    assert curve(folder, first) == curve(other, first)
    ours, theirs = weights(folder, first), weights(other, first)
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name
    assert 'must be divisible by 8' in (other.root / 'report.md').read_text()


def check_result(folder, run):
    """Budget, subset, machine, and what is kept of a run."""
    row, count = result(folder, run), {25: 4, 100: 16}[run.fraction]
    assert row['state'] == 'finished' and row['train_frames'] == count
    rounds = curve(folder, run)
    assert [entry['iteration'] for entry in rounds] == [2, 4, 6, 8, 10]
    best = max(rounds, key=lambda entry: entry['PCKh@0.5'])
    assert row['iterations'] == 10 and not row['converged']
    assert row['best_iteration'] == best['iteration']
    assert row['validation/PCKh@0.5'] == best['PCKh@0.5']
    assert row['passes'] == best['iteration'] * 4 / count
    assert row['train_s'] > 0 and row['threads'] == 1
    assert row['device'] == 'CPU' and row['finished'] and row['processor']
    assert not list((folder.run_dir(run) / 'training').glob('*.pth'))
    assert not folder.is_claimed(run)
    limits = [
        value for name, value in weights(folder, run).items() if name.endswith('ratio_limit')
    ]
    # r is 3 from iteration 4 on.
    assert all(limit == (3 if best['iteration'] > 4 else 1) for limit in limits)
    assert len(limits) == (3 if run.variant == 'cmb' else 0)


def check_what_a_run_leaves(folder, run, tmp_path):
    """MMEngine's own tests of the weights find what the study wrote down."""
    cfg = Config.fromfile(folder.run_dir(run) / 'config.py')
    assert 'Round' not in cfg.pretty_text and 'Keep' not in cfg.pretty_text
    cfg.work_dir = str(tmp_path / 'tested')
    cfg.load_from = str(folder.run_dir(run) / 'weights.pth')
    row = result(folder, run)
    assert Runner.from_cfg(cfg).test().items() <= row.items()
    cfg.test_dataloader, cfg.test_evaluator = cfg.val_dataloader, cfg.val_evaluator
    assert Runner.from_cfg(cfg).test()['PCKh@0.5'] == row['validation/PCKh@0.5']


def test_a_run_ends_when_it_learns_no_more(variants, run_command, tmp_path):
    folder = StudyFolder(tmp_path)
    status, said = run_command(
        run.main,
        *('--out', tmp_path, '--variants', variants[1], '--fractions', 25, '--seeds', 0),
        *SIZES,
        *('--patience', 4, '--min-gain', 0, '--learning-rate', 1e-30),
    )
    assert status == 0, said
    done = make_runs(['cmb'], [25], [0])[0]
    row, found = result(folder, done), [entry['PCKh@0.5'] for entry in curve(folder, done)]
    # Two rounds are the patience: so many before the end a round was better
    # than all before it, and at no earlier end.
    stale = [n - found[:n].index(max(found[:n])) > 2 for n in range(1, len(found) + 1)]
    assert row['converged'] == stale[-1] and not any(stale[:-1])
    assert row['converged'] or row['iterations'] == 10
    assert row['iterations'] == 2 * len(found)


def test_mistakes_are_one_message(run_command, variants, tmp_path):
    cases = [
        (('--variants', 'no_such'), "no variant 'no_such'"),
        (('--variants', *variants, '--fractions', 0), 'between 1 and 100'),
        (('--variants', *variants, '--real-frames', 'no.npz'), 'no.npz does not exist'),
        (('--variants', *variants, '--jobs', 0), 'must be at least 1'),
        (('--variants', *variants, '--iterations', 1601), 'split evenly'),
        (('--report-only',), 'there is no study in'),
    ]
    for i, (arguments, message) in enumerate(cases):
        out = tmp_path / str(i)
        status, said = run_command(run.main, '--out', out, *arguments)
        assert status == 2 and 'error: ' in said and message in said
        assert not out.exists()

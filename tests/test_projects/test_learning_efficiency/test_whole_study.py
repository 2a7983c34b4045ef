"""The whole study at toy size, as a person runs it."""
import csv
import json
import os
import signal
import time

import torch
from learning_study.plan import make_runs, share_of
from learning_study.study_folder import StudyFolder
from mmengine.config import Config
from mmengine.runner import Runner

# Many rounds, so that there is time to stop a run between two.
SIZES = ('--scale', 'toy', '--train-frames', 16, '--test-frames', 4,
         '--iterations', 10, '--evaluations', 5, '--batch-size', 4)
FRACTIONS = (25, 100)


def wait_until(condition, process, seconds=200):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError('waited in vain')


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def checkpoint(folder, run):
    return folder.run_dir(run) / 'training' / 'last_checkpoint'


def claimants(folder, run):
    return [
        json.loads(path.read_text())['pid']
        for path in folder.run_dir(run).glob('claim.*')
        if path.suffix != '.tmp'
    ]


def test_killed_resumed_shared_and_reported(variants, start_study, run_study,
                                            tmp_path):
    out = tmp_path / 'study'
    folder = StudyFolder(out)
    command = ('--out', out, '--variants', *variants, '--fractions',
               *FRACTIONS, '--seeds', 0, *SIZES)
    runs = make_runs(['without_cmb', 'cmb'], FRACTIONS, [0])
    first = runs[0]

    # Killed in its first run, after a round: its process ends, too.
    process = start_study(*command)
    wait_until(checkpoint(folder, first).is_file, process)
    owners = claimants(folder, first)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 20
    while any(map(running, owners)) and time.monotonic() < end:
        time.sleep(0.05)
    assert owners and not any(map(running, owners))
    assert folder.result(first) is None
    done_before = len(folder.rounds(first))
    assert 1 <= done_before < 5

    # One of two shares: resumed, and the other share left alone.
    status, said = run_study(*command, '--shard', '1/2')
    assert status == 0, said
    mine = share_of(runs, (1, 2))
    assert [run for run in runs if folder.result(run)] == [
        run for run in runs if run in mine]
    assert '2 runs, 0 of them finished before' in said
    assert 'resumed epoch: ' in (folder.run_dir(first) / 'log.txt').read_text()
    html = folder.report_file.read_text()
    assert '2 of 4 runs are finished' in html and 'to come' in html

    # The rest: what is finished stays as it is.
    times = {run: folder.result_file(run).stat().st_mtime_ns for run in mine}
    status, said = run_study(*command)
    assert status == 0, said
    assert '4 runs, 2 of them finished before' in said
    for run in mine:
        assert folder.result_file(run).stat().st_mtime_ns == times[run]
    check_results(folder, runs)
    check_report(folder)
    check_what_a_run_leaves(folder, first, tmp_path)

    # Resumed equals uninterrupted, to the bit. A broken variant beside it
    # costs its own run alone.
    broken = tmp_path / 'broken.py'
    broken.write_text(f'_base_ = {variants[1].partition("=")[2]!r}\n'
                      'model = dict(backbone=dict(input_size=(36, 36)))\n')
    other = StudyFolder(tmp_path / 'other')
    status, said = run_study(
        '--out', other.root, '--data', out / 'data', '--variants', *variants,
        f'broken={broken}', '--fractions', first.fraction, '--seeds', 0,
        *SIZES)
    assert status == 1 and 'FAILED: ValueError' in said, said
    weights = [
        torch.load(study.run_dir(first) / 'weights.pth')['state_dict']
        for study in (folder, other)
    ]
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[0].items():
        assert torch.equal(tensor, weights[1][name]), name
    assert folder.result(first)['curve'] == other.result(first)['curve']
    assert 'must be divisible by 8' in other.report_file.read_text()


def check_results(folder, runs):
    """Budget, subsets, what is kept of each run."""
    for run in runs:
        result = folder.result(run)
        count = {25: 4, 100: 16}[run.fraction]
        assert result['train_frames'] == count
        assert result['iterations'] == 10
        assert result['passes'] == 10 * 4 / count
        assert [entry['iteration'] for entry in result['curve']] == [
            2, 4, 6, 8, 10]
        assert all('PCKh@0.5' in entry for entry in result['curve'])
        assert result['metrics']['PCKh@0.5'] == result['curve'][-1]['PCKh@0.5']
        assert result['train_s'] > 0
        training = folder.run_dir(run) / 'training'
        assert not list(training.glob('*.pth'))
        assert not list(folder.run_dir(run).glob('claim.*'))
        state = torch.load(folder.run_dir(run) / 'weights.pth')['state_dict']
        limits = [value for name, value in state.items()
                  if name.endswith('ratio_limit')]
        assert all(limit == 3 for limit in limits)
        assert len(limits) == (3 if run.variant == 'cmb' else 0)


def check_what_a_run_leaves(folder, run, tmp_path):
    """MMEngine's own test of the weights finds what the study wrote down."""
    cfg = Config.fromfile(folder.run_dir(run) / 'config.py')
    assert 'Round' not in cfg.pretty_text
    cfg.work_dir = str(tmp_path / 'tested')
    cfg.load_from = str(folder.run_dir(run) / 'weights.pth')
    metrics = Runner.from_cfg(cfg).test()
    assert metrics == folder.result(run)['metrics']


def check_report(folder):
    with open(folder.csv_file, newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['state'] for row in rows] == ['finished'] * 4
    html = folder.report_file.read_text()
    assert '4 of 4 runs are finished' in html
    assert 'Nothing: all runs are finished.' in html
    assert '32 x 32 pixels' in html and '10 iterations of 4' in html
    for row in rows:
        assert f'<td>{float(row["PCKh@0.5/Head"]):.1f}' in html.replace(
            '<b>', '')
    # The command of the killed part; the others came from this process.
    assert 'run.py --out' in html and '--scale toy' in html
    costs = json.loads(folder.costs_file.read_text())['networks']
    assert costs['cmb']['parameters'] > costs['without_cmb']['parameters'] > 0
    with open(folder.curves_file, newline='') as file:
        assert len(list(csv.DictReader(file))) == 4 * 5


def test_mistakes_are_one_message(run_study, variants, tmp_path):
    cases = [
        (('--variants', 'no_such'), 'no variant \'no_such\''),
        (('--variants', *variants, '--fractions', 0), 'between 1 and 100'),
        (('--variants', *variants, '--real-frames', 'no.npz'),
         'no.npz does not exist'),
        (('--variants', *variants, '--gpus', 99), 'there is no GPU 99'),
        (('--variants', *variants, '--iterations', 1601), 'split evenly'),
        (('--report-only', ), 'there is no study in'),
    ]
    for i, (arguments, message) in enumerate(cases):
        out = tmp_path / str(i)
        status, said = run_study('--out', out, *arguments)
        assert status == 1 and said.startswith('error: ') and message in said
        assert not out.exists()

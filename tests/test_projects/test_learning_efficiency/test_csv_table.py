"""Rows of several processes in one file, and one process a run."""

import multiprocessing
import subprocess
import sys
import time

import pytest
from learning_study.csv_table import CsvTable
from learning_study.plan import RUN, Run
from learning_study.study_folder import StudyFolder


def row(seed, **figures):
    return dict(variant='cmb', fraction=10, seed=seed, regularisation='none', **figures)


@pytest.fixture
def table(tmp_path):
    return CsvTable(tmp_path / 'runs.csv', RUN)


def test_a_row_takes_the_place_of_the_one_with_its_key(table):
    assert table.read().empty
    table.put(row(1, state='to come'), row(0, state='to come'))
    table.put(row(1, state='finished', motions=True, accuracy=0.1 + 0.2))
    rows = table.read()
    assert list(rows['seed']) == [0, 1]
    assert list(rows['state']) == ['to come', 'finished']
    # To the last bit, and nothing of a row that has no such figure.
    assert rows['accuracy'][1] == 0.1 + 0.2 and rows['accuracy'].isna()[0]
    assert list(table.path.parent.glob('*.tmp')) == []
    table.put(keep=lambda rows: rows['seed'] == 0)
    assert list(table.read()['seed']) == [0]
    table.put(keep=lambda rows: rows['seed'] == 1)
    assert table.read().empty


def test_words_and_whole_numbers_stay_what_they_are(table):
    table.put(row(0, iterations=400, variant_digest='12e456789012'), row(1))
    table.put(row(2, variant_digest='000000000001'))
    rows = table.read()
    assert list(rows['variant_digest'].dropna()) == ['12e456789012', '000000000001']
    assert ',400,' in table.path.read_text()


def test_files_of_before_there_were_regularisations(table):
    table.path.write_text('variant,fraction,seed,PCKh@0.5\ncmb,10,0,76.5\n')
    assert table.read().iloc[0].to_dict() == {
        'variant': 'cmb',
        'fraction': 10,
        'seed': 0,
        'regularisation': 'none',
        'PCKh@0.5': 76.5,
    }


def put_many(path, first):
    for seed in range(first, first + 20):
        CsvTable(path, RUN).put(row(seed))


def test_no_row_is_lost_between_processes(table):
    context = multiprocessing.get_context('fork')
    processes = [
        context.Process(target=put_many, args=(table.path, first)) for first in (0, 20, 40)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert list(table.read()['seed']) == list(range(60))


CLAIM = """
import sys, time
sys.path.insert(0, {project!r})
from learning_study.study_folder import Run, StudyFolder
with StudyFolder({root!r}).claim(Run('cmb', 10, 0)):
    print('held', flush=True)
    time.sleep(100)
"""


def test_a_claim_holds_until_its_process_ends(tmp_path):
    from learning_study import study_folder

    project = str(study_folder.__file__).rpartition('/learning_study')[0]
    folder, run = StudyFolder(tmp_path), Run('cmb', 10, 0)
    assert not folder.is_claimed(run)
    process = subprocess.Popen(
        [sys.executable, '-W', 'ignore', '-c', CLAIM.format(project=project, root=str(tmp_path))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == 'held\n'
    assert folder.is_claimed(run)
    assert not folder.is_claimed(Run('cmb', 10, 0, 'weight_decay'))
    process.kill()
    process.wait()
    end = time.monotonic() + 10
    while folder.is_claimed(run) and time.monotonic() < end:
        time.sleep(0.02)
    assert not folder.is_claimed(run)

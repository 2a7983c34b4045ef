"""What is read is never written over; what is found only if that is wanted."""

import os

import pytest

from mmpose_cmb.io import write_text
from mmpose_cmb.io.kept_files import (
    allow_overwriting,
    check_output,
    keep,
    keeping_existing,
    own_folder,
)


@pytest.fixture(autouse=True)
def forget():
    """Inputs of one test are none of the next."""
    with keeping_existing():
        allow_overwriting()
        yield


def test_an_input_stays_whatever_is_wanted(tmp_path):
    path = tmp_path / 'labels.csv'
    path.write_text('labels')
    keep(path)
    with pytest.raises(FileExistsError, match='labels.csv: is an input and would be lost'):
        write_text(path, 'results')
    assert path.read_text() == 'labels' and os.listdir(tmp_path) == ['labels.csv']


def test_another_way_to_the_same_file(tmp_path, monkeypatch):
    (tmp_path / 'data').mkdir()
    (tmp_path / 'data' / 'a.h5').write_text('frames')
    (tmp_path / 'link').symlink_to('data')
    (tmp_path / 'b.h5').symlink_to('data/a.h5')
    monkeypatch.chdir(tmp_path / 'data')
    keep('../b.h5')
    for path in ('a.h5', '../link/a.h5', tmp_path / 'data' / 'a.h5', '../data/../data/a.h5'):
        with pytest.raises(FileExistsError, match='is an input'):
            check_output(path)


def test_a_library_writes_over_what_is_no_input(tmp_path):
    write_text(tmp_path / 'a.txt', 'before')
    write_text(tmp_path / 'a.txt', 'after')
    assert (tmp_path / 'a.txt').read_text() == 'after'


def test_a_tool_writes_over_nothing_that_it_finds(tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('before')
    with keeping_existing():
        with pytest.raises(FileExistsError, match='a.txt: is there already; --overwrite'):
            write_text(path, 'after')
        # What it has made itself it may make again.
        write_text(tmp_path / 'b.txt', 'first')
        write_text(tmp_path / 'b.txt', 'second')
        allow_overwriting()
        write_text(path, 'after')
    assert path.read_text() == 'after'


def test_a_run_goes_on_in_its_own_folder_alone(tmp_path):
    (tmp_path / 'run').mkdir()
    (tmp_path / 'running.csv').touch()
    (tmp_path / 'run' / 'rounds.csv').touch()
    with keeping_existing():
        own_folder(tmp_path / 'run')
        check_output(tmp_path / 'run' / 'rounds.csv')
        with pytest.raises(FileExistsError):
            check_output(tmp_path / 'running.csv')

"""What is said of a run whose process has ended."""

from dataclasses import asdict

import pytest
from learning_study.plan import make_runs
from learning_study.settings import Settings
from learning_study.study_folder import Study, StudyFolder
from learning_study.variants import Variant
from learning_study.workers import _report


@pytest.mark.parametrize(('status', 'said'), [(1, 'exit status 1'), (-9, 'exit status -9')])
def test_a_process_that_could_not_begin(status, said, tmp_path, capsys):
    """Such as one that finds a package gone: nothing is written of its run yet."""
    folder = StudyFolder(tmp_path / 'study')
    runs = make_runs({'cmb': Variant('cmb.py')}, [10], [0])
    folder.begin(Study(Settings(), 'data', {'cmb': Variant('cmb.py')}, ['run.py']), runs)
    _report(folder, runs[0], status)
    assert f'FAILED: the process ended with {said}' in capsys.readouterr().out
    assert folder.states()[runs[0]] == 'failed'


def test_the_reason_that_a_run_gave_itself_stays(tmp_path, capsys):
    folder = StudyFolder(tmp_path / 'study')
    runs = make_runs({'cmb': Variant('cmb.py')}, [10], [0])
    folder.begin(Study(Settings(), 'data', {'cmb': Variant('cmb.py')}, ['run.py']), runs)
    folder.runs.put(dict(asdict(runs[0]), state='failed', error='ValueError: broken'))
    _report(folder, runs[0], 1)
    assert 'FAILED: ValueError: broken' in capsys.readouterr().out

"""Print the tables of a study's CSV files, by default this project's results.

Example:
    python projects/learning_efficiency/tables.py work_dirs/study
"""

import sys
from pathlib import Path

from learning_study.report import course_sections, group_sections, main_sections
from learning_study.spreads import with_labels
from learning_study.study_folder import FINISHED, StudyFolder
from robustness_study.page import robustness_sections

from mmpose_cmb.command_line import MISTAKE


def tables(root: Path) -> str:
    """The tables of ``runs.csv``, and those of ``robustness.csv``."""
    folder = StudyFolder(root)
    rows = folder.runs.read()
    if rows.empty:
        print(f'error: no runs in {folder.runs.path}', file=sys.stderr)
        raise SystemExit(MISTAKE)
    runs = with_labels(rows[rows['state'] == FINISHED])
    curves = with_labels(folder.curves.read().merge(runs[folder.runs.key]))
    sections = [*main_sections(runs), *course_sections(curves), *group_sections(runs)]
    sections += robustness_sections(folder.robustness.read())
    return '\n'.join(s.markdown() for s in sections if len(s.table))


if __name__ == '__main__':
    print(tables(Path(*sys.argv[1:] or [Path(__file__).parent / 'results'])))

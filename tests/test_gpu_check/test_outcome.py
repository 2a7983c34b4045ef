"""A check that goes wrong costs that check only."""

import operator
import os
import time
from functools import partial

from mmpose_cmb.gpu_check.outcome import Check, Outcome, counts, run_check, table

RAISE = 'from mmpose_cmb.gpu_check import outcome; raise outcome.{}("no {}")'


def test_the_others_go_on():
    checks = [
        Check('raises', partial(operator.truediv, 1, 0)),
        Check('is wrong', partial(exec, RAISE.format('CheckFailed', 'mean'))),
        Check('lacks', partial(exec, RAISE.format('CannotRun', 'card'))),
        Check('crashes', os.abort),
        Check('is fine', partial(str, '3 ms\na crop')),
    ]
    assert [run_check(check) for check in checks] == [
        ('raises', 'fail', 'ZeroDivisionError: division by zero'),
        ('is wrong', 'fail', 'no mean'),
        ('lacks', 'not run', 'no card'),
        ('crashes', 'fail', 'its process ended with status -6'),
        ('is fine', 'pass', '3 ms a crop'),
    ]


def test_what_hangs_has_failed():
    begin = time.monotonic()
    outcome = run_check(Check('hangs', partial(time.sleep, 60)), limit_s=1)
    assert outcome == ('hangs', 'fail', 'not done after 1 s') and time.monotonic() - begin < 30


def test_the_table_holds_any_text():
    outcomes = [Outcome('a', 'pass', '1 | 2'), Outcome('b', 'fail', 'x'), Outcome('c', 'fail', '')]
    assert table(outcomes).splitlines()[2] == r'| a | pass | 1 \| 2 |'
    assert counts(outcomes) == '1 pass, 2 fail, 0 not run'

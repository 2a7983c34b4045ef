"""A part of make torture's faults: processes that are killed or interrupted."""

import signal

import numpy as np
import pytest

from mmpose_cmb.command_line import INTERRUPTED

from ..torture.faults import FAULTS, kill_training
from ..torture.processes import after_cpu_s, call, tool


@pytest.mark.parametrize('name', ['workers', 'rank'])
def test_what_is_left_of_a_training_is_nothing(name, synthetic_root, tmp_path):
    (fault,) = [fault for fault in FAULTS if fault.name == name]
    assert fault.try_it(tmp_path, synthetic_root, np.random.default_rng(0))


def test_a_training_killed_while_it_writes_a_checkpoint(synthetic_root, tmp_path):
    """Resumed, it ends as one that was not killed, to the bit."""
    kill_training(tmp_path, synthetic_root, np.random.default_rng(0), ['checkpoint 4'], 0)


@pytest.mark.parametrize('line', ['train.py cmb_k2hpd_demo', 'infer.py . --config cmb_k2hpd_demo'])
def test_ctrl_c_while_a_tool_imports(line):
    ended = call(tool(line, '--checkpoint' if 'infer' in line else '--work-dir', 'none'),
                 after_cpu_s(0.6), signal.SIGINT)  # fmt: skip
    assert ended.status == INTERRUPTED and ended.said.strip() == 'interrupted'

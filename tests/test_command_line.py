"""How tools end, seen from outside, and what their options accept."""

import argparse
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mmpose_cmb import command_line

REPOSITORY = Path(__file__).resolve().parents[1]
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(REPOSITORY))


@pytest.fixture
def tool(tmp_path):
    """Writes a tool whose ``main`` holds the given lines; its command."""

    def write(*lines, end='run(main)'):
        path = tmp_path / 'tool.py'
        body = textwrap.indent('\n'.join(lines), '    ')
        path.write_text(
            f'import sys\nfrom mmpose_cmb.command_line import run\ndef main():\n{body}\n{end}\n'
        )
        return [sys.executable, str(path)]

    return write


def end_of(command):
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)


@pytest.mark.parametrize(
    'line, status', [('print("all well")', 0), ('return 1', 1), ('raise SystemExit(7)', 7)]
)
def test_what_main_returns_is_the_status(tool, line, status):
    ended = end_of(tool(line))
    assert (ended.returncode, ended.stderr) == (status, '')


@pytest.mark.parametrize(
    'line, message',
    [
        ('raise ValueError("--num: too few")', '--num: too few'),
        ('raise RuntimeError("no camera")', 'no camera'),
        ('open("/no/such/file")', '/no/such/file: No such file or directory'),
        ('open("/")', '/: Is a directory'),
        (
            'from mmpose_cmb.runtime import DepthPoseRuntime\nDepthPoseRuntime("none.onnx")',
            'none.onnx',
        ),
    ],
)
def test_a_mistake_is_one_line(tool, line, message):
    ended = end_of(tool(line))
    assert ended.returncode == 2
    assert ended.stderr.startswith('error: ')
    assert message in ended.stderr and len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    'line',
    [
        'import json; json.loads("{")',
        'raise KeyError("a slip")',
        'import pathlib; pathlib.Path("a").relative_to("b")',
    ],
)
def test_a_foreign_error_keeps_its_traceback(tool, line):
    ended = end_of(tool(line))
    assert ended.returncode == 1 and 'Traceback' in ended.stderr


def test_a_mistake_is_found_behind_what_a_registry_raised_anew(tool):
    ended = end_of(
        tool(
            'import json',
            'try:',
            '    raise ValueError("the cause")',
            'except ValueError as cause:',
            '    json.loads("{")',
        )
    )
    assert (ended.returncode, ended.stderr) == (2, 'error: the cause\n')


def test_ctrl_c_says_what_continues(tool):
    command = tool(
        # Where the tests run in a shell's background it is ignored, and children inherit that.
        'import signal; signal.signal(signal.SIGINT, signal.default_int_handler)',
        'print("ready", flush=True)',
        'import time; time.sleep(60)',
        end='run(main, if_interrupted="the same command continues")',
    )
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout.readline() == 'ready\n'
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == '\ninterrupted: the same command continues\n'


@pytest.mark.parametrize(
    'lines, status',
    [
        ('for i in range(100_000): print(i)', 141),
        # argparse itself is silent then.
        (
            'import argparse; parser = argparse.ArgumentParser()\n'
            'parser.add_argument("-x", help="long " * 50_000)\n'
            'parser.parse_args(["--help"])',
            0,
        ),
    ],
)
def test_a_reader_who_leaves_costs_no_word(tool, lines, status):
    with subprocess.Popen(
        tool(lines), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (status, '')


def test_another_broken_pipe_is_said(tool):
    """A lost connection is no reader of stdout."""
    ended = end_of(
        tool(
            'import socket',
            'near, far = socket.socketpair()',
            'far.close()',
            'near.send(b"joints")',
        )
    )
    assert ended.returncode == 2 and 'Broken pipe' in ended.stderr


def test_nothing_heavy_is_imported(tool):
    ended = end_of(
        tool(
            'heavy = {"numpy", "cv2", "torch", "mmengine", "mmpose"}',
            'print(sorted(heavy & set(sys.modules)))',
        )
    )
    assert ended.stdout == '[]\n'


QUICK = [
    'tools/analysis/get_flops.py',
    'tools/analysis/visualize_memory.py',
    'tools/benchmark_runtime.py',
    'tools/browse_dataset.py',
    'tools/dataset_converters/dataset_to_coco.py',
    'tools/dataset_converters/folder_to_coco.py',
    'tools/dataset_statistics.py',
    'tools/draw_learning_curve.py',
    'tools/draw_predictions.py',
    'tools/evaluate_predictions.py',
    'tools/synthesize.py',
    'projects/itop_heads/surface_baseline.py',
    'projects/real_frames/evaluate.py',
    'projects/live_motion/evaluate.py',
    'projects/live_motion/make_motion.py',
    'projects/person_boxes/evaluate.py',
]


def test_help_needs_neither_torch_nor_mmpose():
    """Which is what makes it slow; one process asks all tools."""
    code = """
import runpy, sys
for tool in sys.argv[1:]:
    sys.argv = [tool, '--help']
    try:
        runpy.run_path(tool, run_name='__main__')
    except SystemExit as ended:
        heavy = {'torch', 'mmengine', 'mmpose'} & set(sys.modules)
        print('--help gave', ended.code, sorted(heavy))
"""
    ended = end_of([sys.executable, '-c', code, *(str(REPOSITORY / tool) for tool in QUICK)])
    assert ended.stdout.count('--help gave 0 []') == len(QUICK), ended.stderr


@pytest.fixture
def parser():
    parser = command_line.tool_parser('Does something.')
    for add in (
        command_line.add_unit_m,
        command_line.add_intrinsics,
        command_line.add_key,
        command_line.add_boxes,
        command_line.add_kpt_thr,
        command_line.add_threads,
        command_line.add_out_dir,
        command_line.add_device,
        command_line.add_cfg_options,
        command_line.add_split,
    ):
        add(parser)
    return parser


def test_common_options_have_the_values_that_they_say(parser):
    args = parser.parse_args(
        '--unit-m 0.001 --intrinsics 365 366 256 -1 --key depth --bbox 1 2 3 4'
        ' --bbox 5 6 7 8 --kpt-thr 0.5 --threads 2 --out-dir out --device cpu '
        '--split test'.split()
    )
    assert args == argparse.Namespace(
        unit_m=0.001,
        intrinsics=[365.0, 366.0, 256.0, -1.0],
        key='depth',
        bbox=[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]],
        kpt_thr=0.5,
        threads=2,
        out_dir='out',
        device='cpu',
        split='test',
        cfg_options=None,
    )


def test_overrides_are_read_as_mmengine_reads_them(parser):
    args = parser.parse_args(['--cfg-options', 'model.depth=3', 'sizes=(64,64)', 'name=a=b'])
    assert args.cfg_options == {'model.depth': 3, 'sizes': (64, 64), 'name': 'a=b'}


@pytest.mark.parametrize(
    'arguments, message',
    [
        ('--unit-m 0', '--unit-m: must be above 0, got 0'),
        ('--unit-m nan', '--unit-m: must be above 0, got nan'),
        ('--unit-m mm', '--unit-m: invalid positive_float value'),
        ('--threads 0', '--threads: must be at least 1, got 0'),
        ('--intrinsics 365 365', '--intrinsics: expected 4 arguments'),
        ('--cfg-options a', "--cfg-options: expected KEY=VALUE, got 'a'"),
    ],
)
def test_a_wrong_value_is_a_mistake(parser, capsys, arguments, message):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(arguments.split())
    assert ended.value.code == command_line.MISTAKE
    assert message in capsys.readouterr().err

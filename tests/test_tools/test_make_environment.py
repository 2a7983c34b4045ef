"""What `make env` decides and shows; nothing is installed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NEWEST = 'torch==2.15.0; python_version >= "3.11"'


def load_tool(name):
    path = REPOSITORY / 'tools' / f'{name}.py'
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tool():
    return load_tool('make_environment')


@pytest.fixture
def installed(tool, monkeypatch):
    """Runs the tool; returns pip's calls, and what requirements they had."""

    def run(offers, gpu, *arguments, complaints=()):
        calls = []

        class Environment(tool.Environment):
            def __init__(self, folder):
                pass

            def offers(self, requirements, index):
                calls.append(('offers', requirements, index))
                return offers

            def check(self):
                return complaints

            def pip(self, *arguments):
                text = ''
                if '-r' in arguments:
                    text = Path(arguments[arguments.index('-r') + 1]).read_text()
                calls.append((arguments, text))

        monkeypatch.setattr(tool, 'Environment', Environment)
        monkeypatch.setattr(tool, 'has_gpu', lambda: gpu)
        tool.main(['.venv', *arguments])
        return calls

    return run


def test_the_openmmlab_packages_come_without_their_pins(installed):
    calls = [arguments for arguments, *_ in installed(False, False) if 'install' in arguments]
    alone = [c for c in calls if c[-1].endswith('openmmlab.txt')]
    assert len(alone) == 1 and '--no-deps' in alone[0]
    assert all('--only-binary=:all:' in c for c in calls if '-r' in c)


def test_what_is_known_to_do_no_harm_alone_is_not_heeded(tool, installed, monkeypatch):
    said = (
        'mmpose 1.3.2 requires chumpy, which is not installed.\n'
        'mmdeploy 1.3.1 has requirement protobuf<=3.20.2, but you have protobuf 7.36.2.'
    )
    assert tool.unheeded(said) == []
    other = 'mmdet 3.2.0 requires chumpy, which is not installed.'
    assert tool.unheeded(f'{said}\n{other}') == [other]
    with pytest.raises(SystemExit, match=other):
        installed(False, False, complaints=[other])


@pytest.mark.parametrize(
    'version, system, machine, match',
    [
        ((3, 9), 'Linux', 'x86_64', 'too old'),
        ((3, 10), 'Linux', 'x86_64', None),
        ((3, 13), 'Linux', 'x86_64', None),
        ((3, 14), 'Linux', 'x86_64', None),
        ((3, 15), 'Linux', 'x86_64', 'too new'),
        ((3, 12), 'Linux', 'aarch64', 'never tried'),
        ((3, 12), 'Windows', 'x86_64', 'never tried'),
    ],
)
def test_which_pythons_do(version, system, machine, match):
    tool = load_tool('check_python')
    said = tool.problem(version, system, machine)
    assert said == '' if match is None else match in said


def torch_lines(calls):
    return [
        line
        for arguments, text, *_ in calls
        if '-r' in arguments
        for line in text.splitlines()
        if line.startswith('torch')
    ]


def test_cpu_builds_are_taken_of_both_or_of_neither(installed):
    with_cuda = torch_lines(installed(False, False))
    assert NEWEST in with_cuda and len(with_cuda) == 3
    calls = installed(True, False, '--index', 'https://here/cpu')
    assert torch_lines(calls) == [
        line.replace('; ', '+cpu; ') if ';' in line else f'{line}+cpu' for line in with_cuda
    ]
    asked = calls[1]
    assert asked[1].splitlines() == torch_lines(calls)
    assert asked[2] == 'https://here/cpu'
    assert any('--extra-index-url=https://here/cpu' in c[0] for c in calls)


def test_nobody_is_asked_where_there_is_a_gpu_or_cuda_is_wanted(installed):
    for calls in (installed(True, True), installed(True, False, '--torch', 'cuda')):
        assert NEWEST in torch_lines(calls)
        assert not [c for c in calls if c[0] == 'offers']
        assert not [c for c in calls if '--extra-index-url' in str(c[0])]


def test_cpu_builds_that_are_not_to_be_had(installed):
    with pytest.raises(SystemExit, match=r'torch==2.15.0\+cpu.*TORCH_INDEX'):
        installed(False, True, '--torch', 'cpu')


@pytest.mark.parametrize(
    'line, shown',
    [
        (
            '  Downloading torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl (922.3 MB)',
            'torch, 922 MB',
        ),
        (
            '  Using cached https://x/y/nvidia_cublas-13.1-py3-none-any.whl (1.2 GB)',
            'nvidia_cublas, 1200 MB',
        ),
        ('  Downloading mmpose-1.3.2-py2.py3-none-any.whl (1.7 MB)', ''),
        ('  Downloading torch-2.15.0-cp311-none.whl.metadata (30 kB)', ''),
        ('Collecting torch==2.15.0', ''),
    ],
)
def test_big_files_are_shown(tool, line, shown):
    assert tool.big_file(line) == shown


PIP = """
import pathlib, sys, time
print('Collecting many')
print('Installing collected packages: ' + ', '.join('p%d' % i for i in range(
    40)), flush=True)
for i in range(40):
    pathlib.Path(sys.argv[1], 'p%d.dist-info' % i).touch()
    time.sleep(0.03)
print('the end')
sys.exit(int(sys.argv[2]))
"""


@pytest.mark.parametrize('status', [0, 3])
def test_progress_and_log(tool, tmp_path, monkeypatch, capfd, status):
    environment = tool.Environment.__new__(tool.Environment)
    environment.python = sys.executable
    environment.log = tmp_path / 'install.log'
    environment.site = tmp_path
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess,
        'Popen',
        lambda _, **options: popen(
            [sys.executable, '-c', PIP, str(tmp_path), str(status)], **options
        ),
    )
    if status:
        with pytest.raises(SystemExit, match='pip failed.*install.log'):
            environment.pip('install', 'many')
    else:
        environment.pip('install', 'many')
    out, err = capfd.readouterr()
    assert 'installing 40 packages' in out and ' %' in out
    assert 'Collecting' not in out and ('the end' in err) == bool(status)
    assert environment.log.read_text().splitlines()[0] == 'Collecting many'
    assert 'the end' in environment.log.read_text()

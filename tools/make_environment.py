"""Set up a virtual environment with all that the project needs.

Called by ``make env``. It says in a few lines how far it is; all that pip says
goes to ``install.log`` in the environment. Python's own library suffices.

Without an NVIDIA GPU, PyTorch's builds for CPUs are taken (--torch auto)
where the index offers the very versions of requirements/standalone.txt; PyPI
itself has only builds with CUDA for x86-64 Linux.

Wheels alone are installed. The OpenMMLab packages come without what they ask
for, as some of that has none; their real needs stand in standalone.txt.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import List, Optional

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / 'requirements' / 'standalone.txt'
OPENMMLAB = ROOT / 'requirements' / 'openmmlab.txt'
CPU_INDEX = 'https://download.pytorch.org/whl/cpu'
# setuptools 81 dropped pkg_resources, which MMEngine imports.
TOOLS = ('pip', 'setuptools<81')
# (package, what it asks for): not there, or newer, and known to do no harm.
# docs/install.md says why.
NOT_HEEDED = {('mmpose', 'chumpy'), ('mmpose', 'xtcocotools'), ('mmdeploy', 'protobuf')}
COMPLAINT = re.compile(r'^(\S+) \S+ (?:requires|has requirement) ([\w-]+)')
TORCH_LINE = re.compile(r'^(torch(?:vision)?==[\w.]+)(.*)$', re.MULTILINE)
FILE_LINE = re.compile(
    r'\s*(?:Downloading|Using cached) (?:\S*/)?([^/\s]+?)-\d\S* '
    r'\((\d+(?:\.\d+)?) (MB|GB)\)'
)
INSTALLING = 'Installing collected packages: '
BIG_MB = 100


def parse_args(argv: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('venv', type=Path, help='folder of the environment')
    parser.add_argument(
        '--torch',
        choices=['auto', 'cpu', 'cuda'],
        default='auto',
        help='which builds of PyTorch (default: auto)',
    )
    parser.add_argument(
        '--index',
        default=CPU_INDEX,
        metavar='URL',
        help='index with the builds for CPUs (default: %(default)s)',
    )
    return parser.parse_args(argv)


def cpu_requirements(text: str) -> str:
    """The lines of torch and torchvision, with the label of CPU builds.

    Both, always: builds of different kinds do not load each other.
    """
    return '\n'.join(f'{pin}+cpu{marker}' for pin, marker in TORCH_LINE.findall(text))


def has_gpu() -> bool:
    """Whether NVIDIA's driver lists a GPU."""
    if shutil.which('nvidia-smi') is None:
        return False
    listed = subprocess.run(['nvidia-smi', '-L'], capture_output=True)
    return listed.returncode == 0 and b'GPU' in listed.stdout


class Environment:
    """A virtual environment, and its pip.

    Args:
        folder (Path): Where it is, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self.python = folder / 'bin' / 'python'
        self.log = folder / 'install.log'
        if not self.python.exists():
            venv.create(folder, with_pip=True)
        self.site = next((folder / 'lib').glob('python*/site-packages'))

    def offers(self, requirements: str, index: str) -> bool:
        """Whether an index answers at once and has these very versions."""
        with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:
            file.write(requirements)
            file.flush()
            asked = subprocess.run([
                self.python, '-m', 'pip', 'install', '--dry-run', '--no-deps',
                '--quiet', '--timeout=5', '--retries=0', '--only-binary=:all:',
                f'--index-url={index}', '-r', file.name
            ], capture_output=True)  # yapf: disable
        return asked.returncode == 0

    def check(self) -> List[str]:
        """What ``pip check`` complains of, but for :data:`NOT_HEEDED`."""
        said = subprocess.run([self.python, '-m', 'pip', 'check'], capture_output=True, text=True)
        return [] if said.returncode == 0 else unheeded(said.stdout + said.stderr)

    def pip(self, *arguments: str) -> None:
        """Run pip; its output goes to the log, its progress to the terminal.

        Raises:
            SystemExit: If it fails, after the end of what it said.
        """
        said: List[str] = []
        with subprocess.Popen(
            [self.python, '-m', 'pip', *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout:
                said.append(line)
                big = big_file(line)
                if big:
                    say(f'    {big}')
                if line.startswith(INSTALLING):
                    self._watch(process, line.count(',') + 1)
        with open(self.log, 'a', encoding='utf-8') as file:
            file.writelines(said)
        if process.returncode:
            sys.stderr.writelines(said[-20:])
            sys.exit(f'error: pip failed; all that it said is in {self.log}')

    def _watch(self, process: subprocess.Popen, number: int) -> None:
        """Count what arrives, of which pip says nothing; quarter by quarter."""
        before, told = self._installed(), 0
        if number < 20:
            return
        say(f'    installing {number} packages')
        while process.poll() is None:
            time.sleep(0.5)
            quarter = 4 * (self._installed() - before) // number
            if told < quarter < 4:
                told = quarter
                say(f'    {25 * quarter} %')

    def _installed(self) -> int:
        return sum(1 for _ in self.site.glob('*.dist-info'))


def big_file(line: str) -> str:
    """``torch, 900 MB`` where pip's line tells of a big file, else nothing."""
    match = FILE_LINE.match(line)
    if match is None:
        return ''
    name, size, unit = match.groups()
    megabytes = float(size) * (1000 if unit == 'GB' else 1)
    return f'{name}, {megabytes:.0f} MB' if megabytes >= BIG_MB else ''


def unheeded(complaints: str) -> List[str]:
    """The lines of ``pip check`` that are not of :data:`NOT_HEEDED`."""
    return [
        line
        for line in complaints.splitlines()
        if not ((found := COMPLAINT.match(line)) and found.groups() in NOT_HEEDED)
    ]


def say(text: str) -> None:
    print(text, flush=True)


def main(argv: Optional[List[str]] = None) -> None:
    args = parse_args(argv)
    begin = time.monotonic()
    say(f'[1/5] environment in {args.venv}')
    try:
        environment = Environment(args.venv)
    except OSError as error:
        print(f'error: {args.venv} cannot be made: {error}', file=sys.stderr)
        sys.exit(2)
    environment.pip('install', '--upgrade', *TOOLS)

    text = REQUIREMENTS.read_text(encoding='utf-8')
    pins = cpu_requirements(text)
    use_cpu = args.torch == 'cpu' or args.torch == 'auto' and not has_gpu()
    if use_cpu and not environment.offers(pins, args.index):
        if args.torch == 'cpu':
            sys.exit(
                f'error: {args.index} does not answer, or lacks '
                f'{", ".join(pins.splitlines())}. Name another index '
                'with TORCH_INDEX=URL, or leave out TORCH=cpu.'
            )
        use_cpu = False
    say(
        f'[2/5] packages of {REQUIREMENTS.relative_to(ROOT)}, PyTorch '
        + ('for CPUs' if use_cpu else 'with CUDA: 6 GB on the disk; big files:')
    )
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:
        file.write(TORCH_LINE.sub(r'\1+cpu\2', text) if use_cpu else text)
        file.flush()
        environment.pip(
            'install',
            '--only-binary=:all:',
            '-r',
            file.name,
            *([f'--extra-index-url={args.index}'] if use_cpu else []),
        )
    say('[3/5] the OpenMMLab packages')
    environment.pip('install', '--only-binary=:all:', '--no-deps', '-r', str(OPENMMLAB))
    say('[4/5] mmpose_cmb itself, editable')
    environment.pip('install', '--no-build-isolation', '--no-deps', '-e', str(ROOT))
    say('[5/5] do they fit together?')
    complaints = environment.check()
    if complaints:
        sys.exit('error: they do not:\n' + '\n'.join(complaints))
    say(f'    yes; {time.monotonic() - begin:.0f} s in all')


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        print('\ninterrupted: the same command goes on', file=sys.stderr)
        sys.exit(130)

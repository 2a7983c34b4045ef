"""How many frames of a recording tools/live.py looks at, beside other work.

The recording is played alone, beside a process that computes all the time,
and with a video; in turns, several times. Anything else that the computer
does meanwhile counts in.

Example:
    python projects/live_motion/make_motion.py motion --seconds 12
    python projects/live_motion/measure_rates.py motion pose.onnx
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from mmpose_cmb.command_line import positive_int, run, tool_parser

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'live.py'
# Ctrl-C is for this program.
BUSY = 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass'
SUMMARY = re.compile(
    r'^(\d+) frames \(.*?\), (\d+) dropped.*; last frames: '
    r'(.*)$',
    re.MULTILINE,
)


def play(recording: str, model: str, options: list, busy: bool) -> tuple:
    """Frames that were looked at, frames that were dropped, latency."""
    other = subprocess.Popen([sys.executable, '-c', BUSY]) if busy else None
    try:
        done = subprocess.run(
            [sys.executable, str(TOOL), recording, '--model', model, '--no-window', *options],
            capture_output=True,
            text=True,
        )
    finally:
        if other is not None:
            other.kill()
            other.wait()
    if done.returncode:
        raise ValueError(f'{TOOL} ended with {done.returncode}: {done.stderr.strip()[-300:]}')
    looked_at, dropped, latency = SUMMARY.search(done.stdout).groups()
    return int(looked_at), int(dropped), latency


def main() -> None:
    parser = tool_parser(__doc__)
    parser.add_argument('recording')
    parser.add_argument('model', help='.onnx file')
    parser.add_argument('--rounds', type=positive_int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            'alone': ([], False),
            'beside a busy process': ([], True),
            'with a video': (['--out-video', str(Path(folder, 'out.mp4'))], False),
        }
        for turn in range(args.rounds):
            for name, way in ways.items():
                looked_at, dropped, latency = play(args.recording, args.model, *way)
                print(
                    f'round {turn + 1}  {name:22s} {looked_at} of '
                    f'{looked_at + dropped} frames; {latency}',
                    flush=True,
                )


if __name__ == '__main__':
    run(main)

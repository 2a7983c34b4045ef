"""Check all that this package does on an NVIDIA GPU, in one command.

Training steps (float32, mixed precision, torch.compile, channels last), the
memory of two processes, export, ONNX Runtime's CUDA and TensorRT, TensorRT
itself, the synthesiser, latency, and the share of the convolutions' peak; each
in a process of its own, on the first GPU (CUDA_VISIBLE_DEVICES chooses). Prints
a table: pass, fail, not run, with figures or the reason.

The exit status is 1 where a check failed, or where there is no GPU and so none
was run; checks that lack a package or a second GPU leave it 0.

Example:
  python tools/gpu_check.py --out gpu_check.md
"""

import argparse
from importlib.util import find_spec

from mmpose_cmb.command_line import DONE, SOME_UNUSABLE, add_overwrite, run, tool_parser


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('--out', metavar='FILE.md', help='file for the table')
    add_overwrite(parser)
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    if find_spec('onnxruntime') is None:
        raise ValueError('onnxruntime is not installed: pip install "onnxruntime-gpu[cuda,cudnn]"')
    import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
    from mmpose_cmb.gpu_check.checks import gpu_checks, machine, why_no_gpu
    from mmpose_cmb.gpu_check.outcome import FAIL, NOT_RUN, Outcome, counts, run_check, table
    from mmpose_cmb.io.kept_files import check_output
    from mmpose_cmb.io.whole_file import write_text

    if args.out:
        check_output(args.out)
    missing = why_no_gpu()
    outcomes = []
    for check in gpu_checks():
        if missing is None:
            outcomes.append(run_check(check))
            print('{}: {}: {}'.format(*outcomes[-1]), flush=True)
        else:
            outcomes.append(Outcome(check.name, NOT_RUN, missing))
    text = f'{machine()}\n\n{table(outcomes)}\n\n{counts(outcomes)}\n'
    print(f'\n{text}', end='')
    if args.out:
        write_text(args.out, text)
    failed = any(outcome.state == FAIL for outcome in outcomes)
    return SOME_UNUSABLE if failed or missing else DONE


if __name__ == '__main__':
    run(main)

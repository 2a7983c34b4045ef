"""Time mmpose_cmb.runtime, file to keypoints, beside the bare network.

All ways take turns on the same frames, so that a machine whose speed drifts
treats them alike; medians are printed, the ratio to the network alone on the
same frame, and where the time goes. Needs neither torch nor MMPose.

Example:
    python tools/benchmark_runtime.py end2end.onnx frame.png \\
        --intrinsics 285.7 285.7 160 120
"""

import argparse
import time
from statistics import median

import numpy as np

from mmpose_cmb.command_line import (
    add_intrinsics,
    add_provider,
    add_threads,
    add_unit_m,
    input_file,
    positive_int,
    run,
    tool_parser,
)
from mmpose_cmb.runtime import DepthPoseRuntime


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('model', type=input_file, help='ONNX file, exported by mmpose_cmb')
    parser.add_argument('inputs', nargs='+', help='depth files or folders')
    add_unit_m(parser)
    add_intrinsics(parser)
    parser.add_argument('--rounds', type=positive_int, default=100, help='counted frames')
    add_threads(parser, 'the network')
    add_provider(parser)
    return parser.parse_args()


def timed(function, *arguments):
    """What a function returns, and milliseconds it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return result, 1000 * (time.perf_counter() - start)


def time_frame(runtime: DepthPoseRuntime, reference) -> dict:
    """Milliseconds of each way for one frame; the file is read each time."""
    frame, read_ms = timed(reference.read)
    (persons,) = runtime.estimate([frame])
    if not persons:
        raise ValueError(f'{reference.name}: nobody is found there')
    width, height = runtime.spec.input_size
    crop = np.zeros((1, 1, height, width), np.float32)

    def from_file(given):
        return runtime.estimate([reference.read()], [given])

    given = [persons[0].bbox]
    return {
        'network alone': timed(runtime.network, crop)[1],
        'file to keypoints, box given': timed(from_file, given)[1],
        'file to keypoints, box found': timed(from_file, None)[1],
        'of it reading the file': read_ms,
    }


def main() -> None:
    args = parse_args()
    runtime = DepthPoseRuntime(args.model, args.threads, args.provider, args.precision)
    references = runtime.list_frames(args.inputs, args.unit_m, args.intrinsics)
    rounds = [
        time_frame(runtime, references[i % len(references)]) for i in range(args.rounds + 5)
    ][5:]  # the first ones warm up
    width, height = runtime.spec.input_size
    print(
        f'{args.model}: input {width}x{height}, threads '
        f'{args.threads or "of all cores"}, medians of {args.rounds} '
        'interleaved frames'
    )
    for name in rounds[0]:
        ms = median(times[name] for times in rounds)
        ratio = median(times[name] / times['network alone'] for times in rounds)
        print(f'{name:30} {ms:7.2f} ms {ratio:6.3f}')


if __name__ == '__main__':
    run(main)

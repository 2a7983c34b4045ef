"""Time mmpose_cmb.runtime, file to keypoints, beside the bare network.

All ways take turns on the same frames, so that a machine whose speed drifts
treats them alike; medians are printed, the ratio to the network alone on the
same frame, and where the time goes. Needs neither torch nor MMPose.

Without files: from whole frames in memory, of two sizes, to the skeletons of 1,
2 and 4 people, the network that finds them included.

Examples:
    python tools/benchmark_runtime.py end2end.onnx frame.png \\
        --intrinsics 285.7 285.7 160 120
    python tools/benchmark_runtime.py --threads 2
"""

import argparse
import resource
from statistics import median

import numpy as np

from mmpose_cmb.benchmarking.whole_frames import time_whole_frames, timed
from mmpose_cmb.command_line import (
    add_detector,
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
    parser.add_argument(
        'model',
        nargs='?',
        type=input_file,
        help='ONNX file, exported by mmpose_cmb (default: the one that comes with the package)',
    )
    parser.add_argument('inputs', nargs='*', help='depth files or folders')
    add_unit_m(parser)
    add_intrinsics(parser)
    parser.add_argument('--rounds', type=positive_int, default=100, help='counted frames')
    add_threads(parser, 'the networks')
    add_provider(parser)
    add_detector(parser)
    return parser.parse_args()


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


def print_whole_frames(runtime: DepthPoseRuntime, args: argparse.Namespace) -> None:
    print(f'threads {args.threads or "of all cores but one"}, medians of {args.rounds} frames')
    for name, ms in time_whole_frames(runtime, args.rounds):
        print(f'{name:36} {ms:7.2f} ms {1000 / ms:6.1f} fps')
    # Kilobytes on Linux.
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f'{"memory of the process, at most":36} {peak_mb:7.0f} MB')


def main() -> None:
    args = parse_args()
    runtime = DepthPoseRuntime.of_options(args)
    if not args.inputs:
        print_whole_frames(runtime, args)
        return
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

"""Skeletons from a depth camera or a recording, live.

SOURCE is realsense, azure, openni, xtion, astra (a number after a colon
chooses among several: azure:1), or the path of a recording: a folder of depth
images, an HDF5 file, a glob.

Examples:
    python tools/live.py realsense --model pose.onnx
    python tools/live.py realsense --model pose.onnx --jsonl - | my_program
    python tools/live.py realsense --model pose.onnx --record my_recording
    python tools/live.py my_recording --model pose.onnx --out-video out.mp4
    python tools/live.py my_recording --config CONFIG --checkpoint WEIGHTS
"""

import argparse
import sys
from contextlib import ExitStack, closing
from functools import partial
from typing import List, Optional

from mmpose_cmb.command_line import (
    INTERRUPTED,
    add_detector,
    add_device,
    add_intrinsics,
    add_key,
    add_kpt_thr,
    add_mirror,
    add_out_dir,
    add_overwrite,
    add_provider,
    add_threads,
    add_unit_m,
    input_file,
    positive_float,
    positive_int,
    run,
    tool_parser,
)

# Frames between two searches of the whole frame, if nobody gets lost: in the
# depth, and by a network.
SEARCH_FRAMES, FINDER_FRAMES = 60, 15


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('source', metavar='SOURCE')
    model = parser.add_argument_group('model: --model, or --config and --checkpoint')
    model.add_argument(
        '--model',
        type=input_file,
        help='exported .onnx file, or body_top: people seen from above, or hand: one held out, '
        "or body_front_kinect: Kinect v2's joints",
    )
    model.add_argument('--config', type=input_file)
    model.add_argument('--checkpoint', type=input_file)
    add_threads(model, 'the network', 'all cores but one')
    add_device(model)
    add_detector(model)
    add_provider(model)
    source = parser.add_argument_group('source')
    source.add_argument('--fps', type=positive_float, help='of camera or recording')
    source.add_argument(
        '--speed', type=positive_float, default=1.0, help='of a recording; 2 is twice'
    )
    source.add_argument('--loop', action='store_true', help='begin a recording again')
    add_unit_m(source)
    add_intrinsics(source, 'where the source does not know them')
    add_key(source)
    add_mirror(source)
    poses = parser.add_argument_group('poses')
    poses.add_argument(
        '--smooth',
        type=float,
        nargs=2,
        default=(1.0, 8.0),
        metavar=('CUTOFF_HZ', 'BETA'),
        help='one-euro filter: cutoff at rest, and how much it rises with '
        'speed, Hz per m/s (default: 1 8)',
    )
    poses.add_argument('--no-smooth', action='store_true')
    poses.add_argument('--no-track', action='store_true', help='search for people in every frame')
    joints = parser.add_argument_group('joints for other programs')
    joints.add_argument(
        '--jsonl',
        metavar='FILE',
        help='a line of JSON for each frame; - is standard output, and all '
        'messages go to standard error',
    )
    joints.add_argument(
        '--zmq',
        metavar='PORT',
        help='the same lines over ZeroMQ, to programs on this computer; '
        'tcp://*:5556 is for all its networks',
    )
    pictures = parser.add_argument_group('pictures and recordings')
    pictures.add_argument('--no-window', action='store_true')
    add_kpt_thr(pictures)
    pictures.add_argument('--out-video', metavar='FILE.mp4')
    add_out_dir(pictures, help='folder for a picture of every result')
    add_overwrite(pictures)
    pictures.add_argument('--record', metavar='FOLDER', help='write all frames')
    parser.add_argument('--max-frames', type=positive_int, metavar='N', help='end after N results')
    args = parser.parse_args()
    if (args.config is None) != (args.checkpoint is None) or (args.model and args.config):
        parser.error('give --model, or --config and --checkpoint, or none of them')
    return args


def load_estimator(args: argparse.Namespace):
    """The exported model, or MMPose's with its weights."""
    if args.config is None:
        from mmpose_cmb.runtime import DepthPoseRuntime

        return DepthPoseRuntime.of_options(args)
    import torch

    from mmpose_cmb.apis import DepthPoseInferencer

    estimator = DepthPoseInferencer(
        args.config,
        args.checkpoint,
        device=args.device,
        detector=args.detector,
        bbox_thr=args.bbox_thr,
    )
    from mmpose_cmb.cpu import cores_but_one

    torch.set_num_threads(args.threads or cores_but_one())
    return estimator


def main() -> Optional[int]:
    """Run until the source ends, or the user ends it."""
    args = parse_args()
    import cv2

    from mmpose_cmb.live import LiveLoop, PersonTracker, PoseSmoother, Recorder, open_source
    from mmpose_cmb.live.outputs import Outputs

    cv2.setNumThreads(1)
    say = partial(print, file=sys.stderr if args.jsonl == '-' else sys.stdout, flush=True)
    status = None
    with ExitStack() as stack:
        smoother = None if args.no_smooth else PoseSmoother(*args.smooth)
        estimator = load_estimator(args)
        # A network that finds people is quick, and sees who comes.
        seldom = SEARCH_FRAMES if estimator.finder is None else FINDER_FRAMES
        tracker = PersonTracker(max_frames=0 if args.no_track else seldom)
        spec = estimator.spec
        source = stack.enter_context(
            open_source(
                args.source,
                fps=args.fps,
                loop=args.loop,
                speed=args.speed,
                unit_m=args.unit_m,
                intrinsics=args.intrinsics,
                key=args.key,
                fallback_unit_m=spec.depth_unit_m,
                invalid_values=spec.invalid_values,
                mirror=args.mirror,
            )
        )
        recorder = args.record and stack.enter_context(Recorder(args.record, source.fps))
        outputs = stack.enter_context(
            Outputs(
                source,
                spec.skeleton,
                say,
                jsonl=args.jsonl,
                zmq=args.zmq,
                window=not args.no_window,
                video=args.out_video,
                out_dir=args.out_dir,
                kpt_thr=args.kpt_thr,
            )
        )
        say_source(source, say)
        loop = LiveLoop(
            source,
            estimator,
            tracker=tracker,
            smoother=smoother,
            recorder=recorder or None,
            max_frames=args.max_frames,
        )
        # The grabbing thread ends before the source is closed.
        results = stack.enter_context(closing(iter(loop)))
        last = None
        try:
            for result in results:
                if last is None:
                    for note in source.notes:
                        say(note)
                last = result
                if not outputs(result):
                    break
        except KeyboardInterrupt:
            say('ended by the keyboard')
            status = INTERRUPTED
        outputs.close()
        if loop.ended:
            say(loop.ended)
        say_summary(loop, last, outputs.lost(), say)
    if status is None and not (loop.counts['person'] or loop.counts['no person']):
        raise ValueError('no frame could be used')
    return status


def say_source(source, say) -> None:
    fps = 'unknown' if source.fps is None else f'{source.fps:.3g}'
    if source.intrinsics is None:
        camera = (
            'unknown intrinsics: a usual camera is assumed to find '
            'people with, and no joint is in space; --intrinsics gives '
            'them'
        )
    else:
        camera = 'intrinsics ' + ' '.join(f'{v:g}' for v in source.intrinsics[:4])
    say(f'{source.name}: {fps} fps, {camera}')


def say_summary(loop, last, lost: List[str], say) -> None:
    if last is None:
        say('no frame came')
        return
    kinds = ', '.join(f'{n} {kind}' for kind, n in loop.counts.most_common())
    say(
        f'{sum(loop.counts.values())} frames ({kinds or "none"}), '
        f'{loop.grabber.dropped} dropped, {loop.grabber.damaged} damaged; '
        f'last frames: {last.latency}'
    )
    if lost:
        say(f'not written: {", ".join(lost)}')


if __name__ == '__main__':
    run(main)

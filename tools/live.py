"""Skeletons from a depth camera or a recording, live.

SOURCE is realsense, azure, openni, xtion, astra (a number after a colon
chooses among several: azure:1), or the path of a recording: a folder of depth
images, an HDF5 file, a glob.

Examples:
    python tools/live.py realsense --model pose.onnx
    python tools/live.py realsense --model pose.onnx --record my_recording
    python tools/live.py my_recording --model pose.onnx --out-video out.mp4
    python tools/live.py my_recording --config CONFIG --checkpoint WEIGHTS
"""
import argparse
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Optional

import cv2

from mmpose_cmb.drawing import write_image
from mmpose_cmb.live import (BoxTracker, DepthSource, LiveLoop, PoseSmoother,
                             Recorder, open_source)
from mmpose_cmb.live.screen import Painter, VideoFile, Window, describe

REPORT_S = 1.


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', metavar='SOURCE')
    model = parser.add_argument_group('model: --model, or --config and '
                                      '--checkpoint')
    model.add_argument('--model', help='exported .onnx file')
    model.add_argument('--config')
    model.add_argument('--checkpoint')
    model.add_argument(
        '--threads', type=int, help='for --model (default: one for each core)')
    model.add_argument(
        '--device', help='for --checkpoint: cpu, cuda:0 (default: the GPU)')
    source = parser.add_argument_group('source')
    source.add_argument('--fps', type=float, help='of camera or recording')
    source.add_argument(
        '--speed', type=float, default=1., help='of a recording; 2 is twice')
    source.add_argument(
        '--loop', action='store_true', help='begin a recording again')
    source.add_argument(
        '--unit-m', type=float, help='metres per stored unit of a recording')
    source.add_argument(
        '--intrinsics',
        type=float,
        nargs=4,
        metavar=('FX', 'FY', 'CX', 'CY'),
        help='pixels; where the source does not know them')
    source.add_argument('--key', help='name of the array in NPZ and HDF5')
    poses = parser.add_argument_group('poses')
    poses.add_argument(
        '--smooth',
        type=float,
        nargs=2,
        default=(1., 8.),
        metavar=('CUTOFF_HZ', 'BETA'),
        help='one-euro filter: cutoff at rest, and how much it rises with '
        'speed, Hz per m/s (default: 1 8)')
    poses.add_argument('--no-smooth', action='store_true')
    poses.add_argument(
        '--no-track',
        action='store_true',
        help='search the person in every frame')
    poses.add_argument(
        '--min-score', type=float, default=0.3, help='of joints to be drawn')
    out = parser.add_argument_group('output')
    out.add_argument('--no-window', action='store_true')
    out.add_argument('--record', metavar='FOLDER', help='write all frames')
    out.add_argument('--out-video', metavar='FILE.mp4')
    out.add_argument('--out-dir', help='a picture of every result')
    out.add_argument('--max-frames', type=int)
    args = parser.parse_args()
    if (args.model is None) == (args.config is None) or (
            args.config is None) != (args.checkpoint is None):
        parser.error('give --model, or --config and --checkpoint')
    return args


def load_estimator(args: argparse.Namespace):
    """The exported model, or MMPose's with its weights."""
    if args.model is not None:
        from mmpose_cmb.runtime import DepthPoseRuntime
        return DepthPoseRuntime(args.model, args.threads)
    from mmpose_cmb.apis import DepthPoseInferencer
    return DepthPoseInferencer(
        args.config, args.checkpoint, device=args.device)


def open_window(args: argparse.Namespace) -> Optional[Window]:
    if args.no_window:
        return None
    try:
        return Window('mmpose_cmb live (q ends)')
    except RuntimeError as error:
        print(f'{error}; going on without one', file=sys.stderr)
        return None


class Outputs:
    """Window, video, pictures and lines of text; made as far as wanted."""

    def __init__(self, args: argparse.Namespace, estimator,
                 fps: Optional[float], stack: ExitStack) -> None:
        self.window = open_window(args)
        self.video = self.painter = None
        if self.window:
            stack.callback(self.window.close)
        if args.out_video:
            self.video = VideoFile(args.out_video, fps or 30.)
            stack.callback(self.video.close)
        self.out_dir = args.out_dir and Path(args.out_dir)
        if self.window or self.video or self.out_dir:
            self.painter = Painter(estimator.skeleton_links,
                                   estimator.link_colors,
                                   estimator.keypoint_colors, args.min_score)
        self._begin_s = self._reported_s = time.monotonic()
        self._said_s = {}

    def __call__(self, result) -> bool:
        """Show a result; returns whether to go on."""
        self._report(result)
        if self.painter is None:
            return True
        picture = self.painter(result)
        if self.video:
            self.video.write(picture, time.monotonic())
        if self.out_dir and result.frame is not None:
            write_image(
                str(self.out_dir / f'{result.number:06d}.png'), picture)
        return self.window is None or self.window.show(picture)

    def _report(self, result) -> None:
        """A line a second; messages at once, each once a second."""
        now_s = time.monotonic()
        figures, message = describe(result)
        self._said_s = {
            said: when
            for said, when in self._said_s.items() if now_s - when < REPORT_S
        }
        if message is not None and message not in self._said_s:
            self._said_s[message] = now_s
            print(f'{now_s - self._begin_s:6.1f} s  {message}', flush=True)
        if now_s - self._reported_s >= REPORT_S:
            self._reported_s = now_s
            print(f'{now_s - self._begin_s:6.1f} s  {figures}', flush=True)


def run(args: argparse.Namespace) -> LiveLoop:
    """Run until the source ends, or the user ends it; returns the loop."""
    with ExitStack() as stack:
        source = open_source(
            args.source,
            fps=args.fps,
            loop=args.loop,
            speed=args.speed,
            unit_m=args.unit_m,
            intrinsics=args.intrinsics,
            key=args.key)
        smoother = None if args.no_smooth else PoseSmoother(*args.smooth)
        estimator = load_estimator(args)
        stack.enter_context(source)
        recorder = args.record and stack.enter_context(
            Recorder(args.record, source.fps))
        outputs = Outputs(args, estimator, source.fps, stack)
        print_source(source)
        loop = LiveLoop(
            source,
            estimator,
            tracker=None if args.no_track else BoxTracker(),
            smoother=smoother,
            recorder=recorder or None,
            max_frames=args.max_frames)
        # The grabbing thread ends before the source is closed.
        results = stack.enter_context(closing(iter(loop)))
        last = None
        try:
            for result in results:
                if last is None:
                    for note in source.notes:
                        print(note)
                last = result
                if not outputs(result):
                    break
        except KeyboardInterrupt:
            print('ended by the keyboard')
        if loop.ended:
            print(loop.ended)
        print_summary(loop, last)
    return loop


def print_source(source: DepthSource) -> None:
    fps = 'unknown' if source.fps is None else f'{source.fps:.3g}'
    if source.intrinsics is None:
        camera = ('unknown intrinsics: the first box is the whole frame, and '
                  'no joint is in space; --intrinsics gives them')
    else:
        camera = 'intrinsics ' + ' '.join(
            f'{v:g}' for v in source.intrinsics[:4])
    print(f'{source.name}: {fps} fps, {camera}')


def print_summary(loop: LiveLoop, last) -> None:
    if last is None:
        print('no frame came')
        return
    kinds = ', '.join(f'{n} {kind}' for kind, n in loop.counts.most_common())
    print(f'{sum(loop.counts.values())} frames ({kinds or "none"}), '
          f'{loop.grabber.dropped} dropped, {loop.grabber.damaged} damaged; '
          f'last frames: {last.latency}')


def main() -> None:
    args = parse_args()
    cv2.setNumThreads(1)
    try:
        loop = run(args)
    except (OSError, ValueError, ImportError) as error:  # also DeviceLost
        sys.exit(f'error: {error}')
    if loop.counts['person'] + loop.counts['no person'] == 0:
        sys.exit('error: no frame could be used')


if __name__ == '__main__':
    main()

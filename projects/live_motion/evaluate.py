"""Box tracking and smoothing on a recording whose joints are known.

Every frame is estimated, at the recording's times. For each way to get the
box: mean error of the joints, frames searched and time per frame. For each
strength of smoothing: error while the person moves, and jitter while the
person rests, which is the root mean square of the joints' second difference.

Example:
    python projects/live_motion/make_motion.py motion
    python projects/live_motion/evaluate.py motion pose.onnx
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import run, tool_parser

# isort: split
import itertools
import time

import cv2
import numpy as np

from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.live import PersonTracker, PoseSmoother
from mmpose_cmb.runtime import DepthPoseRuntime

MOVING_M_PER_S = 0.1


def estimate(runtime, frames, times_s, tracker):
    """People per frame, the share searched, milliseconds per frame."""
    people, searched, took_s = [], 0, []
    for frame, time_s in zip(frames, times_s):
        begin = time.perf_counter()
        boxes = None
        if tracker is not None:
            boxes = tracker.boxes(frame.depth_m.shape[::-1])
        if boxes is not None:
            (found,) = runtime.estimate([frame], [boxes])
            if not tracker.confirms(found):
                boxes = None
        if boxes is None:
            (found,) = runtime.estimate([frame])
            searched += 1
        if tracker is not None:
            found = tracker.update(found, time_s, searched=boxes is None)
        took_s.append(time.perf_counter() - begin)
        people.append(found)
    return people, searched / len(frames), np.median(took_s) * 1000


def joints_of(people, name):
    """[N, K, D]; NaN where nobody was found."""
    shape = next(getattr(p[0], name).shape for p in people if p)
    return np.stack([getattr(p[0], name) if p else np.full(shape, np.nan) for p in people])


def error(joints, truth):
    """Mean distance where there is a joint."""
    return np.nanmean(np.linalg.norm(joints - truth, axis=-1))


def jitter(joints):
    """How much joints shake, in their unit per frame squared, [N - 2]."""
    second = np.diff(joints, 2, axis=0)
    return np.sqrt(np.mean(np.sum(second**2, axis=-1), axis=-1))


def moving(truth_m, times_s):
    """Whether the person moves, bool [N]."""
    speed = np.linalg.norm(np.gradient(truth_m, times_s, axis=0), axis=-1)
    return speed.mean(axis=-1) > MOVING_M_PER_S


def main() -> None:
    parser = tool_parser(__doc__)
    parser.add_argument('folder')
    parser.add_argument('model', help='.onnx file of 15 ITOP joints in space')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    truth = np.load(f'{args.folder.rstrip("/")}_joints.npz')
    references = list_frames(args.folder)
    frames = [reference.read() for reference in references]
    times_s = np.array([reference.time_s for reference in references])
    runtime = DepthPoseRuntime(args.model, threads=1)

    print('box           cm in space   px   searched   ms per frame')
    settings = [('search', None)] + [
        (f'{padding:.2f} {ratio:.2f}', PersonTracker(padding, ratio))
        for padding, ratio in itertools.product((0.05, 0.1, 0.15, 0.2), (0.7, 0.85))
    ]
    for name, tracker in settings:
        people, searched, took_ms = estimate(runtime, frames, times_s, tracker)
        cm = 100 * error(joints_of(people, 'keypoints_cam'), truth['keypoints_cam'])
        px = error(joints_of(people, 'keypoints'), truth['keypoints_uv'])
        print(f'{name:12s} {cm:9.1f} {px:9.2f} {100 * searched:8.0f} % {took_ms:9.1f}')

    people, _, _ = estimate(runtime, frames, times_s, PersonTracker())
    moves = moving(truth['keypoints_cam'], times_s)
    print(
        f'\n{100 * moves.mean():.0f} % of the frames in motion\n'
        'cutoff, beta   cm in motion, jitter at rest   px, jitter'
    )
    for cutoff_hz, beta in [(None, 0)] + list(
        itertools.product((0.5, 1.0, 1.5), (0, 4.0, 8.0, 16.0))
    ):
        smoothed = people
        if cutoff_hz is not None:
            smoother = PoseSmoother(cutoff_hz, beta)
            smoothed = [smoother(p, t) for p, t in zip(people, times_s)]
        figures = []
        for name, true, scale in (
            ('keypoints_cam', 'keypoints_cam', 100),
            ('keypoints', 'keypoints_uv', 1),
        ):
            joints = scale * joints_of(smoothed, name)
            rests = ~moves[:-2] & ~moves[2:]
            figures += [
                error(joints[moves], scale * truth[true][moves]),
                np.nanmedian(jitter(joints)[rests]),
            ]
        print(
            '{:14s} {:9.2f} {:12.2f} {:15.2f} {:8.2f}'.format(
                'none' if cutoff_hz is None else f'{cutoff_hz} Hz, {beta:g}', *figures
            )
        )


if __name__ == '__main__':
    run(main)

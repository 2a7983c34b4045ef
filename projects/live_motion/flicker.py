"""How steadily somebody is seen in a recording, live: gaps and ids.

One person, who is in view all the time, as ``make_motion.py`` writes them. Every
frame is looked at, at the recording's times, in the way of ``tools/live.py``.

Example:
    python projects/live_motion/make_motion.py behind --counter 1.2
    python projects/live_motion/flicker.py behind
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_detector, input_file, run, tool_parser

# isort: split
import time
from itertools import groupby
from typing import List, NamedTuple

import numpy as np
from tabulate import tabulate

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.live import PersonTracker
from mmpose_cmb.runtime import DepthPoseRuntime

# Frames between two searches, as in tools/live.py.
SEARCH_FRAMES = 15


class Steadiness(NamedTuple):
    """Of one recording.

    Attributes:
        seen: Share of the frames with somebody, after the first of them.
        gaps: How often nobody is there between two frames with somebody.
        ids: How many are given.
        nobody: People a frame besides one.
        ms: Mean milliseconds a frame.
    """

    seen: float
    gaps: int
    ids: int
    nobody: float
    ms: float


def follow(runtime: DepthPoseRuntime, frames: List[DepthFrame], tracker: PersonTracker):
    """The ids in each frame, and the mean milliseconds that a frame took."""
    ids, begin = [], time.perf_counter()
    for frame in frames:
        size = frame.depth_m.shape[::-1]
        boxes, stay = tracker.boxes(size), []
        if boxes is not None:
            (people,) = runtime.estimate([frame], [boxes])
        if boxes is None or not tracker.confirms(people):
            boxes = None
            (people,) = runtime.estimate([frame])
            missed = tracker.missed(people, frame.time_s, size)
            if missed is not None:
                (stay,) = runtime.estimate([frame], [missed])
        known = tracker.update(people, frame.time_s, boxes is None, stay)
        ids.append([person.id for person in known])
    return ids, 1000 * (time.perf_counter() - begin) / len(frames)


def steadiness(ids: List[List[int]], ms: float) -> Steadiness:
    """Figures of a recording's ids, frame by frame."""
    there = np.array([len(some) > 0 for some in ids])
    first = int(there.argmax()) if there.any() else len(there)
    runs = [seen for seen, _ in groupby(there[first:])]
    extra = np.mean([max(len(some) - 1, 0) for some in ids])
    return Steadiness(
        float(there[first:].mean()) if there.any() else 0.0,
        max(runs.count(True) - 1, 0),
        len({i for some in ids for i in some}),
        float(extra),
        ms,
    )


def main() -> None:
    parser = tool_parser(__doc__)
    parser.add_argument('folders', nargs='+', help='of make_motion.py')
    parser.add_argument('--model', type=input_file, help='default: the one that ships')
    add_detector(parser)
    args = parser.parse_args()
    runtime = DepthPoseRuntime(
        args.model, threads=1, detector=args.detector, bbox_thr=args.bbox_thr
    )
    rows = []
    for folder in args.folders:
        frames = [reference.read() for reference in list_frames(folder)]
        for name, every in (('followed', SEARCH_FRAMES), ('searched', 0)):
            found = steadiness(*follow(runtime, frames, PersonTracker(max_frames=every)))
            rows.append(
                {
                    'recording': folder,
                    'boxes': name,
                    'frames': len(frames),
                    'seen, %': 100 * found.seen,
                    'gaps': found.gaps,
                    'ids': found.ids,
                    'nobody/frame': found.nobody,
                    'ms': found.ms,
                }
            )
    print(tabulate(rows, headers='keys', floatfmt='.3g'))


if __name__ == '__main__':
    run(main)

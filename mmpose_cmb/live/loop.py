"""From a source of depth frames to skeletons, as fast as they come."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Callable, Iterator, List, NamedTuple, Optional, Protocol, Sequence, Tuple

import numpy as np

from ..depth.depth_unit import check_distance
from ..depth.frame import DepthFrame, PersonPose
from .grabber import Captured, Grabber
from .latency import Latency, LatencyMeter
from .person_tracker import PersonTracker
from .pose_smoother import PoseSmoother
from .recorder import Recorder
from .source import DepthSource
from .tracked_person import TrackedPerson

# A result without a frame is given at least this often, so that a window
# lives on while nothing comes.
IDLE_S = 0.5
HOLES_ONLY = 'no depth in this frame: holes only'
NO_PERSON = 'no person found; if one is in view, the unit or the camera are wrong'


class Estimator(Protocol):
    """What finds people: DepthPoseRuntime or DepthPoseInferencer."""

    def estimate(
        self, frames: Sequence[DepthFrame], bboxes: Optional[Sequence[Optional[np.ndarray]]] = None
    ) -> List[List[PersonPose]]:
        """Persons of each frame, in boxes [N, 4] where they are given."""


@dataclass
class LiveResult:
    """What is known after one frame, or after a while without one.

    Attributes:
        number (int): Results with a frame before this one.
        frame (DepthFrame, optional): None where no frame came.
        people (List[TrackedPerson]): Smoothed where the loop smooths.
        message (str, optional): What is wrong, one sentence.
        arrived_s (float): When the frame came, the clock's seconds.
        latency (Latency): Over the last frames.
        dropped (int): Frames so far that nobody looked at.
        searched (bool): Whether the person was looked for everywhere.
    """

    number: int
    frame: Optional[DepthFrame] = None
    people: List[TrackedPerson] = field(default_factory=list)
    message: Optional[str] = None
    arrived_s: float = float('nan')
    latency: Latency = Latency(*[float('nan')] * 3)
    dropped: int = 0
    searched: bool = False


class _Seen(NamedTuple):
    """Who is seen in a frame: found, staying; and whether people were searched."""

    people: Sequence[PersonPose] = ()
    stay: Sequence[PersonPose] = ()
    searched: bool = False


class LiveLoop:
    """Runs an estimator on the newest frame of a source, again and again.

    Iterate over it for results. Nothing that goes wrong with a frame, the
    device or the estimator raises: it is the ``message`` of a result, and
    counted in ``counts``.

    Example::

        with open_source('realsense') as source:
            for result in LiveLoop(source, estimator):
                print(result.number, len(result.people), result.message)

    Args:
        source (DepthSource): Open.
        estimator (Estimator): Finds the people of a frame.
        tracker (PersonTracker, optional): Ids, and boxes out of the last
            frame. Defaults to None: ``PersonTracker()``.
        smoother (PoseSmoother, optional): Defaults to None: joints as the
            estimator gives them.
        recorder (Recorder, optional): Gets every frame that comes.
        max_frames (int, optional): Ends after so many frames.
        silence_s (float): Silence that is worth a message; a device silent
            for twice as long is opened again. Defaults to 2.5.
        clock (Callable): Seconds that only rise. Defaults to
            ``time.monotonic``.

    Attributes:
        counts (Counter): Frames by what became of them: 'person', 'no
            person', 'holes only', 'wrong unit', 'failed' (the estimator).
        ended (str, optional): Why the source gave no more frames.
    """

    def __init__(
        self,
        source: DepthSource,
        estimator: Estimator,
        *,
        tracker: Optional[PersonTracker] = None,
        smoother: Optional[PoseSmoother] = None,
        recorder: Optional[Recorder] = None,
        max_frames: Optional[int] = None,
        silence_s: float = 2.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.estimator = estimator
        self.tracker = PersonTracker() if tracker is None else tracker
        self.smoother = smoother
        self.max_frames = max_frames
        self.silence_s = silence_s
        self.counts: Counter = Counter()
        self.grabber = Grabber(source, recorder, 2 * silence_s, clock)
        self._clock = clock
        self._meter = LatencyMeter()
        self._number = 0
        self._damaged = 0

    @property
    def ended(self) -> Optional[str]:
        return self.grabber.ended

    def __iter__(self) -> Iterator[LiveResult]:
        self.grabber.start()
        try:
            while self.max_frames is None or self._number < self.max_frames:
                # Asked before taking: a last frame may come in between.
                ended = self.grabber.ended
                captured = self.grabber.take(IDLE_S)
                if captured is not None:
                    yield self._result(captured)
                elif ended is not None:
                    return
                else:
                    yield LiveResult(
                        self._number,
                        message=self._trouble(),
                        latency=self._meter.read(),
                        dropped=self.grabber.dropped,
                    )
        finally:
            self.grabber.stop()

    def _result(self, captured: Captured) -> LiveResult:
        frame, arrived_s = captured
        seen, kind, message = self._people(frame, arrived_s)
        people = self.tracker.update(seen.people, arrived_s, seen.searched, seen.stay)
        if self.smoother is not None:
            people = self.smoother(people, arrived_s)
        self._meter.add(arrived_s, self._clock())
        self.counts[kind] += 1
        self._number += 1
        return LiveResult(
            self._number - 1,
            frame,
            people,
            message or self._trouble(),
            arrived_s,
            self._meter.read(),
            self.grabber.dropped,
            seen.searched,
        )

    def _people(self, frame: DepthFrame, arrived_s: float) -> Tuple[_Seen, str, Optional[str]]:
        """Who is seen, a name for what happened, and a message."""
        if not frame.depth_m.any():
            return _Seen(), 'holes only', HOLES_ONLY
        try:
            # Every fourth pixel tells the middle as well.
            check_distance(frame.depth_m[::4, ::4], 1.0)
        except ValueError as error:
            return _Seen(), 'wrong unit', f'{frame.name}: {error}'
        try:
            seen = self._estimate(frame, arrived_s)
        except Exception as error:
            # Whatever it is, the next frame may be good, and the user sees
            # this one's message.
            name = '' if isinstance(error, ValueError) else (f'{type(error).__name__}: ')
            return _Seen(), 'failed', f'the frame failed: {name}{error}'
        if not seen.people and not seen.stay:
            return seen, 'no person', NO_PERSON
        return seen, 'person', None

    def _estimate(self, frame: DepthFrame, arrived_s: float) -> _Seen:
        """Where the last frame's people are; everywhere, where that is due."""
        height, width = frame.depth_m.shape
        boxes = self.tracker.boxes((width, height))
        if boxes is not None:
            (people,) = self.estimator.estimate([frame], [boxes])
            if self.tracker.confirms(people):
                return _Seen(people)
        (people,) = self.estimator.estimate([frame])
        missed = self.tracker.missed(people, arrived_s, (width, height))
        stay: Sequence[PersonPose] = ()
        if missed is not None:
            (stay,) = self.estimator.estimate([frame], [missed])
        return _Seen(people, stay, True)

    def _trouble(self) -> Optional[str]:
        """What is wrong with the source or the recording, if anything."""
        grabber = self.grabber
        if grabber.damaged > self._damaged:
            self._damaged = grabber.damaged
            return grabber.damage
        if grabber.trouble is not None:
            return grabber.trouble
        silent_s = grabber.silent_s()
        if silent_s > self.silence_s:
            return f'{grabber.source.name}: no frame for {silent_s:.0f} s'
        return grabber.record_trouble

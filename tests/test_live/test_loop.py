"""The loop with everything that can go wrong; nothing waits for a clock."""

import threading

import numpy as np
import pytest

from mmpose_cmb.live import DeviceLost, LiveLoop, PersonTracker, PoseSmoother, RecordedSource
from mmpose_cmb.live.latency import LatencyMeter
from mmpose_cmb.live.loop import HOLES_ONLY, NO_PERSON


class StepSource:
    """Wraps a source: gives the next frame when the last has been taken.

    With it no frame is dropped, whichever thread is faster.
    """

    def __init__(self, source):
        self.source = source
        self.go = threading.Semaphore(1)

    def __getattr__(self, name):
        return getattr(self.source, name)

    def read(self, timeout_s=1.0):
        assert self.go.acquire(timeout=30)
        try:
            return self.source.read(timeout_s)
        except ValueError:
            self.go.release()  # nobody will take this one
            raise


def _results(source, estimator, **kwargs):
    """All results of a loop that looks at every frame, and the loop."""
    stepped = StepSource(source)
    loop, results = LiveLoop(stepped, estimator, **kwargs), []
    for result in loop:
        results.append(result)
        if result.frame is not None:
            stepped.go.release()
    return [r for r in results if r.frame is not None], loop


def test_people_come_out(fakes):
    frames = [fakes.frame(index=i) for i in range(4)]
    estimator = fakes.estimator([fakes.person()])
    results, loop = _results(fakes.source(frames), estimator, tracker=PersonTracker(max_frames=0))
    assert [r.number for r in results] == [0, 1, 2, 3]
    assert [r.frame for r in results] == frames
    assert all(len(r.people) == 1 and r.message is None for r in results)
    assert loop.counts == {'person': 4}
    assert loop.ended == 'scripted: the end'
    assert results[-1].dropped == 0
    assert [boxes for _, boxes in estimator.seen] == [None] * 4


def test_a_slow_estimator_gets_the_newest_frame(fakes):
    """During the first estimate five frames come: four are dropped."""
    five_came = threading.Event()
    begun = threading.Event()

    def second():
        assert begun.wait(30)
        return fakes.frame(index=1)

    def slow():
        begun.set()
        assert five_came.wait(30)
        return [fakes.person()]

    reads = [fakes.frame(index=0), second] + [fakes.frame(index=i) for i in (2, 3, 4, 5)]
    # The source holds back the last frame until the estimator is done.
    held = threading.Event()

    def last():
        five_came.set()
        assert held.wait(30)
        return fakes.frame(index=6)

    source = fakes.source(reads + [last])
    seen = []
    for result in LiveLoop(source, fakes.estimator(slow, [fakes.person()])):
        seen.append((result.frame.index, result.dropped))
        if result.frame.index == 5:
            held.set()
    assert seen == [(0, 4), (5, 4), (6, 4)]


def test_every_failure_is_a_result(fakes):
    """Holes, nobody, a wrong unit, errors of the estimator; it goes on."""
    good = fakes.frame(2.0)
    results, loop = _results(
        fakes.source(
            [
                good,
                fakes.frame(0.0),
                good,
                fakes.frame(2000.0),
                good,
                good,
                ValueError('7.png: cut short'),
                good,
            ]
        ),
        fakes.estimator(
            [fakes.person()],
            [],
            [],  # nor where he was
            ValueError('box 0 is empty'),
            RuntimeError('no memory'),
            [fakes.person()],
        ),
    )
    messages = [r.message for r in results]
    assert messages[:3] == [None, HOLES_ONLY, NO_PERSON]
    assert messages[3].startswith('frame 0: the middle distance is 2000 m')
    assert messages[4] == 'the frame failed: box 0 is empty'
    assert messages[5] == 'the frame failed: RuntimeError: no memory'
    assert [len(r.people) for r in results] == [1, 0, 0, 0, 0, 0, 1]
    assert loop.counts == {
        'person': 2,
        'holes only': 1,
        'no person': 1,
        'wrong unit': 1,
        'failed': 2,
    }
    # The damaged file is said beside the next good frame.
    assert messages[6] == '7.png: cut short'
    assert loop.grabber.damaged == 1


def test_an_unplugged_device_is_said_until_it_is_back(fakes, monkeypatch):
    """What stands on the screen while a device is away, and afterwards."""
    monkeypatch.setattr('mmpose_cmb.live.loop.IDLE_S', 0.0)
    monkeypatch.setattr('mmpose_cmb.live.grabber.FIRST_WAIT_S', 0.0)
    said = threading.Event()

    def back():
        assert said.wait(30)
        return fakes.frame(index=1)

    source = fakes.source(
        [fakes.frame(index=0), DeviceLost('unplugged'), back],
        opens=[DeviceLost('no device'), None],
    )
    with_frame, messages = [], set()
    for result in LiveLoop(source, fakes.estimator([fakes.person()])):
        if result.frame is None:
            messages.add(result.message)
            if result.message and 'lost' in result.message:
                said.set()
        else:
            with_frame.append((result.frame.index, result.message))
    assert with_frame[-1] == (1, None)
    assert any(m and m.startswith('scripted lost: ') for m in messages)


def test_silence_is_said(fakes, clock):
    loop = LiveLoop(fakes.source([]), fakes.estimator([]), silence_s=2.0, clock=clock)
    assert loop._trouble() is None
    clock.now_s += 3
    assert loop._trouble() == 'scripted: no frame for 3 s'


def test_max_frames(fakes):
    frames = [fakes.frame(index=i) for i in range(9)]
    results, loop = _results(fakes.source(frames), fakes.estimator([fakes.person()]), max_frames=3)
    assert len(results) == 3 and loop.ended is None


def test_leaving_the_loop_ends_the_thread(fakes):
    before = threading.active_count()
    iterator = iter(
        LiveLoop(fakes.source([fakes.frame()] * 1000), fakes.estimator([fakes.person()]))
    )
    next(iterator)
    iterator.close()
    assert threading.active_count() == before


def test_boxes_come_from_the_last_frame(fakes):
    frames = [fakes.frame(index=i) for i in range(4)]
    person, weak = fakes.person(5.0, 5.0, side=12.0), fakes.person(score=0.1)
    estimator = fakes.estimator([person], [person], [weak], [person], [person])
    results, _ = _results(fakes.source(frames), estimator, tracker=PersonTracker())
    boxes = [boxes for _, boxes in estimator.seen]
    # Frame 2 is looked at twice: in the box, and everywhere.
    assert [b is None for b in boxes] == [True, False, False, True, False]
    assert [f.index for f, _ in estimator.seen] == [0, 1, 2, 2, 3]
    np.testing.assert_allclose(boxes[1], [[3.8, 3.8, 18.2, 18.2]], atol=1e-5)
    assert [r.searched for r in results] == [True, False, True, False]
    assert all(r.people[0].id == 1 for r in results)
    assert all(r.people[0].keypoints is person.keypoints for r in results)


def test_after_a_failure_the_person_is_searched(fakes):
    person = fakes.person(5.0, 5.0, side=12.0)
    estimator = fakes.estimator([person], ValueError('bad box'), [person])
    _results(fakes.source([fakes.frame()] * 3), estimator, tracker=PersonTracker())
    assert [b is None for _, b in estimator.seen] == [True, False, True]


def test_whom_a_search_misses_is_looked_for_where_he_was(fakes):
    """Three calls: everywhere, everywhere without finding anybody, his box."""
    frames = [fakes.frame(index=i) for i in range(2)]
    estimator = fakes.estimator([fakes.person()], [], [fakes.person(score=0.2)])
    results, loop = _results(fakes.source(frames), estimator, tracker=PersonTracker(max_frames=0))
    assert [[p.id for p in r.people] for r in results] == [[1], [1]]
    assert [None if boxes is None else len(boxes) for _, boxes in estimator.seen] == [
        None,
        None,
        1,
    ]
    assert results[1].message is None and loop.counts == {'person': 2}


def test_joints_are_smoothed_but_boxes_follow_the_raw_ones(fakes):
    people = [[fakes.person(5.0)], [fakes.person(8.0)]]
    estimator = fakes.estimator(*people, [fakes.person(8.0)])
    results, _ = _results(
        fakes.source([fakes.frame()] * 3),
        estimator,
        tracker=PersonTracker(padding=0.0),
        smoother=PoseSmoother(0.1, 0.0),
    )
    x = results[1].people[0].keypoints[0, 0]
    assert 5 < x < 8
    assert estimator.seen[2][1][0, 0] == 8


def test_latency_meter():
    meter = LatencyMeter(length=4)
    assert np.isnan(meter.read().fps)
    for i, took_s in enumerate((9.0, 0.01, 0.02, 0.03, 0.11)):
        meter.add(i * 0.1 - took_s, i * 0.1)
    latency = meter.read()
    assert latency.fps == pytest.approx(10)
    assert latency.median_ms == pytest.approx(25)
    assert latency.p95_ms == pytest.approx(98)
    assert str(latency) == '10.0 fps, 25 ms (95 %: 98 ms)'


def test_a_recording_plays_through_the_loop(fakes):
    """The real threads and clock, at a speed that nobody waits for."""
    frames = np.full((12, 16, 20), 2000, np.uint16)
    with RecordedSource(frames, fps=200.0) as source:
        loop = LiveLoop(source, fakes.estimator([fakes.person()]))
        numbers = [r.frame.index for r in loop if r.frame is not None]
    assert numbers == sorted(set(numbers)) and numbers[-1] == 11
    assert len(numbers) + loop.grabber.dropped == 12

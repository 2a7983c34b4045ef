"""The grabber step by step, without its thread and without waiting."""

import numpy as np
import pytest

from mmpose_cmb.live import DeviceLost, NoFrame, RecordedSource, Recorder, SourceEnded
from mmpose_cmb.live.grabber import Grabber, backoff_s


@pytest.fixture
def waits(monkeypatch):
    """Seconds that grabbers wait before they open a device again."""
    import threading

    waits = []

    class Event(threading.Event):
        def wait(self, timeout=None):
            waits.append(timeout)
            return self.is_set()

    monkeypatch.setattr('mmpose_cmb.live.grabber.threading.Event', Event)
    return waits


def _steps(grabber, number):
    for _ in range(number):
        grabber.step()


def test_backoff():
    assert [backoff_s(i) for i in range(7)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_frames_are_replaced_not_queued(fakes, clock):
    frames = [fakes.frame(index=i) for i in range(5)]
    grabber = Grabber(fakes.source(frames), clock=clock)
    _steps(grabber, 4)
    assert (grabber.grabbed, grabber.dropped) == (4, 3)
    assert grabber.take(0).frame is frames[3]
    _steps(grabber, 2)
    assert grabber.take(0).frame is frames[4]
    assert grabber.ended == 'scripted: the end'


def test_what_a_recording_skips_counts_as_dropped(clock):
    frames = np.full((10, 16, 20), 2000, np.uint16)
    source = RecordedSource(frames, 10.0, clock=clock, sleep=clock.sleep)
    grabber = Grabber(source, clock=clock)
    grabber.step()
    grabber.take(0)
    clock.now_s += 0.55
    grabber.step()
    assert grabber.take(0).arrived_s == pytest.approx(100.55)
    assert grabber.dropped == 4


def test_an_unplugged_device_is_opened_again(fakes, clock, waits):
    source = fakes.source(
        [fakes.frame(), DeviceLost('unplugged'), fakes.frame()],
        opens=[DeviceLost('no device'), DeviceLost('no device'), None],
    )
    grabber = Grabber(source, clock=clock)
    _steps(grabber, 2)
    assert grabber.trouble == 'scripted lost: unplugged'
    assert source.closed == 1
    said = []
    for _ in range(3):
        grabber.step()
        said.append(grabber.trouble)
    assert said[:2] == ['scripted lost: no device'] * 2
    assert said[2] == ('scripted lost: no device; next try (3) in 2 s')
    assert waits == [0.5, 1, 2]
    assert (source.opened, source.closed) == (3, 3)
    grabber.step()
    assert (grabber.trouble, grabber.grabbed, grabber.ended) == (None, 2, None)
    # The next loss begins with the short wait.
    source.reads = [DeviceLost('again')]
    _steps(grabber, 2)
    assert waits == [0.5, 1, 2, 0.5]


def test_a_silent_device_is_opened_again(fakes, clock, waits):

    def silence():
        clock.now_s += 2
        return NoFrame('none')

    source = fakes.source([silence] * 3)
    grabber = Grabber(source, silence_s=5.0, clock=clock)
    _steps(grabber, 2)
    assert (grabber.trouble, source.closed) == (None, 0)
    grabber.step()
    assert grabber.trouble == 'scripted lost: no frame for 6 s'
    assert source.closed == 1


def test_a_slow_recording_is_not_opened_again(clock):
    frames = np.full((2, 16, 20), 2000, np.uint16)
    source = RecordedSource(frames, 0.05, clock=clock, sleep=clock.sleep)
    grabber = Grabber(source, silence_s=5.0, clock=clock)
    _steps(grabber, 60)
    assert (grabber.grabbed, grabber.trouble) == (1, None)
    _steps(grabber, 60)
    assert (grabber.grabbed, grabber.trouble) == (2, None)


def test_a_lost_source_that_cannot_come_back_ends(fakes, clock):
    source = fakes.source([DeviceLost('the disk is gone')])
    source.can_reopen = False
    grabber = Grabber(source, clock=clock)
    grabber.step()
    assert grabber.ended == 'the disk is gone'


def test_frames_that_cannot_be_used_are_counted(fakes, clock):
    grabber = Grabber(fakes.source([ValueError('3.png: cut short'), fakes.frame()]), clock=clock)
    _steps(grabber, 2)
    assert (grabber.damaged, grabber.damage) == (1, '3.png: cut short')
    assert grabber.grabbed == 1


def test_everything_is_recorded_also_what_nobody_takes(fakes, clock, tmp_path):
    with Recorder(str(tmp_path / 'rec')) as recorder:
        grabber = Grabber(
            fakes.source([fakes.frame(1.0), fakes.frame(2.0)]), recorder, clock=clock
        )
        _steps(grabber, 2)
    assert len(RecordedSource(str(tmp_path / 'rec')).frames) == 2


def test_recording_stops_with_a_message_and_frames_go_on(fakes, clock, tmp_path):
    with Recorder(str(tmp_path / 'rec')) as recorder:
        grabber = Grabber(
            fakes.source([fakes.frame(), fakes.frame(90.0), fakes.frame()]), recorder, clock=clock
        )
        _steps(grabber, 3)
    assert grabber.record_trouble.startswith('recording has stopped: ')
    assert '65.535 m' in grabber.record_trouble
    assert grabber.grabbed == 3


def test_a_fault_of_the_source_ends_the_thread_with_a_message(fakes):
    grabber = Grabber(fakes.source([ZeroDivisionError('oops')]))
    grabber.start()
    assert grabber.take(30) is None
    grabber.stop()
    assert grabber.ended == ('scripted: failed (ZeroDivisionError: oops)')


def test_threads_hand_over_every_frame_or_count_it(fakes):
    frames = [fakes.frame(index=i) for i in range(200)]
    grabber = Grabber(fakes.source(frames))
    grabber.start()
    taken = []
    while True:
        captured = grabber.take(30)
        if captured is None:
            break
        taken.append(captured.frame.index)
    grabber.stop()
    assert taken == sorted(set(taken)) and taken[-1] == 199
    assert len(taken) + grabber.dropped == 200
    with pytest.raises(SourceEnded):
        grabber.source.read()

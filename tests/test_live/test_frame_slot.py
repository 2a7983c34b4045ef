import threading

from mmpose_cmb.live.frame_slot import FrameSlot


def test_the_newest_wins_and_the_others_are_counted():
    slot = FrameSlot()
    for thing in 'abc':
        slot.put(thing)
    assert (slot.take(0), slot.dropped) == ('c', 2)
    assert slot.take(0) is None
    slot.put('d')
    assert (slot.take(0), slot.dropped) == ('d', 2)


def test_who_waits_is_woken_by_a_thing_and_by_the_end():
    slot, got = FrameSlot(), []
    waiting = threading.Thread(target=lambda: got.extend((slot.take(60), slot.take(60))))
    waiting.start()
    slot.put('first')
    slot.close()
    waiting.join(timeout=30)
    assert got == ['first', None]


def test_what_lies_there_at_the_end_is_not_lost():
    slot = FrameSlot()
    slot.put('last')
    slot.close()
    assert (slot.take(60), slot.take(60)) == ('last', None)

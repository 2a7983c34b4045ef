import threading

from mmpose_cmb.live.background import Background


def test_things_are_worked_on_in_order():
    done = []
    background = Background(done.append, 100, 'work')
    for thing in range(50):
        background.put(thing)
    background.close()
    assert done == list(range(50))
    assert background.dropped == 0
    background.put(50)
    background.close()
    assert (len(done), background.dropped) == (50, 1)


def test_what_is_too_much_is_dropped_and_nobody_waits():
    """The worker holds the first thing; two may wait, the rest is dropped."""
    taken, go_on, done = threading.Event(), threading.Event(), []

    def work(thing):
        taken.set()
        assert go_on.wait(30)
        done.append(thing)

    background = Background(work, 2, 'work')
    background.put('first')
    assert taken.wait(30)
    for thing in 'abcd':
        background.put(thing)
    assert background.dropped == 2
    go_on.set()
    background.close()
    assert done == ['first', 'a', 'b']


def test_an_error_ends_the_work_alone():
    def work(thing):
        raise thing

    for error, said in (
        (OSError('disk full'), 'work has stopped: disk full'),
        (KeyError('x'), "work has stopped: KeyError: 'x'"),
    ):
        background = Background(work, 2, 'work')
        background.put(error)
        background.close()
        assert background.trouble == said
        background.put(error)
        assert background.dropped == 2


def test_the_end_waits_for_nobody_who_hangs():
    hangs = threading.Event()
    begun = threading.Event()

    def work(thing):
        begun.set()
        hangs.wait(30)

    background = Background(work, 5, 'work')
    for thing in range(3):
        background.put(thing)
    assert begun.wait(30)
    background.close(timeout_s=0.0)
    assert background.dropped == 2
    hangs.set()

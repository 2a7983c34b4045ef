"""Real sockets on this computer's loopback."""

import sys

import pytest
import zmq

from mmpose_cmb.live.zmq_stream import WAITING, ZmqStream

HEADER = b'{"type":"header"}\n'
TICK = b'tick\n'
LOOPBACK = 'tcp://127.0.0.1:*'


@pytest.fixture
def stream():
    stream = ZmqStream(LOOPBACK, HEADER)
    yield stream
    stream.close()


@pytest.fixture
def listen():
    """Connects a listener that gives up after 30 s."""
    listeners = []

    def connect(address):
        listener = zmq.Context.instance().socket(zmq.SUB)
        listener.rcvtimeo = 30_000
        listener.linger = 0
        listener.subscribe(b'')
        listener.connect(address)
        listeners.append(listener)
        return listener

    yield connect
    for listener in listeners:
        listener.close()


def _first(stream, listener):
    """What a new listener hears first, while lines go out all the time."""
    for _ in range(10_000):
        if listener.poll(5):
            return listener.recv()
        stream.send(TICK)
    raise AssertionError('the listener hears nothing')


def _next(listener):
    """The next line but for those that went out meanwhile."""
    line = TICK
    while line == TICK:
        line = listener.recv()
    return line


def test_every_listener_begins_with_the_header(stream, listen):
    stream.send(b'nobody hears\n')
    first = listen(stream.address)
    assert _first(stream, first) == HEADER
    stream.send(b'one\n')
    second = listen(stream.address)
    assert _first(stream, second) == HEADER
    stream.send(b'two\n')
    assert [_next(first), _next(first)] == [b'one\n', b'two\n']
    assert _next(second) == b'two\n'


def test_slow_and_gone_listeners_keep_nobody_waiting(stream, listen):
    """Megabytes for somebody who does not read; others get everything."""
    slow, gone = listen(stream.address), listen(stream.address)
    assert _first(stream, slow) == _first(stream, gone) == HEADER
    gone.close()
    line = b'x' * 100_000
    for _ in range(5 * WAITING):
        stream.send(line)
    late = listen(stream.address)
    assert _first(stream, late) == HEADER
    stream.send(b'last\n')
    assert _next(late) == b'last\n'


def test_a_port_is_of_this_computer_alone(stream):
    port = stream.address.rsplit(':', 1)[1]
    with pytest.raises(
        ValueError, match=f'tcp://127.0.0.1:{port}: ZeroMQ cannot bind this address'
    ):
        ZmqStream(port, HEADER)


def test_an_address_that_is_none():
    with pytest.raises(ValueError, match='nowhere: ZeroMQ cannot bind'):
        ZmqStream('nowhere', HEADER)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, 'zmq', None)
    with pytest.raises(ImportError, match='pip install pyzmq'):
        ZmqStream(LOOPBACK, HEADER)

"""Lines to whoever listens in the network, over ZeroMQ."""

from typing import Optional

# Lines that may wait for one listener, ten seconds of a camera.
WAITING = 300
LOOPBACK = 'tcp://127.0.0.1'
# At the end, for lines that are on their way.
LINGER_MS = 500


def import_zmq():
    """Import pyzmq, or say how to get it.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        import zmq
    except ImportError as error:
        raise ImportError(
            f'ZeroMQ needs the package pyzmq: pip install pyzmq ({error})'
        ) from error
    return zmq


class ZmqStream:
    """Publishes lines; listeners come and go as they like (XPUB).

    Who begins to listen gets the header first. A listener that is slow or
    gone misses lines and keeps nobody waiting: ZeroMQ itself sends in a
    thread, and drops what is too much for a listener.

    Args:
        address (str): ZeroMQ's address to bind, ``tcp://*:5556`` for all of
            the computer's networks, or a port on this computer alone.
        header (bytes): The first line.

    Attributes:
        address (str): As ZeroMQ has bound it.
        dropped (int): Lines that could not be sent. What a single listener
            misses is not among them: gaps of ``number`` tell it.
        trouble (str, optional): None; as of other outputs.

    Raises:
        ImportError: If pyzmq is not installed; says what to install.
        ValueError: If the address cannot be bound.
    """

    trouble: Optional[str] = None

    def __init__(self, address: str, header: bytes) -> None:
        zmq = self._zmq = import_zmq()
        if address.isdigit():
            address = f'{LOOPBACK}:{address}'
        self.dropped = 0
        self._socket = zmq.Context.instance().socket(zmq.XPUB)
        self._socket.sndhwm = WAITING
        self._socket.linger = LINGER_MS
        self._socket.setsockopt(zmq.XPUB_WELCOME_MSG, header)
        try:
            self._socket.bind(address)
        except zmq.ZMQError as error:
            self._socket.close()
            raise ValueError(
                f'{address}: ZeroMQ cannot bind this address ({error}); give '
                'a port, or an address such as tcp://*:5556'
            ) from error
        self.address = self._socket.last_endpoint.decode()

    def send(self, line: bytes) -> None:
        """Publish a line; does not wait."""
        zmq = self._zmq
        # Who comes and goes is told here, and would pile up.
        while self._socket.events & zmq.POLLIN:
            self._socket.recv(zmq.NOBLOCK)
        try:
            self._socket.send(line, zmq.NOBLOCK)
        except zmq.Again:
            self.dropped += 1

    def close(self) -> None:
        """Send what is on its way, for half a second at most."""
        self._socket.close()

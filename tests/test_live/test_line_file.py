import os
import threading
import types

import pytest

from mmpose_cmb.live.line_file import WAITING, LineFile


@pytest.fixture
def pipe(monkeypatch):
    """Standard output as a pipe: its reading and its writing end."""
    from_end, to_end = os.pipe()
    with open(from_end, 'rb', buffering=0) as reading, open(to_end, 'wb', buffering=0) as writing:
        # Not sys.stdout itself, which pytest sets anew before each test.
        monkeypatch.setattr('mmpose_cmb.live.line_file.sys', types.SimpleNamespace(stdout=writing))
        yield reading, writing


def test_a_file_has_its_name_when_it_is_whole(tmp_path):
    path = tmp_path / 'new' / 'joints.jsonl'
    file = LineFile(str(path))
    file.send(b'{"a":1}\n')
    file.send(b'{"a":2}\n')
    assert not path.exists()
    file.close()
    file.close()
    assert os.listdir(path.parent) == ['joints.jsonl']
    assert path.read_bytes() == b'{"a":1}\n{"a":2}\n'


def test_lines_can_be_read_while_they_come(pipe):
    reading, _ = pipe
    lines = LineFile('-')
    lines.send(b'first\n')
    assert reading.read(100) == b'first\n'
    lines.send(b'second\n')
    assert reading.read(100) == b'second\n'
    lines.close()


def test_a_reader_who_does_not_read_keeps_nobody_waiting(pipe):
    """A pipe holds 64 kB; the rest of the lines waits, and then is lost."""
    reading, writing = pipe
    lines = LineFile('-')
    line = b'x' * 65535 + b'\n'
    for _ in range(WAITING + 50):
        lines.send(line)
    assert 45 <= lines.dropped <= 50
    # What was not lost comes whole as soon as somebody reads.
    got = []
    reader = threading.Thread(target=lambda: got.append(reading.readall()), daemon=True)
    reader.start()
    lines.close()
    writing.close()
    reader.join(30)
    assert got == [line * (WAITING + 50 - lines.dropped)]


def test_a_reader_who_has_gone_is_said(pipe):
    reading, _ = pipe
    lines = LineFile('-')
    reading.close()
    lines.send(b'nobody hears\n')
    lines.close()
    assert lines.trouble.startswith('standard output has stopped: ')
    assert lines.dropped == 1


def test_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(OSError, match='file'):
        LineFile(str(tmp_path / 'file' / 'joints.jsonl'))

"""Files that are never seen half written."""
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half written."""
    with written_aside(path) as aside:
        aside.write_bytes(content)


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes its place at the end.

    It is deleted where writing fails; only a killed process leaves it.
    """
    aside = path.with_name(f'{path.name}.{os.getpid()}.tmp')
    try:
        yield aside
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)

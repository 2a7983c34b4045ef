"""Lines to a file or to standard output, for whoever reads along."""

import os
import os.path as osp
import sys
from typing import Optional, Union

from ..io.kept_files import check_output, note_written
from ..io.whole_file import make_folder
from .background import Background

STANDARD_OUTPUT = '-'
# Ten seconds of a camera; a reader that is later than this misses lines.
WAITING = 300


class LineFile:
    """Writes lines in a thread of its own, so that a slow reader stops nobody.

    Each line is written at once and whole. Lines go to ``PATH.part``, which
    gets its name when it is closed.

    Args:
        path (str): The file; '-' = standard output.

    Raises:
        OSError: If the file cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._aside: Optional[str] = None
        # Unbuffered: a blocked write keeps no lock that the end waits for.
        if path == STANDARD_OUTPUT:
            target: Union[int, str] = os.dup(sys.stdout.fileno())
            name = 'standard output'
        else:
            check_output(path)
            make_folder(osp.dirname(osp.abspath(path)))
            target = name = self._aside = f'{path}.part'
        self._file = open(target, 'wb', buffering=0)  # noqa: SIM115
        self._background = Background(self._write, WAITING, name)

    @property
    def dropped(self) -> int:
        """Lines that nobody got."""
        return self._background.dropped

    @property
    def trouble(self) -> Optional[str]:
        """Why there are no lines any more, one sentence."""
        return self._background.trouble

    def send(self, line: bytes) -> None:
        """Have a line written, unless too many wait."""
        self._background.put(line)

    def close(self) -> None:
        """Write what waits and give the file its name.

        Where writing has failed the file stays ``PATH.part``.
        """
        if self._file.closed:
            return
        self._background.close()
        # A reader who hangs holds the writing thread, and it the file.
        self._file.close()
        if self._aside is not None and self.trouble is None:
            os.replace(self._aside, self.path)
            note_written(self.path)

    def _write(self, line: bytes) -> None:
        while line:
            line = line[self._file.write(line) :]

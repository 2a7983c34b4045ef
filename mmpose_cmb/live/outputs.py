"""Where the results of a live run go."""

import time
from contextlib import ExitStack
from typing import Callable, Dict, List, Optional, Set, Union

from ..drawing.window import Window
from ..io.whole_file import make_folder
from .joint_lines import frame_record, header_record, to_line
from .line_file import LineFile
from .loop import LiveResult
from .painter import Painter, describe
from .pictures import Pictures
from .source import DepthSource
from .video_file import VideoFile
from .zmq_stream import ZmqStream

REPORT_S = 1.0


class Outputs:
    """Joints, pictures and lines of text; made as far as wanted.

    None of them keeps the loop waiting, and none that fails ends it.

    Args:
        source (DepthSource): Whose results they are.
        skeleton: With ``keypoint_names``, ``links``, ``link_colors`` and
            ``keypoint_colors``, as in a model's specification.
        say (Callable): Gets lines for the user.
        jsonl (str, optional): See :class:`LineFile`.
        zmq (str, optional): See :class:`ZmqStream`.
        window (bool): Open a window where there can be one. Defaults to
            False.
        video (str, optional): See :class:`VideoFile`.
        out_dir (str, optional): Folder for a picture of every result.
        kpt_thr (float): Joints with a lower score are not drawn. Defaults to
            0.3.
        clock (Callable): That of the loop. Defaults to ``time.monotonic``.

    Raises:
        ImportError: If a package is missing; says what to install.
        OSError: If a file cannot be written.
        ValueError: If an address cannot be bound or a file's name is wrong.
    """

    def __init__(
        self,
        source: DepthSource,
        skeleton,
        say: Callable[[str], None],
        *,
        jsonl: Optional[str] = None,
        zmq: Optional[str] = None,
        window: bool = False,
        video: Optional[str] = None,
        out_dir: Optional[str] = None,
        kpt_thr: float = 0.3,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pictures: Optional[Pictures] = None
        self._say = say
        self._clock = clock
        self._begin_s = self._reported_s = clock()
        self._said_s: Dict[str, float] = {}
        self._told: Set[str] = set()
        self._closing = ExitStack()
        # What was made before an error is closed, too.
        with ExitStack() as made:
            header = to_line(
                header_record(source.name, skeleton.keypoint_names, skeleton.links, time.time())
            )
            self.streams: List[Union[LineFile, ZmqStream]] = []
            if zmq is not None:
                self.streams.append(ZmqStream(zmq, header))
                made.callback(self.streams[-1].close)
                say(f'joints at {self.streams[-1].address}')
            if jsonl is not None:
                self.streams.append(LineFile(jsonl))
                made.callback(self.streams[-1].close)
                self.streams[-1].send(header)
            self.window = self._open_window() if window else None
            if self.window is not None:
                made.callback(self.window.close)
            if out_dir:
                make_folder(out_dir)
            if self.window is not None or video or out_dir:
                self.pictures = Pictures(
                    Painter(
                        skeleton.links, skeleton.link_colors, skeleton.keypoint_colors, kpt_thr
                    ),
                    VideoFile(video, source.fps or 30.0) if video else None,
                    out_dir,
                    clock,
                )
                made.callback(self.pictures.close)
            self._closing = made.pop_all()

    def __enter__(self) -> 'Outputs':
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __call__(self, result: LiveResult) -> bool:
        """Give a result away; returns whether to go on."""
        if self.streams and result.frame is not None:
            line = to_line(frame_record(result, self._begin_s))
            for stream in self.streams:
                stream.send(line)
        if self.pictures is not None:
            self.pictures.put(result)
        self._report(result)
        return self.window is None or self.window.show(self.pictures.newest.take(0))

    def close(self) -> None:
        """Finish files and streams."""
        self._closing.close()

    def lost(self) -> List[str]:
        """What did not get out: "3 pictures", and so on."""
        counts = {
            'lines': sum(stream.dropped for stream in self.streams),
            'pictures': self.pictures.dropped if self.pictures else 0,
        }
        return [f'{count} {what}' for what, count in counts.items() if count]

    def _open_window(self) -> Optional[Window]:
        try:
            return Window('mmpose_cmb live (q ends)')
        except RuntimeError as error:
            self._say(f'{error}; going on without one')
            return None

    def _report(self, result: LiveResult) -> None:
        """A line a second; messages at once, each once a second."""
        now_s = self._clock()
        figures, message = describe(result)
        self._said_s = {
            said: when for said, when in self._said_s.items() if now_s - when < REPORT_S
        }
        if message is not None and message not in self._said_s:
            self._said_s[message] = now_s
            self._say(f'{now_s - self._begin_s:6.1f} s  {message}')
        if now_s - self._reported_s >= REPORT_S:
            self._reported_s = now_s
            self._say(f'{now_s - self._begin_s:6.1f} s  {figures}')
        for output in (*self.streams, self.pictures):
            if output is not None and output.trouble not in (None, *self._told):
                self._told.add(output.trouble)
                self._say(output.trouble)

"""What became of a call's frames, in words."""

from typing import Callable, List, Set

from ..command_line import DONE, SOME_UNUSABLE
from ..words import counted
from .predictor import FrameOutcome

MAX_LISTED = 20


class RunReport:
    """Counts the outcomes of a call, and tells each note once.

    Args:
        tell (Callable): Gets each note when it first comes, such as
            ``print``.

    Attributes:
        problems (List[FrameOutcome]): Frames without a person.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.frames = self.persons = self.cameras_assumed = 0
        self.problems: List[FrameOutcome] = []
        self._tell = tell
        self._told: Set[str] = set()

    def add(self, outcome: FrameOutcome) -> None:
        """Count a frame."""
        self.frames += 1
        self.persons += len(outcome.persons)
        if outcome.boxes is not None:
            self.cameras_assumed += outcome.boxes.camera_assumed
        if outcome.problem is not None:
            self.problems.append(outcome)
        for note in outcome.notes:
            if note not in self._told:
                self._told.add(note)
                self._tell(note)

    @property
    def exit_status(self) -> int:
        """0, or 1 where an input could not be used."""
        return SOME_UNUSABLE if any(outcome.failed for outcome in self.problems) else DONE

    def lines(self) -> List[str]:
        """What was found, and which frames are without a person."""
        failed = sum(outcome.failed for outcome in self.problems)
        text = f'{counted(self.persons, "person")} in {counted(self.frames, "frame")}'
        if self.problems:
            text += (
                f'; {counted(len(self.problems), "frame")} without a '
                f'person, {failed} of them unusable'
            )
        lines = [text]
        if self.cameras_assumed:
            lines.append(
                f'    camera assumed, not known, in {counted(self.cameras_assumed, "frame")}'
            )
        lines += [f'    {o.problem}' for o in self.problems[:MAX_LISTED]]
        if len(self.problems) > MAX_LISTED:
            lines.append(f'    and {len(self.problems) - MAX_LISTED} more')
        return lines

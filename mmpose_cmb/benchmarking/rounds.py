"""Timings in interleaved rounds, kept in a file that a later run goes on."""

import csv
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Callable, Dict, List, NamedTuple

COLUMNS = ('round', 'size', 'network', 'backend', 'batch', 'seconds')


class Cell(NamedTuple):
    """One thing that is timed in every round.

    Args:
        size (int): Height and width of the input in pixels.
        network (str): Name of the network.
        backend (str): How it is run.
        batch (int): Crops in a batch.
    """

    size: int
    network: str
    backend: str
    batch: int


class Rounds:
    """Each cell's seconds for a batch, one value a round.

    Args:
        path (Path): CSV that finished rounds are read from and added to.
        clock (Callable): Tells seconds. Defaults to ``time.perf_counter``;
            ``time.process_time`` counts all threads of this process, and
            nothing of others.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.perf_counter) -> None:
        self.path = Path(path)
        self.clock = clock
        self.seconds: Dict[Cell, Dict[int, float]] = defaultdict(dict)
        if self.path.exists():
            with open(self.path, newline='') as file:
                for row in csv.DictReader(file):
                    cell = Cell(
                        int(row['size']), row['network'], row['backend'], int(row['batch'])
                    )
                    self.seconds[cell][int(row['round'])] = float(row['seconds'])

    def finished(self, cells: List[Cell]) -> List[int]:
        """Rounds in which every one of some cells was timed."""
        if not cells:
            return []
        shared = set.intersection(*(set(self.seconds.get(cell, ())) for cell in cells))
        return sorted(shared)

    def run(
        self, runners: Dict[Cell, Callable[[], None]], count: int, tell: Callable[[str], None]
    ) -> None:
        """Time every cell in turn until there are ``count`` whole rounds.

        Args:
            runners (Dict[Cell, Callable]): What to time.
            count (int): Rounds, those of earlier runs included.
            tell (Callable): Gets a line of progress after each round.
        """
        cells = list(runners)
        while len(self.finished(cells)) < count:
            known = (r for of in self.seconds.values() for r in of)
            number = 1 + max(known, default=0)
            for cell, run in runners.items():
                # The first run brings weights and threads back.
                run()
                self.seconds[cell][number] = seconds_of(
                    run, 3 if cell.batch == 1 else 1, self.clock
                )
            self._append(number, cells)
            tell(f'round {len(self.finished(cells))} of {count}')

    def _append(self, number: int, cells: List[Cell]) -> None:
        """Add one whole round to the file."""
        new = not self.path.exists()
        with open(self.path, 'a', newline='') as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(COLUMNS)
            writer.writerows(
                (number, *cell, f'{self.seconds[cell][number]:.7f}') for cell in cells
            )

    def median(self, cell: Cell) -> float:
        """Median seconds for a batch over all rounds."""
        return median(self.seconds[cell].values())

    def ratio(self, cell: Cell, other: Cell) -> float:
        """Median over the common rounds of one cell's time over another's."""
        return median(self.ratios(cell, other))

    def ratios(self, cell: Cell, other: Cell) -> List[float]:
        """One cell's time over another's, for each common round."""
        return [
            self.seconds[cell][r] / self.seconds[other][r] for r in self.finished([cell, other])
        ]


def seconds_of(run: Callable[[], None], repeat: int, clock: Callable[[], float]) -> float:
    """Mean seconds of one call."""
    begin = clock()
    for _ in range(repeat):
        run()
    return (clock() - begin) / repeat

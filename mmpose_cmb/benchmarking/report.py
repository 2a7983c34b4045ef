"""The benchmark's table, its comparisons with the paper, and its plot."""

import csv
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..io import whole_file
from .backends import Measured
from .networks import LIGHT, OURS
from .rounds import Cell, Rounds

HEADER = (
    'input',
    'network',
    'backend',
    'parameters, M',
    'multiply-adds, G',
    'file, MB',
    'latency, ms',
    'beside cmb',
    'crops/s',
    'peak, MB',
)
COMPARED = ('what', 'the paper', 'measured')
COLORS = {
    'eager': '#b8c4d6',
    'folded': '#5b7fb5',
    'compiled': '#2f4b7c',
    'onnxruntime': '#f2b880',
    'onnxruntime-folded': '#d9702b',
    'onnxruntime-plainly-folded': '#e6944f',
    'openvino': '#a8cfa0',
    'openvino-folded': '#7db573',
    'openvino-bfloat16': '#4f9a58',
    'openvino-bfloat16-folded': '#2f7d3f',
    'openvino-bfloat16-plainly-folded': '#3d8b4b',
    'openvino-int8': '#c9a6d4',
    'openvino-int8-plainly-folded': '#a678b8',
}


def table(measured: Sequence[Measured], rounds: Rounds, batch: int) -> List[Tuple]:
    """Rows under ``HEADER``.

    ``beside cmb`` is the median over the rounds of the latency over that of
    this package's network, run in the same way (folded, where that is not
    defined for the other) at the same input size.

    Args:
        measured (Sequence[Measured]): One a row.
        rounds (Rounds): The timings.
        batch (int): Crops in the batch of the throughput.
    """
    rows = []
    for one in measured:
        cell = one.cell
        own = cell._replace(network=OURS)
        rows.append(
            (
                cell.size,
                cell.network,
                cell.backend,
                f'{one.figures.parameters / 1e6:.2f}',
                f'{one.figures.multiply_adds / 1e9:.2f}',
                f'{one.file_bytes / 1e6:.1f}',
                f'{1e3 * rounds.median(cell):.1f}',
                f'{rounds.ratio(cell, own):.2f}' if rounds.finished([cell, own]) else '',
                f'{batch / rounds.median(cell._replace(batch=batch)):.1f}',
                '' if one.peak_bytes is None else f'{one.peak_bytes / 1e6:.0f}',
            )
        )
    return rows


def comparisons(measured: Sequence[Measured], rounds: Rounds) -> List[Tuple[str, str, str]]:
    """What the paper says, and ratios of interest, beside what was measured.

    Args:
        measured (Sequence[Measured]): As for :func:`table`.
        rounds (Rounds): The timings.

    Returns:
        List[Tuple[str, str, str]]: What, in the paper, measured.
    """
    by_cell = {one.cell: one for one in measured}
    rows = []
    for one in measured:
        cell = one.cell
        if cell.network == OURS and cell.backend in ('onnxruntime', 'onnxruntime-folded'):
            paper = ('5.4 GFLOPs', '58 MB') if cell.size == 192 else ('', '')
            what = f'{cell.backend}, {cell.size} px'
            rows += [
                (f'multiply-adds, {what}', paper[0], f'{one.figures.multiply_adds / 1e9:.2f} G'),
                (f'file, {what}', paper[1], f'{one.file_bytes / 1e6:.1f} MB'),
            ]
    sizes = sorted({cell.size for cell in by_cell})
    for size in sizes:
        for backend in ('eager', 'onnxruntime'):
            folded = Cell(size, OURS, 'folded' if backend == 'eager' else f'{backend}-folded', 1)
            plain = Cell(size, OURS, backend, 1)
            if plain in by_cell and folded in by_cell:
                rows.append(
                    (
                        f'folded against not, {backend}, {size} px',
                        '',
                        f'{rounds.ratio(plain, folded):.2f} times',
                    )
                )
            for network in (OURS, LIGHT):
                pairs = Cell(size, network, f'{backend}-folded', 1)
                plainly = Cell(size, network, f'{backend}-plainly-folded', 1)
                if pairs in by_cell and plainly in by_cell:
                    rows.append(
                        (
                            f'{network}, rows in pairs against folding without, {size} px',
                            '',
                            with_quartiles(rounds.ratios(plainly, pairs)),
                        )
                    )
            for other, said in (('hourglass52', '4 times'), ('cpm', '')):
                for own in (plain, folded):
                    for other_size in sizes:
                        cell = Cell(other_size, other, backend, 1)
                        if (
                            cell in by_cell
                            and own in by_cell
                            and (other_size == size or other == 'hourglass52')
                        ):
                            rows.append(
                                (
                                    f'cmb at {size} px ({own.backend}) against '
                                    f'{other} at {other_size} px ({backend})',
                                    said,
                                    f'{rounds.ratio(cell, own):.2f} times',
                                )
                            )
            for light in (plain, folded):
                light = light._replace(network=LIGHT)
                rtmpose = Cell(size, 'rtmpose_s', backend, 1)
                if light in by_cell and rtmpose in by_cell:
                    rows.append(
                        (
                            f'{LIGHT} ({light.backend}) in times of '
                            f'rtmpose_s ({backend}), {size} px',
                            '',
                            f'{rounds.ratio(light, rtmpose):.2f} times',
                        )
                    )
    return rows


def with_quartiles(ratios: Sequence[float]) -> str:
    """The median, and between which values the middle half lies."""
    low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
    return f'{middle:.2f} times ({low:.2f} to {high:.2f})'


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence]) -> Path:
    """Write rows under a header."""
    with whole_file(path) as aside, open(aside, 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def draw(path: Path, measured: Sequence[Measured], rounds: Rounds, title: str) -> Path:
    """Latency of each network and backend as horizontal bars.

    Args:
        path (Path): PNG.
        measured (Sequence[Measured]): As for :func:`table`.
        rounds (Rounds): The timings.
        title (str): Device and threads.
    """
    sizes = sorted({one.cell.size for one in measured})
    figure = Figure(figsize=(10, 0.5 + 0.24 * len(measured)), layout='constrained')
    FigureCanvasAgg(figure)
    ratios = [sum(one.cell.size == s for one in measured) for s in sizes]
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False, height_ratios=ratios)
    drawn: Dict[str, object] = {}
    for axis, size in zip(axes[:, 0], sizes):
        ones = [one for one in measured if one.cell.size == size]
        ones.sort(key=lambda one: -rounds.median(one.cell))
        for place, one in enumerate(ones):
            ms = 1e3 * rounds.median(one.cell)
            bar = axis.barh(place, ms, color=COLORS[one.cell.backend])
            drawn.setdefault(one.cell.backend, bar)
            axis.text(ms, place, f' {ms:.1f}', va='center', fontsize=7)
        axis.set_yticks(range(len(ones)), [one.cell.network for one in ones], fontsize=7)
        for label, one in zip(axis.get_yticklabels(), ones):
            label.set_fontweight('bold' if one.cell.network == OURS else 'normal')
        axis.set_title(f'{size} x {size} px', loc='left', fontsize=9)
        axis.set_xscale('log')
        axis.spines[['top', 'right']].set_visible(False)
    axes[-1, 0].set_xlabel('latency at batch 1, ms')
    axes[0, 0].legend(drawn.values(), drawn, loc='upper right', fontsize=8, frameon=False)
    figure.suptitle(title, fontsize=10)
    with whole_file(path) as aside:
        figure.savefig(aside, dpi=120)
    return path

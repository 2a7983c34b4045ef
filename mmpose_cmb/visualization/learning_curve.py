"""Loss and validation metrics of a run, drawn from MMEngine's log."""

import json
import os
import os.path as osp
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..drawing import write_image
from ..io.read_text import read_text

# Series name -> its (iteration, value) pairs.
Curves = Dict[str, List[Tuple[int, float]]]


def read_scalars(path: str) -> List[dict]:
    """Read a ``scalars.json`` of MMEngine's ``LocalVisBackend``.

    Args:
        path (str): A file with one JSON object per line.

    Returns:
        list[dict]: The records in the order of the file. A last line that
        the run has not finished writing is left out.

    Raises:
        ValueError: If any other line is not JSON, naming it.
    """
    lines = read_text(path).split('\n')
    records = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            # The loss of a training may be NaN, which is no JSON elsewhere.
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError('expected an object')
            records.append(record)
        except (ValueError, RecursionError) as error:
            # A finished line ends with a line break: more lines follow.
            if number == len(lines):
                break
            raise ValueError(
                f"{path}, line {number}: not JSON ({error}); is it MMEngine's scalars.json?"
            ) from error
    return records


def find_scalars(work_dir: str) -> List[str]:
    """The ``scalars.json`` files of a work directory, oldest run first.

    A resumed run writes into a folder of its own, named by its start.

    Args:
        work_dir (str): ``--work-dir`` of a training, or one run's folder.

    Raises:
        FileNotFoundError: If there is none.
    """
    found = []
    for folder, _, files in os.walk(work_dir):
        if 'scalars.json' in files and osp.basename(folder) == 'vis_data':
            found.append(osp.join(folder, 'scalars.json'))
    if not found:
        raise FileNotFoundError(
            f'{work_dir}: no vis_data/scalars.json in it. It is written by '
            "MMEngine's LocalVisBackend during training: check the folder, "
            "and that the config's visualizer has "
            "vis_backends=[dict(type='LocalVisBackend')]"
        )
    return sorted(found)


def training_curves(records: Sequence[dict], metrics: Sequence[str]) -> Tuple[Curves, Curves]:
    """Sort records into losses and validation metrics by iteration.

    Where runs overlap (resumed from an older checkpoint), the later record of
    an iteration counts.

    Args:
        records (Sequence[dict]): See :func:`read_scalars`. Records with a
            loss are training's. A validation record has only a ``step``,
            which is the iteration in iteration-based runs and the epoch in
            others; it belongs to the end of that epoch.
        metrics (Sequence[str]): Names of the validation metrics wanted.

    Returns:
        tuple[dict, dict]: Losses and metrics, each name -> [(iteration,
        value), ...], sorted.
    """
    losses, scores = {}, {}
    iteration = 0
    epoch_length = iterations_per_epoch(records)
    for record in records:
        if 'loss' in record:
            iteration = int(record.get('iter', record.get('step', 0)))
            losses.setdefault('loss', {})[iteration] = record['loss']
            continue
        for name in metrics:
            if name in record:
                at = int(record.get('step', 0))
                # Never behind the training record before it, so a smaller
                # number is an epoch. Without its length, that record is the
                # last that is known of it.
                if at < iteration:
                    at = max(iteration, at * (epoch_length or 0))
                scores.setdefault(name, {})[at] = record[name]
    return tuple(
        {name: sorted(points.items()) for name, points in curves.items()}
        for curves in (losses, scores)
    )


def iterations_per_epoch(records: Sequence[dict]) -> Optional[int]:
    """Iterations of an epoch, which MMEngine's records do not say.

    They are written every so many iterations of an epoch, so its end has no
    record as a rule; but the first ones of any two epochs are whole epochs
    apart.

    Args:
        records (Sequence[dict]): See :func:`read_scalars`; all epochs are
            taken to be of one length.

    Returns:
        int, optional: None for fewer than two epochs.
    """
    first = {}
    for record in records:
        if 'loss' in record and 'epoch' in record:
            epoch, iteration = int(record['epoch']), int(record['iter'])
            first[epoch] = min(iteration, first.get(epoch, iteration))
    if len(first) < 2:
        return None
    (epoch, begin), (later, end) = sorted(first.items())[:: len(first) - 1]
    return (end - begin) // (later - epoch)


def draw_learning_curve(
    work_dir: str,
    out_file: Optional[str] = None,
    metrics: Sequence[str] = ('PDJ@0.05', 'PDJ@0.10', 'PDJ@0.15', 'PDJ@0.20', 'PCKh@0.5'),
) -> str:
    """Draw loss and validation metrics of a work directory into a picture.

    Args:
        work_dir (str): ``--work-dir`` of a training; resumed runs in it are
            joined.
        out_file (str, optional): Where to. Defaults to None:
            ``learning_curve.png`` in ``work_dir``.
        metrics (Sequence[str]): Validation metrics to draw, where they were
            measured. Defaults to PDJ and PCKh.

    Returns:
        str: The file written.

    Raises:
        FileNotFoundError: If the directory holds no ``scalars.json``.
        ValueError: If it holds no training loss, or ``out_file`` is no
            picture's name.
    """
    paths = find_scalars(work_dir)
    records = [record for path in paths for record in read_scalars(path)]
    losses, scores = training_curves(records, metrics)
    if not losses:
        raise ValueError(
            f'{work_dir}: no training loss in {", ".join(paths)}; was only a test run here?'
        )
    if out_file is None:
        out_file = osp.join(work_dir, 'learning_curve.png')
    return write_image(out_file, _picture(losses, scores))


def _picture(losses: Curves, scores: Curves) -> np.ndarray:
    """RGB picture of the curves, uint8 [H, W, 3]."""
    # A figure with a canvas of its own: pyplot and its backend stay as the
    # user has set them.
    figure = Figure(figsize=(10 if scores else 5.5, 3.8), dpi=120, layout='constrained')
    canvas = FigureCanvasAgg(figure)
    # One axis of iterations: points side by side are of one time.
    axes = figure.subplots(1, 2 if scores else 1, squeeze=False, sharex=True)[0]
    for name, points in losses.items():
        axes[0].plot(*zip(*points), label=name, color='tab:red', lw=1.2)
    axes[0].set(title='Training loss', xlabel='iteration', yscale='log')
    if scores:
        for name, points in scores.items():
            axes[1].plot(*zip(*points), label=name, marker='o', ms=4)
        axes[1].set(title='Validation', xlabel='iteration', ylabel='percent', ylim=(0, 100))
        axes[1].legend(frameon=False)
    axes[0].set_xlim(left=0)
    axes[0].xaxis.set_major_locator(MaxNLocator(integer=True))
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.spines[['top', 'right']].set_visible(False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]

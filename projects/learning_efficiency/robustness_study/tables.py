"""Tables of many runs' figures under conditions."""
from typing import Dict, List, Optional, Sequence

from learning_study.plan import title
from learning_study.short_report import show
from learning_study.summary import ACCURACY, Spread, spread


def values_by_seed(rows: Sequence[dict], variant: str, fraction: int,
                   condition: str) -> Dict[int, float]:
    """Accuracy of one cell's runs.

    Args:
        rows (Sequence[dict]): ``variant``, ``fraction``, ``seed``,
            ``condition`` and figures.
        variant (str): Which network.
        fraction (int): Percent.
        condition (str): Which condition.

    Returns:
        dict[int, float]: Percent by seed.
    """
    cell = (variant, fraction, condition)
    return {
        row['seed']: row[ACCURACY]
        for row in rows
        if (row['variant'], row['fraction'], row['condition']) == cell
    }


def paired_differences(ours: Dict[int, float],
                       theirs: Dict[int, float]) -> List[float]:
    """Ours minus theirs, for the seeds that both have."""
    return [ours[seed] - theirs[seed] for seed in sorted(ours & theirs.keys())]


def condition_table(rows: Sequence[dict], fraction: int,
                    variants: Sequence[str], conditions: Sequence[str],
                    baseline: str) -> List[List[str]]:
    """Conditions x variants, and beside it each variant minus the baseline.

    Args:
        rows (Sequence[dict]): See :func:`values_by_seed`.
        fraction (int): Percent.
        variants (Sequence[str]): Columns.
        conditions (Sequence[str]): Rows; one without figures is left out.
        baseline (str): What is subtracted; without figures of it there are
            no differences.

    Returns:
        list[list[str]]: Cells, the header first.
    """
    others = [v for v in variants if v != baseline]
    if baseline not in variants:
        others = []
    header = [
        'condition', *map(title, variants),
        *(f'{title(v)} − {title(baseline)}' for v in others)
    ]
    spreads = []
    for condition in conditions:
        cells = {
            v: values_by_seed(rows, v, fraction, condition)
            for v in variants
        }
        if not any(cells.values()):
            continue
        gaps = [
            spread(paired_differences(cells[v], cells[baseline]))
            for v in others
        ]
        spreads.append((condition, [spread([*cells[v].values()])
                                    for v in variants], gaps))
    seeds = max((s.count for _, values, _ in spreads for s in values if s),
                default=0)
    return [header] + [[
        condition, *(_show(value, seeds) for value in values),
        *(_show(gap, seeds, '+') for gap in gaps)
    ] for condition, values, gaps in spreads]


def _show(value: Optional[Spread], seeds: int, sign: str = '') -> str:
    """With fewer seeds than elsewhere, their number."""
    return show(value, sign, counted=bool(value) and value.count != seeds)

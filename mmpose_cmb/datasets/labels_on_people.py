"""Whether labels lie on people, or where they would.

A person stands before what is behind: the surface at most of the joints is
nearer than the surface along the border of the box around them. Labels of
another resolution, mirrored ones and exchanged axes lie elsewhere in the image,
where that is so by chance alone; changed back they lie on people again.
"""

from typing import Callable, Dict, Iterable, NamedTuple, Optional, Tuple

import numpy as np

from .datasets.depth_dataset import DepthDataset
from .label_checks import spread_rows, surface_gaps_m


def _times(factor: float) -> Callable[[np.ndarray, int], np.ndarray]:
    return lambda pixels, width: factor * pixels


# What may have been done to labels, undone: of [K, 2] pixels and the image's width.
AS_THEY_ARE = 'as they are'
UNDONE: Dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    AS_THEY_ARE: _times(1.0),
    # Sensors halve and quarter; colour cameras have three or four times as much.
    **{f'times {factor:.3g}': _times(factor) for factor in (0.25, 1 / 3, 0.5, 2.0, 3.0, 4.0)},
    'mirrored': lambda pixels, width: np.column_stack([width - 1 - pixels[:, 0], pixels[:, 1]]),
    'with x and y exchanged': lambda pixels, width: pixels[:, ::-1],
}
# The joints' surface is nearer by so much than the border's; less is noise, or
# somebody who leans on a wall.
LEAST_GAP_M = 0.15
MARGIN = 0.15
# Along each side of the box.
BORDER_POINTS = 10
MAX_LOOKED_AT = 200
# Of so many people a share is certain enough.
MIN_PERSONS = 20
# Where labels are right they lie on all people of five real sets, in front of
# furniture, lying and from above; changed ones on 29 % at most, or on 52 % and
# 78 % of those who stand in the middle, seen from above.
ENOUGH, MORE = 0.8, 0.2


class OnPeople(NamedTuple):
    """Of how many people labels were looked at, and what share fits, changed so."""

    persons: int
    shares: Dict[str, float]

    def warning(self) -> Optional[str]:
        """What is to be said, if anything."""
        best = max(self.shares, key=lambda change: self.shares[change])
        now = self.shares[AS_THEY_ARE]
        if self.persons < MIN_PERSONS or now >= ENOUGH or self.shares[best] < now + MORE:
            return None
        return (
            f'the labels seem to be those of other images: as they are {100 * now:.0f} % of '
            f'{self.persons} people stand out at their joints, {best} '
            f'{100 * self.shares[best]:.0f} %'
        )


def is_before_its_border(depth_m: np.ndarray, pixels: np.ndarray) -> bool:
    """Whether the surface at joints is nearer than around them.

    Args:
        depth_m (np.ndarray): [H, W], metres, 0 = invalid.
        pixels (np.ndarray): [K, 2], joints, x and y.
    """
    low, high = pixels.min(0), pixels.max(0)
    margin = MARGIN * float((high - low).max())
    low, high = low - margin, high + margin
    along = np.linspace(0, 1, BORDER_POINTS)
    # Not the lower side: what somebody stands on is as near as they are.
    top, left, right = (along, 0 * along), (0 * along, along), (0 * along + 1, along)
    border = np.concatenate([np.stack(side, axis=1) for side in (top, left, right)])
    at_joints = _surface_m(depth_m, pixels)
    around = _surface_m(depth_m, low + border * (high - low))
    if 2 * len(at_joints) < len(pixels):
        return False
    # Nothing is measured around somebody whose background was taken away.
    if 2 * len(around) < len(border) and len(around) < len(at_joints):
        return len(at_joints) > 0.7 * len(pixels)
    return bool(np.median(at_joints) < np.median(around) - LEAST_GAP_M)


def _surface_m(depth_m: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Depth at those pixels that are inside and valid, metres."""
    found = -surface_gaps_m(depth_m, pixels, np.zeros(len(pixels)))
    return found[np.isfinite(found)]


def look_at_labels(people: Iterable[Tuple[np.ndarray, np.ndarray]]) -> OnPeople:
    """See by which change labels lie on people.

    Args:
        people (Iterable[tuple]): Depth images, [H, W], metres, and joints,
            [K, 2], pixels.
    """
    fits = [
        [is_before_its_border(depth_m, undo(pixels, depth_m.shape[1])) for undo in UNDONE.values()]
        for depth_m, pixels in people
        if len(pixels) > 3
    ]
    shares = np.mean(fits, axis=0) if fits else np.full(len(UNDONE), np.nan)
    return OnPeople(len(fits), dict(zip(UNDONE, shares.tolist())))


def labels_off_people(dataset: DepthDataset) -> Optional[str]:
    """Why the labels of a data set seem to lie elsewhere than its people.

    Args:
        dataset (DepthDataset): One person a sample.

    Returns:
        str, optional: What is to be said; None where nothing is, or where
        people are too few.
    """
    if getattr(dataset, 'data_mode', None) != 'topdown' or not len(dataset):
        return None

    def people() -> Iterable[Tuple[np.ndarray, np.ndarray]]:
        for index in spread_rows(len(dataset), MAX_LOOKED_AT):
            sample = dataset.load(dataset.get_data_info(index))
            labelled = sample['keypoints_visible'][0] > 0
            yield sample['img'], np.array(sample['keypoints'][0], np.float64)[labelled]

    return look_at_labels(people()).warning()

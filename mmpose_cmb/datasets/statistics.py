"""What a dataset of depth images is like, in numbers.

docs/datasets_3d.md defines every number. A "crop" is the part of a person's
box that lies in the image. Depth statistics are over valid pixels alone.
"""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from .label_checks import surface_gaps_m

BIN_M = 0.01
NUM_BINS = 2000
PERCENTILES = (1, 50, 99)


class DepthSums:
    """Mean, spread, range and holes of the pixels that it is given."""

    def __init__(self) -> None:
        self.num_pixels = 0
        self.num_valid = 0
        self.total_m = 0.0
        self.total_m2 = 0.0
        self.range_m = (np.inf, 0.0)
        # 1 cm a bin; the last one holds everything from 20 m on.
        self.histogram = np.zeros(NUM_BINS, np.int64)

    def add(self, depth_m: np.ndarray) -> None:
        """Take an image, metres, 0 = invalid, into account."""
        valid = depth_m[depth_m > 0].astype(np.float64)
        self.num_pixels += depth_m.size
        self.num_valid += valid.size
        if not valid.size:
            return
        self.total_m += valid.sum()
        self.total_m2 += (valid**2).sum()
        self.range_m = (min(self.range_m[0], valid.min()), max(self.range_m[1], valid.max()))
        bins = np.minimum(valid / BIN_M, NUM_BINS - 1).astype(np.int64)
        self.histogram += np.bincount(bins, minlength=NUM_BINS)

    def summary(self) -> Dict[str, float]:
        """Mean and so on; NaN where no pixel was valid."""
        valid = max(self.num_valid, 1)
        mean = self.total_m / valid if self.num_valid else np.nan
        variance = max(self.total_m2 / valid - mean**2, 0.0)
        summed = np.cumsum(self.histogram)
        low, median, high = (
            (np.searchsorted(summed, part / 100 * summed[-1]) + 0.5) * BIN_M
            if self.num_valid
            else np.nan
            for part in PERCENTILES
        )
        nearest, farthest = self.range_m if self.num_valid else [np.nan] * 2
        return dict(
            mean_m=mean,
            std_m=float(np.sqrt(variance)),
            nearest_m=nearest,
            p1_m=low,
            median_m=median,
            p99_m=high,
            farthest_m=farthest,
            holes_percent=100 * (1 - self.num_valid / max(self.num_pixels, 1)),
        )


class DatasetStatistics:
    """Collects samples one by one and sums them up.

    Args:
        joint_names (Sequence[str]): The K joints.
    """

    def __init__(self, joint_names: Sequence[str]) -> None:
        self.joint_names = list(joint_names)
        self.frames = DepthSums()
        self.crops = DepthSums()
        self.boxes: List[np.ndarray] = []
        self._joints: Dict[str, List[np.ndarray]] = dict(
            labelled=[], seen=[], outside=[], gap_m=[]
        )

    def add(self, sample: dict) -> None:
        """Take a sample into account.

        Args:
            sample (dict): A data info with the loaded image: ``img``,
                ``bbox``, ``keypoints``, ``keypoints_visible``; and
                ``keypoints_seen``, ``keypoints_cam`` where they are known.
        """
        depth_m, keypoints = sample['img'], sample['keypoints'][0]
        height, width = depth_m.shape
        self.frames.add(depth_m)
        self.crops.add(crop_to_box(depth_m, sample['bbox'][0]))
        self.boxes.append(sample['bbox'][0][2:] - sample['bbox'][0][:2])

        labelled = sample['keypoints_visible'][0] > 0
        x, y = keypoints.T
        inside = (x >= -0.5) & (x < width - 0.5) & (y >= -0.5) & (y < height - 0.5)
        add = {name: values.append for name, values in self._joints.items()}
        add['labelled'](labelled)
        add['outside'](np.where(labelled, ~inside, np.nan))
        unknown = np.full(len(labelled), np.nan)
        add['seen'](
            np.where(labelled, sample['keypoints_seen'][0], np.nan)
            if 'keypoints_seen' in sample
            else unknown
        )
        add['gap_m'](
            np.where(
                labelled,
                surface_gaps_m(depth_m, keypoints, sample['keypoints_cam'][0, :, 2]),
                np.nan,
            )
            if 'keypoints_cam' in sample
            else unknown
        )

    def depth_table(self) -> List[Tuple]:
        """Rows of number, over whole frames, over crops."""
        frames, crops = self.frames.summary(), self.crops.summary()
        return [(key, frames[key], crops[key]) for key in frames]

    def box_table(self) -> List[Tuple]:
        """Rows of side, mean, 5th, 50th and 95th percentile, pixels."""
        boxes = np.array(self.boxes, np.float64)
        return [
            (side, sizes.mean(), *np.percentile(sizes, (5, 50, 95)))
            for side, sizes in (('width', boxes[:, 0]), ('height', boxes[:, 1]))
        ]

    def joint_table(self) -> List[Tuple]:
        """Rows of joint, labelled %, outside %, seen %, gap in cm.

        The last row is over all joints. NaN is what the dataset does not
        say.
        """
        table = {name: np.array(rows, np.float64) for name, rows in self._joints.items()}
        return [
            (name, 100 * table['labelled'][:, part].mean(),
             100 * _mean(table['outside'][:, part]),
             100 * _mean(table['seen'][:, part]),
             100 * _median(table['gap_m'][:, part]))
            for name, part in (*zip(self.joint_names,
                                    range(len(self.joint_names))),
                               ('all joints', slice(None)))
        ]  # yapf: disable


def crop_to_box(depth_m: np.ndarray, bbox: np.ndarray) -> np.ndarray:
    """The pixels of an image whose centres lie in a box.

    Args:
        depth_m (np.ndarray): (H, W).
        bbox (np.ndarray): x1, y1, x2, y2, pixels; may reach beyond the image.
    """
    x1, y1 = np.ceil(bbox[:2]).astype(int).clip(0)
    x2, y2 = np.floor(bbox[2:]).astype(int) + 1
    return depth_m[y1 : max(y2, 0), x1 : max(x2, 0)]


def _mean(values: np.ndarray) -> float:
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float('nan')


def _median(values: np.ndarray) -> float:
    values = values[~np.isnan(values)]
    return float(np.median(values)) if values.size else float('nan')

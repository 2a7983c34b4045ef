"""What PDJ and PCKh share: joints measured against a body segment."""

from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ..functional import joint_accuracy, keypoint_distances, segment_lengths
from .data_samples import label_mask, to_numpy
from .joint_table_metric import JointTableMetric

# A joint's name, or several whose mean position is meant.
SegmentEnd = Union[str, Sequence[str]]


class SegmentAccuracy(JointTableMetric):
    """Percent of joints within fractions of a ground-truth body segment.

    Base of :class:`PDJAccuracy` and :class:`HeadPCKAccuracy`, which state
    the formula.

    Args:
        segment (Sequence): The two ends of the segment by joint name; an
            end may be several names, meaning their mean position.
        thresholds (Sequence[float]): Fractions of the segment's length.
        detail (str): As in :class:`JointTableMetric`, like the rest.
        collect_device (str): Defaults to 'cpu'.
        prefix (str, optional): Defaults to None.

    Raises:
        ValueError: On an unknown ``detail``, a segment that does not have
            two ends, or a threshold that is not positive.
    """

    segment_role = 'segment'

    def __init__(
        self,
        segment: Sequence[SegmentEnd],
        thresholds: Sequence[float],
        detail: str = 'groups',
        collect_device: str = 'cpu',
        prefix: Optional[str] = None,
    ) -> None:
        super().__init__(detail, collect_device, prefix)
        if isinstance(segment, str) or len(segment) != 2 or not all(segment):
            raise ValueError(
                f'{self.segment_role} must have two ends, for '
                f"example ('head', 'neck'), got {segment!r}"
            )
        if not thresholds or any(not t > 0 for t in thresholds):
            raise ValueError(
                'thresholds must be positive fractions of the '
                f'{self.segment_role}, got {thresholds!r}'
            )
        self.segment = tuple((end,) if isinstance(end, str) else tuple(end) for end in segment)
        self.thresholds = tuple(thresholds)

    @property
    def segment_name(self) -> str:
        """Such as ``neck - mean(left_hip, right_hip)``."""
        return ' - '.join(
            end[0] if len(end) == 1 else f'mean({", ".join(end)})' for end in self.segment
        )

    def threshold_key(self, threshold: float) -> str:
        """Key of the total at one threshold."""
        raise NotImplementedError

    def named_joints(self) -> Dict[str, Sequence[str]]:
        """Those of the segment's two ends."""
        return {self.segment_role: [name for end in self.segment for name in end]}

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """Keep the distances and the segment length of every person.

        Args:
            data_batch (Sequence[dict]): Not used.
            data_samples (Sequence[dict]): Model outputs with
                ``pred_instances.keypoints``, ``gt_instances.keypoints``
                [n, K, 2] in pixels of the original image and
                ``gt_instances.keypoints_visible`` [n, K] or [n, K, 1 or 2],
                whose first column tells labelled joints.
        """
        ends = self._segment_ids()
        for data_sample in data_samples:
            pred_px = to_numpy(data_sample['pred_instances']['keypoints'])
            gt = data_sample['gt_instances']
            gt_px = to_numpy(gt['keypoints'])[..., :2]
            visible = label_mask(gt)
            self.results.append(
                dict(
                    distances_px=keypoint_distances(pred_px[..., :2], gt_px, visible),
                    lengths_px=segment_lengths(gt_px, ends, visible),
                )
            )

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Divide hits by labels over all frames, and log the table.

        Args:
            results (list[dict]): What :meth:`process` kept, of all ranks.

        Returns:
            dict[str, float]: Percent by key, see the class.

        Raises:
            ValueError: If no frame at all can be measured.
        """
        name = type(self).__name__
        if not results:
            raise ValueError(f'{name}: there is no frame to evaluate')
        accuracy = joint_accuracy(
            np.concatenate([r['distances_px'] for r in results]),
            np.concatenate([r['lengths_px'] for r in results]),
            self.thresholds,
        )
        if accuracy.num_frames == 0:
            raise ValueError(
                f'{name}: in none of the {accuracy.num_excluded} frames is '
                f'the {self.segment_role} ({self.segment_name}) labelled and '
                'longer than 0 pixels'
            )

        title = (
            f'{name} in percent, {self.segment_role}: '
            f'{self.segment_name}, {accuracy.num_frames} frames'
        )
        if accuracy.num_excluded:
            title += (
                f' ({accuracy.num_excluded} left out: no '
                f'{self.segment_role} labelled or its length is 0)'
            )
        return self.report_means(accuracy.percent, title)

    def columns(self, values: np.ndarray) -> Dict[str, float]:
        """The figures of one row of the table, by key: T thresholds."""
        return {
            self.threshold_key(threshold): float(value)
            for threshold, value in zip(self.thresholds, values)
        }

    def _segment_ids(self) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
        return tuple(tuple(self.joint_ids(end, self.segment_role)) for end in self.segment)

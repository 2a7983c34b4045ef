"""What PDJ and PCKh share: joints measured against a body segment."""
from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from ..functional import (JointAccuracy, group_means, joint_accuracy,
                          joint_mean, keypoint_distances, segment_lengths)
from .accuracy_table import accuracy_table

# A joint's name, or several whose mean position is meant.
SegmentEnd = Union[str, Sequence[str]]
# A joint's or a group's name -> percent at each threshold, [T].
Rows = Dict[str, np.ndarray]
DETAILS = ('summary', 'groups', 'joints')


class SegmentAccuracy(BaseMetric):
    """Percent of joints within fractions of a ground-truth body segment.

    Base of :class:`PDJAccuracy` and :class:`HeadPCKAccuracy`, which state
    the formula. Joint names are looked up in the data set's
    ``keypoint_name2id``, groups in its ``joint_groups``; a data set without
    groups gets figures per joint and in total.

    Args:
        segment (Sequence): The two ends of the segment by joint name; an
            end may be several names, meaning their mean position.
        thresholds (Sequence[float]): Fractions of the segment's length.
        detail (str): Which figures are returned (the logged table has all
            of them): ``'summary'`` the totals, ``'groups'`` the joint groups
            as well, ``'joints'`` the single joints as well.
        collect_device (str): ``'cpu'`` or ``'gpu'``, as in ``BaseMetric``.
        prefix (str, optional): Put before every key with a slash. Needed
            only to tell two metrics of one kind apart. Defaults to None.

    Raises:
        ValueError: On an unknown ``detail``, a segment that does not have
            two ends, or a threshold that is not positive.
    """

    # An empty prefix: keys stay as documented ('PDJ@0.20') without the
    # warning that BaseMetric gives for None.
    default_prefix = ''
    segment_role = 'segment'

    def __init__(self,
                 segment: Sequence[SegmentEnd],
                 thresholds: Sequence[float],
                 detail: str = 'groups',
                 collect_device: str = 'cpu',
                 prefix: Optional[str] = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        if detail not in DETAILS:
            raise ValueError(f'detail must be one of {DETAILS}, got '
                             f'{detail!r}')
        if isinstance(segment, str) or len(segment) != 2 or not all(segment):
            raise ValueError(f'{self.segment_role} must have two ends, for '
                             f'example (\'head\', \'neck\'), got {segment!r}')
        if not thresholds or any(not t > 0 for t in thresholds):
            raise ValueError('thresholds must be positive fractions of the '
                             f'{self.segment_role}, got {thresholds!r}')
        self.segment = tuple(
            (end, ) if isinstance(end, str) else tuple(end) for end in segment)
        self.thresholds = tuple(thresholds)
        self.detail = detail

    @property
    def segment_name(self) -> str:
        """Such as ``neck - mean(left_hip, right_hip)``."""
        return ' - '.join(
            end[0] if len(end) == 1 else f'mean({", ".join(end)})'
            for end in self.segment)

    def threshold_key(self, threshold: float) -> str:
        """Key of the total at one threshold."""
        raise NotImplementedError

    def process(self, data_batch: Sequence[dict],
                data_samples: Sequence[dict]) -> None:
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
            pred_px = _to_numpy(data_sample['pred_instances']['keypoints'])
            gt = data_sample['gt_instances']
            gt_px = _to_numpy(gt['keypoints'])
            visible = _to_numpy(gt['keypoints_visible'])
            if visible.ndim == 3:
                visible = visible[:, :, 0]
            gt_px = gt_px[..., :2]
            self.results.append(
                dict(
                    distances_px=keypoint_distances(pred_px[..., :2], gt_px,
                                                    visible),
                    lengths_px=segment_lengths(gt_px, ends, visible)))

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
            self.thresholds)
        if accuracy.num_frames == 0:
            raise ValueError(
                f'{name}: in none of the {accuracy.num_excluded} frames is '
                f'the {self.segment_role} ({self.segment_name}) labelled and '
                'longer than 0 pixels')

        groups = self._group_rows(accuracy)
        joints = self._joint_rows(accuracy)
        total = joint_mean(accuracy.percent)
        self._log_table(accuracy, groups, joints, total)

        metrics = self._metrics_of(total)
        for level, rows in (('groups', groups), ('joints', joints)):
            if DETAILS.index(self.detail) >= DETAILS.index(level):
                for row_name, percent in rows.items():
                    metrics.update(self._metrics_of(percent, row_name))
        return metrics

    def columns(self, percent: np.ndarray) -> Dict[str, float]:
        """The figures of one row of the table, by key: T thresholds."""
        return {
            self.threshold_key(threshold): float(value)
            for threshold, value in zip(self.thresholds, percent)
        }

    def _metrics_of(self,
                    percent: np.ndarray,
                    row_name: Optional[str] = None) -> Dict[str, float]:
        suffix = f'/{row_name}' if row_name else ''
        return {
            f'{key}{suffix}': value
            for key, value in self.columns(percent).items()
        }

    def _group_rows(self, accuracy: JointAccuracy) -> Rows:
        groups = (self.dataset_meta or {}).get('joint_groups') or {}
        return group_means(accuracy.percent, groups)

    def _joint_rows(self, accuracy: JointAccuracy) -> Rows:
        names = {i: name for name, i in self._name2id().items()}
        return {
            names.get(i, str(i)): accuracy.percent[:, i]
            for i in range(accuracy.percent.shape[1])
        }

    def _log_table(self, accuracy: JointAccuracy, groups: Rows, joints: Rows,
                   total: np.ndarray) -> None:
        title = (f'{type(self).__name__} in percent, {self.segment_role}: '
                 f'{self.segment_name}, {accuracy.num_frames} frames')
        if accuracy.num_excluded:
            title += (f' ({accuracy.num_excluded} left out: no '
                      f'{self.segment_role} labelled or its length is 0)')
        sections = [{
            row_name: self.columns(percent)
            for row_name, percent in rows.items()
        } for rows in (groups, joints, {
            'All joints': total
        }) if rows]
        logger: MMLogger = MMLogger.get_current_instance()
        logger.info(f'{title}\n{accuracy_table(sections)}')

    def _name2id(self) -> Dict[str, int]:
        name2id = (self.dataset_meta or {}).get('keypoint_name2id')
        if not name2id:
            raise ValueError(
                f'{type(self).__name__} needs the joints\' names, but the '
                'data set\'s metainfo has no "keypoint_name2id"; outside a '
                'Runner set metric.dataset_meta first')
        return name2id

    def _segment_ids(self) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
        name2id = self._name2id()
        unknown = [n for end in self.segment for n in end if n not in name2id]
        if unknown:
            raise ValueError(
                f'{type(self).__name__}: the {self.segment_role} names '
                f'{unknown}, which this data set does not have; its joints '
                f'are {list(name2id)}')
        return tuple(tuple(name2id[n] for n in end) for end in self.segment)


def _to_numpy(values) -> np.ndarray:
    """Array of an array or of a tensor on any device."""
    return values.detach().cpu().numpy() if hasattr(
        values, 'detach') else np.asarray(values)

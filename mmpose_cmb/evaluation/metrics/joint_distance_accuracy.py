"""The 10 cm rule."""

from typing import Dict, List, Optional, Sequence

import numpy as np

from mmpose.registry import METRICS

from ..functional import distance_accuracy, space_distances
from .data_samples import space_joints
from .joint_table_metric import JointTableMetric

CM_PER_M = 100.0


@METRICS.register_module()
class JointDistanceAccuracy(JointTableMetric):
    """Percent of joints closer than 10 cm to their label, in space.

    A joint is right when its distance to the label is below (``<``) the
    threshold; see
    :mod:`mmpose_cmb.evaluation.functional.distance_accuracy` for unlabelled
    joints. Groups are means over their joints, so left and right merge and
    "Lower Body" is what the data set's ``joint_groups`` make of it.

    Keys (percent, 0..100; ``<d>`` in centimetres: ``accuracy@10cm``):

    * ``accuracy@<d>cm``: mean of all joints at each threshold.
    * ``accuracy@<d>cm/<group>``: ``detail`` 'groups'.
    * ``accuracy@<d>cm/<joint>``: ``detail`` 'joints'.

    ``CheckpointHook`` takes ``save_best='accuracy@10cm', rule='greater'``.

    Args:
        thresholds (Sequence[float]): Distances in metres. Defaults to
            (0.1, ).
        detail (str): ``'summary'``, ``'groups'`` or ``'joints'``: which keys
            are returned. Defaults to 'groups'.
        collect_device (str): Defaults to 'cpu'.
        prefix (str, optional): Defaults to None.

    Raises:
        ValueError: If a threshold is not positive.
    """

    def __init__(
        self,
        thresholds: Sequence[float] = (0.1,),
        detail: str = 'groups',
        collect_device: str = 'cpu',
        prefix: Optional[str] = None,
    ) -> None:
        super().__init__(detail, collect_device, prefix)
        if not thresholds or any(not t > 0 for t in thresholds):
            raise ValueError(
                f'thresholds must be positive distances in metres, got {thresholds!r}'
            )
        self.thresholds = tuple(thresholds)

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """Keep the distances of every person's joints.

        Args:
            data_batch (Sequence[dict]): Not used.
            data_samples (Sequence[dict]): Model outputs with
                ``pred_instances.keypoints_cam`` and
                ``gt_instances.keypoints_cam`` [n, K, 3] in metres of the
                camera frame, and ``gt_instances.keypoints_visible`` where
                not all joints are labelled.
        """
        for data_sample in data_samples:
            joints = space_joints(data_sample, type(self).__name__)
            self.results.append(dict(distances_m=space_distances(*joints)))

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Divide hits by labels over all frames, and log the table.

        Args:
            results (list[dict]): What :meth:`process` kept, of all ranks.

        Returns:
            dict[str, float]: Percent by key, see the class.

        Raises:
            ValueError: If no joint at all is labelled.
        """
        name = type(self).__name__
        if not results:
            raise ValueError(f'{name}: there is no frame to evaluate')
        accuracy = distance_accuracy(
            np.concatenate([r['distances_m'] for r in results]), self.thresholds
        )
        if accuracy.num_frames == 0:
            raise ValueError(
                f'{name}: no joint is labelled in any of the {accuracy.num_excluded} frames'
            )
        title = f'{name} in percent, {accuracy.num_frames} frames'
        if accuracy.num_excluded:
            title += f' ({accuracy.num_excluded} left out: no label)'
        return self.report_means(accuracy.percent, title)

    def columns(self, values: np.ndarray) -> Dict[str, float]:
        """``accuracy@10cm`` and the like."""
        return {
            # Ten digits: 0.07 m are 7.000000000000001 cm.
            f'accuracy@{threshold * CM_PER_M:.10g}cm': float(value)
            for threshold, value in zip(self.thresholds, values)
        }

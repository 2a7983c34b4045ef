"""Percent of Detected Joints."""

from typing import Dict, Optional, Sequence

import numpy as np

from mmpose.registry import METRICS

from ..functional import PDJ_THRESHOLDS
from .segment_accuracy import SegmentAccuracy, SegmentEnd


@METRICS.register_module()
class PDJAccuracy(SegmentAccuracy):
    """Percent of Detected Joints (Toshev and Szegedy, CVPR 2014).

    A joint is right when its distance to the label is at most (``<=``) a
    fraction of the torso of the same person's label; see
    :mod:`mmpose_cmb.evaluation.functional.joint_accuracy` for unlabelled
    joints and frames without a torso. Groups are means over their joints.
    The log always names the torso that was used.

    Keys (percent, 0..100; ``<t>`` has two decimals: ``PDJ@0.20``):

    * ``PDJ@<t>`` and ``PDJ/average``: mean of all joints at each threshold,
      and the mean of those.
    * ``PDJ@<t>/<group>``, ``PDJ/average/<group>``: ``detail`` 'groups'.
    * ``PDJ@<t>/<joint>``, ``PDJ/average/<joint>``: ``detail`` 'joints'.

    ``CheckpointHook`` takes ``save_best='PDJ@0.20', rule='greater'``.

    Args:
        thresholds (Sequence[float]): Fractions of the torso. Defaults to
            (0.05, 0.10, 0.15, 0.20).
        torso (Sequence): Two joint names; either may be several names,
            meaning their mean position, as in
            ``('neck', ('left_hip', 'right_hip'))``. Defaults to
            ``('left_shoulder', 'right_hip')``, DeepPose's.
        detail (str): ``'summary'``, ``'groups'`` or ``'joints'``: which keys
            are returned. Defaults to 'groups'.
        collect_device (str): Defaults to 'cpu'.
        prefix (str, optional): Defaults to None.

    Raises:
        ValueError: On unknown joint names, with the list of known ones.
    """

    segment_role = 'torso'

    def __init__(
        self,
        thresholds: Sequence[float] = PDJ_THRESHOLDS,
        torso: Sequence[SegmentEnd] = ('left_shoulder', 'right_hip'),
        detail: str = 'groups',
        collect_device: str = 'cpu',
        prefix: Optional[str] = None,
    ) -> None:
        super().__init__(torso, thresholds, detail, collect_device, prefix)

    def threshold_key(self, threshold: float) -> str:
        """``PDJ@0.20``, and more decimals only where they are needed."""
        short = f'{threshold:.2f}'
        return f'PDJ@{short if float(short) == threshold else threshold}'

    def columns(self, percent: np.ndarray) -> Dict[str, float]:
        """The thresholds and their mean."""
        figures = super().columns(percent)
        figures['PDJ/average'] = float(np.mean(percent))
        return figures

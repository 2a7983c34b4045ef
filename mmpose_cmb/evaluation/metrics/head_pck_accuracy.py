"""Percentage of Correct Keypoints against the head segment."""

from typing import Optional, Sequence

from mmpose.registry import METRICS

from .segment_accuracy import SegmentAccuracy, SegmentEnd


@METRICS.register_module()
class HeadPCKAccuracy(SegmentAccuracy):
    """PCKh with the head-neck distance as the head segment.

    A joint is right when its distance to the label is at most (``<=``)
    ``threshold`` times the distance of the same person's labelled head and
    neck. MMPose's ``PCKAccuracy(norm_item='head')`` needs MPII's head boxes,
    which depth data sets do not have.

    Keys (percent, 0..100): ``PCKh@0.5`` is the mean of all joints,
    ``PCKh@0.5/<group>`` and ``PCKh@0.5/<joint>`` (the latter with ``detail``
    'joints') its parts: the rows of the paper's Tables 3 and 6.

    ``CheckpointHook`` takes ``save_best='PCKh@0.5', rule='greater'``.

    Args:
        threshold (float): Fraction of the head segment. Defaults to 0.5.
        head_segment (Sequence): Two joint names; either may be several
            names, meaning their mean position. Defaults to
            ``('head', 'neck')``.
        detail (str): ``'summary'``, ``'groups'`` or ``'joints'``: which keys
            are returned. Defaults to 'groups'.
        collect_device (str): Defaults to 'cpu'.
        prefix (str, optional): Defaults to None.

    Raises:
        ValueError: On unknown joint names, with the list of known ones.
    """

    segment_role = 'head segment'

    def __init__(
        self,
        threshold: float = 0.5,
        head_segment: Sequence[SegmentEnd] = ('head', 'neck'),
        detail: str = 'groups',
        collect_device: str = 'cpu',
        prefix: Optional[str] = None,
    ) -> None:
        super().__init__(head_segment, (threshold,), detail, collect_device, prefix)

    def threshold_key(self, threshold: float) -> str:
        """``PCKh@0.5``."""
        return f'PCKh@{threshold:g}'

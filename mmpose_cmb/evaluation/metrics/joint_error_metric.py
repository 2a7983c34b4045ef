"""Joint errors in millimetres and the curve of frames within a distance."""

from typing import Dict, List, Optional, Sequence

import numpy as np

from mmpose.registry import METRICS
from mmpose_cmb.visualization.error_curve import draw_error_curves

from ..functional import (
    area_under_curve,
    check_groups,
    frames_within,
    joint_errors_mm,
    summarize_errors,
    worst_errors_mm,
)
from .data_samples import space_joints
from .joint_table_metric import JointTableMetric


@METRICS.register_module()
class JointErrorMetric(JointTableMetric):
    """Mean and median joint error, and frames with all joints within d.

    Formulas and boundary cases:
    :mod:`mmpose_cmb.evaluation.functional.joint_errors`. Every row of the
    table is computed from the errors of its own joints: a group's mean and
    median run over all its joints in all frames, and a frame is within ``d``
    when all joints of the group are (``<``).

    Keys (``<d>`` in millimetres: ``frames@50mm``):

    * ``error_mm/mean``, ``error_mm/median``: millimetres.
    * ``frames@<d>mm``: percent of frames whose worst joint is below ``d``.
    * ``frames/auc``: mean height of that curve over 0..``max_distance_mm``,
      percent.
    * each with ``/<group>`` behind it for ``detail`` 'groups', and with
      ``/<joint>`` for 'joints'.

    ``CheckpointHook`` takes ``save_best='error_mm/mean', rule='less'``. Two
    of this metric, with and without ``root``, need a ``prefix`` each.

    Args:
        distances_mm (Sequence[float]): The ``d`` in millimetres. Defaults to
            (50, 100, 150, 200), for bodies; hands take (10, 20, 30, 40, 50).
        max_distance_mm (float, optional): Where the curve ends. Defaults to
            None: the largest of ``distances_mm``.
        root (str, optional): Name of the joint at which both skeletons are
            laid upon each other, such as ``'wrist'``; it has no error of its
            own then. Defaults to None: errors where the camera sees them.
        plot_file (str, optional): Picture (.png) of the curve of all joints
            and of each group, written at every evaluation. Defaults to None.
        detail (str): ``'summary'``, ``'groups'`` or ``'joints'``: which keys
            are returned. Defaults to 'groups'.
        collect_device (str): Defaults to 'cpu'.
        prefix (str, optional): Defaults to None.

    Raises:
        ValueError: If a distance is not positive, or the data set has no
            joint named ``root``.
    """

    def __init__(
        self,
        distances_mm: Sequence[float] = (50, 100, 150, 200),
        max_distance_mm: Optional[float] = None,
        root: Optional[str] = None,
        plot_file: Optional[str] = None,
        detail: str = 'groups',
        collect_device: str = 'cpu',
        prefix: Optional[str] = None,
    ) -> None:
        super().__init__(detail, collect_device, prefix)
        if not distances_mm or any(not d > 0 for d in distances_mm):
            raise ValueError(
                f'distances_mm must be positive distances in millimetres, got {distances_mm!r}'
            )
        if max_distance_mm is not None and not max_distance_mm > 0:
            raise ValueError(
                'max_distance_mm must be a positive distance in '
                f'millimetres, got {max_distance_mm!r}'
            )
        self.distances_mm = tuple(distances_mm)
        self.max_distance_mm = max_distance_mm or max(distances_mm)
        self.root = root
        self.plot_file = plot_file

    def named_joints(self) -> Dict[str, Sequence[str]]:
        """The root, where there is one."""
        return {} if self.root is None else {'root': [self.root]}

    def process(self, data_batch: Sequence[dict], data_samples: Sequence[dict]) -> None:
        """Keep the errors of every person's joints.

        Args:
            data_batch (Sequence[dict]): Not used.
            data_samples (Sequence[dict]): As in
                :meth:`JointDistanceAccuracy.process`.
        """
        root = None
        if self.root is not None:
            (root,) = self.joint_ids([self.root], 'root')
        for data_sample in data_samples:
            joints = space_joints(data_sample, type(self).__name__)
            errors_mm = joint_errors_mm(
                joints.pred_m, joints.gt_m, valid=joints.labelled, root=root
            )
            self.results.append(dict(errors_mm=errors_mm))

    def compute_metrics(self, results: List[dict]) -> Dict[str, float]:
        """Summarise the errors of all frames, log the table, draw the curve.

        Args:
            results (list[dict]): What :meth:`process` kept, of all ranks.

        Returns:
            dict[str, float]: Figures by key, see the class.

        Raises:
            ValueError: If no error can be measured.
        """
        name = type(self).__name__
        if not results:
            raise ValueError(f'{name}: there is no frame to evaluate')
        errors_mm = np.concatenate([r['errors_mm'] for r in results])
        if np.isnan(errors_mm).all():
            beside = f' together with the root "{self.root}"'
            raise ValueError(
                f'{name}: no joint is labelled'
                f'{beside if self.root else ""} in any of the '
                f'{len(errors_mm)} frames'
            )
        check_groups(self.joint_groups, errors_mm.shape[1])
        groups = {group: errors_mm[:, ids] for group, ids in self.joint_groups.items()}
        joints = dict(zip(self.joint_names(errors_mm.shape[1]), errors_mm.T[..., None]))
        if self.plot_file is not None:
            parts = {'All joints': errors_mm, **groups}
            draw_error_curves(
                {key: worst_errors_mm(part) for key, part in parts.items()},
                self.max_distance_mm,
                self.plot_file,
            )
        return self.report(
            {key: self._figures(part) for key, part in groups.items()},
            {key: self._figures(part) for key, part in joints.items()},
            self._figures(errors_mm),
            self._title(errors_mm),
        )

    def _figures(self, errors_mm: np.ndarray) -> Dict[str, float]:
        """One row of the table from the errors of its joints, [N, k]."""
        errors = summarize_errors(errors_mm)
        within = frames_within(errors_mm, self.distances_mm)
        return {
            'error_mm/mean': errors.mean_mm,
            'error_mm/median': errors.median_mm,
            **{
                f'frames@{distance:.10g}mm': float(percent)
                for distance, percent in zip(self.distances_mm, within)
            },
            'frames/auc': area_under_curve(errors_mm, self.max_distance_mm),
        }

    def _title(self, errors_mm: np.ndarray) -> str:
        num_frames = len(worst_errors_mm(errors_mm))
        place = f'relative to {self.root}' if self.root else 'in the camera frame'
        title = (
            f'{type(self).__name__} {place}, errors in mm, frames in '
            f'percent (auc: 0 to {self.max_distance_mm:g} mm), '
            f'{num_frames} frames'
        )
        excluded = len(errors_mm) - num_frames
        if excluded:
            title += f' ({excluded} left out: no label)'
        missing = int(np.isinf(errors_mm).sum())
        if missing:
            title += f'; {missing} labelled joints have no prediction, their error is infinite'
        return title

"""What the metrics share: joints by name, rows of figures, the table."""

from typing import Dict, List, Optional, Sequence

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from ..functional import group_means, joint_mean
from .accuracy_table import accuracy_table

DETAILS = ('summary', 'groups', 'joints')
# A joint's or a group's name -> key of a figure -> its value.
Rows = Dict[str, Dict[str, float]]


class JointTableMetric(BaseMetric):
    """Figures per joint, per joint group and in total.

    Base of the metrics of this package. Joint names are looked up in the data
    set's ``keypoint_name2id``, groups in its ``joint_groups``; a data set
    without groups gets figures per joint and in total.

    Args:
        detail (str): Which figures are returned (the logged table has all
            of them): ``'summary'`` the totals, ``'groups'`` the joint groups
            as well, ``'joints'`` the single joints as well.
        collect_device (str): ``'cpu'`` or ``'gpu'``, as in ``BaseMetric``.
        prefix (str, optional): Put before every key with a slash. Needed
            only to tell two metrics of one kind apart. Defaults to None.

    Raises:
        ValueError: On an unknown ``detail``; and when it is given the
            ``dataset_meta`` of a data set that lacks a joint which an option
            names. A Runner gives it before the first step.
    """

    # An empty prefix: keys stay as documented ('PDJ@0.20') without the
    # warning that BaseMetric gives for None.
    default_prefix = ''

    def __init__(
        self, detail: str = 'groups', collect_device: str = 'cpu', prefix: Optional[str] = None
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        if detail not in DETAILS:
            raise ValueError(f'detail must be one of {DETAILS}, got {detail!r}')
        self.detail = detail

    def columns(self, values: np.ndarray) -> Dict[str, float]:
        """The figures of one row of the table, by key.

        Args:
            values (np.ndarray): One row of ``per_joint`` below, [T].
        """
        raise NotImplementedError

    def report_means(self, per_joint: np.ndarray, title: str) -> Dict[str, float]:
        """Report figures of which groups and the total are plain means.

        Args:
            per_joint (np.ndarray): T figures of every joint, [T, K]; NaN =
                the joint has none.
            title (str): The line above the table.

        Returns:
            dict[str, float]: Figures by key.
        """
        groups = group_means(per_joint, self.joint_groups)
        joints = dict(zip(self.joint_names(per_joint.shape[1]), per_joint.T))
        return self.report(
            {name: self.columns(values) for name, values in groups.items()},
            {name: self.columns(values) for name, values in joints.items()},
            self.columns(joint_mean(per_joint)),
            title,
        )

    def report(
        self, groups: Rows, joints: Rows, total: Dict[str, float], title: str
    ) -> Dict[str, float]:
        """Log the table, and return what ``detail`` asks for.

        Args:
            groups (dict): Group name -> figures by key.
            joints (dict): Joint name -> figures by key.
            total (dict): Figures by key.
            title (str): The line above the table.

        Returns:
            dict[str, float]: The total's keys as they are; those of groups
            and joints with a slash and the row's name behind them.
        """
        sections = [rows for rows in (groups, joints, {'All joints': total}) if rows]
        logger: MMLogger = MMLogger.get_current_instance()
        logger.info(f'{title}\n{accuracy_table(sections)}')

        metrics = dict(total)
        for level, rows in (('groups', groups), ('joints', joints)):
            if DETAILS.index(self.detail) >= DETAILS.index(level):
                for row_name, row in rows.items():
                    metrics.update({f'{key}/{row_name}': value for key, value in row.items()})
        return metrics

    @property
    def dataset_meta(self) -> Optional[dict]:
        """Metainfo of the data set."""
        return self._dataset_meta

    @dataset_meta.setter
    def dataset_meta(self, dataset_meta: Optional[dict]) -> None:
        self._dataset_meta = dataset_meta
        if dataset_meta is not None:
            for role, names in self.named_joints().items():
                self.joint_ids(names, role)

    def named_joints(self) -> Dict[str, Sequence[str]]:
        """The joints that options name, by what the options call them."""
        return {}

    @property
    def joint_groups(self) -> Dict[str, List[int]]:
        """Group name -> joint ids, of the data set."""
        return (self.dataset_meta or {}).get('joint_groups') or {}

    def joint_names(self, num_joints: int) -> List[str]:
        """Names by joint id."""
        names = {i: name for name, i in self.name2id().items()}
        return [names.get(i, str(i)) for i in range(num_joints)]

    def name2id(self) -> Dict[str, int]:
        """Joint name -> joint id, of the data set."""
        name2id = (self.dataset_meta or {}).get('keypoint_name2id')
        if not name2id:
            raise ValueError(
                f"{type(self).__name__} needs the joints' names, but the "
                'data set\'s metainfo has no "keypoint_name2id"; outside a '
                'Runner set metric.dataset_meta first'
            )
        return name2id

    def joint_ids(self, names: Sequence[str], role: str) -> List[int]:
        """Ids of joints that an option names.

        Args:
            names (Sequence[str]): Names of joints.
            role (str): What the option calls them, for the error.

        Raises:
            ValueError: If the data set lacks one, with those it has.
        """
        name2id = self.name2id()
        unknown = [name for name in names if name not in name2id]
        if unknown:
            data_set = self.dataset_meta.get('dataset_name', 'this data set')
            raise ValueError(
                f'{type(self).__name__}: the {role} names {unknown}, which '
                f'{data_set} does not have; its joints are {list(name2id)}. '
                f'Give {type(self).__name__} joints of these, or leave it '
                'out of val_evaluator and test_evaluator'
            )
        return [name2id[name] for name in names]

"""Means of per-joint figures over named groups of joints."""

from typing import Dict, Mapping, Sequence

import numpy as np


def joint_mean(per_joint: np.ndarray) -> np.ndarray:
    """Mean over the last axis of the joints that have a figure.

    Args:
        per_joint (np.ndarray): One figure per joint, shape [..., K]; NaN =
            the joint has none.

    Returns:
        np.ndarray: Shape [...]; NaN where no joint has a figure.
    """
    per_joint = np.asarray(per_joint, dtype=np.float64)
    known = ~np.isnan(per_joint)
    total = np.where(known, per_joint, 0.0).sum(axis=-1)
    mean = np.full(total.shape, np.nan)
    np.divide(total, known.sum(axis=-1), out=mean, where=known.any(axis=-1))
    return mean


def group_means(
    per_joint: np.ndarray, groups: Mapping[str, Sequence[int]]
) -> Dict[str, np.ndarray]:
    """Mean figure of each group: every joint weighs the same.

    The mean of the joints' figures, not of the pooled frames: with as many
    labels per joint (K2HPD, ITOP) both are one number; where a joint is
    labelled less often it still weighs as much as its neighbours.

    Args:
        per_joint (np.ndarray): One figure per joint, shape [..., K]; NaN =
            the joint has none and is left out of its groups.
        groups (Mapping[str, Sequence[int]]): Group name -> joint ids.

    Returns:
        dict[str, np.ndarray]: Group name -> mean of shape [...], in the
        order of ``groups``.

    Raises:
        ValueError: If a group is empty or names a joint id outside 0..K-1.

    Example:
        >>> group_means(np.array([90., 60., 30.]), {'Arms': [1, 2]})
        {'Arms': array(45.)}
    """
    per_joint = np.asarray(per_joint, dtype=np.float64)
    check_groups(groups, per_joint.shape[-1])
    return {
        name: joint_mean(per_joint[..., list(joint_ids)]) for name, joint_ids in groups.items()
    }


def check_groups(groups: Mapping[str, Sequence[int]], num_joints: int) -> None:
    """Refuse groups that do not fit the joints.

    Args:
        groups (Mapping[str, Sequence[int]]): Group name -> joint ids.
        num_joints (int): How many joints there are.

    Raises:
        ValueError: If a group is empty or names a joint id outside 0..K-1.
    """
    for name, joint_ids in groups.items():
        joint_ids = list(joint_ids)
        if not joint_ids:
            raise ValueError(f'joint group "{name}" has no joints')
        strange = [i for i in joint_ids if not 0 <= i < num_joints]
        if strange:
            raise ValueError(
                f'joint group "{name}" names the joint ids {strange}, but '
                f'there are {num_joints} joints (0 to {num_joints - 1})'
            )

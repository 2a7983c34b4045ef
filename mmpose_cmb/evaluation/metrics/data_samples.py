"""Reading joints out of the data samples that metrics are given."""

from typing import NamedTuple, Optional

import numpy as np


class SpaceJoints(NamedTuple):
    """Joints of the n persons of one sample, in metres of the camera frame.

    Attributes:
        pred_m (np.ndarray): [n, K, 3].
        gt_m (np.ndarray): [n, K, 3].
        labelled (np.ndarray, optional): [n, K]; None: all that are finite.
    """

    pred_m: np.ndarray
    gt_m: np.ndarray
    labelled: Optional[np.ndarray]


def to_numpy(values) -> np.ndarray:
    """Array of an array or of a tensor on any device."""
    return values.detach().cpu().numpy() if hasattr(values, 'detach') else np.asarray(values)


def label_mask(gt_instances: dict) -> np.ndarray:
    """Which joints are labelled, [n, K], nonzero = labelled.

    Args:
        gt_instances (dict): With ``keypoints_visible`` [n, K] or
            [n, K, 1 or 2], whose first column tells labelled joints; MMPose
            may pack a weight beside it.
    """
    visible = to_numpy(gt_instances['keypoints_visible'])
    return visible[:, :, 0] if visible.ndim == 3 else visible


def space_joints(data_sample: dict, metric_name: str) -> SpaceJoints:
    """Predicted and true 3D joints of a data sample.

    Args:
        data_sample (dict): With ``pred_instances.keypoints_cam`` and
            ``gt_instances.keypoints_cam``; ``keypoints_visible`` of the
            latter tells labelled joints, where it is there.
        metric_name (str): For the error.

    Raises:
        ValueError: If a side has no 3D joints.
    """
    pred, gt = data_sample['pred_instances'], data_sample['gt_instances']
    for name, instances, cause in (
        ('pred_instances', pred, "the model's head gives no 3D joints"),
        ('gt_instances', gt, 'the data set has no 3D labels, or they were not packed'),
    ):
        if 'keypoints_cam' not in instances:
            raise ValueError(
                f'{metric_name} needs 3D joints in metres, but '
                f'{name} has no "keypoints_cam": {cause}'
            )
    return SpaceJoints(
        to_numpy(pred['keypoints_cam']),
        to_numpy(gt['keypoints_cam']),
        label_mask(gt) if 'keypoints_visible' in gt else None,
    )

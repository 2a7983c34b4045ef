"""All metrics that fit a set of predicted joints."""

from typing import Dict, List, Optional, Sequence

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from mmpose_cmb.camera import Camera

from .metrics import HeadPCKAccuracy, JointDistanceAccuracy, JointErrorMetric, PDJAccuracy
from .prediction_files import pixels_of

ALIGNED_PREFIX = 'aligned'


def score_joints(
    pred_m: np.ndarray,
    gt_m: np.ndarray,
    metainfo: dict,
    *,
    thresholds_m: Sequence[float] = (0.1,),
    distances_mm: Sequence[float] = (50, 100, 150, 200),
    max_distance_mm: Optional[float] = None,
    root: Optional[str] = None,
    intrinsics: Optional[Camera] = None,
    plot_file: Optional[str] = None,
    detail: str = 'joints',
) -> Dict[str, float]:
    """Score joints as the metrics of a config would, and log their tables.

    ``JointDistanceAccuracy`` and ``JointErrorMetric``; the latter once more
    relative to ``root``, its keys behind ``aligned/``. With the camera also
    ``PDJAccuracy`` and ``HeadPCKAccuracy`` on the image plane, where the
    skeleton has their joints; a joint that is not in front of the camera has
    no pixel: as a label it does not count, as a prediction it is wrong.

    Args:
        pred_m (np.ndarray): Predictions in metres of the camera frame, y
            down, shape [N, K, 3]. Not finite = not predicted.
        gt_m (np.ndarray): Ground truth likewise. Not finite = no label.
        metainfo (dict): ``keypoint_name2id`` and, optionally,
            ``joint_groups`` (``parse_depth_metainfo``).
        thresholds_m (Sequence[float]): Metres. Defaults to (0.1, ).
        distances_mm (Sequence[float]): Millimetres. Defaults to
            (50, 100, 150, 200).
        max_distance_mm (float, optional): Where the curve ends. Defaults to
            None: the largest of ``distances_mm``.
        root (str, optional): Joint for the alignment. Defaults to None.
        intrinsics (Camera, optional): The camera. Defaults to None: no
            metric on the image plane.
        plot_file (str, optional): Picture of the curve of frames; of the
            aligned one with a root. Defaults to None.
        detail (str): As in the metrics. Defaults to 'joints'.

    Returns:
        dict[str, float]: Every metric's figures by key.

    Raises:
        ValueError: If the numbers of frames differ, and as the metrics do.
    """
    _check_frames(pred_m, gt_m)
    error_options = dict(distances_mm=distances_mm, max_distance_mm=max_distance_mm, detail=detail)
    metrics = [
        JointDistanceAccuracy(thresholds_m, detail=detail),
        JointErrorMetric(**error_options, plot_file=None if root else plot_file),
    ]
    if root:
        metrics.append(
            JointErrorMetric(
                **error_options, root=root, plot_file=plot_file, prefix=ALIGNED_PREFIX
            )
        )
    pred = dict(keypoints_cam=pred_m)
    gt = dict(keypoints_cam=gt_m)
    if intrinsics is not None:
        metrics += _image_metrics(metainfo, detail)
        pred['keypoints'] = pixels_of(pred_m, intrinsics)
        gt['keypoints'] = pixels_of(gt_m, intrinsics)
    gt['keypoints_visible'] = np.isfinite(gt_m).all(axis=-1)
    return _evaluate(metrics, pred, gt, metainfo)


def score_pixels(
    pred_px: np.ndarray, gt_px: np.ndarray, metainfo: dict, detail: str = 'joints'
) -> Dict[str, float]:
    """Score joints in the image: ``PDJAccuracy`` and ``HeadPCKAccuracy``.

    Args:
        pred_px (np.ndarray): Predictions in pixels, shape [N, K, 2]. Not
            finite = not predicted.
        gt_px (np.ndarray): Ground truth likewise. Not finite = no label.
        metainfo (dict): See :func:`score_joints`.
        detail (str): As in the metrics. Defaults to 'joints'.

    Returns:
        dict[str, float]: Every metric's figures by key.

    Raises:
        ValueError: If the numbers of frames differ, or the skeleton has the
            joints of neither metric.
    """
    _check_frames(pred_px, gt_px)
    metrics = _image_metrics(metainfo, detail)
    if not metrics:
        raise ValueError(
            'pixels are scored by PDJ and PCKh, and this skeleton has the segments of neither'
        )
    gt = dict(keypoints=gt_px, keypoints_visible=np.isfinite(gt_px).all(axis=-1))
    return _evaluate(metrics, dict(keypoints=pred_px), gt, metainfo)


def _check_frames(pred: np.ndarray, gt: np.ndarray) -> None:
    if len(pred) != len(gt):
        raise ValueError(f'{len(pred)} predicted frames, but {len(gt)} labelled ones')


def _evaluate(
    metrics: Sequence[BaseMetric], pred: dict, gt: dict, metainfo: dict
) -> Dict[str, float]:
    figures = {}
    for metric in metrics:
        metric.dataset_meta = metainfo
        metric.process(None, [dict(pred_instances=pred, gt_instances=gt)])
        figures.update(metric.evaluate(1))
    return figures


def _image_metrics(metainfo: dict, detail: str) -> List[BaseMetric]:
    """PDJ and PCKh, where the skeleton has the joints they measure with."""
    metrics = []
    for metric in (PDJAccuracy(detail=detail), HeadPCKAccuracy(detail=detail)):
        needed = [name for end in metric.segment for name in end]
        missing = [n for n in needed if n not in metainfo['keypoint_name2id']]
        if missing:
            logger: MMLogger = MMLogger.get_current_instance()
            logger.info(
                f'{type(metric).__name__} is left out: this skeleton '
                f'has no {" and no ".join(missing)}'
            )
        else:
            metrics.append(metric)
    return metrics

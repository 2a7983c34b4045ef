"""A person finder among MMPose's estimators."""

from typing import List, Optional

import cv2
from mmengine.structures import InstanceData, PixelData

from mmpose.models.pose_estimators import BottomupPoseEstimator
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample

from ..depth.letterbox import move_boxes


@MODELS.register_module()
class PersonBoxEstimator(BottomupPoseEstimator):
    """``BottomupPoseEstimator`` whose instances are boxes without joints."""

    def add_pred_to_datasample(
        self,
        batch_pred_instances: List[InstanceData],
        batch_pred_fields: Optional[List[PixelData]],
        batch_data_samples: List[PoseDataSample],
    ) -> List[PoseDataSample]:
        """Put the boxes into pixels of the frame and into the samples.

        Args:
            batch_pred_instances (List[InstanceData]): ``bboxes`` in pixels of
                the input.
            batch_pred_fields (List[PixelData], optional): Not used.
            batch_data_samples (List[PoseDataSample]): With ``warp_mat``.
        """
        for instances, sample in zip(batch_pred_instances, batch_data_samples):
            back = cv2.invertAffineTransform(sample.metainfo['warp_mat'])
            instances.bboxes = move_boxes(instances.bboxes, back)
            sample.pred_instances = instances
        return batch_data_samples

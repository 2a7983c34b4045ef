"""From depth frames and boxes to MMPose's data samples.

Legend: F frames, N persons in a frame, K joints.
"""
from dataclasses import replace
from typing import List, NamedTuple, Sequence

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.structures import InstanceData
from torch import nn

from mmpose.structures import PoseDataSample, merge_data_samples
from ..depth.frame import DepthFrame, PersonPose
from .frame_pipeline import FramePipeline

# Stands in for intrinsics that nobody knows; what it gives is thrown away.
NO_CAMERA = (1., 1., 0., 0.)


class ScoredBoxes(NamedTuple):
    """The persons of one frame.

    Attributes:
        bboxes (np.ndarray): ``[N, 4]``, x1, y1, x2, y2, pixels, float32.
        scores (np.ndarray): ``[N]``, float32.
    """
    bboxes: np.ndarray
    scores: np.ndarray


class FrameEstimator:
    """Runs a top-down model on frames in memory.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` in eval mode with
            ``dataset_meta``.
        pipeline (FramePipeline): The model's.
    """

    def __init__(self, model: nn.Module, pipeline: FramePipeline,
                 dataset_meta: dict) -> None:
        self.model = model
        self.pipeline = pipeline
        self.dataset_meta = dataset_meta

    def cut_background(self, frame: DepthFrame) -> DepthFrame:
        """Remove what the model's loader removes: what is far away."""
        limit_m = self.pipeline.background_m
        if limit_m is None:
            return frame
        depth_m = np.where(frame.depth_m > limit_m, 0, frame.depth_m)
        return replace(frame, depth_m=depth_m.astype(np.float32))

    @torch.no_grad()
    def __call__(self, frames: Sequence[DepthFrame],
                 boxes: Sequence[ScoredBoxes]) -> List[PoseDataSample]:
        """Estimate the poses of all persons, in one batch.

        Args:
            frames (Sequence[DepthFrame]): F frames, background cut.
            boxes (Sequence[ScoredBoxes]): One entry per frame.

        Returns:
            List[PoseDataSample]: One per frame, with ``pred_instances`` of
            its persons: ``keypoints`` [N, K, 2], ``keypoint_scores`` [N, K],
            ``bboxes``, ``bbox_scores`` and, where the head gives it and the
            intrinsics are known, ``keypoints_cam`` [N, K, 3]. Persons in
            whose crop no pixel is valid are left out.
        """
        inputs = [[
            self._person(frame, bbox, score) for bbox, score in zip(*found)
        ] for frame, found in zip(frames, boxes)]
        inputs = [[p for p in persons if _is_seen(p)] for persons in inputs]
        flat = [person for persons in inputs for person in persons]
        samples = iter(
            self.model.test_step(pseudo_collate(flat)) if flat else ())
        return [
            self._merged(frame, [next(samples) for _ in persons])
            for frame, persons in zip(frames, inputs)
        ]

    def _person(self, frame: DepthFrame, bbox: np.ndarray,
                score: float) -> dict:
        """One person as the model's input."""
        return self.pipeline.transform(
            dict(
                self.dataset_meta,
                img=frame.depth_m,
                img_path=frame.name,
                img_id=frame.index,
                img_shape=frame.depth_m.shape,
                ori_shape=frame.depth_m.shape,
                intrinsics=np.float32((frame.intrinsics or NO_CAMERA)[:4]),
                bbox=np.asarray(bbox, np.float32)[None],
                bbox_score=np.array([score], np.float32)))

    def _merged(self, frame: DepthFrame,
                persons: List[PoseDataSample]) -> PoseDataSample:
        """All persons of a frame in one sample."""
        meta = dict(
            img_path=frame.name,
            img_id=frame.index,
            ori_shape=frame.depth_m.shape,
            img_shape=frame.depth_m.shape,
            dataset_name=self.dataset_meta['dataset_name'])
        if frame.intrinsics is not None:
            meta['intrinsics'] = np.array(frame.intrinsics[:4], np.float32)
        merged = PoseDataSample(metainfo=meta)
        if persons:
            instances = merge_data_samples(persons).pred_instances
            if frame.intrinsics is None:
                instances.pop('keypoints_cam', None)
            merged.pred_instances = instances
        else:
            merged.pred_instances = self._nobody()
        return merged

    def _nobody(self) -> InstanceData:
        joints = self.dataset_meta['num_keypoints']
        return InstanceData(
            keypoints=np.zeros((0, joints, 2), np.float32),
            keypoint_scores=np.zeros((0, joints), np.float32),
            keypoints_visible=np.zeros((0, joints), np.float32),
            bboxes=np.zeros((0, 4), np.float32),
            bbox_scores=np.zeros(0, np.float32))


def persons_of(sample: PoseDataSample) -> List[PersonPose]:
    """The persons of a frame's sample, without MMPose's types."""
    found = sample.pred_instances
    in_space = found.get('keypoints_cam', [None] * len(found))
    return [
        PersonPose(*person) for person in zip(
            found.keypoints, found.keypoint_scores, found.bboxes,
            found.bbox_scores.astype(float), in_space)
    ]


def _is_seen(person: dict) -> bool:
    """Whether any pixel of the person's crop is valid."""
    return bool(np.isfinite(person['data_samples'].person_depth_m))

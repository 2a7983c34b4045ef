"""From depth frames to joints with an exported ONNX file alone."""
from dataclasses import replace
from typing import List, NamedTuple, Optional, Sequence, Union

import numpy as np

from ..depth.crop import (CropRegion, box_to_region, crop_depth,
                          crop_to_frame, lift)
from ..depth.depth_io import IMAGE_SUFFIXES
from ..depth.frame import DepthFrame, PersonPose
from ..depth.frame_boxes import frame_boxes
from ..depth.frame_reader import FrameInput, FrameReference, list_frames
from ..depth.person_depth import estimate_person_depth, normalize_depth
from .onnx_network import OnnxNetwork


class _PersonInput(NamedTuple):
    """One person's crop and the way back to the frame."""
    crop: np.ndarray
    region: CropRegion
    person_depth_m: float
    bbox: np.ndarray
    bbox_score: float


class DepthPoseRuntime:
    """Estimates poses in depth frames, without PyTorch and MMPose.

    Preparing the crop, decoding and lifting are those of the model's own test
    pipeline; the ONNX file holds all of their settings.

    Args:
        path (str): ONNX file that mmpose_cmb has exported.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core.
        providers (Sequence[str], optional): ONNX Runtime's execution
            providers, such as ``['CUDAExecutionProvider']``. Defaults to
            ``None``: the CPU.

    Attributes:
        network (OnnxNetwork): From normalised crops to joints of the crop.
        description (ModelDescription): What the file says of the model.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be used, with what to do.

    Example:
        >>> from mmpose_cmb.runtime import DepthPoseRuntime
        >>> runtime = DepthPoseRuntime('end2end.onnx')
        >>> for reference in runtime.list_frames('recording/'):
        ...     persons, = runtime.estimate([reference.read()])
    """

    def __init__(self,
                 path: str,
                 threads: Optional[int] = None,
                 providers: Optional[Sequence[str]] = None) -> None:
        self.network = OnnxNetwork(path, threads, providers)
        self.description = self.network.description
        skeleton = self.description.skeleton
        self.keypoint_names = skeleton.keypoint_names
        self.skeleton_links = skeleton.links
        self.keypoint_colors = skeleton.keypoint_colors
        self.link_colors = skeleton.link_colors

    def list_frames(self,
                    inputs: Union[FrameInput, Sequence[FrameInput]],
                    unit_m: Optional[float] = None,
                    intrinsics: Optional[Sequence[float]] = None,
                    key: Optional[str] = None) -> List[FrameReference]:
        """List the frames of files, folders and arrays; reads none of them.

        As :func:`mmpose_cmb.depth.frame_reader.list_frames`, but for images
        whose unit nobody tells, which are taken to be like those that the
        model was tested on.

        Args:
            inputs (FrameInput or list): Paths, folders, globs, arrays.
            unit_m (float, optional): Metres per stored unit.
            intrinsics (Sequence[float], optional): fx, fy, cx, cy, pixels.
            key (str, optional): Name of the array in NPZ and HDF5 files.
        """
        model = self.description
        references = list_frames(inputs, unit_m, intrinsics, key,
                                 model.invalid_values)
        if model.depth_unit_m is None:
            return references
        for reference in references:
            if (reference.unit_m is None
                    and reference.name.lower().endswith(IMAGE_SUFFIXES)):
                reference.unit_m = model.depth_unit_m
                reference.notes.append(
                    f'{reference.source}: {model.depth_unit_m:g} m per stored '
                    'unit, as the images that the model was tested on; unit_m '
                    'says it otherwise')
        return references

    def estimate(
        self,
        frames: Sequence[DepthFrame],
        bboxes: Optional[Sequence[Optional[np.ndarray]]] = None
    ) -> List[List[PersonPose]]:
        """Estimate the poses of all persons in some frames.

        Args:
            frames (Sequence[DepthFrame]): Depth in metres.
            bboxes (Sequence[np.ndarray], optional): For each frame ``[N, 4]``
                (x1, y1, x2, y2, pixels), or ``None``: see ``frame_boxes``.
                Defaults to ``None``: for all of them.

        Returns:
            List[List[PersonPose]]: The persons of each frame, in the order of
            its boxes; none where nobody was found or no pixel is valid.

        Raises:
            ValueError: If a frame or a box is none, naming the frame.
        """
        if bboxes is None:
            bboxes = [None] * len(frames)
        if len(bboxes) != len(frames):
            raise ValueError(f'{len(frames)} frames need as many entries of '
                             f'bboxes, got {len(bboxes)}')
        inputs = [
            self._prepare(frame, boxes)
            for frame, boxes in zip(frames, bboxes)
        ]
        crops = [person.crop for persons in inputs for person in persons]
        if not crops:
            return [[] for _ in frames]
        # Row by row: joints of the crop, scores and, in space, (u, v, depth).
        rows = zip(*self.network(np.stack(crops)[:, None]))
        return [[
            self._finish(person, frame, *next(rows)) for person in persons
        ] for frame, persons in zip(frames, inputs)]

    def _prepare(self, frame: DepthFrame,
                 given: Optional[np.ndarray]) -> List[_PersonInput]:
        """Crop and normalise the persons of a frame."""
        model = self.description
        depth_m = np.asarray(frame.depth_m, np.float32)
        if depth_m.ndim != 2:
            raise ValueError(f'{frame.name}: depth must have the shape [H, '
                             f'W], got {depth_m.shape}')
        if model.background_m is not None:
            depth_m = np.where(depth_m > model.background_m, 0, depth_m)
        frame = replace(frame, depth_m=depth_m)
        persons = []
        for bbox, score in zip(
                *frame_boxes(frame, given, model.background_m is not None)):
            region = box_to_region(bbox, model.input_size, model.box_padding)
            crop_m = crop_depth(depth_m, region, model.input_size)
            person_depth_m = estimate_person_depth(crop_m)
            crop = normalize_depth(crop_m, person_depth_m, model.half_range_m,
                                   model.hole_value)
            persons.append(
                _PersonInput(crop, region, person_depth_m, bbox, float(score)))
        return persons

    def _finish(self,
                person: _PersonInput,
                frame: DepthFrame,
                keypoints: np.ndarray,
                scores: np.ndarray,
                uvd: Optional[np.ndarray] = None) -> PersonPose:
        """Bring one person's joints to the frame and the camera."""
        model = self.description
        keypoints_cam = None
        if uvd is not None and frame.intrinsics is not None:
            depth_m = uvd[:, 2] * model.half_range_m + person.person_depth_m
            pixels = crop_to_frame(uvd[:, :2], person.region, model.input_size)
            keypoints_cam = lift(pixels, depth_m,
                                 frame.intrinsics).astype(np.float32)
        return PersonPose(
            crop_to_frame(keypoints, person.region, model.input_size), scores,
            person.bbox, person.bbox_score, keypoints_cam)

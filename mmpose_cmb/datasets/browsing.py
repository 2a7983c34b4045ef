"""What a pipeline makes of a sample, step by step, and a picture of it."""
from typing import List, NamedTuple, Optional

import numpy as np

from ..visualization import colorize_depth, contact_sheet, draw_skeleton
from .transforms import NormalizeDepth

BOX_COLOR = (255, 255, 255)
CELL_PX = 256


class SampleTrace(NamedTuple):
    """A sample at the stages of its pipeline. K joints.

    Attributes:
        frame_m (np.ndarray): The whole image as loaded, metres, [H, W].
        bbox (np.ndarray): The annotated box in it, x1, y1, x2, y2 pixels.
        keypoints (np.ndarray): Its joints, pixels, [K, 2].
        holes (np.ndarray): Invalid pixels of the crop, bool [h, w].
        network_input (np.ndarray): What the network gets, [h, w].
        crop_keypoints (np.ndarray): The joints in the crop, pixels, [K, 2].
        heatmaps (np.ndarray, optional): The target, [K, h', w']; ``None`` in
            a pipeline that makes none.
    """
    frame_m: np.ndarray
    bbox: np.ndarray
    keypoints: np.ndarray
    holes: np.ndarray
    network_input: np.ndarray
    crop_keypoints: np.ndarray
    heatmaps: Optional[np.ndarray]


def trace_sample(dataset, index: int) -> Optional[SampleTrace]:
    """Run a dataset's pipeline on one sample and keep its stages.

    Args:
        dataset (BaseDataset): A dataset whose pipeline starts with
            ``LoadDepthImage`` and ends with MMPose's ``PackPoseInputs``.
        index (int): Which sample.

    Returns:
        SampleTrace, optional: ``None`` if the pipeline leaves the sample out.
    """
    results = dataset.get_data_info(index)
    results['dataset'] = dataset
    # A pipeline that does not normalise marks no holes.
    frame, crop_m, crop_keypoints = None, None, None
    for transform in dataset.pipeline.transforms:
        if isinstance(transform, NormalizeDepth):
            crop_m = results['img']
        crop_keypoints = results.get('transformed_keypoints', crop_keypoints)
        results = transform(results)
        if results is None:
            return None
        if frame is None:
            frame = dict(
                frame_m=results['img'],
                bbox=results['bbox'][0].copy(),
                keypoints=results['keypoints'][0].copy())
    network_input = results['inputs'][0].numpy()
    sample = results['data_samples']
    return SampleTrace(
        holes=(np.zeros(network_input.shape, bool)
               if crop_m is None else crop_m <= 0),
        network_input=network_input,
        crop_keypoints=crop_keypoints[0],
        heatmaps=(sample.gt_fields.heatmaps.numpy()
                  if 'gt_fields' in sample else None),
        **frame)


def draw_sample(trace: SampleTrace, metainfo: dict) -> np.ndarray:
    """Draw the frame, the crop as the network gets it, and the heat maps.

    Args:
        trace (SampleTrace): The sample.
        metainfo (dict): The dataset's, for the skeleton and its colours.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB; frame, crop and, where there are
        any, heat maps side by side. Invalid pixels have a colour of their
        own.
    """
    # The colour map takes metres > 0; -1..1 becomes 1..3.
    shown = np.where(trace.holes, 0, trace.network_input + 2)
    crop = colorize_depth(shown, near_m=1., far_m=3.)
    factor = max(1, CELL_PX // max(crop.shape))
    crop = _enlarge(crop, factor)
    panels = [
        _draw_box(
            _draw_joints(
                colorize_depth(trace.frame_m), trace.keypoints, metainfo),
            trace.bbox),
        # Pixel x covers x * factor to x * factor + factor - 1.
        _draw_joints(crop,
                     trace.crop_keypoints * factor + (factor - 1) / 2,
                     metainfo),
    ]
    captions = ['frame, box, joints', 'network input, joints']
    if trace.heatmaps is not None:
        total = np.clip(trace.heatmaps.sum(axis=0), 0, 1)
        total = (total * 255).round().astype(np.uint8)
        panels.append(_enlarge(total, max(1, len(crop) // len(total))))
        captions.append('heat maps, summed')
    return contact_sheet(panels, len(panels), captions)


def spread_indices(length: int, number: int) -> List[int]:
    """Return up to ``number`` indices spread evenly over ``length``."""
    number = min(number, length)
    return [int(i) for i in (np.arange(number) + 0.5) * length / number]


def _enlarge(image: np.ndarray, factor: int) -> np.ndarray:
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def _draw_joints(image: np.ndarray, keypoints: np.ndarray,
                 metainfo: dict) -> np.ndarray:
    return draw_skeleton(
        image,
        keypoints,
        metainfo['skeleton_links'],
        metainfo['skeleton_link_colors'],
        metainfo['keypoint_colors'],
        thickness=1,
        radius=2)


def _draw_box(image: np.ndarray, bbox: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = bbox
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    sides = [(0, 1), (1, 2), (2, 3), (3, 0)]
    return draw_skeleton(
        image, corners, sides, [BOX_COLOR] * 4, thickness=1, outline=0)

"""What a pipeline makes of a sample, step by step."""

from typing import List, NamedTuple, Optional

import numpy as np

from .transforms import NormalizeDepth


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
                keypoints=results['keypoints'][0].copy(),
            )
    network_input = results['inputs'][0].numpy()
    sample = results['data_samples']
    return SampleTrace(
        holes=(np.zeros(network_input.shape, bool) if crop_m is None else crop_m <= 0),
        network_input=network_input,
        crop_keypoints=crop_keypoints[0],
        heatmaps=(sample.gt_fields.heatmaps.numpy() if 'gt_fields' in sample else None),
        **frame,
    )


def spread_indices(length: int, number: int) -> List[int]:
    """Return up to ``number`` indices spread evenly over ``length``."""
    number = min(number, length)
    return [int(i) for i in (np.arange(number) + 0.5) * length / number]

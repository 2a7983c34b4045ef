"""Cropping the person out of a depth image."""

import numpy as np

from mmpose.datasets.transforms import TopdownAffine
from mmpose.registry import TRANSFORMS
from mmpose.structures.bbox import get_udp_warp_matrix, get_warp_matrix

from ...depth.depth_warp import warp_depth


@TRANSFORMS.register_module()
class TopdownDepthAffine(TopdownAffine):
    """MMPose's ``TopdownAffine`` for depth images.

    The box, and the joints with it, are handled by MMPose. The image is
    warped without blending depths across a silhouette: holes stay holes, and
    what lies outside the image is invalid (0).

    Keys and arguments are those of ``TopdownAffine``; ``img`` is a depth
    image [H, W].
    """

    def transform(self, results: dict) -> dict:
        """Crop, rotate and resize the box's region."""
        depth_m = results['img']
        # With an empty list of images MMPose warps the joints alone.
        results['img'] = []
        results = super().transform(results)
        warp_matrix = get_udp_warp_matrix if self.use_udp else get_warp_matrix
        # In double precision, as without MMPose (depth/crop.py): where a source
        # lies between two pixels, the last digit decides which one is taken,
        # and NumPy 2 keeps MMPose's scalars in single precision.
        matrix = warp_matrix(
            results['input_center'].astype(np.float64),
            results['input_scale'].astype(np.float64),
            results['bbox_rotation'][0] if 'bbox_rotation' in results else 0.0,
            output_size=self.input_size,
        )
        results['img'] = warp_depth(depth_m, matrix, self.input_size)
        return results

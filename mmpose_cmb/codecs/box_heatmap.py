"""People's boxes as MMPose's targets."""

from typing import Optional, Tuple

import numpy as np

from mmpose.codecs.base import BaseKeypointCodec
from mmpose.registry import KEYPOINT_CODECS

from ..pose.box_maps import decode_boxes, encode_boxes


@KEYPOINT_CODECS.register_module()
class BoxHeatmap(BaseKeypointCodec):
    """Boxes of everybody in an input: centres and distances to the sides.

    The joints play no part. Encoded are the maps of
    :class:`mmpose_cmb.pose.box_maps.BoxMaps`, under ``box_`` and their names.

    Args:
        input_size (Tuple[int, int]): Width and height, pixels.
        stride (int): Pixels of the input for each cell. Defaults to 4.
        least_score (float): See :func:`decode_boxes`. Defaults to 0.05, which
            leaves a curve of precision and recall its end.
        most_boxes (int): Defaults to 20.
        most_overlap (float): Defaults to 0.6.
    """

    auxiliary_encode_keys = {'bbox', 'unsure_bbox'}
    field_mapping_table = dict(
        box_heat='box_heat',
        box_heat_weights='box_heat_weights',
        box_sides='box_sides',
        box_side_weights='box_side_weights',
    )
    instance_mapping_table = dict(bbox='bboxes')

    def __init__(
        self,
        input_size: Tuple[int, int],
        stride: int = 4,
        least_score: float = 0.05,
        most_boxes: int = 20,
        most_overlap: float = 0.6,
    ) -> None:
        super().__init__()
        if input_size[0] % stride or input_size[1] % stride:
            raise ValueError(f'input_size {tuple(input_size)} must be divisible by {stride}')
        self.input_size = tuple(input_size)
        self.stride = stride
        self.least_score = least_score
        self.most_boxes = most_boxes
        self.most_overlap = most_overlap

    @property
    def map_size(self) -> Tuple[int, int]:
        """Width and height of the maps, cells."""
        return self.input_size[0] // self.stride, self.input_size[1] // self.stride

    def encode(
        self,
        keypoints: np.ndarray,
        keypoints_visible: Optional[np.ndarray] = None,
        bbox: Optional[np.ndarray] = None,
        unsure_bbox: Optional[np.ndarray] = None,
    ) -> dict:
        """Draw the boxes.

        Args:
            keypoints (np.ndarray): Not used.
            keypoints_visible (np.ndarray, optional): Not used.
            bbox (np.ndarray): ``[N, 4]``, x1, y1, x2, y2, pixels of the input.
            unsure_bbox (np.ndarray, optional): ``[M, 4]``, where it is not
                known whether there is somebody. Defaults to None.
        """
        unsure = np.zeros((0, 4)) if unsure_bbox is None else unsure_bbox
        maps = encode_boxes(bbox, unsure, self.map_size, self.stride)
        return {f'box_{name}': values for name, values in maps._asdict().items()}

    def decode(self, encoded: Tuple[np.ndarray, np.ndarray]) -> Tuple[np.ndarray, np.ndarray]:
        """Boxes ``[N, 4]``, pixels of the input, and scores ``[N]``.

        Args:
            encoded (tuple): Heat ``[h, w]``, as probabilities, and sides
                ``[4, h, w]``.
        """
        heat, sides = encoded
        return decode_boxes(
            heat, sides, self.stride, self.least_score, self.most_boxes, self.most_overlap
        )

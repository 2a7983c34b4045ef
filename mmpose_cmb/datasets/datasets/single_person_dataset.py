"""What the datasets with one person, or hand, per depth image share."""

from typing import List, Optional

import numpy as np

from ..dataset_info import parse_depth_metainfo
from ..detected_boxes import use_detections
from .depth_dataset import DepthDataset


class SinglePersonDataset(DepthDataset):
    """Base of datasets with one annotated person per depth image.

    Subclasses give ``_load_annotations`` and the size of their images.

    Args:
        bbox_padding_px (float): The person's box is the joints' extent and
            this many pixels on each side. It is not clipped to the image, so
            that joints outside the image lie in the box. Defaults to 15.
        sample_interval (int): Use every n-th record: most of these data are
            video. Defaults to 1.
        bbox_file (str, optional): Detections to test with in place of the
            joints' extent: a JSON list of dicts with ``image_id`` (the data
            info's ``img_id``), ``bbox`` (x, y, w, h in pixels), ``score`` and
            ``category_id`` (1: person). The best one per image is taken. An
            image without any is tested with the whole image as its box, so
            that it still counts.
        Other args: See :class:`DepthDataset`.
    """

    IMAGE_SIZE = (320, 240)

    def __init__(self, *args, bbox_padding_px: float = 15.0, **kwargs) -> None:
        self.bbox_padding_px = bbox_padding_px
        super().__init__(*args, **kwargs)

    @classmethod
    def _load_metainfo(cls, metainfo: Optional[dict] = None) -> dict:
        return parse_depth_metainfo(cls.METAINFO if metainfo is None else metainfo)

    def _boxes(self, keypoints: np.ndarray) -> np.ndarray:
        """Boxes (x1, y1, x2, y2), [N, 4], around joints [N, K, 2]."""
        return np.concatenate([
            keypoints.min(axis=1) - self.bbox_padding_px,
            keypoints.max(axis=1) + self.bbox_padding_px
        ], axis=1)  # yapf: disable

    def _load_detection_results(self) -> List[dict]:
        """Replace the boxes by the best detection of each image."""
        instances, _ = self._load_annotations()
        return use_detections(instances, self.bbox_file, self.IMAGE_SIZE)

    @staticmethod
    def _as_images(instances: List[dict]) -> List[dict]:
        """The images of the instances, as MMPose's bottom-up mode wants."""
        return [
            dict(img_id=instance['img_id'], img_path=instance['img_path'])
            for instance in instances
        ]

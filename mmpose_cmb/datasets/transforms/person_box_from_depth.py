"""The person's box, found in the depth image."""

from typing import Optional, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

from ...camera import check_camera_of_image, check_intrinsics
from ...depth.person_box import find_person_box


@TRANSFORMS.register_module()
class PersonBoxFromDepth(BaseTransform):
    """Find the person in the depth image and take that as the box.

    For one person who stands free in a room, seen from the front, where there
    is neither a label nor a detector. Comes after loading and before
    ``GetBBoxCenterScale``. Where nothing of a person's size is found the box
    is the whole image, with the score 0.

    Required Keys:

        - img: metres, float32 [H, W], 0 = invalid
        - intrinsics (optional): fx, fy, cx, cy, pixels; goes before the
          argument

    Added Keys (modified where there were boxes):

        - bbox: float32 [1, 4]
        - bbox_score: float32 [1], how like a person's the size is, 0 to 1

    Args:
        intrinsics (Sequence[float], optional): fx, fy, cx, cy in pixels.
            Needed where the samples have none.
        padding_m (float): Margin around the person, metres at its distance.
            Defaults to 0.1.

    Raises:
        ValueError: If the intrinsics are not known, or not those of the image.
    """

    def __init__(
        self, intrinsics: Optional[Sequence[float]] = None, padding_m: float = 0.1
    ) -> None:
        super().__init__()
        self.intrinsics = None if intrinsics is None else check_intrinsics(intrinsics)
        self.padding_m = padding_m

    def transform(self, results: dict) -> dict:
        """Find the person."""
        intrinsics = results.get('intrinsics', self.intrinsics)
        if intrinsics is None:
            raise ValueError(
                f'{results.get("img_path", "img")}: the camera is not known. '
                'Give PersonBoxFromDepth intrinsics=(fx, fy, cx, cy)'
            )
        height, width = results['img'].shape
        camera = check_intrinsics(intrinsics)
        check_camera_of_image(camera, width, height)
        found = find_person_box(results['img'], camera, self.padding_m)
        bbox, score = found or ((0, 0, width - 1, height - 1), 0.0)
        results['bbox'] = np.array([bbox], np.float32)
        results['bbox_score'] = np.array([score], np.float32)
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(intrinsics={self.intrinsics}, padding_m={self.padding_m})'
        )

"""Loading ASTAR's raw depth images in a pipeline."""

from typing import Optional

from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

from ...formats.astar import BACKGROUND_M, read_skdepth


@TRANSFORMS.register_module()
class LoadSKDepth(BaseTransform):
    """Load a ``.skdepth`` file: int16 millimetres, 320 x 240, no header.

    0 and 32001, which stands where the camera measured nothing, are invalid.

    Required Keys:

        - img_path

    Added Keys:

        - img: metres, float32 [240, 320], 0 = invalid
        - img_shape
        - ori_shape

    Args:
        background_m (float, optional): What lies farther away becomes
            invalid. Defaults to 0.83, beyond ASTAR's hands; ``None`` keeps
            the background.

    Raises:
        FileNotFoundError, ValueError: Naming the file.
    """

    def __init__(self, background_m: Optional[float] = BACKGROUND_M) -> None:
        super().__init__()
        if background_m is not None and background_m <= 0:
            raise ValueError(f'background_m: expected metres or None, got {background_m}')
        self.background_m = background_m

    def transform(self, results: dict) -> dict:
        """Load the image."""
        results['img'] = read_skdepth(results['img_path'], self.background_m)
        results['img_shape'] = results['img'].shape
        results['ori_shape'] = results['img'].shape
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(background_m={self.background_m})'

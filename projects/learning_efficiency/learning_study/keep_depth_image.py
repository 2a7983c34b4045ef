"""Loads each depth image once."""

from typing import Dict

from mmpose.registry import TRANSFORMS
from mmpose_cmb.datasets.transforms import LoadDepthImage


@TRANSFORMS.register_module()
class KeepDepthImage(LoadDepthImage):
    """``LoadDepthImage`` that keeps what it has loaded, 0.2 MB a frame.

    A run without loading processes sees its few frames again and again, and
    decoding them is half of the pipeline's time. Arguments are those of
    ``LoadDepthImage``.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self._kept: Dict[str, dict] = {}

    def transform(self, results: dict) -> dict:
        """Load the image, or take the one that was loaded before."""
        path = results['img_path']
        if path not in self._kept:
            loaded = super().transform(dict(results))
            self._kept[path] = {key: loaded[key] for key in ('img', 'img_shape', 'ori_shape')}
            # A transform that wrote into it would change later passes.
            self._kept[path]['img'].setflags(write=False)
        return {**results, **self._kept[path]}

"""Loading a frame of an HDF5 file in a pipeline."""

from typing import Dict, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

from ...depth.depth_io import depth_to_metres
from ...depth.depth_unit import check_frame
from ...io.hdf5_frames import HDF5Frames


@TRANSFORMS.register_module()
class LoadDepthFrameFromHDF5(BaseTransform):
    """Load frame ``frame_index`` of the HDF5 file ``img_path``.

    The file stays open in the process that reads it. Each process opens it
    for itself, whether it was forked or spawned.

    Required Keys:

        - img_path: the HDF5 file
        - frame_index
        - annotation_source (optional): file and row of the annotation, for
          error messages

    Added Keys:

        - img: metres, float32 [H, W], 0 = invalid
        - img_shape
        - ori_shape

    Args:
        field (str): The HDF5 dataset of the frames, [N, H, W]. Defaults to
            'data', ITOP's.
        unit_m (float): Metres per stored unit. Defaults to 1, ITOP's.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.

    Raises:
        FileNotFoundError, IndexError, ValueError: Naming the file, and the
            annotation's file and row where they are known.
    """

    def __init__(
        self, field: str = 'data', unit_m: float = 1.0, invalid_values: Sequence[float] = (0,)
    ) -> None:
        super().__init__()
        if not 0 < unit_m < np.inf:
            raise ValueError(f'unit_m: expected metres per stored unit, got {unit_m}')
        self.field = field
        self.unit_m = unit_m
        self.invalid_values = tuple(invalid_values)
        self._files: Dict[str, HDF5Frames] = {}

    def transform(self, results: dict) -> dict:
        """Load the frame."""
        path = results['img_path']
        if path not in self._files:
            self._files[path] = HDF5Frames(path, self.field)
        try:
            stored = self._files[path][results['frame_index']]
        except (OSError, IndexError, ValueError) as error:
            if 'annotation_source' not in results:
                raise
            raise type(error)(f'{error} (annotated in {results["annotation_source"]})') from error
        results['img'] = depth_to_metres(stored, self.unit_m, self.invalid_values, source=path)
        check_frame(
            results['img'], self.unit_m, results.get('annotation_source', f'{path}: a frame')
        )
        results['img_shape'] = results['img'].shape
        results['ori_shape'] = results['img'].shape
        return results

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(field={self.field!r}, '
            f'unit_m={self.unit_m}, '
            f'invalid_values={self.invalid_values})'
        )

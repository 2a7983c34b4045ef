"""Loading a depth image in a pipeline."""

import warnings
from typing import Optional, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

from ...depth.depth_io import depth_to_metres, read_depth


@TRANSFORMS.register_module()
class LoadDepthImage(BaseTransform):
    """Load a depth image from ``img_path``, or take the one in ``img``.

    An array in ``img`` is read by its type: integers are stored units, as in
    a file (``unit_m`` and ``invalid_values`` apply); floats are metres
    already.

    Required Keys:

        - img_path
        - img (optional)
        - depth_unit_m (optional): goes before ``unit_m``; data sets that know
          the unit of each image give it
        - annotation_source (optional): file and line of the annotation, for
          error messages

    Modified Keys:

        - img: metres, float32 [H, W], 0 = invalid

    Added Keys:

        - img_path (``None`` where only ``img`` was given)
        - img_shape
        - ori_shape

    Args:
        unit_m (float, optional): Metres per stored unit: 0.001 for
            millimetres, 0.02 for the grey levels of the synthetic K2HPD set.
            Not needed where the samples have ``depth_unit_m``.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.
        key (str, optional): The array's name in ``.npz`` files.
        skip_unreadable (bool): In training, warn of an image that cannot be
            read and let the dataset draw another sample instead of stopping.
            A test never skips: MMEngine then raises. Defaults to ``False``.

    Raises:
        FileNotFoundError, ValueError: Naming the file, and the annotation's
            file and line where they are known.
    """

    def __init__(
        self,
        unit_m: Optional[float] = None,
        invalid_values: Sequence[float] = (0,),
        key: Optional[str] = None,
        skip_unreadable: bool = False,
    ) -> None:
        super().__init__()
        if unit_m is not None and not 0 < unit_m < np.inf:
            raise ValueError(f'unit_m: expected metres per stored unit, got {unit_m}')
        self.unit_m = unit_m
        self.invalid_values = tuple(invalid_values)
        self.key = key
        self.skip_unreadable = skip_unreadable

    def transform(self, results: dict) -> Optional[dict]:
        """Load, or convert, the depth image."""
        try:
            if 'img' in results:
                results.setdefault('img_path', None)
                depth_m = self._convert(results)
            else:
                depth_m = read_depth(
                    results['img_path'], self._unit(results), self.invalid_values, self.key
                )
        except (OSError, ValueError) as error:
            message = str(error)
            if 'annotation_source' in results:
                message += f' (annotated in {results["annotation_source"]})'
            if self.skip_unreadable:
                warnings.warn(f'left out: {message}', stacklevel=2)
                return None
            raise type(error)(message) from error
        results['img'] = depth_m
        results['img_shape'] = depth_m.shape
        results['ori_shape'] = depth_m.shape
        return results

    def _unit(self, results: dict) -> float:
        unit_m = results.get('depth_unit_m', self.unit_m)
        if unit_m is None:
            raise ValueError(
                f'{results["img_path"] or "img"}: the unit of the depth is '
                'not known. Give LoadDepthImage a unit_m: 0.001 where the '
                'values are millimetres'
            )
        return unit_m

    def _convert(self, results: dict) -> np.ndarray:
        image = results['img']
        if not isinstance(image, np.ndarray):
            raise ValueError(f'img: expected an array, got {type(image)}')
        if image.dtype.kind == 'f':
            return depth_to_metres(image, 1.0, source='img')
        return depth_to_metres(image, self._unit(results), self.invalid_values, source='img')

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(unit_m={self.unit_m}, '
            f'invalid_values={self.invalid_values}, key={self.key!r}, '
            f'skip_unreadable={self.skip_unreadable})'
        )

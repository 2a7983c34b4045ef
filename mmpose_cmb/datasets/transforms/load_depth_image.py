"""Loading a depth image in a pipeline."""

import warnings
from typing import Optional, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

from ...depth.depth_io import depth_to_metres, read_depth
from ...depth.depth_unit import check_frame


@TRANSFORMS.register_module()
class LoadDepthImage(BaseTransform):
    """Load a depth image from ``img_path``, or take the one in ``img``.

    An array in ``img`` is read by its type: integers are stored units, as in
    a file (``unit_m`` and ``invalid_values`` apply); floats are metres
    already.

    Required Keys:

        - img_path
        - img (optional)
        - image_size (optional): width and height of the image that the labels
          are of
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
        background_m (float, optional): What lies farther away becomes
            invalid, as before hands that are held out. Defaults to ``None``:
            nothing is cut off.
        skip_unreadable (bool): In training, warn of an image that cannot be
            read and let the dataset draw another sample instead of stopping.
            A test never skips: MMEngine then raises. Defaults to ``False``.

    Raises:
        FileNotFoundError, ValueError: Naming the file, and the annotation's
            file and line where they are known, if it cannot be read, has
            another size than the labels' or an impossible unit.
    """

    def __init__(
        self,
        unit_m: Optional[float] = None,
        invalid_values: Sequence[float] = (0,),
        key: Optional[str] = None,
        skip_unreadable: bool = False,
        background_m: Optional[float] = None,
    ) -> None:
        super().__init__()
        if unit_m is not None and not 0 < unit_m < np.inf:
            raise ValueError(f'unit_m: expected metres per stored unit, got {unit_m}')
        if background_m is not None and not background_m > 0:
            raise ValueError(f'background_m: expected metres or None, got {background_m}')
        self.unit_m = unit_m
        self.background_m = background_m
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
                check_frame(depth_m, self._unit(results), results['img_path'])
            self._check_size(results, depth_m)
        except (OSError, ValueError) as error:
            message = str(error)
            if 'annotation_source' in results:
                message += f' (annotated in {results["annotation_source"]})'
            if self.skip_unreadable:
                warnings.warn(f'left out: {message}', stacklevel=2)
                return None
            raise type(error)(message) from error
        if self.background_m is not None:
            # An array in memory is its owner's.
            depth_m = np.where(depth_m > self.background_m, np.float32(0), depth_m)
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
        unit_m = 1.0 if image.dtype.kind == 'f' else self._unit(results)
        invalid_values = () if image.dtype.kind == 'f' else self.invalid_values
        depth_m = depth_to_metres(image, unit_m, invalid_values, source='img')
        check_frame(depth_m, unit_m, 'img')
        return depth_m

    def _check_size(self, results: dict, depth_m: np.ndarray) -> None:
        """Joints of an image of another size lie elsewhere."""
        size = results.get('image_size')
        height, width = depth_m.shape
        if size is not None and (width, height) != tuple(size):
            raise ValueError(
                f'{results["img_path"] or "img"}: has {width}x{height} pixels, and the labels '
                f'are of an image of {size[0]}x{size[1]}'
            )

    def __repr__(self) -> str:
        return (
            f'{self.__class__.__name__}(unit_m={self.unit_m}, '
            f'invalid_values={self.invalid_values}, key={self.key!r}, '
            f'skip_unreadable={self.skip_unreadable}, background_m={self.background_m})'
        )

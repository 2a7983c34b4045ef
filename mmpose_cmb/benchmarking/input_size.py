"""A config at another input size."""

import copy

from mmengine.config import Config


def at_input_size(cfg: Config, size: int) -> Config:
    """The same config for square crops of another size.

    Sizes in pixels or cells scale: of the codec, of the backbone, of the
    head, and of the pipelines. The width of the Gaussians, in cells, stays.

    Args:
        cfg (Config): With a ``codec`` whose input is square.
        size (int): Pixels.

    Returns:
        Config: A copy.

    Raises:
        ValueError: If the config's input is not square, or a size would not
            be whole.
    """
    cfg = copy.deepcopy(cfg)
    width, height = cfg.codec.input_size
    if width != height:
        raise ValueError(f'only square inputs are resized, not {width}x{height}')
    _scale(cfg._cfg_dict, size, width)
    return cfg


KEYS = ('input_size', 'heatmap_size', 'in_featuremap_size')


def _scale(node, numerator: int, denominator: int) -> None:
    """Multiply every size below a node by a fraction, in place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in KEYS:
                node[key] = tuple(_exactly(key, cells, numerator, denominator) for cells in value)
            else:
                _scale(value, numerator, denominator)
    elif isinstance(node, (list, tuple)):
        for value in node:
            _scale(value, numerator, denominator)


def _exactly(key: str, cells: int, numerator: int, denominator: int) -> int:
    scaled, rest = divmod(cells * numerator, denominator)
    if rest:
        raise ValueError(
            f'{key} {cells} has no whole size when the input '
            f'goes from {denominator} to {numerator} pixels: '
            'choose another input size'
        )
    return scaled

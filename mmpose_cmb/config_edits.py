"""Changes of a config's base, for what MMEngine's merging does not reach.

MMEngine merges dicts and replaces lists, so that one step of a pipeline, or
the input size that six parts share, would have to be spelled again with all
its neighbours. These functions change ``_base_`` in place instead, before
MMEngine merges the config into it::

    _base_ = 'mmpose_cmb::cmb_k2hpd.py'
    from mmpose_cmb.config_edits import change_parts, set_codec

    set_codec(_base_, input_size=(64, 64), sigma=1, blur_kernel_size=5)
    change_parts(_base_, 'RandomBoxTransform', rotate_factor=40.)

The import stands below ``_base_``: above it MMEngine takes the file for one of
its lazy configs. A *part* is a dict with a ``type``, at any depth. What comes
out is plain: MMPose's own tools run and dump it.
"""

from copy import deepcopy
from typing import Iterator, List, Sequence

# What parts have to agree in with the codec.
SHARED = ('input_size', 'half_range_m', 'simcc_split_ratio')
# Where a part holds the codec itself.
CODEC_KEYS = ('encoder', 'decoder')


def set_codec(base: dict, **settings) -> None:
    """Give a config a codec, and the sizes to all that have to agree with it.

    It becomes ``codec``, and the ``encoder`` and ``decoder`` of every part;
    its input size, half range and SimCC ratio go to every part that has a
    setting of that name. So the size of the input is said once.

    Args:
        base (dict): ``_base_`` of the config.
        **settings: Of the codec. With a ``type`` they are all of it, else
            they are merged into the codec there is. ``heatmap_size`` and a
            head's ``in_featuremap_size`` keep their ratio to ``input_size``
            (width, height in pixels) unless they are given.

    Raises:
        ValueError: If there is no codec to merge into, no part that takes
            one, or a size that does not come out whole.
    """
    before = base.get('codec')
    if 'type' not in settings and not before:
        raise ValueError('set_codec: _base_ has no codec yet; give its type and all its settings')
    if 'type' in settings:
        codec = dict(settings)
    else:
        codec = dict(deepcopy(before), **settings)
    sizes = ((before or {}).get('input_size'), codec.get('input_size'))
    resized = None not in sizes and tuple(sizes[0]) != tuple(sizes[1])
    if resized and 'heatmap_size' in codec and 'heatmap_size' not in settings:
        codec['heatmap_size'] = _in_proportion('heatmap_size', codec['heatmap_size'], *sizes)
    codec = _like(base, codec)
    takers = 0
    for part in _parts({k: v for k, v in base.items() if k != 'codec'}):
        for key in CODEC_KEYS:
            if key in part:
                part[key] = deepcopy(codec)
                takers += 1
        for key in SHARED:
            if key in part and key in codec:
                part[key] = codec[key]
        if resized and part.get('in_featuremap_size'):
            part['in_featuremap_size'] = _in_proportion(
                'in_featuremap_size', part['in_featuremap_size'], *sizes
            )
    if not takers:
        raise ValueError('set_codec: nothing in _base_ has an encoder or a decoder')
    base['codec'] = codec


def change_parts(base: dict, name: str, **settings) -> None:
    """Change settings of every part of a type, wherever it is listed.

    Args:
        base (dict): ``_base_`` of the config.
        name (str): The ``type``, of a transform, hook, dataset or other.
        **settings: New values; the other settings stay. With
            ``_delete_=True``, as in MMEngine, the others go.

    Raises:
        ValueError: If there is no such part, with the types there are.
    """
    only = settings.pop('_delete_', False)
    for part in _named(base, name):
        if only:
            part.clear()
            part['type'] = name
        part.update(_like(base, settings))


def replace_parts(base: dict, name: str, *parts: dict) -> None:
    """Put others in the place of every listed part of a type.

    Args:
        base (dict): ``_base_`` of the config.
        name (str): The ``type`` that goes.
        *parts (dict): What comes in its place; none: it only goes.

    Raises:
        ValueError: If there is no such part, with the types there are.
    """
    _named(base, name)
    for items in _lists(base):
        _refill(items, name, lambda part: _like(base, parts))


def insert_before(base: dict, name: str, *parts: dict) -> None:
    """Put parts before every listed part of a type, in training alone.

    Args:
        base (dict): ``_base_`` of the config.
        name (str): The ``type`` that stays behind them.
        *parts (dict): Such as an augmentation.

    Raises:
        ValueError: If the training has no such part, with the types it has.
    """
    training = {k: v for k, v in base.items() if k.startswith('train_')}
    _named(training, name)
    for items in _lists(training):
        _refill(items, name, lambda part: (*_like(base, parts), part))


def wrap_parts(base: dict, names: Sequence[str], wrapper: str) -> None:
    """Put neighbours in a list into one part that has them as `transforms`.

    Args:
        base (dict): ``_base_`` of the config.
        names (Sequence[str]): Their types, in their order.
        wrapper (str): ``type`` of the part that holds them.

    Raises:
        ValueError: If they are nowhere neighbours in this order.
    """
    length, wrapped = len(names), 0
    for items in list(_lists(base)):
        for start in range(len(items) - length + 1):
            inner = items[start : start + length]
            if [_type_of(item) for item in inner] == list(names):
                items[start : start + length] = [_like(base, dict(type=wrapper, transforms=inner))]
                wrapped += 1
                break
    if not wrapped:
        raise ValueError(
            f'nothing in _base_ lists {", ".join(names)} one '
            f'after the other; its types are {_types(base)}'
        )


def _like(base: dict, value):
    """A copy whose dicts are of the type of ``base``.

    Values of MMEngine's ``ConfigDict`` are read as attributes.
    """
    if isinstance(value, dict):
        return type(base)({k: _like(base, v) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        return type(value)(_like(base, item) for item in value)
    return deepcopy(value)


def _parts(node) -> Iterator[dict]:
    """Every dict with a ``type`` at or below a node, outer ones first."""
    if isinstance(node, dict):
        if isinstance(node.get('type'), str):
            yield node
        for value in list(node.values()):
            yield from _parts(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _parts(value)


def _lists(node) -> Iterator[list]:
    """Every list below a node, outer ones first."""
    if isinstance(node, list):
        yield node
    if isinstance(node, (dict, list, tuple)):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _lists(value)


def _type_of(item) -> str:
    return item.get('type', '') if isinstance(item, dict) else ''


def _types(node) -> str:
    return ', '.join(sorted({part['type'] for part in _parts(node)}))


def _named(node, name: str) -> List[dict]:
    found = [part for part in _parts(node) if part['type'] == name]
    if not found:
        raise ValueError(f'there is no {name} to change in _base_; its types are {_types(node)}')
    return found


def _refill(items: list, name: str, substitute) -> None:
    """Put what ``substitute`` makes of each part of a type in its place."""
    items[:] = [
        new for item in items for new in (substitute(item) if _type_of(item) == name else (item,))
    ]


def _in_proportion(key: str, cells: tuple, before: tuple, after: tuple) -> tuple:
    """Cells that follow a change of the input's (width, height)."""
    scaled = []
    for number, old_px, new_px in zip(cells, before, after):
        size, rest = divmod(number * new_px, old_px)
        if rest:
            raise ValueError(
                f'{key} {number} has no whole size when the input goes from '
                f'{old_px} to {new_px} pixels: choose another input size'
            )
        scaled.append(size)
    return tuple(scaled)

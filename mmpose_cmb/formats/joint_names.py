"""What the joints' names tell."""

from typing import Sequence, Tuple

Bones = Tuple[Tuple[str, str], ...]


def flip_indices(names: Sequence[str]) -> Tuple[int, ...]:
    """The joint that each joint becomes in a mirrored image.

    Args:
        names (Sequence[str]): 'left_...' and 'right_...' change places.

    Returns:
        tuple: An index for each name.

    Raises:
        ValueError: If a joint's counterpart is missing.

    Example:
        >>> flip_indices(['head', 'left_hand', 'right_hand'])
        (0, 2, 1)
    """
    for name in names:
        if _mirrored(name) not in names:
            raise ValueError(f'{name} has no counterpart {_mirrored(name)}')
    return tuple(names.index(_mirrored(name)) for name in names)


def limbs(parts: Sequence[Tuple[str, str]]) -> Bones:
    """Pairs of joints of both sides, the right one first.

    Args:
        parts (Sequence[tuple]): Pairs of names; '*' stands for the side.

    Example:
        >>> limbs([('*_elbow', '*_hand')])
        (('right_elbow', 'right_hand'), ('left_elbow', 'left_hand'))
    """
    return tuple(
        (start.replace('*', side), end.replace('*', side))
        for side in ('right', 'left')
        for start, end in parts
    )


def _mirrored(name: str) -> str:
    side, _, rest = name.partition('_')
    other = dict(left='right', right='left').get(side)
    return name if other is None else f'{other}_{rest}'

"""What the joints' names tell: which are each other's mirror."""

import re
from typing import Dict, List, Optional, Sequence, Tuple

Bones = Tuple[Tuple[str, str], ...]
OTHER_SIDE = dict(left='right', right='left', l='r', r='l')
# A side as a word, left_hip, HandLeft, XN_SKEL_LEFT_HIP, or as a letter, l_hip,
# LHip, hip.L, J_Bip_L_Hip: names of which one has the other letter are a pair.
WORD = re.compile('left|right', re.IGNORECASE)
LETTER = re.compile('[lr]', re.IGNORECASE)


def mirrored_name(name: str, names: Sequence[str]) -> Optional[str]:
    """The joint that is a joint's mirror, by its name.

    Args:
        name (str): The joint; sides are told by left and right or by the
            letters l and r, in any case and at any place.
        names (Sequence[str]): The joints there are.

    Returns:
        str, optional: The other side's joint; None where there is none.

    Example:
        >>> mirrored_name('ShoulderLeft', ['Head', 'ShoulderLeft', 'ShoulderRight'])
        'ShoulderRight'
        >>> mirrored_name('hip.R', ['hip.L', 'hip.R'])
        'hip.L'
    """
    for pattern in (WORD, LETTER):
        for side in pattern.finditer(name):
            other = f'{name[: side.start()]}{_exchanged(side[0])}{name[side.end() :]}'
            if other in names:
                return other
    return None


def side_of(name: str, names: Sequence[str]) -> str:
    """'left', 'right' or, without a mirror among the names, 'middle'."""
    other = mirrored_name(name, names)
    if other is None:
        return 'middle'
    (place,) = [i for i, (a, b) in enumerate(zip(name, other)) if a != b][:1]
    return 'left' if name[place].lower() == 'l' else 'right'


def mirrored_pairs(names: Sequence[str]) -> List[Tuple[str, str]]:
    """Pairs of joints that change places in a mirror, the left one first."""
    pairs = {name: mirrored_name(name, names) for name in names}
    return [
        (name, other)
        for name, other in pairs.items()
        if other is not None and side_of(name, names) == 'left'
    ]


def without_partner(names: Sequence[str]) -> List[str]:
    """Joints with left or right in their name and no mirror among them."""
    return [name for name in names if WORD.search(name) and mirrored_name(name, names) is None]


def flip_indices(names: Sequence[str]) -> Tuple[int, ...]:
    """The joint that each joint becomes in a mirrored image.

    Args:
        names (Sequence[str]): The joints; see :func:`mirrored_name`.

    Returns:
        tuple: An index for each name.

    Raises:
        ValueError: If a joint's counterpart is missing.

    Example:
        >>> flip_indices(['head', 'left_hand', 'right_hand'])
        (0, 2, 1)
    """
    alone = without_partner(names)
    if alone:
        raise ValueError(f'{alone[0]} has no counterpart of the other side')
    partners: Dict[str, Optional[str]] = {name: mirrored_name(name, names) for name in names}
    return tuple(names.index(partners[name] or name) for name in names)


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


def _exchanged(side: str) -> str:
    """The other side in the same case."""
    other = OTHER_SIDE[side.lower()]
    if side.isupper():
        return other.upper()
    return other.capitalize() if side[0].isupper() else other

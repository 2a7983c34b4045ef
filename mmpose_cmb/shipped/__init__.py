"""The trained networks that come with the package; docs/models.md is their card.

One ONNX file a network, ``NAME-HASH.onnx``, and a checkpoint beside it; HASH tells
the weights.
"""

from pathlib import Path
from typing import Dict, Optional

FOLDER = Path(__file__).resolve().parent
DEFAULT = 'body_front'
DETECTOR = 'person_boxes'


def shipped_networks() -> Dict[str, str]:
    """Paths of the networks that are here, by their names."""
    return {
        path.stem.rpartition('-')[0]: str(path) for path in sorted(FOLDER.glob('*-????????.onnx'))
    }


def shipped_network(name: str = DEFAULT) -> str:
    """Path of a network that comes with the package.

    Args:
        name (str): Such as 'body_front', the default: one or more people seen
            from the front, the side or behind.

    Raises:
        ValueError: If there is no such network, naming those there are.
    """
    there = shipped_networks()
    if name not in there:
        raise ValueError(
            f'no network "{name}" comes with the package; there are '
            f'{", ".join(there) or "none: this is not a whole installation"}'
        )
    return there[name]


def shipped_weights(name: str = DEFAULT) -> str:
    """Path of the same network's checkpoint, for PyTorch; it holds its config.

    Args:
        name (str): See :func:`shipped_network`.

    Raises:
        ValueError: If there is no such network.
    """
    return str(Path(shipped_network(name)).with_suffix('.pth'))


def shipped_detector() -> Optional[str]:
    """Path of the network that finds people; None where none is here."""
    return shipped_networks().get(DETECTOR)

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
        name (str): 'body_front', the default: people seen from the front, the
            side or behind; 'body_top': from above; 'body_front_kinect' and
            'body_top_kinect': Kinect v2's joints instead of ITOP's; 'hand':
            one hand, held out before the camera.

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


def network_file(model: Optional[str] = None) -> str:
    """The ONNX file that somebody means.

    Args:
        model (str, optional): Path of a file, or the name of a network that
            comes with the package. Defaults to ``None``: :data:`DEFAULT`.

    Raises:
        ValueError: See :func:`shipped_network`.
    """
    if model is None or model in shipped_networks():
        return shipped_network(model or DEFAULT)
    return model


def weights_file(weights: Optional[str] = None) -> str:
    """The checkpoint that somebody means. Args, raises: See :func:`network_file`."""
    if weights is None or weights in shipped_networks():
        return shipped_weights(weights or DEFAULT)
    return weights

"""What goes into and comes out of an exported graph, against its specification."""

from typing import List, NamedTuple, Optional, Sequence

from .model_spec import ModelSpec

INPUT = 'input'


class Port(NamedTuple):
    """An input of a graph.

    Attributes:
        name (str): Its name.
        is_float32 (bool): Whether it takes float32.
        shape (list): A length each; None or a name where it is open.
    """

    name: str
    is_float32: bool
    shape: list


def needed_outputs(path: str, spec: ModelSpec, found: Sequence[str]) -> List[str]:
    """Names of the outputs that joints are made of, in order.

    Args:
        path (str): The file, for the messages.
        spec (ModelSpec): What it says of itself.
        found (Sequence[str]): Outputs of the graph.

    Raises:
        ValueError: If one is missing.
    """
    needed = ['keypoints', 'scores']
    if spec.space:
        needed.append('keypoints_uvd')
    # Heat maps are not asked for, so they need not leave the device.
    missing = [name for name in needed if name not in found]
    if missing:
        raise ValueError(
            f'{path}: the graph has no output '
            f'{" and ".join(missing)} (it has {", ".join(found)}). Export '
            'the model again with tools/deploy.py of mmpose_cmb.'
        )
    return needed


def fixed_batch(path: str, spec: ModelSpec, inputs: Sequence[Port]) -> Optional[int]:
    """1 for a graph that takes one crop at a time; None for any number.

    Args:
        path (str): The file, for the messages.
        spec (ModelSpec): What it says of itself.
        inputs (Sequence[Port]): Of the graph.

    Raises:
        ValueError: If they are not one float input of the right size.
    """
    width, height = spec.input_size
    port = inputs[0] if len(inputs) == 1 else None
    if (
        port is None
        or port.name != INPUT
        or not port.is_float32
        or list(port.shape[1:]) != [1, height, width]
    ):
        shown = ', '.join(
            f'{p.name} {"float" if p.is_float32 else "not float"} {p.shape}' for p in inputs
        )
        raise ValueError(
            f'{path}: expected one input "{INPUT}", float, [batch, '
            f'1, {height}, {width}], got {shown}'
        )
    batch = port.shape[0]
    if isinstance(batch, int) and batch != 1:
        raise ValueError(
            f'{path}: exported for batches of exactly {batch}; '
            'export it for a batch of 1 or of any number'
        )
    return 1 if batch == 1 else None

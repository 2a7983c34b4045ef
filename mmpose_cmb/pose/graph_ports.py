"""What goes into and comes out of an exported graph, against its specification."""

from typing import List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

INPUT = 'input'
# Of each output that is asked for its shape, without the batch.
Shapes = Mapping[str, Tuple[int, ...]]


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


def check_outputs(path: str, shapes: Shapes, found: Sequence[str]) -> None:
    """Refuse a graph that lacks an output.

    Args:
        path (str): The file, for the messages.
        shapes (dict): Of the outputs that are asked for.
        found (Sequence[str]): Outputs of the graph.

    Raises:
        ValueError: If one is missing.
    """
    missing = [name for name in shapes if name not in found]
    if missing:
        raise ValueError(
            f'{path}: the graph has no output '
            f'{" and ".join(missing)} (it has {", ".join(found)}). Export '
            'the model again with mmpose_cmb.'
        )


def check_results(path: str, shapes: Shapes, batch: int, results: List[np.ndarray]) -> None:
    """Refuse what damaged weights give.

    Args:
        path (str): The file, for the messages.
        shapes (dict): See :func:`check_outputs`.
        batch (int): Inputs that were run.
        results (List[np.ndarray]): Of the outputs, in the order of ``shapes``.

    Raises:
        ValueError: If one has another shape or is not finite.
    """
    for (name, shape), result in zip(shapes.items(), results):
        expected = (batch, *shape)
        if result.shape != expected or not np.isfinite(result).all():
            raise ValueError(
                f'{path}: its output {name} is {list(result.shape)} or not finite, '
                f'expected {list(expected)}; are the weights damaged?'
            )


def fixed_batch(path: str, input_size: Tuple[int, int], inputs: Sequence[Port]) -> Optional[int]:
    """1 for a graph that takes one input at a time; None for any number.

    Args:
        path (str): The file, for the messages.
        input_size (Tuple[int, int]): Width and height that it says of itself.
        inputs (Sequence[Port]): Of the graph.

    Raises:
        ValueError: If they are not one float input of the right size.
    """
    width, height = input_size
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

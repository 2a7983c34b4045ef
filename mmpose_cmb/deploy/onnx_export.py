"""ONNX files with the network's metadata inside, without MMDeploy."""
import os
import uuid
import warnings
from contextlib import contextmanager
from typing import Iterator

import torch
from torch import nn

from .exported_file import write_metadata
from .exported_network import INPUT_NAME, ExportedNetwork, output_names


def export_onnx(model: nn.Module,
                metadata: dict,
                path: str,
                flip_test: bool = False,
                dynamic_batch: bool = False,
                opset: int = 17) -> None:
    """Write a model as an ONNX file that needs nothing beside it.

    The file appears whole or not at all.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` in evaluation mode,
            folded (:func:`mmpose_cmb.models.folding.fold_for_inference`) or
            not.
        metadata (dict): See :func:`metadata_from_config`; ``flip_test`` and
            ``space`` are set to what is exported.
        path (str): Where to write.
        flip_test (bool): Average with the mirrored crop inside the graph.
            Defaults to False.
        dynamic_batch (bool): Leave the batch size open; otherwise it is 1.
            Defaults to False.
        opset (int): ONNX operator set. Defaults to 17.

    Raises:
        ValueError: If the model is in training mode or its head cannot be
            exported.
    """
    if model.training:
        raise ValueError('the model is in training mode: call model.eval() '
                         'before the export')
    network = ExportedNetwork(model, flip_test,
                              metadata['dataset']['flip_indices'])
    width, height = metadata['input_size']
    device = next(model.parameters()).device
    crop = torch.zeros(1, 1, height, width, device=device)
    with torch.no_grad():
        space = len(network(crop)) == len(output_names(True))
    names = output_names(space)
    axes = {name: {0: 'batch'} for name in [INPUT_NAME, *names]}
    with replaced_when_whole(path) as aside, traced_quietly():
        torch.onnx.export(
            network, (crop, ),
            aside,
            input_names=[INPUT_NAME],
            output_names=names,
            dynamic_axes=axes if dynamic_batch else None,
            opset_version=opset,
            dynamo=False)
        write_metadata(aside,
                       dict(metadata, flip_test=flip_test, space=space))


@contextmanager
def replaced_when_whole(path: str) -> Iterator[str]:
    """Give a name beside ``path`` to write to, and rename it at the end.

    After an error nothing is left of it, and ``path`` is as it was.
    """
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    root, suffix = os.path.splitext(name)
    # With its suffix, by which exporters tell the format.
    aside = os.path.join(folder, f'.{root}.{uuid.uuid4().hex}{suffix}')
    try:
        yield aside
        os.replace(aside, path)
    finally:
        if os.path.exists(aside):
            os.remove(aside)


@contextmanager
def traced_quietly() -> Iterator[None]:
    """Leave out warnings that tell the user nothing.

    The tracer's, of checks on shapes (an input of another size is an error of
    the exported file anyway); those that call tracing old; and those of
    constants that stay computed.
    """
    with warnings.catch_warnings():
        for category in (torch.jit.TracerWarning, DeprecationWarning,
                         FutureWarning):
            warnings.simplefilter('ignore', category)
        warnings.filterwarnings('ignore', 'Constant folding')
        yield

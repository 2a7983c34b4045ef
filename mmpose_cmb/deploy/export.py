"""Models as files, ONNX or TorchScript, with their specification inside."""

import warnings
from contextlib import contextmanager
from typing import Iterator

import torch
from torch import nn

from ..io.whole_file import whole_file
from ..models.joint_network import INPUT_NAME, JointNetwork, output_names
from ..pose.model_spec import ModelSpec
from .exported_file import write_spec


def export_onnx(
    model: nn.Module, spec: ModelSpec, path: str, dynamic_batch: bool = False, opset: int = 17
) -> None:
    """Write a model as an ONNX file that needs nothing beside it.

    The file appears whole or not at all.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` in evaluation mode,
            folded (:func:`mmpose_cmb.models.folding.fold_for_inference`) or
            not.
        spec (ModelSpec): What it takes and gives; ``flip_test`` says whether
            the graph itself averages with the mirrored crop.
        path (str): Where to write.
        dynamic_batch (bool): Leave the batch size open; otherwise it is 1.
            Defaults to False.
        opset (int): ONNX operator set. Defaults to 17.

    Raises:
        ValueError: If the model is in training mode, its head cannot be
            exported, or the specification is another model's.
    """
    network, crop = _network(model, spec)
    names = output_names(spec.space)
    axes = {name: {0: 'batch'} for name in [INPUT_NAME, *names]}
    with whole_file(path) as aside, _traced_quietly():
        # The other exporter, of torch.export, is not for traced shapes.
        torch.onnx.export(
            network,
            (crop,),
            aside,
            input_names=[INPUT_NAME],
            output_names=names,
            dynamic_axes=axes if dynamic_batch else None,
            opset_version=opset,
            dynamo=False,
        )
        write_spec(aside, spec)


def export_torchscript(model: nn.Module, spec: ModelSpec, path: str) -> None:
    """Write a model for libtorch and ``torch.jit.load``, for any batch.

    The file appears whole or not at all.

    Args:
        model (nn.Module): See :func:`export_onnx`.
        spec (ModelSpec): See :func:`export_onnx`.
        path (str): Where to write; ends with ``.pt``.

    Raises:
        ValueError: See :func:`export_onnx`.
    """
    network, crop = _network(model, spec)
    with whole_file(path) as aside, _traced_quietly(), torch.no_grad():
        torch.jit.save(torch.jit.trace(network, crop), aside)
        write_spec(aside, spec)


def _network(model: nn.Module, spec: ModelSpec):
    """The network to be traced, and what to trace it with."""
    if model.training:
        raise ValueError('the model is in training mode: call model.eval() before the export')
    network = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
    width, height = spec.input_size
    device = next(model.parameters()).device
    crop = torch.zeros(1, 1, height, width, device=device)
    with torch.no_grad():
        outputs = network(crop)
    if len(outputs) != len(output_names(spec.space)):
        raise ValueError(
            f'the specification says {"3D" if spec.space else "2D"}, and the '
            f'model gives {len(outputs)} outputs: they do not belong together'
        )
    joints = outputs[1].shape[1]
    if joints != len(spec.skeleton.keypoint_names):
        raise ValueError(
            f'the specification names {len(spec.skeleton.keypoint_names)} '
            f'joints, and the model gives {joints}'
        )
    return network.eval(), crop


@contextmanager
def _traced_quietly() -> Iterator[None]:
    """Leave out warnings that tell the user nothing.

    The tracer's, of checks on shapes (an input of another size is an error of
    the exported file anyway); those that call tracing old; and those of
    constants that stay computed.
    """
    with warnings.catch_warnings():
        for category in (torch.jit.TracerWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter('ignore', category)
        warnings.filterwarnings('ignore', 'Constant folding')
        yield

"""Models as files, ONNX or TorchScript, with their specification inside."""

import warnings
from contextlib import contextmanager
from typing import Iterator, Sequence, Tuple, Union

import torch
from torch import Tensor, nn

from ..io.whole_file import whole_file
from ..models.box_network import OUTPUT_NAMES, BoxNetwork
from ..models.joint_network import INPUT_NAME, JointNetwork, output_names
from ..pose.detector_spec import DetectorSpec
from ..pose.model_spec import ModelSpec
from .exported_file import write_spec

Spec = Union[ModelSpec, DetectorSpec]


def export_onnx(
    model: nn.Module,
    spec: Spec,
    path: str,
    dynamic_batch: bool = False,
    opset: int = 17,
    in_16_bits: bool = False,
) -> None:
    """Write a model as an ONNX file that needs nothing beside it.

    The file appears whole or not at all.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` or a
            ``PersonBoxEstimator`` in evaluation mode, folded
            (:func:`mmpose_cmb.models.folding.fold_for_inference`) or not.
        spec (ModelSpec or DetectorSpec): What it takes and gives;
            ``flip_test`` says whether the graph itself averages with the
            mirrored crop.
        path (str): Where to write.
        dynamic_batch (bool): Leave the batch size open; otherwise it is 1.
            Defaults to False.
        opset (int): ONNX operator set. Defaults to 17.
        in_16_bits (bool): See :func:`store_in_16_bits`. Defaults to
            False.

    Raises:
        ValueError: If the model is in training mode, its head cannot be
            exported, or the specification is another model's.
    """
    network, crop, names = _network(model, spec)
    axes = {name: {0: 'batch'} for name in [INPUT_NAME, *names]}
    with whole_file(path) as aside, _traced_quietly():
        # The other exporter, of torch.export, is not for traced shapes.
        torch.onnx.export(
            network,
            (crop,),
            aside,
            input_names=[INPUT_NAME],
            output_names=list(names),
            dynamic_axes=axes if dynamic_batch else None,
            opset_version=opset,
            dynamo=False,
        )
        if in_16_bits:
            # Needs onnx.
            from .stored_weights import store_in_16_bits

            store_in_16_bits(aside)
        write_spec(aside, spec)


def export_torchscript(model: nn.Module, spec: Spec, path: str) -> None:
    """Write a model for libtorch and ``torch.jit.load``, for any batch.

    The file appears whole or not at all.

    Args:
        model (nn.Module): See :func:`export_onnx`.
        spec (ModelSpec or DetectorSpec): See :func:`export_onnx`.
        path (str): Where to write; ends with ``.pt``.

    Raises:
        ValueError: See :func:`export_onnx`.
    """
    network, crop, _ = _network(model, spec)
    with whole_file(path) as aside, _traced_quietly(), torch.no_grad():
        torch.jit.save(torch.jit.trace(network, crop), aside)
        write_spec(aside, spec)


def _network(model: nn.Module, spec: Spec) -> Tuple[nn.Module, Tensor, Sequence[str]]:
    """The network to be traced, what to trace it with, its outputs' names."""
    if model.training:
        raise ValueError('the model is in training mode: call model.eval() before the export')
    width, height = spec.input_size
    crop = torch.zeros(1, 1, height, width, device=next(model.parameters()).device)
    if isinstance(spec, DetectorSpec):
        network, names = _box_network(model, spec, crop), OUTPUT_NAMES
    else:
        network, names = _joint_network(model, spec, crop), output_names(spec.space)
    return network.eval(), crop, names


def _box_network(model: nn.Module, spec: DetectorSpec, crop: Tensor) -> BoxNetwork:
    network = BoxNetwork(model)
    with torch.no_grad():
        heat, _ = network(crop)
    width, height = spec.map_size
    if heat.shape[2:] != (height, width):
        raise ValueError(
            f'the specification says maps of {width}x{height}, and the model gives '
            f'{heat.shape[3]}x{heat.shape[2]}: they do not belong together'
        )
    return network


def _joint_network(model: nn.Module, spec: ModelSpec, crop: Tensor) -> JointNetwork:
    network = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
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
    return network


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

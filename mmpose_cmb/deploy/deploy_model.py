"""A checkpoint to a deployed file through MMDeploy, checked on one image."""
import os
import os.path as osp
import tempfile
from typing import Dict, List, NamedTuple

import torch
from mmdeploy.apis import torch2onnx
from mmdeploy.apis.pytorch2torchscript import torch2torchscript
from mmdeploy.apis.utils import build_task_processor, to_backend
from mmdeploy.backend.base import get_backend_manager
from mmdeploy.utils import get_backend, get_ir_config
from mmengine import Config

from ..depth.frame import DepthFrame
from .compat import tracing_onnx_exporter
from .exported_file import write_metadata
from .exported_network import ExportedNetwork, output_names
from .metadata import has_space, metadata_from_config
from .onnx_export import traced_quietly
from .pose_task import Image


class Deployed(NamedTuple):
    """What :func:`deploy_model` has made.

    Attributes:
        files (List[str]): What the backend loads.
        pictures (List[str]): PyTorch's result, and the backend's.
        differences (Dict[str, float]): Largest absolute difference between
            the backend and the unfolded PyTorch model on the image, by
            output: heat maps, pixels of the crop, scores.
    """
    files: List[str]
    pictures: List[str]
    differences: Dict[str, float]


def check_backend(deploy_cfg: Config) -> None:
    """Refuse a backend that is not installed, before any work is done.

    Raises:
        ValueError: Naming the backend and what it needs.
    """
    backend = get_backend(deploy_cfg).value
    if backend not in ('onnxruntime', 'torchscript', 'tensorrt'):
        raise ValueError(
            f'the backend {backend} is not one that this package deploys to '
            '(onnxruntime, torchscript, tensorrt)')
    if not get_backend_manager(backend).is_available():
        raise ValueError(
            f'the backend {backend} is not installed here: its Python '
            f'package "{backend}" is missing')


def deploy_model(deploy_cfg: Config,
                 model_cfg: Config,
                 checkpoint: str,
                 image: Image,
                 work_dir: str,
                 device: str = 'cpu',
                 show: bool = False) -> Deployed:
    """Export, convert, run on an image, compare and draw.

    Args:
        deploy_cfg (Config): See ``configs/deploy``. Completed in place.
        model_cfg (Config): The model's config.
        checkpoint (str): Its weights.
        image (str | np.ndarray | DepthFrame): The image.
        work_dir (str): Gets the deployed files and the pictures.
        device (str): The backend's. The export itself runs on the CPU.
            Defaults to 'cpu'.
        show (bool): Open windows. Defaults to False.

    Raises:
        FileNotFoundError, ValueError: If something does not fit, with what.
    """
    check_backend(deploy_cfg)
    task = build_task_processor(model_cfg, deploy_cfg, device)
    metadata = metadata_from_config(
        model_cfg, flip_test=model_cfg.model.test_cfg['flip_test'])
    model = task.build_pytorch_model(checkpoint)
    frame = task.read_frame(image)

    os.makedirs(work_dir, exist_ok=True)
    exported = export(deploy_cfg, model_cfg, checkpoint, frame, work_dir,
                      metadata)
    backend = get_backend(deploy_cfg).value
    files = to_backend(
        backend, [exported], work_dir, deploy_cfg=deploy_cfg, device=device)
    deployed = task.build_backend_model(files)

    _, crops = task.create_input(
        frame, data_preprocessor=model.data_preprocessor)
    differences = compare(model, deployed, crops, model_cfg)
    pictures = []
    for name, runner in (('pytorch', model), (backend, deployed)):
        batch, _ = task.create_input(frame)
        with torch.no_grad():
            result = runner.test_step(batch)[0]
        pictures.append(osp.join(work_dir, f'output_{name}.png'))
        task.visualize(frame, result, pictures[-1], name, show)
    return Deployed(list(files), pictures, differences)


def export(deploy_cfg: Config, model_cfg: Config, checkpoint: str,
           frame: DepthFrame, work_dir: str, metadata: dict) -> str:
    """Write the ONNX or TorchScript file, with its metadata.

    The file appears whole or not at all.

    Args:
        deploy_cfg (Config): The deploy config.
        model_cfg (Config): The model's config.
        checkpoint (str): Its weights.
        frame (DepthFrame): What is traced with.
        work_dir (str): Where to write.
        metadata (dict): See :func:`metadata_from_config`.

    Returns:
        str: Path of the file.
    """
    ir_config = get_ir_config(deploy_cfg)
    name = ir_config['save_file']
    convert = (
        torch2onnx if ir_config['type'] == 'onnx' else torch2torchscript)
    with tempfile.TemporaryDirectory(dir=work_dir, prefix='.') as aside:
        with tracing_onnx_exporter(), traced_quietly():
            convert(frame, aside, name, deploy_cfg, model_cfg, checkpoint,
                    'cpu')
            written = osp.join(aside, name)
            write_metadata(written, metadata)
        path = osp.join(work_dir, name)
        os.replace(written, path)
    return path


def compare(model: torch.nn.Module, deployed, crops: torch.Tensor,
            model_cfg: Config) -> Dict[str, float]:
    """Largest absolute differences between PyTorch and a backend.

    Args:
        model (nn.Module): The ``TopdownPoseEstimator``, not folded.
        deployed (DepthPoseBackendModel): The exported one.
        crops (Tensor): ``[B, 1, H, W]``, normalised.
        model_cfg (Config): The model's config.

    Returns:
        Dict[str, float]: By the outputs' names.
    """
    flip_test = model_cfg.model.test_cfg['flip_test']
    reference = ExportedNetwork(model, flip_test,
                                model.metainfo['flip_indices'])
    with torch.no_grad():
        expected = reference(crops)
    outputs = deployed.run(crops)
    return {
        name: float((outputs[name].cpu() - values.cpu()).abs().max())
        for name, values in zip(output_names(has_space(model_cfg)), expected)
    }

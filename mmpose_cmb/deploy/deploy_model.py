"""A checkpoint to a deployed file through MMDeploy, checked on one image."""

import copy
import os.path as osp
from importlib.util import find_spec
from typing import Dict, List, NamedTuple, Optional

import numpy as np
import torch
from mmdeploy.apis.utils import build_task_processor, to_backend
from mmdeploy.utils import get_backend, get_ir_config
from mmengine import Config

from ..apis.pose_data_sample import pose_data_sample
from ..apis.torch_networks import torch_network
from ..depth.frame import DepthFrame, PersonPose
from ..io.kept_files import check_output
from ..io.whole_file import make_folder
from ..models.folding import fold_for_inference
from ..models.joint_network import JointNetwork, output_names
from ..pose.predictor import PosePredictor
from ..visualization import DepthPoseVisualizer
from .backend_model import BackendNetwork, DepthPoseBackendModel
from .export import export_onnx, export_torchscript
from .pose_task import DepthPoseDetection
from .tensorrt_engine import build_engine_of_config, is_new_tensorrt

# Backend -> (what is imported, what installs it).
BACKENDS = {
    'onnxruntime': ('onnxruntime', 'pip install onnxruntime'),
    'openvino': ('openvino', 'pip install "mmpose_cmb[openvino]"'),
    'tensorrt': ('tensorrt', 'pip install tensorrt'),
    'torchscript': ('torch', 'pip install torch'),
}
# These run the ONNX file itself, folded for ONNX Runtime's CPU provider.
RUN_ONNX = ('onnxruntime', 'openvino')


class Deployed(NamedTuple):
    """What :func:`deploy_model` has made.

    Attributes:
        files (List[str]): What the backend loads.
        pictures (List[str]): PyTorch's result, and the backend's.
        differences (Dict[str, float]): Largest absolute difference between
            the backend and the unfolded PyTorch model on the image, by
            output: heat maps, pixels of the crop, scores.
        persons (List[PersonPose]): What the backend finds in the image.
    """

    files: List[str]
    pictures: List[str]
    differences: Dict[str, float]
    persons: List[PersonPose]


def check_backend(deploy_cfg: Config, device: str = 'cpu') -> None:
    """Refuse a backend that cannot be had here, before any work is done.

    Args:
        deploy_cfg (Config): Names the backend.
        device (str): What it is to run on. Defaults to 'cpu'.

    Raises:
        ValueError: Naming the backend and what it needs.
    """
    backend = get_backend(deploy_cfg).value
    if backend not in BACKENDS:
        raise ValueError(
            f'the backend {backend} is not one that this package deploys to '
            f'({", ".join(BACKENDS)})'
        )
    module, command = BACKENDS[backend]
    if find_spec(module) is None:
        raise ValueError(f'the backend {backend} is not installed here: {command}')
    if backend == 'onnxruntime' and device.startswith('cuda'):
        import onnxruntime

        from ..pose.onnx_graph import check_provider

        check_provider('cuda', onnxruntime.get_available_providers())
    if backend == 'tensorrt' and not device.startswith('cuda'):
        raise ValueError(f'TensorRT needs a GPU, not {device}: --device cuda:0')
    if backend == 'openvino' and device != 'cpu':
        raise ValueError(f'OpenVINO runs on the CPU here, not on {device}: --device cpu')


def deploy_model(
    deploy_cfg: Config,
    model_cfg: Config,
    checkpoint: str,
    frame: DepthFrame,
    work_dir: str,
    bboxes: Optional[np.ndarray] = None,
    device: str = 'cpu',
    show: bool = False,
) -> Deployed:
    """Export, convert, run on an image, compare and draw.

    Args:
        deploy_cfg (Config): See ``configs/deploy``. Completed in place.
        model_cfg (Config): The model's config.
        checkpoint (str): Its weights.
        frame (DepthFrame): The image.
        work_dir (str): Gets the deployed files and the pictures.
        bboxes (np.ndarray, optional): Where people are, ``[N, 4]``, pixels.
            Defaults to None: the person is looked for.
        device (str): The backend's. The export itself runs on the CPU.
            Defaults to 'cpu'.
        show (bool): Open windows. Defaults to False.

    Raises:
        FileNotFoundError, ValueError: If something does not fit, with what.
    """
    check_backend(deploy_cfg, device)
    for name in written_files(deploy_cfg):
        check_output(osp.join(work_dir, name))
    task = build_task_processor(model_cfg, deploy_cfg, device)
    spec = task.spec
    model = task.build_pytorch_model(checkpoint)
    trained = PosePredictor(
        torch_network(model, spec.skeleton.flip_indices, spec.flip_test, fold=False), spec
    )
    usable = trained.usable(frame)
    inputs = trained.prepare(usable, trained.boxes(usable, bboxes))
    if not inputs:
        raise ValueError(
            f'{frame.name}: nobody is found in this image; say where the '
            'person is: --bbox X1 Y1 X2 Y2, pixels'
        )

    make_folder(work_dir)
    exported = export(task, model, work_dir)
    backend = get_backend(deploy_cfg).value
    files = [exported]
    if backend == 'onnxruntime' and device.startswith('cuda'):
        import onnxruntime

        from ..pose.onnx_graph import check_provider

        check_provider('cuda', onnxruntime.get_available_providers())
    if backend == 'tensorrt' and is_new_tensorrt():
        files = build_engine_of_config(deploy_cfg, exported, work_dir, device)
    elif backend not in RUN_ONNX:
        files = to_backend(backend, files, work_dir, deploy_cfg=deploy_cfg, device=device)
    deployed = task.build_backend_model(files)

    crops = torch.from_numpy(np.stack([p.crop for p in inputs])[:, None])
    differences = compare(model, deployed, crops, task)
    pictures = []
    for name, predictor in (
        ('pytorch', trained),
        (backend, PosePredictor(BackendNetwork(deployed), spec)),
    ):
        persons = predictor.predict(frame, bboxes)
        pictures.append(osp.join(work_dir, f'output_{name}.png'))
        _draw(usable, persons, task.dataset_meta, pictures[-1], show)
    return Deployed(list(files), pictures, differences, persons)


def written_files(deploy_cfg: Config) -> List[str]:
    """Names of the files that :func:`deploy_model` writes."""
    backend = get_backend(deploy_cfg).value
    names = [get_ir_config(deploy_cfg)['save_file'], 'output_pytorch.png', f'output_{backend}.png']
    if backend == 'tensorrt':
        names.append('end2end.engine')
    return names


def export(task: DepthPoseDetection, model: torch.nn.Module, work_dir: str) -> str:
    """Write the file that the deploy config's backend is made of.

    Args:
        task (DepthPoseDetection): Knows the deploy config.
        model (nn.Module): The ``TopdownPoseEstimator``, not folded.
        work_dir (str): Where to write.

    Returns:
        str: Path of the ``.onnx`` or ``.pt`` file.
    """
    ir_config = get_ir_config(task.deploy_cfg)
    path = osp.join(work_dir, ir_config['save_file'])
    # A copy: the model itself stays where it is.
    model = copy.deepcopy(model).cpu()
    if task.fold:
        backend = get_backend(task.deploy_cfg).value
        model = fold_for_inference(model, 'onnxruntime' if backend in RUN_ONNX else 'pytorch')
    if ir_config['type'] == 'onnx':
        export_onnx(
            model, task.spec, path, bool(ir_config.get('dynamic_axes')), ir_config['opset_version']
        )
    else:
        export_torchscript(model, task.spec, path)
    return path


def compare(
    model: torch.nn.Module,
    deployed: DepthPoseBackendModel,
    crops: torch.Tensor,
    task: DepthPoseDetection,
) -> Dict[str, float]:
    """Largest absolute differences between PyTorch and a backend.

    Args:
        model (nn.Module): The ``TopdownPoseEstimator``, not folded.
        deployed (DepthPoseBackendModel): The exported one.
        crops (Tensor): ``[B, 1, H, W]``, normalised.
        task (DepthPoseDetection): Knows what both are.

    Returns:
        Dict[str, float]: By the outputs' names.
    """
    spec = task.spec
    reference = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
    device = next(model.parameters()).device
    with torch.no_grad():
        expected = reference(crops.to(device))
        outputs = deployed.run(crops)
    return {
        name: float((outputs[name].cpu() - values.cpu()).abs().max())
        for name, values in zip(output_names(spec.space), expected)
    }


def _draw(
    frame: DepthFrame, persons: List[PersonPose], dataset_meta: dict, path: str, show: bool
) -> None:
    visualizer = DepthPoseVisualizer()
    visualizer.set_dataset_meta(dataset_meta)
    visualizer.add_datasample(
        osp.basename(path),
        frame.depth_m,
        pose_data_sample(frame, persons, dataset_meta),
        draw_bbox=True,
        show=show,
        out_file=path,
    )

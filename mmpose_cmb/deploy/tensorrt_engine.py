"""Engines of TensorRT 10 and 11: built from ONNX files, and run.

MMDeploy 1.3.1 does both by functions that TensorRT 10 and 11 do not have any
more; up to TensorRT 9 they are MMDeploy's. Names used here are checked against
NVIDIA's bindings by ``tests/test_deploy/test_tensorrt_engine.py``.
"""

import os.path as osp
import tempfile
from typing import Any, Dict, List, Sequence

import torch
from mmengine import Config
from torch import Tensor

from ..io.whole_file import whole_file
from ..models.joint_network import INPUT_NAME
from .half_precision import write_half_precision


def is_new_tensorrt() -> bool:
    """Whether TensorRT is 10 or later, which MMDeploy cannot call."""
    import tensorrt

    return int(tensorrt.__version__.split('.')[0]) >= 10


def build_engine_of_config(
    deploy_cfg: Config, onnx_path: str, work_dir: str, device: str
) -> List[str]:
    """Build what a deploy config of MMDeploy asks for.

    Args:
        deploy_cfg (Config): Its ``backend_config`` has ``common_config``
            (``fp16_mode``, ``max_workspace_size``) and ``model_inputs``
            (``input_shapes``, ``save_file``).
        onnx_path (str): The exported model.
        work_dir (str): Gets the engine.
        device (str): Such as 'cuda:0'.

    Returns:
        List[str]: The engine's path, as MMDeploy's ``to_backend``.

    Raises:
        ValueError: If the config asks for int8.
    """
    options = deploy_cfg.backend_config.get('common_config', {})
    if options.get('int8_mode'):
        raise ValueError('int8_mode is not offered: 8-bit integers are too coarse for heat maps')
    (model,) = deploy_cfg.backend_config.model_inputs
    path = osp.join(work_dir, model.get('save_file', 'end2end.engine'))
    with torch.cuda.device(device):
        build_engine(
            onnx_path,
            path,
            model.input_shapes[INPUT_NAME],
            options.get('fp16_mode', False),
            options.get('max_workspace_size', 0),
        )
    return [path]


def build_engine(
    onnx_path: str,
    engine_path: str,
    shapes: Dict[str, Sequence[int]],
    half: bool = False,
    workspace_bytes: int = 0,
) -> None:
    """Build an engine for this machine's GPU.

    Args:
        onnx_path (str): A file of ``export_onnx``.
        engine_path (str): Where to write; whole or not at all.
        shapes (Dict[str, Sequence[int]]): ``min_shape``, ``opt_shape`` and
            ``max_shape`` of the input, ``[B, 1, H, W]``.
        half (bool): Compute the heat maps in float16. Defaults to False.
        workspace_bytes (int): Limit on the working memory. Defaults to 0:
            none.

    Raises:
        ValueError: If TensorRT cannot read the file or build the engine.
    """
    import tensorrt as trt

    logger = trt.Logger(trt.Logger.ERROR)
    builder = trt.Builder(logger)
    # The file's types, which 11 takes in any case.
    flags = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(flags)
    parser = trt.OnnxParser(network, logger)
    with tempfile.TemporaryDirectory() as folder:
        if half:
            half_path = osp.join(folder, 'half.onnx')
            write_half_precision(onnx_path, half_path)
            onnx_path = half_path
        if not parser.parse_from_file(onnx_path):
            errors = '; '.join(str(parser.get_error(i)) for i in range(parser.num_errors))
            raise ValueError(f'{onnx_path}: TensorRT cannot read it ({errors})')
    config = builder.create_builder_config()
    # Products rounded to 10 bits would move the joints.
    config.clear_flag(trt.BuilderFlag.TF32)
    if workspace_bytes:
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, workspace_bytes)
    profile = builder.create_optimization_profile()
    profile.set_shape(
        INPUT_NAME, *(tuple(shapes[name]) for name in ('min_shape', 'opt_shape', 'max_shape'))
    )
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        raise ValueError(
            f'{onnx_path}: TensorRT {trt.__version__} cannot build an engine of it; what it '
            'says stands above'
        )
    with whole_file(engine_path) as aside, open(aside, 'wb') as file:
        file.write(bytes(engine))


class TensorrtWrapper:
    """An engine, called as MMDeploy's wrappers are.

    Args:
        path (str): The engine's file.
        output_names (Sequence[str]): Outputs that are wanted.

    Raises:
        ValueError: If the engine is of another GPU or TensorRT.
    """

    def __init__(self, path: str, output_names: Sequence[str]) -> None:
        import tensorrt as trt

        self._wanted = list(output_names)
        # It must live as long as the engine.
        self._runtime = trt.Runtime(trt.Logger(trt.Logger.ERROR))
        with open(path, 'rb') as file:
            self._engine = self._runtime.deserialize_cuda_engine(file.read())
        if self._engine is None:
            raise ValueError(
                f'{path}: TensorRT {trt.__version__} cannot open it; an engine is for the GPU '
                'and the TensorRT that it was built with: run tools/deploy.py here'
            )
        self._context = self._engine.create_execution_context()
        names = [self._engine.get_tensor_name(i) for i in range(self._engine.num_io_tensors)]
        self._outputs = [
            name for name in names if self._engine.get_tensor_mode(name) == trt.TensorIOMode.OUTPUT
        ]
        self._smallest, _, self._largest = (
            tuple(shape) for shape in self._engine.get_tensor_profile_shape(INPUT_NAME, 0)
        )

    def __call__(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Outputs by their names, float32 on the device of the crops.

        Args:
            inputs (Dict[str, Tensor]): Crops ``[B, 1, H, W]`` on the GPU; in
                parts where there are more than the engine takes.

        Raises:
            ValueError: If their size is not the engine's.
        """
        crops = inputs[INPUT_NAME].contiguous().float()
        parts = [self._run(part) for part in crops.split(self._largest[0])]
        return {name: torch.cat([part[name] for part in parts]) for name in self._wanted}

    def _run(self, crops: Tensor) -> Dict[str, Any]:
        shape = tuple(crops.shape)
        if not all(a <= b <= c for a, b, c in zip(self._smallest, shape, self._largest)):
            raise ValueError(
                f'the engine takes {list(self._smallest)} to {list(self._largest)}, '
                f'got crops of {list(shape)}'
            )
        context = self._context
        context.set_input_shape(INPUT_NAME, shape)
        context.set_tensor_address(INPUT_NAME, crops.data_ptr())
        outputs = {}
        for name in self._outputs:
            outputs[name] = torch.empty(
                tuple(context.get_tensor_shape(name)), dtype=torch.float32, device=crops.device
            )
            context.set_tensor_address(name, outputs[name].data_ptr())
        if not context.execute_async_v3(torch.cuda.current_stream(crops.device).cuda_stream):
            raise RuntimeError('TensorRT could not run the engine; what it says stands above')
        return outputs

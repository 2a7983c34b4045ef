"""An exported model in its backend: for the predictor, and for MMPose."""

from typing import Any, Dict, List, Sequence

import numpy as np
import torch
from mmdeploy.codebase.mmpose.deploy.pose_detection_model import End2EndModel
from mmdeploy.utils import Backend, get_ir_config
from mmengine.structures import PixelData
from torch import Tensor

from mmpose.structures import PoseDataSample

from ..models.heads.decoded_instances import to_instances
from ..models.joint_network import INPUT_NAME
from ..pose.onnx_graph import NOT_LOADED, check_provider
from ..pose.openvino_graph import CompiledGraph, read_graph
from .tensorrt_engine import TensorrtWrapper, is_new_tensorrt


class DepthPoseBackendModel(End2EndModel):
    """Runs an exported file in its backend; takes and gives data samples.

    Args: See ``End2EndModel`` of MMDeploy.
    """

    def _init_wrapper(
        self, backend: Backend, backend_files: Sequence[str], device: str, **kwargs: Any
    ) -> None:
        """MMDeploy's wrapper, where it calls an API that is still there."""
        if backend is Backend.OPENVINO:
            precision = self.deploy_cfg.backend_config.get('precision')
            self.wrapper = OpenvinoWrapper(backend_files[0], self.output_names, precision)
        elif backend is Backend.TENSORRT and is_new_tensorrt():
            self.wrapper = TensorrtWrapper(backend_files[0], self.output_names)
        else:
            super()._init_wrapper(backend, backend_files, device, **kwargs)
            if backend is Backend.ONNXRUNTIME and device != 'cpu':
                # It would go on with the CPU, in silence.
                check_provider('cuda', self.wrapper.sess.get_providers(), NOT_LOADED)

    def run(self, crops: Tensor) -> Dict[str, Tensor]:
        """The outputs of the graph, by name.

        Args:
            crops (Tensor): ``[B, 1, H, W]``, normalised. A graph that was
                exported for one crop is run B times.
        """
        crops = crops.contiguous().to(self.device)
        ir_config = get_ir_config(self.deploy_cfg)
        if ir_config['type'] == 'onnx' and not ir_config.get('dynamic_axes'):
            parts = crops.split(1)
        else:
            parts = [crops]
        outputs = [self.wrapper({self.input_name: part}) for part in parts]
        return {
            name: torch.cat([output[name] for output in outputs]) for name in self.output_names
        }

    def forward(
        self, inputs: Tensor, data_samples: List[PoseDataSample], mode: str = 'predict', **kwargs
    ) -> List[PoseDataSample]:
        """Predict, as ``TopdownPoseEstimator`` in the same mode.

        Args:
            inputs (Tensor): ``[B, 1, H, W]``, normalised crops.
            data_samples (List[PoseDataSample]): Of the crops.
            mode (str): ``'predict'``.

        Raises:
            ValueError: For another mode.
        """
        if mode != 'predict':
            raise ValueError(f'an exported model predicts; it has no mode {mode!r}')
        outputs = self.run(inputs)
        preds = to_instances(outputs, data_samples, self.head.decoder)
        for pred in preds:
            pred.keypoints_visible = pred.keypoint_scores
        if self.model_cfg.model.test_cfg.get('output_heatmaps', False):
            preds = preds, [PixelData(heatmaps=maps) for maps in outputs['heatmaps']]
        return self.pack_result(preds, data_samples)


class OpenvinoWrapper:
    """A graph of OpenVINO, called as MMDeploy's wrappers are.

    Args:
        path (str): The ONNX file.
        output_names (Sequence[str]): Which are computed.
        precision (str, optional): See ``OpenvinoGraph``.
    """

    def __init__(self, path: str, output_names: Sequence[str], precision=None) -> None:
        self._graph = CompiledGraph(read_graph(path), output_names, None, precision)

    def __call__(self, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Outputs by their names, of one crop ``[1, 1, H, W]``."""
        found = self._graph(inputs[INPUT_NAME].numpy())
        return {name: torch.from_numpy(values) for name, values in found.items()}


class BackendNetwork:
    """A backend's model behind the predictor; see its ``Network``.

    Args:
        model (DepthPoseBackendModel): The exported model.
    """

    def __init__(self, model: DepthPoseBackendModel) -> None:
        self._model = model

    @torch.no_grad()
    def __call__(self, crops: np.ndarray) -> List[np.ndarray]:
        """Joints of crops, float32 ``[B, 1, H, W]``."""
        outputs = self._model.run(torch.from_numpy(crops))
        return [
            outputs[name].cpu().numpy() for name in self._model.output_names if name != 'heatmaps'
        ]

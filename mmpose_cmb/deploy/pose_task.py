"""MMDeploy's pose task for depth images."""

import os.path as osp
from typing import Callable, Dict, Optional, Sequence

import torch
from mmdeploy.codebase.mmpose.deploy.pose_detection import MMPOSE_TASK, PoseDetection
from mmdeploy.utils import get_backend, get_codebase_config, get_input_shape, get_ir_config
from mmengine import Config

from mmpose.models.data_preprocessors import PoseDataPreprocessor

from ..apis.model_spec_of_config import dataset_meta_of_config, spec_of_config
from ..engine.checkpoint_file import load_checkpoint_file
from ..engine.weights_fit import check_weights_fit
from ..models.joint_network import INPUT_NAME, output_names
from .backend_model import DepthPoseBackendModel


@MMPOSE_TASK.register_module('PoseDetection', force=True)
class DepthPoseDetection(PoseDetection):
    """Pose detection with one channel of depth, in 2D and 3D.

    Options in ``codebase_config`` of the deploy config:

        - flip_test (bool): average with the mirrored crop inside the graph.
          Defaults to False.
        - fold (bool): fold the layers before the export. Defaults to True.

    The outputs' names, and the size of the input, follow from the model: the
    deploy config is completed with them.

    Args:
        model_cfg (Config): The model's config.
        deploy_cfg (Config): The deploy config.
        device (str): Such as 'cpu' or 'cuda:0'.

    Attributes:
        spec (ModelSpec): What the exported model takes and gives.
        fold (bool): The option.

    Raises:
        ValueError: If the deploy config is for an input of another size, or
            the model cannot be exported.
    """

    def __init__(self, model_cfg: Config, deploy_cfg: Config, device: str) -> None:
        model_cfg.model.setdefault('test_cfg', {})
        super().__init__(model_cfg, deploy_cfg, device)
        options = get_codebase_config(deploy_cfg)
        self.fold = options.get('fold', True)
        self.spec = spec_of_config(model_cfg, options.get('flip_test', False))
        self.dataset_meta = dataset_meta_of_config(model_cfg)
        # MMDeploy sets it to False.
        model_cfg.model.test_cfg['flip_test'] = self.spec.flip_test
        self._complete_deploy_cfg()

    def _complete_deploy_cfg(self) -> None:
        ir_config = get_ir_config(self.deploy_cfg)
        names = output_names(self.spec.space)
        ir_config['output_names'] = names
        axes = ir_config.get('dynamic_axes')
        if axes:
            ir_config['dynamic_axes'] = {
                name: dict(axes[INPUT_NAME]) for name in (INPUT_NAME, *names)
            }
        wanted = get_input_shape(self.deploy_cfg)
        if wanted is not None and tuple(wanted) != self.spec.input_size:
            raise ValueError(
                f'the deploy config is for crops of {list(wanted)} (width, '
                f'height), the model is for {list(self.spec.input_size)}: set '
                "input_shape, and the backend's input_shapes, to the model's"
            )

    def build_pytorch_model(
        self, model_checkpoint: Optional[str] = None, cfg_options: Optional[Dict] = None, **kwargs
    ) -> torch.nn.Module:
        """The model as it was trained, not folded; see ``BaseTask``.

        Raises:
            FileNotFoundError, ValueError: If the checkpoint is missing, is no
                checkpoint, or is one of another model.
        """
        stored = None
        if model_checkpoint is not None:
            stored = load_checkpoint_file(model_checkpoint)
        model = super().build_pytorch_model(model_checkpoint, cfg_options, **kwargs)
        if stored is not None:
            try:
                check_weights_fit(model, stored)
            except ValueError as error:
                raise ValueError(f'{model_checkpoint}: {error}') from error
        return model

    def build_backend_model(
        self,
        model_files: Sequence[str],
        data_preprocessor_updater: Optional[Callable] = None,
        **kwargs,
    ) -> DepthPoseBackendModel:
        """The exported model in its backend; see ``PoseDetection``.

        Raises:
            FileNotFoundError: If a file is missing.
        """
        for path in model_files:
            if not osp.isfile(path):
                raise FileNotFoundError(f'{path}: no such exported model')
        preprocessor = dict(self.model_cfg.model.data_preprocessor)
        preprocessor.pop('type')
        model = DepthPoseBackendModel(
            get_backend(self.deploy_cfg),
            model_files,
            self.device,
            deploy_cfg=self.deploy_cfg,
            model_cfg=self.model_cfg,
            data_preprocessor=PoseDataPreprocessor(**preprocessor),
        )
        return model.to(self.device).eval()

    def create_input(self, *args, **kwargs):
        """Refused: MMDeploy would read depth as an 8-bit picture."""
        raise ValueError(
            "MMDeploy's own reading of images and its C++ SDK take 8-bit "
            'pictures only, so they cannot read depth; run the exported file '
            'with tools/deploy.py, tools/test_deployed.py or '
            'mmpose_cmb.runtime instead'
        )

    visualize = get_preprocess = get_postprocess = create_input

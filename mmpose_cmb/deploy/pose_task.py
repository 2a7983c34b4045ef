"""MMDeploy's pose task for depth images."""
import logging
import os.path as osp
from pickle import UnpicklingError
from typing import Callable, Dict, Optional, Sequence, Tuple, Union

import numpy as np
import torch
from mmdeploy.codebase.mmpose.deploy.pose_detection import (MMPOSE_TASK,
                                                            PoseDetection)
from mmdeploy.utils import (get_backend, get_codebase_config, get_input_shape,
                            get_ir_config)
from mmengine import Config
from mmengine.logging import print_log
from mmengine.runner import CheckpointLoader

from mmpose.models.data_preprocessors import PoseDataPreprocessor
from mmpose.structures import PoseDataSample
from ..apis.checkpoint_check import check_weights_fit
from ..apis.frame_pipeline import frame_pipeline
from ..depth.frame import DepthFrame
from ..depth.frame_boxes import frame_boxes
from ..depth.frame_reader import list_frames
from .backend_model import DepthPoseBackendModel
from .exported_network import INPUT_NAME, output_names
from .metadata import dataset_metainfo, has_space

# Stands in for intrinsics that nobody knows; joints in space are left out.
NO_CAMERA = (1., 1., 0., 0.)
Image = Union[str, np.ndarray, DepthFrame]


@MMPOSE_TASK.register_module('PoseDetection', force=True)
class DepthPoseDetection(PoseDetection):
    """Pose detection with one channel of depth, in 2D and 3D.

    Options in ``codebase_config`` of the deploy config:

        - flip_test (bool): average with the mirrored crop inside the graph.
          Defaults to False.
        - fold (bool): fold the layers before the export. Defaults to True.
        - depth_unit_m (float): metres per stored unit of the image. Defaults
          to what its file or ``camera.json`` says, then by the values, then
          to the model's loader's.
        - intrinsics (Sequence[float]): fx, fy, cx, cy in pixels. Defaults to
          what ``camera.json`` says.
        - bbox (Sequence[float]): the person's box, x1, y1, x2, y2 in pixels.
          By default the person is looked for where the intrinsics are known;
          otherwise the box is the whole image.
        - frame (int): which one of a file with many. Defaults to 0.

    The outputs' names, and the size of the input, follow from the model: the
    deploy config is completed with them.

    Args:
        model_cfg (Config): The model's config.
        deploy_cfg (Config): The deploy config.
        device (str): Such as 'cpu' or 'cuda:0'.

    Raises:
        ValueError: If the deploy config is for an input of another size.
    """

    def __init__(self, model_cfg: Config, deploy_cfg: Config,
                 device: str) -> None:
        model_cfg.model.setdefault('test_cfg', {})
        super().__init__(model_cfg, deploy_cfg, device)
        self.options = get_codebase_config(deploy_cfg)
        # MMDeploy sets it to False.
        model_cfg.model.test_cfg['flip_test'] = self.options.get(
            'flip_test', False)
        self.pipeline = frame_pipeline(model_cfg)
        self.dataset_meta = dataset_metainfo(model_cfg)
        self._complete_deploy_cfg()

    def _complete_deploy_cfg(self) -> None:
        ir_config = get_ir_config(self.deploy_cfg)
        names = output_names(has_space(self.model_cfg))
        ir_config['output_names'] = names
        axes = ir_config.get('dynamic_axes')
        if axes:
            ir_config['dynamic_axes'] = {
                name: dict(axes[INPUT_NAME])
                for name in (INPUT_NAME, *names)
            }
        wanted = get_input_shape(self.deploy_cfg)
        size = list(self.model_cfg.codec.input_size)
        if wanted is not None and list(wanted) != size:
            raise ValueError(
                f'the deploy config is for crops of {list(wanted)} (width, '
                f'height), the model is for {size}: set input_shape, and the '
                'backend\'s input_shapes, to the model\'s')

    def read_frame(self, image: Image) -> DepthFrame:
        """Read an image in metres, with its camera where it is known.

        Args:
            image (str | np.ndarray | DepthFrame): See :func:`list_frames`.

        Raises:
            FileNotFoundError, ValueError: Naming the file.
        """
        if isinstance(image, DepthFrame):
            return image
        references = list_frames(
            image,
            self.options.get('depth_unit_m'),
            self.options.get('intrinsics'),
            fallback_unit_m=self.pipeline.unit_m)
        index = self.options.get('frame', 0)
        if not 0 <= index < len(references):
            raise ValueError(f'frame {index} is not among the '
                             f'{len(references)} of {references[0].source}')
        reference = references[index]
        frame = reference.read()
        for note in reference.notes:
            print_log(note, 'current')
        if self.pipeline.background_m is not None:
            frame.depth_m[frame.depth_m > self.pipeline.background_m] = 0
        return frame

    def create_input(self,
                     imgs: Union[Image, Sequence[Image]],
                     input_shape: Optional[Sequence[int]] = None,
                     data_preprocessor=None,
                     **kwargs) -> Tuple[Dict, torch.Tensor]:
        """The network's input, by the model's own test pipeline.

        Args:
            imgs (str | np.ndarray | DepthFrame | list): Depth images.
            input_shape (Sequence[int], optional): Not used: it is the
                model's, as has been checked.
            data_preprocessor (BaseDataPreprocessor, optional): The model's.

        Returns:
            tuple: ``inputs`` and ``data_samples`` of the batch, and
            ``inputs``.

        Raises:
            FileNotFoundError, ValueError: If an image cannot be read, or
                nobody is found in it.
        """
        images = imgs if isinstance(imgs, (list, tuple)) else [imgs]
        persons = [self._person(self.read_frame(image)) for image in images]
        batch = dict(
            inputs=[person['inputs'].to(self.device) for person in persons],
            data_samples=[person['data_samples'] for person in persons])
        if data_preprocessor is not None:
            batch = data_preprocessor(batch, False)
        return batch, batch['inputs']

    def _person(self, frame: DepthFrame) -> dict:
        given = self.options.get('bbox')
        boxes, scores = frame_boxes(frame, None if given is None else [given])
        if not len(boxes):
            raise ValueError(
                f'{frame.name}: nobody is found in this image; say where the '
                'person is: --bbox X1 Y1 X2 Y2, pixels')
        shape = frame.depth_m.shape
        return self.pipeline.transform(
            dict(
                self.dataset_meta,
                img=frame.depth_m,
                img_path=frame.name,
                img_shape=shape,
                ori_shape=shape,
                intrinsics=np.float32((frame.intrinsics or NO_CAMERA)[:4]),
                bbox=boxes[:1],
                bbox_score=scores[:1]))

    def build_pytorch_model(self,
                            model_checkpoint: Optional[str] = None,
                            cfg_options: Optional[Dict] = None,
                            **kwargs) -> torch.nn.Module:
        """The model as it was trained, not folded; see ``BaseTask``.

        Raises:
            FileNotFoundError, ValueError: If the checkpoint is missing, is no
                checkpoint, or is one of another model.
        """
        stored = None
        if model_checkpoint is not None:
            stored = _load(model_checkpoint)
        model = super().build_pytorch_model(model_checkpoint, cfg_options,
                                            **kwargs)
        if stored is not None:
            try:
                check_weights_fit(model, stored)
            except ValueError as error:
                raise ValueError(f'{model_checkpoint}: {error}') from error
        # Tells what is exported which joints are each other's mirror image.
        model.metainfo = self.dataset_meta
        return model

    def build_backend_model(self,
                            model_files: Sequence[str],
                            data_preprocessor_updater: Optional[
                                Callable] = None,
                            **kwargs) -> DepthPoseBackendModel:
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
            data_preprocessor=PoseDataPreprocessor(**preprocessor))
        return model.to(self.device).eval()

    def visualize(self,
                  image: Image,
                  result: PoseDataSample,
                  output_file: str,
                  window_name: str = '',
                  show_result: bool = False,
                  **kwargs) -> None:
        """Draw a prediction on colour-mapped depth, and in space.

        Args:
            image (str | np.ndarray | DepthFrame): What was predicted on.
            result (PoseDataSample): The prediction.
            output_file (str): Picture to write.
            window_name (str): Of the window, and of the visualizer.
            show_result (bool): Open a window. Defaults to False.
        """
        frame = self.read_frame(image)
        sample = PoseDataSample(metainfo=result.metainfo)
        sample.pred_instances = result.pred_instances
        if frame.intrinsics is None:
            sample.pred_instances.pop('keypoints_cam', None)
        folder, name = osp.split(output_file)
        visualizer = self.get_visualizer(window_name or name, folder)
        visualizer.set_dataset_meta(self.dataset_meta)
        hook = self.model_cfg.default_hooks.get('visualization', {})
        visualizer.add_datasample(
            name,
            frame.depth_m,
            sample,
            draw_bbox=True,
            show=show_result,
            out_file=output_file,
            kpt_thr=hook.get('kpt_thr', 0.3))

    def get_preprocess(self, *args, **kwargs) -> Dict:
        """Refused: there is no such pipeline in MMDeploy's C++ SDK."""
        raise ValueError(
            'MMDeploy\'s C++ SDK takes 8-bit images only, so it cannot read '
            'depth; run the exported file with mmpose_cmb.runtime instead')

    get_postprocess = get_preprocess


def _load(path: str) -> dict:
    """A checkpoint's content; errors name the file."""
    if '://' not in path and not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such checkpoint')
    try:
        return CheckpointLoader.load_checkpoint(
            path, map_location='cpu', logger=logging.getLogger('silent'))
    except (UnpicklingError, RuntimeError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error)
        raise ValueError(f'{path}: not a checkpoint ({reason})') from error

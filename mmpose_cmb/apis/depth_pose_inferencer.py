"""MMPose's inferencer for depth."""

import logging
import os.path as osp
from importlib import import_module
from typing import Any, Dict, Generator, List, Optional, Sequence, Union

import numpy as np
from mmengine.config import Config, ConfigDict
from mmengine.dataset import pseudo_collate
from mmengine.infer.infer import ModelType
from mmengine.logging import print_log
from mmengine.registry import init_default_scope
from rich.console import Console
from rich.progress import track

from mmpose.apis.inferencers.base_mmpose_inferencer import BaseMMPoseInferencer
from mmpose.registry import INFERENCERS

from ..depth.frame import DepthFrame, PersonPose
from ..depth.frame_reader import FrameReference
from ..drawing import write_image
from ..engine.checkpoint_file import load_checkpoint_file
from ..engine.stored_config import stored_config
from ..engine.weights_fit import check_weights_fit
from ..io.kept_files import check_output
from ..pose.given_boxes import LEAST_SCORE, BoxesInput, BoxesOfFrame, given_boxes
from ..pose.model_spec import ModelSpec
from ..pose.predictor import FrameOutcome, PosePredictor
from ..pose.result_files import FileNames, PredictionWriter, check_result_files, person_record
from ..pose.run_report import RunReport
from ..shipped import weights_file
from .finder_beside_torch import onnx_finder
from .model_lookup import find_model
from .model_spec_of_config import skeleton_of_meta, spec_of_config
from .person_detector import PersonDetector
from .pose_data_sample import pose_data_sample
from .torch_networks import torch_network


@INFERENCERS.register_module(name='depth-pose-estimation')
@INFERENCERS.register_module()
class DepthPoseInferencer(BaseMMPoseInferencer):
    """Poses in depth images, with MMPose's habits.

    Args:
        model (str | Config, optional): Config, its path, or a model's name in
            this project's metafile. Defaults to None: as stored in the
            checkpoint.
        weights (str, optional): Path or address of the checkpoint. Defaults
            to None: those of the network that comes with the package, where
            ``model`` is None, too.
        device (str, optional): Such as 'cuda:0'. Defaults to None: a GPU
            where there is one.
        scope (str): Registry scope. Defaults to 'mmpose'.
        det_model (str, optional): Config or name of an MMDetection detector,
            which needs the full mmcv. Defaults to None: ``detector``.
        det_weights (str, optional): The detector's checkpoint.
        det_cat_ids (int | Sequence[int]): The detector's classes that are
            kept. Defaults to 0, COCO's person.
        detector (str, optional): Who finds people where no boxes are given:
            path of an ONNX file, or 'none': one person is looked for in the
            depth. Defaults to None: the network that comes with the package.
        bbox_thr (float, optional): Least score of a person who is found, by
            box and joints (``second_look``) or by the box alone. Defaults to
            None: as the detector's file says.
        fold (bool): Run a faster copy of the network that computes the same.
            Defaults to True.
        flip_test (bool, optional): Average with the mirrored crop. Defaults
            to None: as the config says.
        show_progress (bool): Draw a progress bar. Defaults to False.

    Attributes:
        predictor (PosePredictor): What does the work; the same without
            PyTorch is ``mmpose_cmb.runtime``.
        spec (ModelSpec): What the model takes and gives.
        report (RunReport): What became of the frames of the last call.

    Raises:
        FileNotFoundError: If config or checkpoint are missing.
        ValueError: If the checkpoint does not fit the config, or the model is
            not one for depth.

    Example::

        inferencer = DepthPoseInferencer()  # or ('config.py', 'epoch_8.pth')
        for result in inferencer('recording/', out_dir='results'):
            persons = result['predictions'][0]
    """

    preprocess_kwargs: set = {
        'unit_m',
        'intrinsics',
        'key',
        'invalid_values',
        'mirror',
        'bboxes',
        'bbox_thr',
        'nms_thr',
    }
    forward_kwargs: set = set()
    visualize_kwargs: set = {
        'return_vis',
        'show',
        'wait_time',
        'draw_bbox',
        'kpt_thr',
        'vis_out_dir',
    }
    postprocess_kwargs: set = {'pred_out_dir', 'rerun_out'}

    def __init__(
        self,
        model: Union[ModelType, str, None] = None,
        weights: Optional[str] = None,
        device: Optional[str] = None,
        scope: Optional[str] = 'mmpose',
        det_model: Optional[str] = None,
        det_weights: Optional[str] = None,
        det_cat_ids: Union[int, Sequence[int]] = 0,
        detector: Optional[str] = None,
        bbox_thr: Optional[float] = None,
        fold: bool = True,
        flip_test: Optional[bool] = None,
        show_progress: bool = False,
    ) -> None:
        # A config names it, weights alone do not.
        import_module('mmpose_cmb.register')
        init_default_scope(scope)
        if isinstance(model, str) and model.endswith('.py') and not osp.isfile(model):
            raise FileNotFoundError(f'{model}: no such config')
        if model is None:
            weights = weights_file(weights)
        super().__init__(model, weights, device, scope, show_progress)
        meta = self.model.dataset_meta
        self.visualizer.set_dataset_meta(meta)
        # MMPose's place for what is done to the input.
        self.spec: ModelSpec = self.pipeline._replace(skeleton=skeleton_of_meta(meta))
        if flip_test is not None:
            self.spec = self.spec._replace(flip_test=flip_test)
        self.model.test_cfg['flip_test'] = self.spec.flip_test
        if det_model is not None and detector is not None:
            raise ValueError('give a detector of MMDetection or one of this package, not both')
        self.predictor = PosePredictor(
            torch_network(self.model, self.spec.skeleton.flip_indices, self.spec.flip_test, fold),
            self.spec,
            None if det_model else onnx_finder(self.spec, detector, bbox_thr),
        )
        self.finder = self.predictor.finder
        self.keypoint_names = self.predictor.keypoint_names
        self.skeleton_links = self.predictor.skeleton_links
        self.keypoint_colors = self.predictor.keypoint_colors
        self.link_colors = self.predictor.link_colors
        self.detector = None
        if det_model is not None:
            self.detector = PersonDetector(det_model, det_weights, det_cat_ids, device)
        self.report = RunReport(_log)

    def __call__(
        self,
        inputs: Any,
        return_datasamples: bool = False,
        batch_size: int = 1,
        out_dir: Optional[str] = None,
        **kwargs,
    ) -> Generator[Dict[str, list], None, None]:
        """Estimate the poses in files, folders or arrays.

        A frame that cannot be used costs that frame only: it has no persons
        and a message.

        Args:
            inputs (Any): See :func:`list_frames`: paths of PNG, TIFF, NPY,
                NPZ, HDF5 files, folders, globs, arrays, or a list of these.
            return_datasamples (bool): Give ``PoseDataSample`` instead of
                dicts. Defaults to False.
            batch_size (int): Frames at a time. Defaults to 1.
            out_dir (str, optional): Folder that gets ``visualizations`` and
                ``predictions``, where their own options are not given.
            unit_m (float, optional): Metres per stored unit. Defaults to
                None: found, see :func:`list_frames`.
            intrinsics (Sequence[float], optional): fx, fy, cx, cy, pixels.
                Defaults to None: found where possible. Joints in space and
                finding the person need them.
            key (str, optional): Array in NPZ and HDF5 files.
            invalid_values (Sequence[float], optional): Stored values that
                mean "no measurement". Defaults to None: the model's.
            mirror (bool): The frames are stored mirrored: turn them back.
                Defaults to False.
            bboxes (optional): See :func:`given_boxes`. Defaults to None: the
                detector's.
            bbox_thr (float): Least score of a box from a file or from
                MMDetection. Defaults to 0.3.
            nms_thr (float): Largest overlap of a detector's boxes. Defaults
                to 0.3.
            return_vis (bool): Give the drawings. Defaults to False.
            show (bool): Open a window. Defaults to False.
            wait_time (float): Seconds it stays; 0: until a key is pressed.
                Defaults to 0.
            draw_bbox (bool): Draw the boxes. Defaults to False.
            kpt_thr (float): Joints with a lower score are not drawn. Defaults
                to 0.3.
            vis_out_dir (str): Folder for the drawings. Defaults to '': none.
            pred_out_dir (str): Folder for the predictions, see
                ``pose/result_files.py``. Defaults to '': none.
            rerun_out (str, optional): A ``.rrd`` file for the Rerun viewer.

        Yields:
            dict: Of a batch: ``predictions``, a list of persons (or a data
            sample) for each frame; ``visualization``, a list of RGB images or
            empty; ``names``; ``problems``, ``None`` or why there is nobody.

        Raises:
            FileExistsError: If results would be written over an input.
            ValueError: If an option does not fit.
        """
        if out_dir is not None:
            kwargs.setdefault('vis_out_dir', osp.join(out_dir, 'visualizations'))
            kwargs.setdefault('pred_out_dir', osp.join(out_dir, 'predictions'))
        if batch_size < 1:
            raise ValueError(f'batch_size: expected 1 or more, got {batch_size}')
        preprocess, _, visualize, postprocess = self._dispatch_kwargs(**kwargs)
        references, boxes_of = self._inputs(inputs, **preprocess)
        names = FileNames()
        check_result_files(
            references, names, postprocess.get('pred_out_dir'), visualize.get('vis_out_dir')
        )
        if postprocess.get('rerun_out'):
            check_output(postprocess['rerun_out'])
        # Not a generator itself, so that mistakes show at the call.
        return self._run(
            references, names, boxes_of, return_datasamples, batch_size, visualize, postprocess
        )

    def estimate(
        self, frames: Sequence[DepthFrame], bboxes: Optional[Sequence[Optional[np.ndarray]]] = None
    ) -> List[List[PersonPose]]:
        """The persons of frames in memory: see ``PosePredictor.estimate``."""
        return self.predictor.estimate(frames, bboxes)

    def predict(self, frame: DepthFrame, bboxes: Optional[np.ndarray] = None) -> List[PersonPose]:
        """The persons of one frame: see ``PosePredictor.predict``."""
        return self.predictor.predict(frame, bboxes)

    def visualize(
        self,
        outcomes: List[FrameOutcome],
        names: FileNames,
        return_vis: bool = False,
        show: bool = False,
        wait_time: float = 0,
        draw_bbox: bool = False,
        kpt_thr: float = 0.3,
        vis_out_dir: str = '',
    ) -> List[Optional[np.ndarray]]:
        """Draw a batch; ``None`` stands for frames that were not read."""
        if not (return_vis or show or vis_out_dir):
            return []
        drawn: List[Optional[np.ndarray]] = []
        for outcome in outcomes:
            if outcome.failed:
                drawn.append(None)
                continue
            drawn.append(
                self.visualizer.add_datasample(
                    outcome.reference.name,
                    outcome.frame.depth_m,
                    self._sample(outcome),
                    draw_bbox=draw_bbox,
                    show=show,
                    wait_time=wait_time,
                    kpt_thr=kpt_thr,
                )
            )
            if vis_out_dir:
                name = f'{names.stem_of_record(outcome.reference)}.png'
                write_image(osp.join(vis_out_dir, name), drawn[-1])
        return drawn if return_vis else []

    def postprocess(
        self,
        outcomes: List[FrameOutcome],
        visualization: List[Optional[np.ndarray]],
        return_datasamples: bool = False,
        writer: Optional[PredictionWriter] = None,
        rerun=None,
    ) -> Dict[str, list]:
        """Convert the outcomes, write them, and count what went wrong."""
        for outcome in outcomes:
            if writer is not None:
                writer.add(outcome)
            if rerun is not None and not outcome.failed:
                rerun.add(outcome.frame, outcome.persons)
            self.report.add(outcome)
            if outcome.problem is not None:
                _log(outcome.problem, logging.WARNING)
        return dict(
            predictions=[
                self._sample(outcome)
                if return_datasamples
                else [person_record(person) for person in outcome.persons]
                for outcome in outcomes
            ],
            visualization=visualization,
            names=[outcome.reference.name for outcome in outcomes],
            problems=[outcome.problem for outcome in outcomes],
        )

    def _run(
        self,
        references: List[FrameReference],
        names: FileNames,
        boxes_of: BoxesOfFrame,
        return_datasamples: bool,
        batch_size: int,
        visualize: dict,
        postprocess: dict,
    ) -> Generator[Dict[str, list], None, None]:
        self.report = RunReport(_log)
        writer = rerun = None
        if postprocess.get('pred_out_dir'):
            writer = PredictionWriter(postprocess['pred_out_dir'], names, self.spec.skeleton)
        if postprocess.get('rerun_out'):
            from ..visualization.rerun_recording import RerunRecording

            rerun = RerunRecording(
                postprocess['rerun_out'],
                self.keypoint_names,
                self.skeleton_links,
                self.keypoint_colors,
                self.link_colors,
            )
        batches = self.predictor.run(references, boxes_of, batch_size)
        if self.show_progress:
            batches = track(
                batches,
                description='Inference',
                total=-(-len(references) // batch_size),
                # Who reads results may leave; rich would end the process.
                console=Console(stderr=True),
            )
        try:
            for outcomes in batches:
                drawn = self.visualize(outcomes, names, **visualize)
                yield self.postprocess(outcomes, drawn, return_datasamples, writer, rerun)
        finally:
            # Also where the caller stops early: what there is, is written.
            for output in (writer, rerun):
                if output is not None:
                    output.close()

    def _inputs(
        self,
        inputs: Any,
        unit_m: Optional[float] = None,
        intrinsics: Optional[Sequence[float]] = None,
        key: Optional[str] = None,
        invalid_values: Optional[Sequence[float]] = None,
        mirror: bool = False,
        bboxes: BoxesInput = None,
        bbox_thr: Optional[float] = None,
        nms_thr: float = 0.3,
    ):
        """List the frames and tell how their boxes are known."""
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs]
        references = self.predictor.list_frames(
            inputs, unit_m, intrinsics, key, invalid_values, mirror
        )
        if bboxes is None and self.detector is not None:
            least = LEAST_SCORE if bbox_thr is None else bbox_thr
            return references, lambda position, frame: self.detector(frame, least, nms_thr)
        return references, given_boxes(bboxes, references, bbox_thr, nms_thr)

    def _sample(self, outcome: FrameOutcome):
        """An outcome as MMPose's data sample; None where it was not read."""
        if outcome.failed:
            return None
        return pose_data_sample(outcome.frame, outcome.persons, self.model.dataset_meta)

    def _init_model(self, cfg, weights: Optional[str], device: str = 'cpu'):
        if weights is not None:
            checkpoint = load_checkpoint_file(weights)
            if not cfg:
                cfg.update(stored_config(checkpoint, weights))
        return super()._init_model(cfg, weights, device)

    def _init_pipeline(self, cfg: Union[Config, ConfigDict]) -> ModelSpec:
        return spec_of_config(cfg)

    def _init_collate(self, cfg: Union[Config, ConfigDict]):
        return pseudo_collate

    def _init_visualizer(self, cfg: Union[Config, ConfigDict]):
        options = cfg.get('visualizer', {})
        if options.get('type') != 'DepthPoseVisualizer':
            options = dict(type='DepthPoseVisualizer')
        # Pictures go to files or a window, not to the training's backends.
        options = dict(options, vis_backends=None)
        return super()._init_visualizer(ConfigDict(visualizer=options))

    def _load_weights_to_model(self, model, checkpoint, cfg) -> None:
        if checkpoint is not None:
            check_weights_fit(model, checkpoint)
        super()._load_weights_to_model(model, checkpoint, cfg)

    def _load_model_from_metafile(self, model: str):
        return find_model(model)


def _log(message: str, level: int = logging.INFO) -> None:
    print_log(message, logger='current', level=level)

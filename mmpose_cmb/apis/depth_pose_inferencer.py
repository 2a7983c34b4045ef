"""MMPose's inferencer for depth."""
import logging
import os.path as osp
from typing import Any, Dict, Generator, List, Optional, Sequence, Union

import numpy as np
from mmengine.config import Config, ConfigDict
from mmengine.dataset import pseudo_collate
from mmengine.infer.infer import ModelType
from mmengine.logging import print_log
from mmengine.registry import init_default_scope
from rich.progress import track

from mmpose.apis.inferencers.base_mmpose_inferencer import \
    BaseMMPoseInferencer
from mmpose.registry import INFERENCERS
from ..depth.frame import DepthFrame, PersonPose
from ..depth.frame_reader import FrameReference, list_frames
from ..drawing import write_image
from ..models.folding import fold_for_inference
from .checkpoint_check import check_weights_fit
from .frame_estimator import FrameEstimator, ScoredBoxes, persons_of
from .frame_pipeline import frame_pipeline
from .frame_result import FrameResult
from .given_boxes import BoxesInput, BoxesOfFrame, given_boxes, scored_boxes
from .model_lookup import find_model
from .person_detector import PersonDetector
from .prediction_writer import (FileNames, PredictionWriter,
                                instances_as_dicts)


@INFERENCERS.register_module(name='depth-pose-estimation')
@INFERENCERS.register_module()
class DepthPoseInferencer(BaseMMPoseInferencer):
    """Poses in depth images, with MMPose's habits.

    Args:
        model (str | Config, optional): Config, its path, or a model's name in
            this project's metafile. Defaults to None: as stored in the
            checkpoint.
        weights (str, optional): Path or address of the checkpoint.
        device (str, optional): Such as 'cuda:0'. Defaults to None: a GPU
            where there is one.
        scope (str): Registry scope. Defaults to 'mmpose'.
        det_model (str, optional): Config or name of an MMDetection detector,
            which needs the full mmcv. Defaults to None: boxes are given, or
            the person is found in the depth.
        det_weights (str, optional): The detector's checkpoint.
        det_cat_ids (int | Sequence[int]): The detector's classes that are
            kept. Defaults to 0, COCO's person.
        fold (bool): Run a faster copy of the network that computes the same.
            Defaults to True.
        flip_test (bool, optional): Average with the mirrored crop. Defaults
            to None: as the config says.
        show_progress (bool): Draw a progress bar. Defaults to False.

    Attributes:
        keypoint_names (List[str]): Names of the K joints.
        skeleton_links (List[tuple]): Pairs of joint ids.
        keypoint_colors, link_colors (List[tuple]): RGB.
        problems (List[FrameResult]): Frames of the last call without a
            person.

    Raises:
        FileNotFoundError: If config or checkpoint are missing.
        ValueError: If the checkpoint does not fit the config, or the model is
            not one for depth.

    Example:
        >>> from mmpose_cmb.apis import DepthPoseInferencer
        >>> inferencer = DepthPoseInferencer('config.py', 'epoch_8.pth')
        >>> for result in inferencer('recording/', out_dir='results'):
        ...     persons = result['predictions'][0]
    """

    preprocess_kwargs: set = {
        'unit_m', 'intrinsics', 'key', 'invalid_values', 'bboxes', 'bbox_thr',
        'nms_thr'
    }
    forward_kwargs: set = set()
    visualize_kwargs: set = {
        'return_vis', 'show', 'wait_time', 'draw_bbox', 'kpt_thr',
        'vis_out_dir'
    }
    postprocess_kwargs: set = {'pred_out_dir', 'rerun_out'}

    def __init__(self,
                 model: Union[ModelType, str, None] = None,
                 weights: Optional[str] = None,
                 device: Optional[str] = None,
                 scope: Optional[str] = 'mmpose',
                 det_model: Optional[str] = None,
                 det_weights: Optional[str] = None,
                 det_cat_ids: Union[int, Sequence[int]] = 0,
                 fold: bool = True,
                 flip_test: Optional[bool] = None,
                 show_progress: bool = False) -> None:
        init_default_scope(scope)
        if isinstance(model, str) and model.endswith('.py') and \
                not osp.isfile(model):
            raise FileNotFoundError(f'{model}: no such config')
        super().__init__(model, weights, device, scope, show_progress)
        if flip_test is not None:
            self.model.test_cfg['flip_test'] = flip_test
        meta = self.model.dataset_meta
        self.visualizer.set_dataset_meta(meta)
        self.estimator = FrameEstimator(
            fold_for_inference(self.model) if fold else self.model,
            self.pipeline, meta)
        self.detector = None
        if det_model is not None:
            self.detector = PersonDetector(det_model, det_weights, det_cat_ids,
                                           device)
        self.keypoint_names = [
            meta['keypoint_id2name'][i] for i in range(meta['num_keypoints'])
        ]
        self.skeleton_links = [tuple(link) for link in meta['skeleton_links']]
        self.keypoint_colors = _as_tuples(meta['keypoint_colors'])
        self.link_colors = _as_tuples(meta['skeleton_link_colors'])
        self.problems: List[FrameResult] = []
        self._told = set()

    def __call__(self,
                 inputs: Any,
                 return_datasamples: bool = False,
                 batch_size: int = 1,
                 out_dir: Optional[str] = None,
                 **kwargs) -> Generator[Dict[str, list], None, None]:
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
            invalid_values (Sequence[float]): Stored values that mean "no
                measurement". Defaults to ``(0, )``.
            bboxes (optional): See :func:`given_boxes`. Defaults to None: the
                detector's, or the person is found in the depth.
            bbox_thr (float): Least score of a detector's box. Defaults to
                0.3.
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
                ``prediction_writer.py``. Defaults to '': none.
            rerun_out (str, optional): A ``.rrd`` file for the Rerun viewer.

        Yields:
            dict: Of a batch: ``predictions``, a list of persons (or a data
            sample) for each frame; ``visualization``, a list of RGB images or
            empty; ``names``; ``problems``, ``None`` or why there is nobody.

        Raises:
            ValueError: If an option does not fit.
        """
        if out_dir is not None:
            kwargs.setdefault('vis_out_dir', osp.join(out_dir,
                                                      'visualizations'))
            kwargs.setdefault('pred_out_dir', osp.join(out_dir,
                                                       'predictions'))
        if batch_size < 1:
            raise ValueError(f'batch_size: expected 1 or more, got '
                             f'{batch_size}')
        preprocess, _, visualize, postprocess = self._dispatch_kwargs(**kwargs)
        references, boxes_of = self._inputs(inputs, **preprocess)
        # Not a generator itself, so that mistakes show at the call.
        return self._run(references, boxes_of, return_datasamples, batch_size,
                         visualize, postprocess)

    def estimate(
        self,
        frames: Sequence[DepthFrame],
        bboxes: Optional[Sequence[Optional[np.ndarray]]] = None
    ) -> List[List[PersonPose]]:
        """Estimate the poses of all persons in frames in memory.

        Args:
            frames (Sequence[DepthFrame]): Depth in metres.
            bboxes (Sequence[np.ndarray], optional): For each frame ``[N, 4]``
                (x1, y1, x2, y2, pixels), or ``None``: the person is looked
                for. Defaults to ``None``: for all of them.

        Returns:
            List[List[PersonPose]]: The persons of each frame; none where
            nobody was found or no pixel is valid.

        Raises:
            ValueError: If a box is none, naming the frame.
        """
        boxes_of = given_boxes(
            None if bboxes is None else list(bboxes), len(frames))
        frames = [self.estimator.cut_background(frame) for frame in frames]
        boxes = [self._boxes(frame, boxes_of(frame)) for frame in frames]
        return [persons_of(s) for s in self.estimator(frames, boxes)]

    def preprocess(self,
                   references: Sequence[FrameReference],
                   batch_size: int = 1,
                   boxes_of: BoxesOfFrame = lambda frame: None
                   ) -> Generator[List[FrameResult], None, None]:
        """Read frames and find their boxes, batch by batch."""
        for first in range(0, len(references), batch_size):
            yield [
                self._read(reference, boxes_of)
                for reference in references[first:first + batch_size]
            ]

    def forward(self, results: List[FrameResult]) -> None:
        """Estimate the poses of a batch, into the results."""
        usable = [result for result in results if result.frame is not None]
        samples = self.estimator([result.frame for result in usable],
                                 [result.boxes for result in usable])
        for result, sample in zip(usable, samples):
            result.sample = sample
            if not len(sample.pred_instances):
                result.problem = result.why_nobody()
            elif 'keypoints_cam' not in sample.pred_instances and \
                    result.frame.intrinsics is None and self._in_space:
                self._tell('joints are given in pixels alone: for metres the '
                           'camera\'s intrinsics (fx, fy, cx, cy) are needed')

    def visualize(self,
                  results: List[FrameResult],
                  names: FileNames,
                  return_vis: bool = False,
                  show: bool = False,
                  wait_time: float = 0,
                  draw_bbox: bool = False,
                  kpt_thr: float = 0.3,
                  vis_out_dir: str = '') -> List[Optional[np.ndarray]]:
        """Draw a batch; ``None`` stands for frames that were not read."""
        if not (return_vis or show or vis_out_dir):
            return []
        drawn = []
        for result in results:
            if result.sample is None:
                drawn.append(None)
                continue
            drawn.append(
                self.visualizer.add_datasample(
                    result.reference.name,
                    result.frame.depth_m,
                    result.sample,
                    draw_bbox=draw_bbox,
                    show=show,
                    wait_time=wait_time,
                    kpt_thr=kpt_thr))
            if vis_out_dir:
                name = f'{names.stem_of_record(result.reference)}.png'
                write_image(osp.join(vis_out_dir, name), drawn[-1])
        return drawn if return_vis else []

    def postprocess(self,
                    results: List[FrameResult],
                    visualization: List[Optional[np.ndarray]],
                    return_datasamples: bool = False,
                    writer: Optional[PredictionWriter] = None,
                    rerun=None) -> Dict[str, list]:
        """Convert the results, write them, and keep what went wrong."""
        predictions = []
        for result in results:
            persons = [] if result.sample is None else instances_as_dicts(
                result.sample.pred_instances)
            predictions.append(
                result.sample if return_datasamples else persons)
            if writer is not None:
                writer.add(result.reference, persons, result.problem)
            if rerun is not None and result.frame is not None:
                rerun.add(result.frame, persons_of(result.sample))
            if result.problem is not None:
                print_log(
                    result.problem, logger='current', level=logging.WARNING)
                self.problems.append(result)
        return dict(
            predictions=predictions,
            visualization=visualization,
            names=[result.reference.name for result in results],
            problems=[result.problem for result in results])

    def _run(self, references: List[FrameReference], boxes_of: BoxesOfFrame,
             return_datasamples: bool, batch_size: int, visualize: dict,
             postprocess: dict) -> Generator[Dict[str, list], None, None]:
        names = FileNames()
        self.problems = []
        writer = rerun = None
        if postprocess.get('pred_out_dir'):
            writer = PredictionWriter(postprocess['pred_out_dir'], names,
                                      self.model.dataset_meta)
        if postprocess.get('rerun_out'):
            from ..visualization.rerun_recording import RerunRecording
            rerun = RerunRecording(postprocess['rerun_out'],
                                   self.keypoint_names, self.skeleton_links,
                                   self.keypoint_colors, self.link_colors)
        batches = self.preprocess(references, batch_size, boxes_of)
        if self.show_progress:
            batches = track(
                batches,
                description='Inference',
                total=-(-len(references) // batch_size))
        try:
            for results in batches:
                self.forward(results)
                drawn = self.visualize(results, names, **visualize)
                yield self.postprocess(results, drawn, return_datasamples,
                                       writer, rerun)
        finally:
            # Also where the caller stops early: what there is, is written.
            for output in (writer, rerun):
                if output is not None:
                    output.close()

    def _inputs(self,
                inputs: Any,
                unit_m: Optional[float] = None,
                intrinsics: Optional[Sequence[float]] = None,
                key: Optional[str] = None,
                invalid_values: Sequence[float] = (0, ),
                bboxes: BoxesInput = None,
                bbox_thr: float = 0.3,
                nms_thr: float = 0.3):
        """List the frames and tell how their boxes are known."""
        if not isinstance(inputs, (list, tuple)):
            inputs = [inputs]
        references = list_frames(inputs, unit_m, intrinsics, key,
                                 invalid_values, self.pipeline.unit_m)
        if bboxes is None and self.detector is not None:
            return references, lambda frame: self.detector(
                frame, bbox_thr, nms_thr)
        return references, given_boxes(bboxes, len(references), bbox_thr,
                                       nms_thr)

    def _read(self, reference: FrameReference,
              boxes_of: BoxesOfFrame) -> FrameResult:
        """Read one frame and find its boxes; a failure is a result."""
        try:
            frame = reference.read()
        except (OSError, ValueError, ImportError) as error:
            return FrameResult(reference, problem=str(error), failed=True)
        finally:
            for note in reference.notes:
                self._tell(note)
        frame = self.estimator.cut_background(frame)
        try:
            boxes = self._boxes(frame, boxes_of(frame))
        except ValueError as error:
            return FrameResult(reference, problem=str(error), failed=True)
        return FrameResult(reference, frame, boxes)

    def _boxes(self, frame: DepthFrame,
               given: Optional[np.ndarray]) -> ScoredBoxes:
        return scored_boxes(frame, given,
                            self.pipeline.background_m is not None)

    @property
    def _in_space(self) -> bool:
        return hasattr(self.model.head, 'locate')

    def _tell(self, message: str) -> None:
        """Log a message, once."""
        if message not in self._told:
            self._told.add(message)
            print_log(message, logger='current')

    def _init_pipeline(self, cfg: Union[Config, ConfigDict]):
        return frame_pipeline(cfg)

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


def _as_tuples(colors: np.ndarray) -> List[tuple]:
    return [tuple(int(v) for v in color) for color in colors]

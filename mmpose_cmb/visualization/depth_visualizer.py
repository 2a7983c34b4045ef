"""MMPose's visualizer for depth images."""

import os.path as osp
from typing import Optional, Sequence, Tuple

import cv2
import numpy as np
from mmengine.dist import master_only
from mmengine.structures import InstanceData

from mmpose.registry import VISUALIZERS
from mmpose.structures import PoseDataSample
from mmpose.visualization import PoseLocalVisualizer

from .. import compat
from ..camera import check_intrinsics, unproject
from ..depth.depth_io import depth_to_metres, read_depth
from ..depth.stored_frames import SKDEPTH_SUFFIXES
from ..drawing import colorize_depth, contact_sheet, draw_pose_3d, write_image
from ..formats.astar import read_skdepth
from ..io.hdf5_frames import HDF5Frames

# Of the depth's colours, so that the skeleton's stand out from them.
BRIGHTNESS = 0.55


@VISUALIZERS.register_module()
class DepthPoseVisualizer(PoseLocalVisualizer):
    """Skeletons on colour-mapped depth, ground truth beside prediction.

    Works with MMPose's unmodified ``PoseVisualizationHook``. The hook hands
    over the file as an 8-bit RGB picture, in which 16-bit depth is black;
    this class therefore reads the depth again from ``data_sample.img_path``:
    a depth image, or frame ``data_sample.frame_index`` of an HDF5 file.

    Args:
        name (str): The instance's name. Defaults to 'visualizer'.
        unit_m (float): Metres per stored unit of the files, as in
            ``LoadDepthImage``; a sample's ``depth_unit_m`` goes before it.
            Defaults to 0.001.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.
        key (str, optional): The array's name in ``.npz`` files, or that of
            the frames in HDF5 files (Defaults to 'data' there).
        near_m (float, optional): Depth of the warm end of the colours.
            Defaults to None: from the image.
        far_m (float, optional): Depth of the cold end. Defaults to None:
            from the image.
        show_gt (bool): Draw the ground truth, where there is one, to the left
            of the prediction. The hook asks for no ground truth, so this
            option decides. Defaults to True.
        show_3d (bool): Where the prediction has ``keypoints_cam``, draw it
            in space from two angles, to the right of the prediction; with the
            points of the depth image where the sample has ``intrinsics``.
            Defaults to True.
        min_side (int): Images are enlarged by a whole factor until their
            shorter side has at least this many pixels. Defaults to 400.
        line_width (int): Of the links, in the enlarged image. Defaults to 3.
        radius (int): Of the joints, in the enlarged image. Defaults to 4.
        **kwargs: As ``PoseLocalVisualizer``.
    """

    def __init__(
        self,
        name: str = 'visualizer',
        *,
        unit_m: float = 0.001,
        invalid_values: Sequence[float] = (0,),
        key: Optional[str] = None,
        near_m: Optional[float] = None,
        far_m: Optional[float] = None,
        show_gt: bool = True,
        show_3d: bool = True,
        min_side: int = 400,
        line_width: int = 3,
        radius: int = 4,
        **kwargs,
    ) -> None:
        super().__init__(name, line_width=line_width, radius=radius, **kwargs)
        self.unit_m = unit_m
        self.invalid_values = tuple(invalid_values)
        self.key = key
        self.near_m = near_m
        self.far_m = far_m
        self.show_gt = show_gt
        self.show_3d = show_3d
        self.min_side = min_side
        self._frames = {}

    @master_only
    def draw_circles(self, center, radius, *args, **kwargs) -> None:
        """See ``OpencvBackendVisualizer``."""
        if self.backend == 'opencv':
            radius = compat.as_number(radius)
        super().draw_circles(center, radius, *args, **kwargs)

    def add_datasample(
        self,
        name: str,
        image: Optional[np.ndarray],
        data_sample: PoseDataSample,
        draw_gt: bool = True,
        draw_pred: bool = True,
        draw_heatmap: bool = False,
        draw_bbox: bool = False,
        show_kpt_idx: bool = False,
        skeleton_style: str = 'mmpose',
        show: bool = False,
        wait_time: float = 0,
        out_file: Optional[str] = None,
        kpt_thr: float = 0.3,
        step: int = 0,
    ) -> np.ndarray:
        """Draw a data sample and hand it to the backends, file or window.

        Args:
            name (str): The image's identifier.
            image (np.ndarray, optional): Depth in metres, float [H, W], of
                which the keypoints are pixels. Anything else (the hook's
                8-bit picture) is replaced by the depth in the sample's
                ``img_path``.
            data_sample (:obj:`PoseDataSample`): Sample with
                ``pred_instances`` and / or ``gt_instances``.
            draw_gt (bool): Not used, see ``show_gt``: the hook sets it False.
            draw_pred (bool): Draw the prediction. Defaults to True.
            draw_heatmap (bool): Add a panel with ``pred_fields.heatmaps``
                where the model returns them. Defaults to False.
            draw_bbox (bool): Draw the boxes. Defaults to False.
            show_kpt_idx (bool): Write joint ids. Defaults to False.
            skeleton_style (str): 'mmpose' or 'openpose'.
            show (bool): Open a window. Defaults to False.
            wait_time (float): Seconds the window stays. Defaults to 0.
            out_file (str, optional): File instead of the backends; a suffix
                that is no picture's (``.npy``) becomes ``.png``.
            kpt_thr (float): Joints with a lower score are left out. Defaults
                to 0.3.
            step (int): Step recorded with the image. Defaults to 0.

        Returns:
            np.ndarray: The drawing, uint8 [H, W, 3], RGB.
        """
        depth_m = self._depth_of(image, data_sample)
        rgb = colorize_depth(depth_m, self.near_m, self.far_m)
        rgb = (rgb * BRIGHTNESS).astype(np.uint8)
        scale = max(1, -(-self.min_side // min(rgb.shape[:2])))

        def draw(instances):
            instances = _scaled(instances, scale)
            panel = self._draw_instances_kpts(
                _enlarged(rgb, scale), instances, kpt_thr, show_kpt_idx, skeleton_style
            )
            if draw_bbox:
                panel = self._draw_instances_bbox(panel, instances)
            return panel

        panels = {}
        if self.show_gt and 'gt_instances' in data_sample:
            panels['ground truth'] = draw(data_sample.gt_instances)
        if draw_pred and 'pred_instances' in data_sample:
            panels['prediction'] = draw(data_sample.pred_instances)
            if self.show_3d and 'keypoints_cam' in data_sample.pred_instances:
                views = self._draw_3d(
                    data_sample, depth_m, kpt_thr, (scale * rgb.shape[0], scale * rgb.shape[1])
                )
                # Two panels: one of both would be twice as wide as an image.
                panels['from the front'], panels['from the flank'] = np.split(views, 2, axis=1)
        if draw_heatmap and 'pred_fields' in data_sample:
            heatmap = self._draw_instance_heatmap(data_sample.pred_fields, rgb)
            if heatmap is not None:
                panels['heat maps'] = _enlarged(heatmap, scale)
        if not panels:
            panels['depth'] = _enlarged(rgb, scale)

        drawn = contact_sheet(list(panels.values()), len(panels), list(panels))
        self.set_image(drawn)
        if show:
            self.show(drawn, win_name=name, wait_time=wait_time)
        if out_file is not None:
            root, suffix = osp.splitext(out_file)
            write_image(
                out_file if cv2.haveImageWriter(out_file) and suffix else f'{root}.png', drawn
            )
        else:
            self.add_image(name, drawn, step)
        return self.get_image()

    def _depth_of(self, image: Optional[np.ndarray], data_sample: PoseDataSample) -> np.ndarray:
        """Depth in metres, [H, W], given or from the sample's file."""
        if image is not None and image.dtype.kind == 'f':
            if image.ndim == 3 and image.shape[2] == 1:
                image = image[..., 0]
            return image
        path = data_sample.get('img_path')
        unit_m = data_sample.get('depth_unit_m', self.unit_m)
        if path is None:
            raise ValueError(
                'DepthPoseVisualizer needs depth: pass it as image (float '
                '[H, W], metres), or a data sample with "img_path"'
            )
        if 'frame_index' in data_sample:
            if path not in self._frames:
                self._frames[path] = HDF5Frames(path, self.key or 'data')
            return depth_to_metres(
                self._frames[path][data_sample.frame_index],
                unit_m,
                self.invalid_values,
                source=path,
            )
        if path.lower().endswith(SKDEPTH_SUFFIXES):
            return read_skdepth(path)
        return read_depth(path, unit_m=unit_m, invalid_values=self.invalid_values, key=self.key)

    def _draw_3d(
        self,
        data_sample: PoseDataSample,
        depth_m: np.ndarray,
        kpt_thr: float,
        view_hw: Tuple[int, int],
    ) -> np.ndarray:
        """Both views of the joints in space, uint8 [H, W, 3], RGB."""
        gt = None
        if self.show_gt and 'keypoints_cam' in data_sample.get('gt_instances', ()):
            # Labelled or not is 0 or 1.
            gt = _shown_in_space(data_sample.gt_instances, 0.5)
        cloud_m = None
        if 'intrinsics' in data_sample:
            cloud_m = _point_cloud(depth_m, data_sample.intrinsics)
        links = self.skeleton or []
        colors = self.link_color
        if colors is None or isinstance(colors, str):
            colors = [(51, 153, 255)] * len(links)
        return draw_pose_3d(
            _shown_in_space(data_sample.pred_instances, kpt_thr),
            links,
            colors,
            gt=gt,
            cloud_m=cloud_m,
            view_hw=view_hw,
        )


def _enlarged(image: np.ndarray, scale: int) -> np.ndarray:
    return np.ascontiguousarray(image.repeat(scale, axis=0).repeat(scale, axis=1))


def _scaled(instances: InstanceData, scale: int) -> InstanceData:
    """What is drawn of the instances, in pixels of the enlarged image."""
    scaled = InstanceData()
    for name in ('keypoints', 'bboxes'):
        if name in instances:
            # Integer = pixel centre, before and after.
            pixels = np.asarray(instances[name], dtype=np.float32)
            scaled[name] = (pixels + 0.5) * scale - 0.5
    visible = _visibility(instances)
    if visible is not None:
        scaled.keypoints_visible = visible
    return scaled


def _visibility(instances: InstanceData) -> Optional[np.ndarray]:
    """Labelled or not, or the score, [n, K]; None where nobody says."""
    if 'keypoints_visible' not in instances:
        return None
    visible = np.asarray(instances.keypoints_visible)
    # MMPose may pack a weight beside the visibility.
    return visible[..., 0] if visible.ndim == 3 else visible


def _shown_in_space(instances: InstanceData, least: float) -> np.ndarray:
    """Joints in metres, [n, K, 3]; NaN where the visibility is too low."""
    joints_m = np.asarray(instances.keypoints_cam, dtype=np.float64)
    visible = _visibility(instances)
    if visible is None:
        return joints_m
    return np.where(visible[..., None] >= least, joints_m, np.nan)


def _point_cloud(depth_m: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """Points of the valid pixels, metres in the camera frame, [P, 3]."""
    rows, columns = np.nonzero(depth_m > 0)
    return unproject(
        np.stack([columns, rows], axis=-1), depth_m[rows, columns], check_intrinsics(intrinsics)
    )

"""Pose visualization for depth files that are no pictures."""

import os.path as osp
from typing import Optional, Sequence

from mmengine.runner import Runner

from mmpose.engine.hooks import PoseVisualizationHook
from mmpose.registry import HOOKS
from mmpose.structures import PoseDataSample, merge_data_samples


@HOOKS.register_module()
class DepthVisualizationHook(PoseVisualizationHook):
    """``PoseVisualizationHook`` that leaves reading the file to the
    visualizer.

    MMPose's hook decodes every file as an 8-bit picture first, which fails on
    ``.npy``, ``.npz`` and HDF5. It serves PNG and TIFF as it is; this one is
    for the rest. Needs :class:`DepthPoseVisualizer`. Pictures are written as
    ``<out_dir>/<name of the file>_<number of the sample>.png``.

    Args:
        **kwargs: As ``PoseVisualizationHook``.
    """

    def after_val_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict, outputs: Sequence[PoseDataSample]
    ) -> None:
        """Draw the batch's first sample every ``interval`` iterations."""
        step = runner.iter + batch_idx
        if not self.enable or step % self.interval:
            return
        self._visualizer.set_dataset_meta(runner.val_evaluator.dataset_meta)
        self._draw('val_img', outputs[0], step)

    def after_test_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict, outputs: Sequence[PoseDataSample]
    ) -> None:
        """Draw every sample."""
        if not self.enable:
            return
        self._visualizer.set_dataset_meta(runner.test_evaluator.dataset_meta)
        for data_sample in outputs:
            self._test_index += 1
            out_file = None
            if self.out_dir is not None:
                stem = osp.splitext(osp.basename(data_sample.img_path))[0]
                out_file = osp.join(
                    runner.work_dir,
                    runner.timestamp,
                    self.out_dir,
                    f'{stem}_{self._test_index}.png',
                )
            self._draw('test_img', data_sample, self._test_index, out_file)

    def _draw(
        self, name: str, data_sample: PoseDataSample, step: int, out_file: Optional[str] = None
    ) -> None:
        if self.show:
            name = osp.basename(data_sample.img_path)
        self._visualizer.add_datasample(
            name,
            None,
            data_sample=merge_data_samples([data_sample]),
            draw_bbox=True,
            draw_heatmap=True,
            show=self.show,
            wait_time=self.wait_time,
            kpt_thr=self.kpt_thr,
            out_file=out_file,
            step=step,
        )

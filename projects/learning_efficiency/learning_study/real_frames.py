"""A trained network on a few real frames, for orientation."""
import importlib.util
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Dict

import numpy as np
from mmengine.config import Config

from mmpose.apis import init_model
from mmpose_cmb.evaluation.functional import head_pck

PROJECT = Path(__file__).resolve().parents[2] / 'itop_real_frames'


def real_frame_accuracy(cfg: Config, checkpoint: str, frames_file: str,
                        device: str) -> Dict[str, float]:
    """PCKh@0.5 on real ITOP frames, as ``projects/itop_real_frames`` does.

    Args:
        cfg (Config): The run's.
        checkpoint (str): Its weights.
        frames_file (str): The ``.npz`` file; that project's README says what
            it holds.
        device (str): Such as ``'cpu'``.

    Returns:
        dict[str, float]: Percent, ``PCKh@0.5`` and ``PCKh@0.5/<joint>``.
    """
    project = _load_project()
    data = np.load(frames_file)
    depth_m = (data['depth01'] *
               project.metres_of_one(data)[:, None, None]).astype(np.float32)
    gt_px = data['kpt_crop_xy'].astype(np.float64)
    cfg = deepcopy(cfg)
    cfg.test_dataloader.dataset.pipeline[0] = dict(
        type='LoadDepthImage', unit_m=1.0)
    model = init_model(cfg, checkpoint, device=device)
    model.dataset_meta['intrinsics'] = project.INTRINSICS
    known = model.dataset_meta['keypoint_name2id']
    ids = [known[name] for name in project.ITOP_FROM_K2HPD]
    preds = project.predict(model, depth_m,
                            project.boxes_around(gt_px, project.BOX_MARGIN))
    pred_px = np.concatenate([pred.keypoints for pred in preds])
    percent = head_pck(
        pred_px[:, ids], gt_px, head_segment=project.HEAD_SEGMENT).percent[0]
    joints = zip(project.ITOP_JOINTS, percent)
    return {
        'PCKh@0.5': float(percent.mean()),
        **{f'PCKh@0.5/{name}': float(value)
           for name, value in joints}
    }


def _load_project() -> ModuleType:
    spec = importlib.util.spec_from_file_location('itop_real_frames',
                                                  PROJECT / 'evaluate.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

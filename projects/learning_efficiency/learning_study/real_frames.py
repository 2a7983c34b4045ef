"""A trained network on a few real frames, for orientation."""

import importlib.util
from copy import deepcopy
from pathlib import Path
from typing import Dict

import numpy as np
from mmengine.config import Config

from mmpose.apis import init_model
from mmpose_cmb.evaluation.functional import head_pck

PROJECT = Path(__file__).resolve().parents[2] / 'real_frames'


def real_frame_accuracy(
    cfg: Config, checkpoint: str, frames_file: str, device: str
) -> Dict[str, float]:
    """Score a network as ``projects/real_frames`` does.

    Returns:
        dict[str, float]: Percent, ``PCKh@0.5`` and ``PCKh@0.5/<joint>``.
    """
    spec = importlib.util.spec_from_file_location('real_frames', PROJECT / 'evaluate.py')
    project = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(project)

    data = np.load(frames_file)
    scale_m = project.metres_of_one(data)[:, None, None]
    gt_px = data['kpt_crop_xy'].astype(np.float64)
    cfg = deepcopy(cfg)
    cfg.test_dataloader.dataset.pipeline[0] = dict(type='LoadDepthImage', unit_m=1.0)
    model = init_model(cfg, checkpoint, device=device)
    model.dataset_meta['intrinsics'] = project.INTRINSICS
    known = model.dataset_meta['keypoint_name2id']
    ids = [known[name] for name in project.ITOP_FROM_K2HPD]
    preds = project.predict(
        model,
        (data['depth01'] * scale_m).astype(np.float32),
        project.boxes_around(gt_px, project.BOX_MARGIN),
    )
    percent = head_pck(
        np.concatenate([pred.keypoints for pred in preds])[:, ids],
        gt_px,
        head_segment=project.HEAD_SEGMENT,
    ).percent[0]
    scores = {
        f'PCKh@0.5/{name}': float(value) for name, value in zip(project.ITOP_JOINTS, percent)
    }
    return {'PCKh@0.5': float(percent.mean()), **scores}

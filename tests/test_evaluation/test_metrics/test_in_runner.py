"""The metrics in MMEngine's Runner: metainfo, best checkpoint, log."""

import json

import numpy as np
import pytest
import torch
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mmpose.registry import METRICS

pytestmark = pytest.mark.usefixtures('mmpose_scope')

JOINTS = ('head', 'neck', 'left_shoulder', 'right_hip')
GT = np.array([[[10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [20.0, 40.0]]])


class _Frames(Dataset):
    metainfo = dict(
        keypoint_name2id={name: i for i, name in enumerate(JOINTS)},
        joint_groups={'Full Body': [0, 1, 2, 3]},
    )

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return dict(inputs=torch.zeros(1))


class _Nearing(BaseModel):
    """Predicts all joints off by a number of pixels, less each step."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))
        self.offset_px = 12.0

    def forward(self, inputs, mode='tensor'):
        if mode == 'loss':
            self.offset_px -= 4.0
            return dict(loss=(self.weight**2).sum())
        return [
            dict(
                pred_instances=dict(keypoints=GT + (self.offset_px, 0)),
                gt_instances=dict(keypoints=GT, keypoints_visible=np.ones((1, 4))),
            )
            for _ in range(len(inputs))
        ]


def test_best_checkpoint_and_scalars(tmp_path):
    loader = dict(
        dataset=_Frames(), batch_size=3, sampler=dict(type='DefaultSampler', shuffle=False)
    )
    runner = Runner(
        model=_Nearing(),
        work_dir=str(tmp_path),
        train_dataloader=loader,
        val_dataloader=loader,
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=2, val_interval=1),
        val_cfg=dict(),
        val_evaluator=[
            METRICS.build(dict(type=t, detail='summary'))
            for t in ('PDJAccuracy', 'HeadPCKAccuracy')
        ],
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
        default_hooks=dict(
            checkpoint=dict(
                type='CheckpointHook', by_epoch=False, save_best='PDJ@0.20', rule='greater'
            )
        ),
        log_processor=dict(by_epoch=False),
        default_scope='mmpose',
        experiment_name=f'metrics_{tmp_path.name}',
    )
    runner.train()

    # The torso is sqrt(20^2 + 30^2) = 36.06 px, the head segment 10 px; the
    # joints are 8 px off (0.22; 0.8), then 4 px (0.11; 0.4).
    (scalars,) = tmp_path.glob('*/vis_data/scalars.json')
    records = [json.loads(line) for line in scalars.read_text().split('\n') if 'PDJ' in line]
    assert [r['PDJ@0.20'] for r in records] == [0, 100]
    assert [r['PDJ@0.10'] for r in records] == [0, 0]
    assert [r['PCKh@0.5'] for r in records] == [0, 100]
    assert [p.name for p in tmp_path.glob('best_*')] == ['best_PDJ@0.20_iter_2.pth']

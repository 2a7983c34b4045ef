"""A checkpoint's config text does not run when a training resumes."""

import torch

from mmpose_cmb.engine.hooks import CheckpointFitHook


class _Runner:
    def __init__(self, model):
        self.model = model


def test_the_text_that_mmengine_would_run_is_taken_out():
    model = torch.nn.Linear(2, 2)
    checkpoint = dict(
        state_dict=model.state_dict(), meta=dict(config='import os', epoch=3, cfg='kept = 1')
    )
    CheckpointFitHook().after_load_checkpoint(_Runner(model), checkpoint)
    assert checkpoint['meta'] == dict(epoch=3, cfg='kept = 1')

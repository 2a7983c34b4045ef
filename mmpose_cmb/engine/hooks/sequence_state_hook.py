"""Tells recurrent blocks where sequences begin."""
from typing import List, Optional

from mmengine.hooks import Hook

from mmpose.registry import HOOKS
from ...models.blocks import RecurrentBlock


@HOOKS.register_module()
class SequenceStateHook(Hook):
    """Begin a step of every recurrent block before each iteration.

    Rows whose data sample says ``sequence_start`` begin with a zero state,
    in training, validation and test. ``sequence_start`` comes from a dataset
    with ``sequence_length`` and has to be among the ``meta_keys`` of
    ``PackPoseInputs``.

    Raises:
        ValueError: If the data samples do not tell where sequences begin.
    """

    def before_train_iter(self,
                          runner,
                          batch_idx: int,
                          data_batch: Optional[dict] = None) -> None:
        """Begin a step; rows that begin a sequence have no past."""
        starts = sequence_starts(data_batch)
        for module in runner.model.modules():
            if isinstance(module, RecurrentBlock):
                module.begin_step(starts)

    before_val_iter = before_train_iter
    before_test_iter = before_train_iter


def sequence_starts(data_batch: dict) -> List[bool]:
    """Which rows of a mini-batch are the first frame of a sequence, B.

    Raises:
        ValueError: If a data sample has no ``sequence_start``.
    """
    starts = []
    for sample in data_batch['data_samples']:
        if 'sequence_start' not in sample.metainfo:
            raise ValueError(
                'SequenceStateHook: a data sample has no "sequence_start". '
                'Set sequence_length of the dataset, and name '
                '"sequence_start" in the meta_keys of PackPoseInputs.')
        starts.append(bool(sample.sequence_start))
    return starts

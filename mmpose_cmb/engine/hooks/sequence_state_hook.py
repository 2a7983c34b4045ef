"""Tells recurrent blocks where sequences begin."""

from typing import Dict, List, NamedTuple, Optional

from mmengine.hooks import Hook

from mmpose.registry import HOOKS

from ...models.blocks import RecurrentBlock


class Row(NamedTuple):
    """A row of a mini-batch: its sequence, and whether that begins here."""

    sequence: int
    start: bool


@HOOKS.register_module()
class SequenceStateHook(Hook):
    """Begin a step of every recurrent block before each iteration.

    Rows that begin a sequence begin with a zero state, in training,
    validation and test. The others have to continue the sequence that they
    had in the iteration before, which is checked.

    ``sequence_index`` and ``sequence_start`` come from a dataset with
    ``sequence_length`` and have to be among the ``meta_keys`` of
    ``PackPoseInputs``.

    Raises:
        ValueError: If the data samples do not tell their sequences, or a row
            goes on with another sequence.
    """

    def __init__(self) -> None:
        self._sequences: Dict[str, List[int]] = {}

    def before_train_epoch(self, runner) -> None:
        """Forget the rows of the epoch before."""
        self._sequences.pop('train', None)

    def before_val_epoch(self, runner) -> None:
        """Forget the rows of the validation before."""
        self._sequences.pop('val', None)

    def before_test_epoch(self, runner) -> None:
        """Forget the rows of the test before."""
        self._sequences.pop('test', None)

    def before_train_iter(self, runner, batch_idx: int, data_batch: Optional[dict] = None) -> None:
        """Begin a training step."""
        self._begin_step(runner, data_batch, 'train')

    def before_val_iter(self, runner, batch_idx: int, data_batch: Optional[dict] = None) -> None:
        """Begin a validation step."""
        self._begin_step(runner, data_batch, 'val')

    def before_test_iter(self, runner, batch_idx: int, data_batch: Optional[dict] = None) -> None:
        """Begin a test step."""
        self._begin_step(runner, data_batch, 'test')

    def _begin_step(self, runner, data_batch: dict, mode: str) -> None:
        rows = rows_of(data_batch)
        # A resumed run may begin in the middle of sequences.
        if mode in self._sequences:
            check_rows(rows, self._sequences[mode])
        self._sequences[mode] = [row.sequence for row in rows]
        for module in runner.model.modules():
            if isinstance(module, RecurrentBlock):
                module.begin_step([row.start for row in rows])


def rows_of(data_batch: dict) -> List[Row]:
    """The rows of a mini-batch.

    Raises:
        ValueError: If a data sample does not tell its sequence.
    """
    rows = []
    for sample in data_batch['data_samples']:
        for name in ('sequence_index', 'sequence_start'):
            if name not in sample.metainfo:
                raise ValueError(
                    f'SequenceStateHook: a data sample has no "{name}". Set '
                    'sequence_length of the dataset, and name it in the '
                    'meta_keys of PackPoseInputs.'
                )
        rows.append(Row(sample.sequence_index, bool(sample.sequence_start)))
    return rows


def check_rows(rows: List[Row], sequences: List[int]) -> None:
    """Refuse rows that go on with another sequence than they had.

    Args:
        rows (List[Row]): The mini-batch.
        sequences (List[int]): Each row's sequence in the mini-batch before.

    Raises:
        ValueError: If there is such a row.
    """
    for i, row in enumerate(rows):
        before = sequences[i] if i < len(sequences) else None
        if not row.start and row.sequence != before:
            had = 'no' if before is None else f'sequence {before}'
            raise ValueError(
                f'row {i} of the mini-batch goes on with sequence '
                f'{row.sequence} but had {had} before. Feed sequences with '
                "batch_sampler=dict(type='SequenceBatchSampler')"
            )

"""What the recurrent blocks share: a state that goes from frame to frame."""

from abc import abstractmethod
from typing import List, Optional, Sequence, Tuple

import torch
from mmengine.model import BaseModule
from torch import Tensor


class RecurrentBlock(BaseModule):
    """Base of blocks that enhance feature maps by what came before.

    Row b of a mini-batch continues what row b of the step before has left
    behind. :class:`SequenceStateHook` begins each step and tells which rows
    begin a sequence; their state is zero. Between steps the state is
    detached: the gradient is that of one step.

    A step may have several forward passes (the flip test has two, of the
    image and of its mirror image). Each pass continues the same pass of the
    step before. Switching between training and evaluation forgets everything.

    In evaluation mode without anybody who begins steps (a single image, an
    export) each pass begins a sequence.

    Subclasses give ``STATE_MAPS`` and ``advance``.

    Args:
        channels (int): Channels C of the input; the output has 2 C.
        feature_size (Tuple[int, int]): Height and width of the feature maps,
            in cells.

    Raises:
        RuntimeError: On training without a :class:`SequenceStateHook`.
        ValueError: For feature maps of another size, and where a mini-batch
            continues sequences but has more rows than the one before.
    """

    # State tensors [B, C, H, W] of a row: 1 for h, 2 for h and c.
    STATE_MAPS: int

    def __init__(self, channels: int, feature_size: Tuple[int, int]) -> None:
        super().__init__()
        self.channels = channels
        self.feature_size = tuple(feature_size)
        self.out_channels = 2 * channels
        # One state [S, B, C, H, W] for each pass of a step.
        self._states: List[Tensor] = []
        self._passes: Optional[int] = None

    @abstractmethod
    def advance(self, x: Tensor, state: Tensor) -> Tensor:
        """One time step, free of side effects.

        Args:
            x (Tensor): Feature maps ``[B, C, H, W]``.
            state (Tensor): ``[S, B, C, H, W]`` with S = ``STATE_MAPS``; the
                hidden state h comes first.

        Returns:
            Tensor: The new state.
        """

    def begin_step(self, sequence_start: Sequence[bool]) -> None:
        """Begin a training, validation or test step.

        Args:
            sequence_start (Sequence[bool]): For each row of the mini-batch
                whether it is the first frame of a sequence, B. Where there
                are fewer rows than before, the last ones have ended.
        """
        self._passes = 0
        begins = torch.as_tensor(sequence_start, dtype=torch.bool)
        if begins.all():
            self._states = []
            return
        for i, state in enumerate(self._states):
            if state.shape[1] < len(begins):
                raise ValueError(
                    f'a mini-batch of {len(begins)} continues sequences of a '
                    f'mini-batch of {state.shape[1]}. Feed sequences with '
                    "batch_sampler=dict(type='SequenceBatchSampler')"
                )
            keep = ~begins.to(state.device)[:, None, None, None]
            self._states[i] = torch.where(keep, state[:, : len(begins)], 0.0)

    def train(self, mode: bool = True) -> 'RecurrentBlock':
        """Switch the mode; sequences of the other mode are forgotten."""
        if mode != self.training:
            self._states, self._passes = [], None
        return super().train(mode)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance ``[B, C, H, W]`` to ``[B, 2 C, H, W]``: x and h."""
        if x.shape[-2:] != self.feature_size:
            raise ValueError(
                f'{type(self).__name__} is made for feature maps of (height, '
                f'width) {self.feature_size}, got {tuple(x.shape[-2:])}'
            )
        if self._passes is None and self.training:
            raise RuntimeError(
                f'{type(self).__name__} does not know where sequences begin: '
                "add dict(type='SequenceStateHook') to custom_hooks"
            )

        state = self.advance(x, self._state_before(x))

        if self._passes is not None:
            self._states[self._passes : self._passes + 1] = [state.detach()]
            self._passes += 1
        return torch.cat([x, state[0].to(x.dtype)], dim=1)

    def _state_before(self, x: Tensor) -> Tensor:
        """The state that this pass continues; zero where there is none."""
        if self._passes is None or self._passes >= len(self._states):
            return x.new_zeros(self.STATE_MAPS, x.shape[0], self.channels, *self.feature_size)
        state = self._states[self._passes]
        if state.shape[1] != x.shape[0]:
            raise ValueError(f'{x.shape[0]} feature maps continue sequences of {state.shape[1]}')
        return state.to(x)

"""The convolutional memory block (section 3 of the paper)."""

from typing import Optional, Tuple

import mmengine.dist as dist
import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.utils.module_tracker import ModuleTracker

from mmpose.registry import MODELS

from .conv_controller import ConvController
from .memory_recall import recall_similar

UPDATE_RULES = ('batch_mean', 'running_average')


@MODELS.register_module()
class ConvMemoryBlock(BaseModule):
    r"""Enhance feature maps by a memory that all training samples share.

    With :math:`\phi` a :class:`ConvController`, :math:`\oplus` the channel
    concatenation and :math:`M` the memory (equations 1-4):

    .. math::

        C_I &= \phi(x \oplus M_{t-1}) \\
        C_M &= \phi(x \oplus clip_{[1/r, r]}(M_{t-1} / x) * x) \\
        M_t &= C_M + C_I \\
        C_O &= \phi(x \oplus M_t) \\
        y   &= x \oplus C_O

    The paper has no batch axis for :math:`M`. Here each sample has its own
    :math:`M_t` inside the step, and what is stored for the next step is
    their detached mean (over the mini-batch and, under DDP, over all ranks).
    The memory is written once per forward pass in training mode, and never
    in evaluation mode; the recomputation of activation checkpointing reads
    what the first pass read and writes nothing. Elements that are not finite
    (a float16 overflow, whose step the loss scaler drops) are not stored.

    Args:
        channels (int): Channels C of the input; the output has 2 C.
        feature_size (Tuple[int, int]): Height and width of the feature maps,
            in cells.
        memory_channels (int, optional): Channels of the memory. Where they
            differ from C (Half and Double of Table 6) a 1x1 convolution
            brings x to them for equation 2; the paper does not say how.
            Defaults to C.
        update_rule (str): What is stored after a step: ``'batch_mean'``, or
            ``'running_average'`` of it. Defaults to ``'batch_mean'``.
        momentum (float): Weight of the newest batch mean in the running
            average, in (0, 1]. Used by ``'running_average'`` alone.
            Defaults to 0.1.
        resize_memory (bool): Whether to resample a checkpoint's memory of
            another height or width; otherwise that is an error.
            Defaults to False.
        norm_cfg (dict): Normalisation. Defaults to ``dict(type='BN')``.

    Attributes:
        memory (Tensor): ``[C_m, H, W]``, float32, a buffer; uniform in [0, 1)
            at the start.
        ratio_limit (Tensor): r of equation 2, a 0-d buffer, so that a
            checkpoint is tested with the r it was trained with. 1 at the
            start; :class:`MemoryRatioHook` changes it.

    Raises:
        ValueError: For an unknown rule or a momentum out of range, for
            feature maps of another size than ``feature_size``, and for a
            checkpoint's memory that does not fit.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models.blocks import ConvMemoryBlock
        >>> block = ConvMemoryBlock(channels=32, feature_size=(96, 96))
        >>> block(torch.rand(2, 32, 96, 96)).shape
        torch.Size([2, 64, 96, 96])
    """

    def __init__(
        self,
        channels: int,
        feature_size: Tuple[int, int],
        *,
        memory_channels: Optional[int] = None,
        update_rule: str = 'batch_mean',
        momentum: float = 0.1,
        resize_memory: bool = False,
        norm_cfg: dict = dict(type='BN'),
    ) -> None:
        super().__init__()
        if update_rule not in UPDATE_RULES:
            raise ValueError(f'update_rule must be one of {UPDATE_RULES}, got {update_rule!r}')
        if not 0 < momentum <= 1:
            raise ValueError(f'momentum must lie in (0, 1], got {momentum}')
        memory_channels = memory_channels or channels

        self.out_channels = 2 * channels
        self.update_rule = update_rule
        self.momentum = momentum
        self.resize_memory = resize_memory

        both = channels + memory_channels
        self.input_controller = ConvController(both, memory_channels, norm_cfg)
        self.memory_controller = ConvController(both, memory_channels, norm_cfg)
        self.output_controller = ConvController(both, channels, norm_cfg)
        self.to_memory = (
            nn.Identity()
            if memory_channels == channels
            else nn.Conv2d(channels, memory_channels, 1, bias=False)
        )

        self.register_buffer('memory', torch.rand(memory_channels, *feature_size))
        self.register_buffer('ratio_limit', torch.tensor(1.0))
        # What the last training forward read, for its recomputation.
        self._memory_read: Optional[Tensor] = None

    def set_ratio_limit(self, ratio_limit: float) -> None:
        """Set r of equation 2.

        Raises:
            ValueError: If ``ratio_limit`` is below 1.
        """
        if not ratio_limit >= 1:
            raise ValueError(
                f'ratio_limit (r of equation 2) must be at least 1, got {ratio_limit}'
            )
        self.ratio_limit.fill_(ratio_limit)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance ``[B, C, H, W]`` to ``[B, 2 C, H, W]``."""
        if x.shape[-2:] != self.memory.shape[-2:]:
            raise ValueError(
                'ConvMemoryBlock has a memory of (height, width) '
                f'{tuple(self.memory.shape[-2:])}, got feature maps of '
                f'{tuple(x.shape[-2:])}. The memory belongs to one input '
                'size: set input_size of the backbone to that of the data.'
            )

        recomputing = self.training and _inside_backward()
        if recomputing and self._memory_read is not None:
            memory = self._memory_read
        else:
            # What is read is no variable, even where a subclass makes the
            # memory one. A copy: autograd keeps it while the buffer is
            # written below.
            memory = self.memory.detach()
            memory = memory.clone() if self.training else memory

        enhanced, new_memory = self.enhance(x, memory)

        if self.training and not recomputing:
            if not torch.compiler.is_compiling():
                self._memory_read = memory
            self._write(new_memory)
        return enhanced

    def enhance(self, x: Tensor, memory: Tensor) -> Tuple[Tensor, Tensor]:
        """Equations 1 to 4, free of side effects.

        Args:
            x (Tensor): Feature maps ``[B, C, H, W]``.
            memory (Tensor): :math:`M_{t-1}`, ``[C_m, H, W]``.

        Returns:
            Tuple[Tensor, Tensor]: The output ``[B, 2 C, H, W]`` and each
            sample's :math:`M_t`, ``[B, C_m, H, W]``.
        """
        new_memory = self.renew(x, memory)
        c_o = self.output_controller(torch.cat([x, new_memory], dim=1))

        return torch.cat([x, c_o.to(x.dtype)], dim=1), new_memory

    def renew(self, x: Tensor, memory: Tensor) -> Tensor:
        """Equations 1 to 3: each sample's :math:`M_t`.

        Args:
            x (Tensor): Feature maps ``[B, C, H, W]``.
            memory (Tensor): :math:`M_{t-1}`, ``[C_m, H, W]``.
        """
        memory = memory.to(x.dtype).expand(x.shape[0], -1, -1, -1)

        c_i = self.input_controller(torch.cat([x, memory], dim=1))
        recalled = recall_similar(memory, self.to_memory(x), self.ratio_limit)
        c_m = self.memory_controller(torch.cat([x, recalled], dim=1))
        return c_m + c_i

    @torch.no_grad()
    def _write(self, new_memory: Tensor) -> None:
        """Store the mean over samples and ranks of ``[B, C_m, H, W]``."""
        mean = new_memory.detach().float().mean(dim=0)
        if dist.get_world_size() > 1:
            dist.all_reduce(mean, op='mean')
        if self.update_rule == 'running_average':
            mean = torch.lerp(self.memory, mean, self.momentum)
        self.memory.copy_(torch.where(mean.isfinite(), mean, self.memory))

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        """Refuse, or resample where asked for, a memory of another size."""
        key = prefix + 'memory'
        stored = state_dict.get(key)
        if stored is not None and stored.shape != self.memory.shape:
            same_channels = stored.dim() == 3 and stored.shape[0] == self.memory.shape[0]
            # Raised rather than reported: MMEngine turns reported
            # mismatches into a warning and would go on with a random memory.
            if not same_channels or not self.resize_memory:
                advice = (
                    'Set input_size to that of the checkpoint, or '
                    'resize_memory=True to resample the memory.'
                    if same_channels
                    else "Set memory_channels and widths to the checkpoint's."
                )
                raise ValueError(
                    f'the checkpoint\'s "{key}" is {tuple(stored.shape)} '
                    "(channels, height, width), the model's is "
                    f'{tuple(self.memory.shape)}. {advice}'
                )
            state_dict[key] = F.interpolate(
                stored[None].float(),
                size=self.memory.shape[-2:],
                mode='bilinear',
                align_corners=False,
            )[0]
        super()._load_from_state_dict(state_dict, prefix, *args)


def _inside_backward() -> bool:
    """Whether autograd is running a backward pass in this thread.

    A forward pass then is the recomputation of activation checkpointing. A
    compiled graph recomputes without running this code.
    """
    return not torch.compiler.is_compiling() and ModuleTracker().is_bw

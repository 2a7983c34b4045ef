"""A memory block whose memory the optimiser moves, too."""

from torch import Tensor, nn

from mmpose.registry import MODELS

from .conv_memory_block import ConvMemoryBlock


@MODELS.register_module()
class OptimizedMemoryBlock(ConvMemoryBlock):
    r"""A memory block that takes the paper's last sentence by its word.

    "The updated internal memory :math:`M_t` will be further optimized after
    performing backward propagation for the next training iteration"
    (section 3.3). The memory is written as in :class:`ConvMemoryBlock`. It
    also is a parameter, whose gradient is that of the loss by the new memory
    :math:`M_t`, summed over the samples; the optimiser's step then moves what
    was written.

    Args: See :class:`ConvMemoryBlock`. Checkpoints of both fit each other.

    Attributes:
        memory (nn.Parameter): ``[C_m, H, W]``, float32.
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        memory = self.memory
        del self.memory
        self.memory = nn.Parameter(memory)

    def renew(self, x: Tensor, memory: Tensor) -> Tensor:
        """Each sample's :math:`M_t`, whose gradient the parameter gets."""
        new_memory = super().renew(x, memory)
        if not self.training:
            return new_memory
        # Zero in value; its gradient is that of the new memory.
        share = self.memory - self.memory.detach()
        return new_memory + share.to(new_memory.dtype)

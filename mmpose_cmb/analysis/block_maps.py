"""What goes into a block, what it holds, and what comes out."""

from typing import Dict, NamedTuple, Optional

import torch
from torch import Tensor, nn

from ..models.blocks import ConvMemoryBlock, DuplicatedInputBlock, RecurrentBlock

BLOCKS = (ConvMemoryBlock, DuplicatedInputBlock, RecurrentBlock)


class BlockMaps(NamedTuple):
    """Maps of one block for one image.

    Attributes:
        inputs: x, ``[C, H, W]``.
        memory: M as it is stored, ``[C_m, H, W]``; None for blocks without.
        enhanced: What the block adds to x (C_O of equation 4, or a hidden
            state), ``[C, H, W]``.
    """

    inputs: Tensor
    memory: Optional[Tensor]
    enhanced: Tensor


def record_blocks(model: nn.Module, inputs: Tensor) -> Dict[str, BlockMaps]:
    """Run an image through a network and take down its blocks' maps.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator``; run in evaluation mode
            and then put back.
        inputs (Tensor): The preprocessed image ``[1, C, H, W]``.

    Returns:
        dict: The block's name in the network -> its maps, in their order.

    Raises:
        ValueError: If the network has no such blocks.
    """
    found, handles = {}, []

    def make_hook(name):

        def hook(block, args, output):
            x = args[0]
            memory = getattr(block, 'memory', None)
            found[name] = BlockMaps(
                x[0].detach().clone(),
                None if memory is None else memory.detach().clone(),
                output[0, x.shape[1] :].detach().clone(),
            )

        return hook

    for name, module in model.named_modules():
        if isinstance(module, BLOCKS):
            handles.append(module.register_forward_hook(make_hook(name)))
    if not handles:
        raise ValueError('the network has no memory blocks, nor what is compared to them')
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model.extract_feat(inputs)
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return found

"""``fold_for_inference``: which parts of a network are folded, and how."""

import copy
from typing import Callable

import torch
from torch import nn

from ..backbones import CMBNet
from ..heads import (
    HourglassBoxHead,
    HourglassFullyConnectedHead,
    HourglassHeatmapHead,
    HourglassLiftHead,
)
from ..heads.upsample_merge import UpsampleMerge
from .fold_norm import can_fold_norm, fold_norm
from .folded_memory_block import FoldedMemoryBlock
from .folded_merge import FoldedMerge
from .memory_block_weights import can_fold_block
from .row_pair_merge import RowPairMerge
from .row_pair_stage import RowPairStage

RUNTIMES = ('pytorch', 'onnxruntime')
HEADS = (HourglassHeatmapHead, HourglassLiftHead, HourglassFullyConnectedHead, HourglassBoxHead)
FOLDED = (FoldedMemoryBlock, FoldedMerge, RowPairStage)


def fold_for_inference(model: nn.Module, runtime: str = 'pytorch') -> nn.Module:
    """A copy of a trained network that computes the same function faster.

    * Batch normalisation goes into the convolutions.
    * The memory, constant at test time, becomes a constant map
      (:class:`FoldedMemoryBlock`).
    * The decoder neither upsamples nor concatenates (:class:`FoldedMerge`).

    Only rounding differs. Parts of other types are copied as they are. The
    copy has the same methods; its checkpoint keys are others, so load the
    weights first.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator``, or a backbone or head
            alone, in evaluation mode.
        runtime (str): What will run it: ``'pytorch'`` (also TorchScript and
            TensorRT), or ``'onnxruntime'``, whose CPU provider is faster with
            rows in pairs (:mod:`.row_pairs`). Defaults to ``'pytorch'``.

    Raises:
        ValueError: If the model is in training mode or folded already, or the
            runtime is not known.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models import CMBNet
        >>> from mmpose_cmb.models.folding import fold_for_inference
        >>> net = CMBNet(input_size=(64, 64)).eval()
        >>> x = torch.rand(1, 1, 64, 64)
        >>> folded = fold_for_inference(net)
        >>> torch.allclose(folded(x)[-1], net(x)[-1], atol=1e-3)
        True
    """
    if runtime not in RUNTIMES:
        raise ValueError(f'runtime must be one of {RUNTIMES}, got {runtime!r}')
    if model.training:
        raise ValueError(
            'fold_for_inference needs a trained model in evaluation mode: call model.eval() first'
        )
    if any(isinstance(part, FOLDED) for part in model.modules()):
        raise ValueError('the model is folded already')
    folded = copy.deepcopy(model)
    in_pairs = runtime == 'onnxruntime'
    for part in [folded, *folded.children()]:
        if type(part) is CMBNet:
            _fold_backbone(part, in_pairs)
        elif type(part) in HEADS:
            _fold_head(part, in_pairs)
    folded.eval().requires_grad_(False)
    if next(folded.parameters()).device.type == 'cpu':
        # oneDNN's convolutions are faster with the channels last.
        folded.to(memory_format=torch.channels_last)
    return folded


def _fold_backbone(net: CMBNet, in_pairs: bool) -> None:
    """Fold stem, blocks and stages of a copy, in place."""
    height = net.input_size[1] // net.stem_stride
    for i, (block, stage) in enumerate(zip(net.blocks, net.stages)):
        height //= 2
        bare = isinstance(block, nn.Identity)
        known = bare or can_fold_block(block)
        if in_pairs and known and height % 2 == 0 and all(map(can_fold_norm, stage)):
            net.stages[i] = RowPairStage(None if bare else block, stage)
            net.blocks[i] = nn.Identity()
        elif known and not bare:
            net.blocks[i] = FoldedMemoryBlock(block)
    for convs in [net.stem, *net.stages]:
        _replace(convs, fold_norm)


def _fold_head(head: HourglassHeatmapHead, in_pairs: bool) -> None:
    """Fold the decoder, and the depth branch where there is one, in place."""
    _replace(head.merges, RowPairMerge if in_pairs else FoldedMerge, UpsampleMerge)
    _replace(head, fold_norm)


def _replace(
    parent: nn.Module, fold: Callable[[nn.Module], nn.Module], of_type: type = nn.Module
) -> None:
    """Replace the children that can be folded."""
    for name, child in list(parent.named_children()):
        if isinstance(child, of_type) and can_fold_norm(child):
            setattr(parent, name, fold(child))

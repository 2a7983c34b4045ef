"""The flip test: maps of a crop and of its mirror image, averaged."""

from typing import List, Optional, Sequence

import torch
from torch import Tensor


def average_mirrored(
    maps: List[Tensor], flip_indices: Optional[Sequence[int]], shift_heatmap: bool
) -> Tensor:
    """Average maps with those of the mirrored crop, where there are any.

    Args:
        maps (List[Tensor]): ``[B, K, h, w]``; a second one is of the mirrored
            crop.
        flip_indices (Sequence[int], optional): Which joint each one becomes.
            None: itself.
        shift_heatmap (bool): Move the mirrored maps one cell to the right, as
            MMPose does for codecs that are not symmetric.

    Returns:
        Tensor: ``[B, K, h, w]``.
    """
    if len(maps) == 1:
        return maps[0]
    mirrored = maps[1].flip(-1)
    if flip_indices is not None:
        mirrored = mirrored[:, list(flip_indices)]
    if shift_heatmap:
        # Put together anew: exported graphs have no writing in place.
        mirrored = torch.cat([mirrored[..., :1], mirrored[..., :-1]], dim=-1)
    return (maps[0] + mirrored) * 0.5

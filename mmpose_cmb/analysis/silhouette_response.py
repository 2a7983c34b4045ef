"""How much of a network's response lies on the body, as numbers."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d


class SilhouetteResponse(NamedTuple):
    """Mean response of feature maps inside and outside a silhouette.

    Attributes:
        inside: Mean of absolute values over channels and body.
        outside: The same over the rest.
    """

    inside: float
    outside: float

    @property
    def contrast(self) -> float:
        """inside / outside; 1 where the maps do not tell body from rest."""
        return self.inside / self.outside if self.outside else float('inf')


def silhouette_response(maps: Tensor, mask: np.ndarray) -> SilhouetteResponse:
    """Measure feature maps against a silhouette.

    Each cell counts with the part of its area that the silhouette covers, so
    maps of every scale can be compared.

    Args:
        maps (Tensor): ``[C, h, w]``.
        mask (np.ndarray): The body in the network's input, bool [H, W].

    Raises:
        ValueError: If the mask covers nothing or everything.

    Example:
        >>> import numpy as np, torch
        >>> from mmpose_cmb.analysis import silhouette_response
        >>> mask = np.array([[True, True, False, False]] * 2)
        >>> silhouette_response(torch.tensor([[[3., 1.]]]), mask)
        SilhouetteResponse(inside=3.0, outside=1.0)
    """
    if not mask.any() or mask.all():
        raise ValueError(f'the silhouette covers {"all" if mask.any() else "nothing"} of the crop')
    covered = adaptive_avg_pool2d(torch.from_numpy(mask).to(maps)[None, None], maps.shape[-2:])[
        0, 0
    ]
    response = maps.abs().mean(dim=0)
    inside = (response * covered).sum() / covered.sum()
    outside = (response * (1 - covered)).sum() / (1 - covered).sum()
    return SilhouetteResponse(float(inside), float(outside))

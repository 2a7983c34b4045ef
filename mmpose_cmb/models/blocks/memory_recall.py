"""What a memory block fetches from its memory for one sample (equation 2)."""

import torch
from torch import Tensor


def recall_similar(memory: Tensor, x: Tensor, ratio_limit: Tensor) -> Tensor:
    """Fetch the memory as far as it is similar to ``x``, without a division.

    The paper writes :math:`clip_{[1/r, r]}(M / x) * x`. Element by element
    this equals :math:`M` clamped to the interval between :math:`x / r` and
    :math:`x r`, which has the same gradients wherever the quotient is finite
    and the right limit, 0, where ``x`` is 0 (half of a ReLU's output, where
    the quotient is 0/0 or infinite).

    Args:
        memory (Tensor): :math:`M_{t-1}`, broadcastable to ``x``, in any unit.
        x (Tensor): Feature maps ``[B, C, H, W]``.
        ratio_limit (Tensor): :math:`r >= 1`, a 0-d tensor. 1 gives ``x``.

    Returns:
        Tensor: ``[B, C, H, W]``; between ``x / r`` and ``x r`` everywhere.

    Source: section 3.2, equation 2 of the paper; the clip follows batch
    renormalisation (Ioffe, 2017).

    Example:
        >>> import torch
        >>> from mmpose_cmb.models.blocks import recall_similar
        >>> x = torch.tensor([2., 2., 2., 0., -2.])
        >>> memory = torch.tensor([1., 9., 0., 5., -9.])
        >>> recall_similar(memory, x, torch.tensor(3.)).tolist()
        [1.0, 6.0, 0.6666666865348816, 0.0, -6.0]
    """
    shrunk, grown = x / ratio_limit, x * ratio_limit
    # For a negative x the bounds change places.
    lower = torch.minimum(shrunk, grown)
    upper = torch.maximum(shrunk, grown)
    return torch.minimum(torch.maximum(memory, lower), upper)

"""Batch normalisation written into the convolution before it."""

from typing import Optional, Tuple

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def can_fold_norm(module: nn.Module) -> bool:
    """Whether a module is Conv2d (zero padding), BN or nothing, activation.

    Args:
        module (nn.Module): Any module; subclasses of ``ConvModule`` count
            where they only change how their input is made.
    """
    return (
        isinstance(module, ConvModule)
        and type(module.conv) is nn.Conv2d
        and module.order == ('conv', 'norm', 'act')
        and module.conv.padding_mode == 'zeros'
        and not module.with_explicit_padding
        and not module.with_spectral_norm
        and (
            not module.with_norm
            or isinstance(module.norm, _BatchNorm)
            and module.norm.running_mean is not None
        )
    )


@torch.no_grad()
def folded_weights(module: ConvModule) -> Tuple[Tensor, Tensor]:
    """Weight and bias of a convolution with its BN, in double precision.

    Args:
        module (ConvModule): One that :func:`can_fold_norm` allows.

    Returns:
        Tuple[Tensor, Tensor]: ``[C_out, C_in, k, k]`` and ``[C_out]``,
        float64.
    """
    weight = module.conv.weight.double()
    bias = weight.new_zeros(len(weight)) if module.conv.bias is None else module.conv.bias.double()
    if not module.with_norm:
        return weight.clone(), bias.clone()
    norm = module.norm
    scale = (norm.running_var.double() + norm.eps).rsqrt()
    if norm.affine:
        scale = scale * norm.weight.double()
    bias = (bias - norm.running_mean.double()) * scale
    if norm.affine:
        bias = bias + norm.bias.double()
    return weight * scale[:, None, None, None], bias


def make_conv(
    weight: Tensor,
    bias: Optional[Tensor],
    like: Tensor,
    stride: Tuple[int, int] = (1, 1),
    padding: Tuple[int, int] = (0, 0),
    dilation: Tuple[int, int] = (1, 1),
    groups: int = 1,
) -> nn.Conv2d:
    """A convolution with given weights.

    Args:
        weight (Tensor): ``[C_out, C_in / groups, k_h, k_w]``.
        bias (Tensor, optional): ``[C_out]``.
        like (Tensor): Gives the data type and device.
        stride, padding, dilation (Tuple[int, int]): Vertical, horizontal.
        groups (int): Defaults to 1.
    """
    conv = nn.Conv2d(
        weight.shape[1] * groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        bias=bias is not None,
        device='meta',
    )
    conv.weight = frozen(weight, like)
    if bias is not None:
        conv.bias = frozen(bias, like)
    return conv


def frozen(values: Tensor, like: Tensor) -> nn.Parameter:
    """A parameter without gradient in the data type and device of another."""
    return nn.Parameter(values.to(like).contiguous(), requires_grad=False)


def fold_norm(module: ConvModule) -> nn.Sequential:
    """Convolution with BN inside, and the activation.

    Args:
        module (ConvModule): One that :func:`can_fold_norm` allows.
    """
    conv = module.conv
    weight, bias = folded_weights(module)
    folded = make_conv(
        weight, bias, conv.weight, conv.stride, conv.padding, conv.dilation, conv.groups
    )
    return nn.Sequential(folded, module.activate if module.with_activation else nn.Identity())

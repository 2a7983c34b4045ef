"""Figure 5: input feature maps, memory and enhanced maps as a picture."""

from typing import List, Sequence

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor

from .block_maps import BlockMaps


def draw_block_maps(
    crop: np.ndarray,
    mask: np.ndarray,
    checkpoints: Sequence[BlockMaps],
    names: Sequence[str],
    title: str,
    channels: int = 6,
) -> np.ndarray:
    """Draw one block's maps, a channel a row, a checkpoint three columns.

    The channels are those with the strongest input at the last checkpoint.
    Each picture has its own scale, from its least to its greatest value.

    Args:
        crop (np.ndarray): The network's input, [H, W].
        mask (np.ndarray): Silhouette, bool [H, W]; its outline is drawn.
        checkpoints (Sequence[BlockMaps]): The block's maps at each
            checkpoint.
        names (Sequence[str]): The checkpoints' names.
        title (str): Over the picture.
        channels (int): Rows, at most. Defaults to 6.

    Returns:
        np.ndarray: RGB, uint8 [H, W, 3].
    """
    rows = strongest_channels(checkpoints[-1].inputs, channels)
    headings = [(label, name) for name, maps in zip(names, checkpoints) for label in _labels(maps)]
    columns = 1 + len(headings)
    figure = Figure(
        figsize=(1.25 * columns, 1.25 * len(rows) + 0.7), dpi=110, layout='constrained'
    )
    canvas = FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=9)
    grid = figure.subplots(len(rows), columns, squeeze=False)
    for axes, channel in zip(grid, rows):
        _show(axes[0], crop, 'gray_r')
        axes[0].contour(mask, levels=[0.5], colors='tab:red', linewidths=0.7)
        axes[0].set_ylabel(f'channel {channel}', fontsize=7)
        pictures = [p for maps in checkpoints for p in _row(maps, channel)]
        for axis, picture in zip(axes[1:], pictures):
            _show(axis, picture, 'viridis')
    grid[0][0].set_title('input', fontsize=7)
    for axis, (label, name) in zip(grid[0][1:], headings):
        axis.set_title(f'{name}\n{label}', fontsize=7)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def strongest_channels(maps: Tensor, number: int) -> List[int]:
    """The channels of ``[C, H, W]`` with the greatest mean response."""
    strength = maps.abs().mean(dim=(1, 2))
    number = min(number, len(strength))
    return torch.topk(strength, number).indices.tolist()


def _labels(maps: BlockMaps) -> List[str]:
    memory = [] if maps.memory is None else ['memory']
    return ['feature map', *memory, 'enhanced']


def _row(maps: BlockMaps, channel: int) -> List[np.ndarray]:
    """The pictures of a channel; a smaller memory has none for some."""
    memory = []
    if maps.memory is not None:
        memory = [
            maps.memory[channel]
            if channel < len(maps.memory)
            else torch.full_like(maps.memory[0], float('nan'))
        ]
    return [each.cpu().numpy() for each in (maps.inputs[channel], *memory, maps.enhanced[channel])]


def _show(axis, picture: np.ndarray, colors: str) -> None:
    axis.imshow(picture, cmap=colors)
    axis.set(xticks=[], yticks=[])

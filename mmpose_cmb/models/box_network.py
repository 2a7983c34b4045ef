"""Backbone and head of a person finder as one: inputs to maps, tensors alone."""

from typing import Tuple

from torch import Tensor, nn

from .heads import HourglassBoxHead

OUTPUT_NAMES = ('heat', 'sides')


class BoxNetwork(nn.Module):
    """Backbone and head of a ``PersonBoxEstimator`` as one graph.

    Args:
        model (nn.Module): A ``PersonBoxEstimator``, folded or not.

    Raises:
        ValueError: If its head gives no boxes.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        if not isinstance(model.head, HourglassBoxHead):
            raise ValueError(
                f'{type(model.head).__name__} gives no boxes; its specification is a ModelSpec'
            )
        self.model = model
        # The exporter sets this module's mode and hands it back to all below.
        self.training = model.training

    def forward(self, input: Tensor) -> Tuple[Tensor, Tensor]:
        """``heat`` ``[B, 1, h, w]`` and ``sides`` ``[B, 4, h, w]``.

        Args:
            input (Tensor): ``[B, 1, H, W]``, as ``PixelsPerMetre`` gives it.
        """
        return self.model.head(self.model.backbone(input))

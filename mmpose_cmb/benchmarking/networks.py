"""The networks that are compared, bare: from crops to heat maps."""

from dataclasses import dataclass

from mmengine.config import Config
from mmengine.registry import DefaultScope
from torch import Tensor, nn

from mmpose.registry import MODELS

from ..analysis import count_multiply_adds
from ..models import ConvMemoryBlock
from ..paths import config_path
from .input_size import at_input_size

OURS = 'cmb'
LIGHT = 'cmb_light'
CONFIGS = {
    OURS: 'cmb_k2hpd.py',
    'cmb_without_blocks': 'cmb_k2hpd.py',
    LIGHT: 'cmb_light_k2hpd.py',
    'hourglass52': 'mmpose_networks/hourglass52.py',
    'cpm': 'mmpose_networks/cpm.py',
    'simple_baseline_resnet50': 'mmpose_networks/simple_baseline_resnet50.py',
    'hrnet_w32': 'mmpose_networks/hrnet_w32.py',
    'lite_hrnet18': 'mmpose_networks/lite_hrnet18.py',
    'mobilenet_v2': 'mmpose_networks/mobilenet_v2.py',
    'rtmpose_m': 'mmpose_networks/rtmpose_m.py',
    'rtmpose_s': 'mmpose_networks/rtmpose_s.py',
}
# What an input's sides must be divisible by, where it is not 32.
MULTIPLES = {OURS: 8, 'cmb_without_blocks': 8, 'cpm': 8, 'hourglass52': 128}


class BareNetwork(nn.Module):
    """Backbone and head without decoding, so that all are treated alike.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator``.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.head = model.head
        self.eval()

    def forward(self, crops: Tensor):
        """Heat maps (or SimCC vectors) of ``[B, 1, H, W]``.

        Of a network with several stages, those of the last.
        """
        output = self.head.forward(self.backbone(crops))
        return output[-1] if isinstance(output, list) else output


@dataclass(frozen=True)
class NetworkFigures:
    """What does not depend on the machine.

    Args:
        parameters (int): Number of weights that are trained.
        multiply_adds (int): Of convolutions and matrix products, one crop.
    """

    parameters: int
    multiply_adds: int


def fits(name: str, size: int) -> bool:
    """Whether a network can take square inputs of a size in pixels."""
    return size % MULTIPLES.get(name, 32) == 0


def build_model(name: str, size: int) -> nn.Module:
    """A network with random weights, in evaluation mode.

    Time does not depend on the weights. r of equation 2 is 3, as at the end
    of a training.

    Args:
        name (str): One of ``CONFIGS``.
        size (int): Height and width of the input in pixels.

    Returns:
        nn.Module: A ``TopdownPoseEstimator``.
    """
    cfg = at_input_size(Config.fromfile(config_path(CONFIGS[name])), size)
    if name == 'cmb_without_blocks':
        cfg.model.backbone.block = None
    with DefaultScope.overwrite_default_scope('mmpose'):
        model = MODELS.build(cfg.model).eval()
    for part in model.modules():
        if isinstance(part, ConvMemoryBlock):
            part.set_ratio_limit(3.0)
    return model


def figures_of(model: nn.Module, network: nn.Module, size: int) -> NetworkFigures:
    """Count parameters and multiply-adds.

    Args:
        model (nn.Module): As it is trained.
        network (nn.Module): The :class:`BareNetwork` that is run.
        size (int): Height and width of the input in pixels.
    """
    return NetworkFigures(
        sum(p.numel() for p in model.parameters()), count_multiply_adds(network, (1, size, size))
    )

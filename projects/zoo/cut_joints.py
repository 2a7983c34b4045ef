"""From the weights of a network of all joints to those of some of them.

A network learns all joints of rooms (``ROOM_JOINTS``), and one that ships gives
those of one set. Each joint has its own filters in the last layers, and nothing
else of its own: what is left, gives what it gave before.
"""

from typing import Dict

from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.registry import MODELS
from mmpose_cmb.apis.model_spec_of_config import dataset_meta_of_config
from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file
from mmpose_cmb.engine.weights_fit import check_weights_fit
from mmpose_cmb.formats.room_joints import ROOM_JOINTS, where_in_rooms

BIAS = 'head.final_layer.bias'
# What has a row for each joint: of heat maps, of depth maps and of probabilities.
PER_JOINT = (
    'head.final_layer.weight',
    BIAS,
    'head.depth_layer.weight',
    'head.depth_layer.bias',
    'head.calibration.table',
)


def cut_joints(weights: Dict[str, Tensor], kept: slice) -> Dict[str, Tensor]:
    """The weights of a network of fewer joints.

    Args:
        weights (dict): Tensors by name, of a head of all joints; a prefix, as
            ``module.`` of averaged weights, does not matter.
        kept (slice): Of the joints.
    """
    return {
        name: value[kept].clone() if name.endswith(PER_JOINT) else value
        for name, value in weights.items()
    }


def read_checkpoint(path: str, cfg: Config) -> dict:
    """A checkpoint of a config; one of all joints is cut to the config's.

    Args:
        path (str): Of a training.
        cfg (Config): Of the network, with its ``test_dataloader``.

    Raises:
        FileNotFoundError, ValueError: If there is no such checkpoint, or it
            has no weights.
    """
    checkpoint = load_checkpoint_file(path)
    weights = checkpoint.get('state_dict')
    if not weights:
        raise ValueError(f'{path}: a checkpoint without weights (state_dict)')
    meta = dataset_meta_of_config(cfg)
    if BIAS in weights and meta['num_keypoints'] < len(weights[BIAS]) == len(ROOM_JOINTS):
        kept = where_in_rooms([meta['keypoint_id2name'][i] for i in range(meta['num_keypoints'])])
        checkpoint['state_dict'] = cut_joints(weights, kept)
        checkpoint['meta'] = dict(checkpoint.get('meta', {}), dataset_meta=meta)
    return checkpoint


def network_of(cfg: Config, checkpoint: dict) -> nn.Module:
    """The network of a config with a checkpoint's weights, ready to predict.

    Args:
        cfg (Config): Of the network.
        checkpoint (dict): See :func:`read_checkpoint`.

    Raises:
        ValueError: If the weights are those of another network.
    """
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    model = MODELS.build(cfg.model)
    check_weights_fit(model, checkpoint)
    model.load_state_dict(checkpoint['state_dict'], strict=False)
    return model.eval()

"""ChannelsLastHook: another layout, the same network."""

from types import SimpleNamespace

import torch

from mmpose_cmb.engine import ChannelsLastHook
from mmpose_cmb.models import CMBNet


def test_feature_maps_get_the_layout_and_keep_their_values():
    net = CMBNet((16, 16), stem_channels=(4,), stage_channels=((8,),))
    net.eval()
    crops = torch.rand(2, 1, 16, 16)
    before = net(crops)[0]
    assert not before.is_contiguous(memory_format=torch.channels_last)
    ChannelsLastHook().before_run(SimpleNamespace(model=net))
    after = net(crops)[0]
    assert after.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)


def test_weights_loaded_later_keep_the_layout():
    net = CMBNet((16, 16), stem_channels=(4,), stage_channels=((8,),))
    weights = {k: v.clone() for k, v in net.state_dict().items()}
    ChannelsLastHook().before_run(SimpleNamespace(model=net))
    net.load_state_dict(weights)
    conv = net.stages[0][0].conv.weight
    assert conv.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(conv, weights['stages.0.0.conv.weight'])

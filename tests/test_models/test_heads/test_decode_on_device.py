"""The heads' decoding on the device against MMPose's head."""

import numpy as np
import pytest
import torch

from mmpose.models.heads import HeatmapHead
from mmpose.structures import PoseDataSample
from mmpose_cmb.codecs import decode_tensors
from mmpose_cmb.models import HourglassFullyConnectedHead, HourglassHeatmapHead, HourglassLiftHead

K = 3
FLIP_INDICES = [0, 2, 1]
CODEC = dict(input_size=(32, 32), heatmap_size=(16, 16), sigma=1, blur_kernel_size=5)


def make_head(cls=HourglassHeatmapHead, codec='UDPHeatmap', **kwargs):
    torch.manual_seed(0)
    head = cls((8, 12, 16), K, (12, 8), decoder=dict(CODEC, type=codec, **kwargs)).eval()
    # High maps: the joints of nearly empty ones hang on the last digit.
    torch.nn.init.normal_(head.final_layer.weight, std=0.5)
    return head


def make_features(seed=0, batch=2):
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.rand(batch, c, s, s, generator=generator) for c, s in ((8, 16), (12, 8), (16, 4))
    )


def make_samples(batch=2):
    meta = dict(
        input_center=np.array([100.0, 60.0]),
        input_scale=np.array([80.0, 80.0]),
        input_size=(32, 32),
        intrinsics=np.array([200.0, 200.0, 128.0, 96.0]),
        person_depth_m=2.5,
        flip_indices=FLIP_INDICES,
    )
    return [PoseDataSample(metainfo=meta) for _ in range(batch)]


@pytest.mark.parametrize(
    'test_cfg',
    [
        dict(),
        dict(output_heatmaps=True),
        dict(flip_test=True, output_heatmaps=True),
        dict(flip_test=True, shift_heatmap=True, output_heatmaps=True),
    ],
)
@torch.no_grad()
def test_predicts_what_mmposes_head_does(test_cfg, monkeypatch):
    # Maps of random weights are noise, whose joints MMPose puts anywhere.
    monkeypatch.setattr(decode_tensors, 'MOST_SHIFT', np.inf)
    head, feats = make_head(), make_features()
    if test_cfg.get('flip_test'):
        feats = [feats, make_features(1)]
    found = head.predict(feats, make_samples(), test_cfg)
    expected = HeatmapHead.predict(head, feats, make_samples(), test_cfg)
    if test_cfg.get('output_heatmaps'):
        (found, maps), (expected, expected_maps) = found, expected
        for a, b in zip(maps, expected_maps):
            torch.testing.assert_close(a.heatmaps, b.heatmaps)
    for a, b in zip(found, expected):
        assert a.keypoints.shape == (1, K, 2)
        np.testing.assert_allclose(a.keypoints, b.keypoints, atol=1e-3)
        np.testing.assert_allclose(a.keypoint_scores, b.keypoint_scores)


@torch.no_grad()
def test_other_codecs_are_decoded_by_mmpose():
    head = HourglassHeatmapHead(
        (8, 12, 16),
        K,
        (12, 8),
        decoder=dict(type='MSRAHeatmap', input_size=(32, 32), heatmap_size=(16, 16), sigma=1),
    )
    feats = make_features()
    found = head.predict(feats, make_samples())
    expected = HeatmapHead.predict(head, feats, make_samples())
    np.testing.assert_array_equal(found[1].keypoints, expected[1].keypoints)
    with pytest.raises(ValueError, match='has MSRAHeatmap'):
        head.decode_tensors(feats)


@pytest.mark.parametrize('cls', [HourglassLiftHead, HourglassFullyConnectedHead])
@torch.no_grad()
def test_the_mirrored_person_is_the_same_person(cls):
    # A flip test with a mirrored network output that is the crop's own gives
    # the crop's own joints: mirroring twice is nothing.
    head, feats = make_head(cls, 'DepthHeatmap'), make_features()
    alone = head.decode_tensors(feats)

    # Maps of the mirrored crop, had the network been symmetric.
    merged = head.merge(feats)
    maps = head.heatmaps(merged)
    mirrored = maps.flip(-1)[:, FLIP_INDICES]
    if cls is HourglassLiftHead:
        depth = head.depth_maps(merged)
        head.depth_maps = lambda x: depth if x is merged else depth.flip(-1)[:, FLIP_INDICES]
    else:
        uvd = head.regress(maps)
        head.regress = lambda x: (
            uvd if x is maps else uvd[:, FLIP_INDICES] * torch.tensor([-1.0, 1.0, 1.0])
        )
    both = head.decode_maps([maps, mirrored], [merged, None], FLIP_INDICES, False)
    for name, values in alone.items():
        torch.testing.assert_close(both[name], values, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_lifted_pixels_and_depths_are_those_of_the_tensors():
    head = make_head(HourglassLiftHead, 'DepthHeatmap', half_range_m=0.5)
    feats = make_features()
    u, v, depth = head.decode_tensors(feats)['keypoints_uvd'].numpy()[1].T
    pred = head.predict(feats, make_samples())[1]
    z = depth * 0.5 + 2.5
    # The crop's 32 pixels show 80 pixels of the frame around (100, 60).
    x = (u * 80 / 32 + 100 - 40 - 128) / 200 * z
    y = (v * 80 / 32 + 60 - 40 - 96) / 200 * z
    np.testing.assert_allclose(pred.keypoints_cam[0], np.stack([x, y, z], -1), atol=1e-5)

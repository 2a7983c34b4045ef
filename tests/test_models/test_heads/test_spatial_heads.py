"""The two heads for joints in space."""

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData, PixelData

from mmpose.models.heads import HeatmapHead
from mmpose.structures import PoseDataSample
from mmpose_cmb.codecs import DepthHeatmap
from mmpose_cmb.models import HourglassFullyConnectedHead, HourglassHeatmapHead, HourglassLiftHead
from mmpose_cmb.models.heads.hourglass_fully_connected_head import mirror_uvd
from mmpose_cmb.models.heads.hourglass_lift_head import masked_map_loss, read_at_maximum

K = 3
CODEC = dict(
    type='DepthHeatmap',
    input_size=(32, 32),
    heatmap_size=(16, 16),
    sigma=1,
    blur_kernel_size=5,
    half_range_m=0.5,
)
LOSS_WEIGHT = {
    HourglassLiftHead: 'depth_loss_weight',
    HourglassFullyConnectedHead: 'regression_loss_weight',
}
HEADS = list(LOSS_WEIGHT)
META = dict(
    input_center=np.array([100.0, 60.0]),
    input_scale=np.array([80.0, 80.0]),
    input_size=(32, 32),
    intrinsics=np.array([200.0, 200.0, 128.0, 96.0]),
    person_depth_m=2.5,
    flip_indices=[0, 2, 1],
)


def make_head(cls, **kwargs):
    torch.manual_seed(0)
    return cls((8, 12, 16), K, (12, 8), decoder=CODEC, **kwargs)


def make_features(batch=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.rand(batch, c, s, s, generator=generator) for c, s in ((8, 16), (12, 8), (16, 4))
    )


def make_samples(batch=2, weights=1.0):
    codec = DepthHeatmap(**{k: v for k, v in CODEC.items() if k != 'type'})
    samples = []
    for _ in range(batch):
        encoded = codec.encode(
            np.array([[[8.0, 8.0], [20.0, 12.0], [16.0, 25.0]]]),
            np.ones((1, K), np.float32),
            np.array([[[0.0, 0.0, 2.0], [0.0, 0.0, 2.6], [0.0, 0.0, 3.1]]]),
            2.5,
        )
        sample = PoseDataSample(metainfo=META)
        sample.gt_fields = PixelData(heatmaps=torch.from_numpy(encoded['heatmaps']))
        sample.gt_instance_labels = InstanceData(
            keypoint_weights=torch.from_numpy(encoded['keypoint_weights']),
            keypoint_uvd=torch.from_numpy(encoded['keypoint_uvd']),
            keypoint_uvd_weights=weights * torch.from_numpy(encoded['keypoint_uvd_weights']),
        )
        samples.append(sample)
    return samples


def test_read_at_maximum_ignores_a_lower_mode():
    heatmaps, values = torch.zeros(1, 2, 5, 5), torch.full((1, 2, 5, 5), 9.0)
    heatmaps[0, 0, 1, 1], values[0, 0, 1, 1] = 1.0, 2.0
    heatmaps[0, 0, 4, 4], values[0, 0, 4, 4] = 0.45, 7.0
    # Two cells above half, by their excess: (1 * 4 + 3 * 8) / 4.
    heatmaps[0, 1, 2, 2], values[0, 1, 2, 2] = 6 / 8, 4.0
    heatmaps[0, 1, 2, 3], values[0, 1, 2, 3] = 1.0, 8.0
    expected = [2.0, (0.25 * 4 + 0.5 * 8) / 0.75]
    torch.testing.assert_close(read_at_maximum(values, heatmaps), torch.tensor([expected]))


def test_masked_map_loss_by_hand():
    heatmaps = torch.zeros(1, 3, 1, 2)
    heatmaps[0, 0] = torch.tensor([[1.0, 0.5]])
    heatmaps[0, 1] = torch.tensor([[0.0, 1.0]])  # its joint has no label
    maps = torch.tensor([[[[1.0, 4.0]], [[5.0, 5.0]], [[5.0, 5.0]]]])
    loss = masked_map_loss(
        maps, heatmaps, torch.tensor([[2.0, 0.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]])
    )
    # The third joint lies outside the crop. (1 * 1 + 0.5 * 2) / 1.5
    torch.testing.assert_close(loss, torch.tensor(2 / 1.5))
    empty = masked_map_loss(maps, 0 * heatmaps, torch.zeros(1, 3), torch.ones(1, 3))
    assert empty == 0


def test_mirrored_joints():
    uvd = torch.tensor([[[0.1, 0.2, 3.0], [0.4, -0.1, 1.0], [-0.2, 0.3, 2.0]]])
    expected = torch.tensor([[[-0.1, 0.2, 3.0], [0.2, 0.3, 2.0], [-0.4, -0.1, 1.0]]])
    torch.testing.assert_close(mirror_uvd(uvd, [0, 2, 1]), expected)


@pytest.mark.parametrize('cls', HEADS)
def test_a_few_steps_learn_the_joints(cls):
    """One sample: both heads must reach its joints to a few centimetres."""
    weight = {LOSS_WEIGHT[cls]: 0.01}
    head, features, samples = (make_head(cls, **weight), make_features(1), make_samples(1))
    optimizer = torch.optim.Adam(head.parameters(), lr=3e-3)
    for _ in range(150):
        losses = head.loss(features, samples)
        sum(v for k, v in losses.items() if 'loss' in k).backward()
        optimizer.step()
        optimizer.zero_grad()
    head.eval()
    pred = head.predict(features, samples)[0]
    depth_m = pred.keypoints_cam[0, :, 2]
    np.testing.assert_allclose(depth_m, [2.0, 2.6, 3.1], atol=0.05)
    u = 60 + np.array([8.0, 20.0, 16.0]) * 80 / 31
    np.testing.assert_allclose(
        pred.keypoints_cam[0, :, 0], (u - 128) * [2.0, 2.6, 3.1] / 200, atol=0.06
    )


@pytest.mark.parametrize('cls', [HourglassHeatmapHead, *HEADS])
def test_loss_of_the_heat_maps_is_mmposes(cls):
    head, features, samples = make_head(cls), make_features(), make_samples()
    expected = HeatmapHead.loss(head, features, samples)
    losses = head.loss(features, samples)
    assert set(expected) == {'loss_kpt', 'acc_pose'} <= set(losses)
    for name, value in expected.items():
        assert torch.equal(losses[name], value)
    assert 'acc_pose' not in head.loss(features, samples, dict(compute_acc=False))


@pytest.mark.parametrize('cls', [HourglassHeatmapHead, *HEADS])
def test_only_the_encoders_feature_maps_are_taken(cls):
    head, features = make_head(cls), make_features()
    for wrong in (features[:1], features[1:], (head.merge(features),)):
        for method in (head, head.decode_tensors):
            with pytest.raises(ValueError, match='built for 3 feature maps'):
                method(wrong)


@pytest.mark.parametrize('cls', HEADS)
def test_flip_test_of_a_mirrored_image_mirrors_the_joints(cls):
    """Swapping the two passes gives the mirrored prediction."""
    head = make_head(cls).eval()
    one, other = make_features(1, seed=1), make_features(1, seed=2)
    samples = make_samples(1)
    cfg = dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False)
    with torch.no_grad():
        first = head.predict([one, other], samples, cfg)[0]
        second = head.predict([other, one], samples, cfg)[0]
    np.testing.assert_allclose(
        first.keypoints_cam[..., 2], second.keypoints_cam[:, [0, 2, 1], 2], rtol=1e-5
    )


@pytest.mark.parametrize('cls', HEADS)
def test_joints_without_labels_in_space_give_no_gradient(cls):
    head = make_head(cls)
    losses = head.loss(make_features(), make_samples(weights=0.0))
    extra = [v for k, v in losses.items() if k.startswith('loss_') and k != 'loss_kpt']
    assert len(extra) == 1 and extra[0] == 0


@pytest.mark.parametrize('cls', HEADS)
def test_options_change_what_they_say(cls):
    weight = LOSS_WEIGHT[cls]
    key = 'loss_depth' if cls is HourglassLiftHead else 'loss_regression'
    losses = [
        make_head(cls, **{weight: w}).loss(make_features(), make_samples()) for w in (1.0, 3.0)
    ]
    torch.testing.assert_close(losses[1][key], 3 * losses[0][key])


def test_sizes_of_the_heads():
    fully = make_head(HourglassFullyConnectedHead, pool_size=4, hidden=10)
    shapes = [tuple(m.weight.shape) for m in fully.regressor[::2]]
    assert shapes == [(10, K * 16), (10, 10), (3 * K, 10)]
    lifting = HourglassLiftHead((64, 128, 256), 15, decoder=CODEC)
    extra = sum(
        p.numel() for p in [*lifting.depth_conv.parameters(), *lifting.depth_layer.parameters()]
    )
    assert extra == 64 * 128 * 9 + 2 * 128 + 128 * 15 + 15
    narrow = make_head(HourglassLiftHead, depth_channels=5)
    assert narrow.depth_conv.conv.out_channels == 5


@pytest.mark.parametrize('cls', HEADS)
def test_a_sample_without_a_camera_is_explained(cls):
    samples = make_samples(1)
    samples[0].set_metainfo(dict(META))
    del samples[0].intrinsics
    with pytest.raises(ValueError, match=r"need \['intrinsics'\].*meta_keys"):
        make_head(cls).eval().predict(make_features(1), samples)

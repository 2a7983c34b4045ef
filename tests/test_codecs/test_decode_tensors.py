"""Decoding as tensors against MMPose's numpy, and against double precision."""

import io

import cv2
import numpy as np
import pytest
import torch

from mmpose.codecs import UDPHeatmap
from mmpose_cmb.codecs import decode_tensors as decoding
from mmpose_cmb.codecs.decode_tensors import UDPDecoder


def gaussian_maps(rng, shape, sigma, margin, noise=0.02):
    """Peaks of random height, at most ``-margin`` cells beyond the edge."""
    batch, joints, height, width = shape
    y, x = np.mgrid[:height, :width]
    place = (batch, joints, 1, 1)
    centre_x = rng.uniform(margin, width - 1 - margin, place)
    centre_y = rng.uniform(margin, height - 1 - margin, place)
    squared = (x - centre_x) ** 2 + (y - centre_y) ** 2
    maps = rng.uniform(0.05, 1.1, place) * np.exp(-squared / 2 / sigma**2)
    return (maps + noise * rng.standard_normal(shape)).astype(np.float32)


def decode_mmpose(maps, input_size, kernel):
    height, width = maps.shape[-2:]
    codec = UDPHeatmap(input_size, (width, height), blur_kernel_size=kernel)
    decoded = [codec.decode(sample) for sample in maps]
    return [np.concatenate(part) for part in zip(*decoded)]


def decode_tensors(maps, input_size, kernel):
    height, width = maps.shape[-2:]
    decoder = UDPDecoder(input_size, (width, height), kernel)
    keypoints, scores = decoder(torch.from_numpy(maps))
    return keypoints.numpy(), scores.numpy()


def decode_double(maps, input_size, kernel):
    """One joint after the other in float64, by the formulas."""
    height, width = maps.shape[-2:]
    weights = cv2.getGaussianKernel(kernel, 0, cv2.CV_32F)[:, 0]
    found = []
    for heat in maps.reshape(-1, height, width).astype(np.float64):
        blurred = np.pad(heat, kernel // 2)
        blurred = sum(w * blurred[:, i : i + width] for i, w in enumerate(weights))
        blurred = sum(w * blurred[i : i + height] for i, w in enumerate(weights))
        blurred *= heat.max() / blurred.max()
        log = np.pad(np.log(blurred.clip(1e-3, 50)), 1, mode='edge')
        row, column = np.unravel_index(heat.argmax(), heat.shape)
        p = log[row : row + 3, column : column + 3]
        gradient = np.array([p[1, 2] - p[1, 0], p[2, 1] - p[0, 1]]) / 2
        dxy = (p[2, 2] - p[1, 2] - p[2, 1] + 2 * p[1, 1] - p[1, 0] - p[0, 1] + p[0, 0]) / 2
        hessian = np.array(
            [[p[1, 2] - 2 * p[1, 1] + p[1, 0], dxy], [dxy, p[2, 1] - 2 * p[1, 1] + p[0, 1]]]
        )
        hessian += np.finfo(np.float32).eps * np.eye(2)
        found.append([column, row] - np.linalg.solve(hessian, gradient))
    found = np.array(found) / [width - 1, height - 1] * input_size
    return found.reshape(*maps.shape[:2], 2)


@pytest.mark.parametrize(
    'shape, input_size, kernel, sigma, margin',
    [
        ((4, 19, 96, 96), (192, 192), 11, 2, 5),
        ((4, 19, 96, 96), (192, 192), 11, 2, -3),
        ((8, 15, 32, 32), (64, 64), 5, 1, -1),
        ((8, 15, 24, 40), (80, 48), 7, 1, -1),
        ((8, 15, 24, 40), (80, 48), 3, 1, 0),
    ],
)
def test_peaks_as_mmpose_decodes_them(shape, input_size, kernel, sigma, margin):
    rng = np.random.default_rng(0)
    maps = gaussian_maps(rng, shape, sigma, margin)
    keypoints, scores = decode_tensors(maps, input_size, kernel)
    expected, expected_scores = decode_mmpose(maps, input_size, kernel)
    np.testing.assert_allclose(keypoints, expected, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(scores, expected_scores)


def test_maxima_in_the_corners_and_on_the_edges():
    maps = np.zeros((1, 8, 16, 20), np.float32)
    places = [(0, 0), (0, 19), (15, 0), (15, 19), (0, 9), (15, 9), (7, 0), (7, 19)]
    for joint, place in enumerate(places):
        maps[0, joint][place] = 0.7
    keypoints, _ = decode_tensors(maps, (40, 32), 5)
    expected, _ = decode_mmpose(maps, (40, 32), 5)
    np.testing.assert_allclose(keypoints, expected, rtol=0, atol=1e-4)


def test_the_first_of_equal_maxima():
    maps = np.zeros((1, 2, 16, 16), np.float32)
    maps[0, 0, 4, 5] = maps[0, 0, 11, 3] = maps[0, 0, 4, 12] = 1.0
    maps[0, 1, 6:9, 4:8] = 1.0  # a plateau
    keypoints, _ = decode_tensors(maps, (32, 32), 5)
    expected, _ = decode_mmpose(maps, (32, 32), 5)
    np.testing.assert_allclose(keypoints, expected, rtol=0, atol=1e-4)


def test_noise_as_near_to_double_precision_as_mmpose(monkeypatch):
    # Of noise the Hessian is nearly singular for some joints, whose shift is
    # then anything: both are compared with float64 instead of each other.
    monkeypatch.setattr(decoding, 'MOST_SHIFT', np.inf)
    maps = np.random.default_rng(1).random((20, 15, 32, 32), np.float32)
    exact = decode_double(maps, (64, 64), 5)
    ours = np.abs(decode_tensors(maps, (64, 64), 5)[0] - exact)
    mmposes = np.abs(decode_mmpose(maps, (64, 64), 5)[0] - exact)
    for share in (0.5, 0.9, 0.98):
        assert np.quantile(ours, share) < max(2 * np.quantile(mmposes, share), 1e-5)


def test_a_joint_of_noise_stays_beside_its_maximum():
    """MMPose shifts some of them out of the crop."""
    maps = np.random.default_rng(1).random((20, 15, 32, 32), np.float32)
    most = decoding.MOST_SHIFT * 64 / 31
    rows, columns = np.divmod(maps.reshape(20, 15, -1).argmax(2), 32)
    maxima = np.stack([columns, rows], axis=2) * 64 / 31
    found = decode_tensors(maps, (64, 64), 5)[0]
    mmposes = decode_mmpose(maps, (64, 64), 5)[0]
    assert np.abs(mmposes - maxima).max() > 64
    assert np.abs(found - maxima).max() <= most + 1e-4
    within = (np.abs(mmposes - maxima) < most - 1e-2).all(2)
    assert 0.5 < within.mean() < 1
    np.testing.assert_allclose(found[within], mmposes[within], rtol=0, atol=1e-2)


def test_without_a_positive_value_there_is_no_joint():
    maps = np.full((1, 3, 16, 16), -0.2, np.float32)
    maps[0, 1] = 0
    keypoints, scores = decode_tensors(maps, (32, 32), 5)
    # One cell before the first: -1 / 15 of the crop's 32 pixels.
    np.testing.assert_allclose(keypoints, -32 / 15, rtol=1e-6)
    np.testing.assert_allclose(scores[0], [-0.2, 0, -0.2])
    # Where MMPose reads no other joint's map it says the same.
    expected, _ = decode_mmpose(maps[:, :1], (32, 32), 5)
    np.testing.assert_allclose(keypoints[:, :1], expected, rtol=1e-6)


def test_half_precision_models_and_autocast_decode_in_float32():
    maps = gaussian_maps(np.random.default_rng(0), (2, 3, 32, 32), 1, 2)
    maps = torch.from_numpy(maps)
    decoder = UDPDecoder((64, 64), (32, 32), 5)
    expected, _ = decoder(maps)
    with torch.autocast('cpu', torch.bfloat16):
        assert torch.equal(decoder(maps)[0], expected)
    assert torch.equal(decoder.half()(maps)[0], expected)
    assert not list(decoder.state_dict())


@pytest.mark.filterwarnings('ignore')  # of tracing
def test_the_graph_follows_batch_and_numbers():
    ort = pytest.importorskip('onnxruntime')
    rng = np.random.default_rng(0)
    decoder = UDPDecoder((64, 64), (32, 32), 5)
    example = torch.from_numpy(gaussian_maps(rng, (1, 3, 32, 32), 1, 2))
    file = io.BytesIO()
    torch.onnx.export(
        decoder,
        (example,),
        file,
        input_names=['maps'],
        dynamic_axes={'maps': {0: 'batch'}},
        opset_version=17,
        dynamo=False,
    )
    session = ort.InferenceSession(file.getvalue())
    traced = torch.jit.trace(decoder, example)
    maps = gaussian_maps(rng, (4, 3, 32, 32), 1, -1)
    maps[2, 1] = 0
    expected, scores = decoder(torch.from_numpy(maps))
    for found in (session.run(None, dict(maps=maps)), traced(torch.from_numpy(maps))):
        np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e-4)
        np.testing.assert_array_equal(found[1], scores)


def test_mistakes_are_named():
    with pytest.raises(ValueError, match='odd, got 4 cells'):
        UDPDecoder((64, 64), (32, 32), 4)
    with pytest.raises(ValueError, match=r'\(32, 32\), the heat maps are'):
        UDPDecoder((64, 64), (32, 32), 5)(torch.zeros(1, 1, 16, 16))

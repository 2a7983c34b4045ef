import numpy as np
import pytest

from mmpose_cmb.depth.depth_warp import warp_depth


def nearest_by_hand(image, matrix, size):
    """Float64, pixel by pixel."""
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    warped = np.zeros(size[::-1], image.dtype)
    for y in range(size[1]):
        for x in range(size[0]):
            column, row, _ = np.floor(inverse @ [x, y, 1] + 0.5).astype(int)
            if 0 <= column < image.shape[1] and 0 <= row < image.shape[0]:
                warped[y, x] = image[row, column]
    return warped


@pytest.mark.parametrize('scale', [0.45, 1.31])
@pytest.mark.parametrize('degrees', [0, 17.3, -140])
def test_equals_naive_nearest(scale, degrees):
    rng = np.random.default_rng(0)
    image = rng.random((53, 64), np.float32)
    angle = np.deg2rad(degrees)
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    # The image's centre goes to the output's, off the grid.
    shift = np.array([20.3, 24.1]) - rotation @ [31.7, 26.2]
    matrix = np.hstack([rotation, shift[:, None]])
    np.testing.assert_array_equal(
        warp_depth(image, matrix, (40, 48)), nearest_by_hand(image, matrix, (40, 48))
    )


def test_identity_and_outside():
    image = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    matrix = np.array([[1.0, 0, 1], [0, 1, -1]])  # 1 right, 1 up
    np.testing.assert_array_equal(
        warp_depth(image, matrix, (5, 3)), [[0, 4, 5, 6, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    )


def test_no_depth_is_invented():
    image = np.full((80, 80), 4.0, np.float32)
    image[20:60, 30:50] = 2
    image[35:40, 35:45] = 0
    matrix = np.array([[0.83, -0.61, 20.2], [0.61, 0.83, -12.7]])
    assert set(np.unique(warp_depth(image, matrix, (90, 90)))) == {0, 2, 4}

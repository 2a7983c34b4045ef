import numpy as np
import pytest

from mmpose_cmb.synthesis.rotation import about_axis, about_x, about_y, about_z, between

FORWARD, LEFT, UP = np.array([0, -1, 0]), np.array([1, 0, 0]), np.array([0, 0, 1])


def test_body_turns():
    np.testing.assert_allclose(about_x(np.pi / 2) @ UP, FORWARD, atol=1e-12)
    np.testing.assert_allclose(about_y(np.pi / 2) @ UP, LEFT, atol=1e-12)
    np.testing.assert_allclose(about_z(np.pi / 2) @ FORWARD, LEFT, atol=1e-12)


def test_about_axis_agrees_with_the_matrix_exponential():
    axis = np.array([1.0, -2, 0.5])
    angle = 0.7
    x, y, z = angle * axis / np.linalg.norm(axis)
    generator = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    series, term = np.eye(3), np.eye(3)
    for n in range(1, 25):
        term = term @ generator / n
        series = series + term
    np.testing.assert_allclose(about_axis(axis, angle), series, atol=1e-12)


@pytest.mark.parametrize('end', [(1, 2, 3), (0, 0, -1), (0, 0, 1), (-1, 0, 0)])
def test_between_takes_start_to_end(end):
    end = np.array(end, float)
    for start in (np.array([0, 0, 1.0]), np.array([1.0, 0, 0])):
        rotation = between(start, end)
        np.testing.assert_allclose(rotation @ start, end / np.linalg.norm(end), atol=1e-12)
        assert np.linalg.det(rotation) == pytest.approx(1)

import numpy as np
import pytest

from mmpose_cmb.drawing import draw_skeleton

RED, GREEN, GREY = (250, 0, 0), (0, 250, 0), (90, 90, 90)


def canvas():
    return np.full((40, 60, 3), 90, np.uint8)


def test_links_and_dots_lie_on_the_joints():
    joints = np.array([[10, 10], [50, 10], [50, 30]])
    drawn = draw_skeleton(canvas(), joints, [(0, 1), (1, 2)], [RED, GREEN], [RED, RED, GREEN])
    assert tuple(drawn[10, 30]) == RED  # x 30, y 10
    assert tuple(drawn[20, 50]) == GREEN
    assert tuple(drawn[30, 50]) == GREEN
    assert tuple(drawn[35, 10]) == GREY


def test_the_rim_is_black():
    joints = np.array([[10, 10], [50, 10]])
    drawn = draw_skeleton(canvas(), joints, [(0, 1)], [RED], thickness=1, outline=2)
    assert tuple(drawn[12, 30]) == (0, 0, 0)
    plain = draw_skeleton(canvas(), joints, [(0, 1)], [RED], thickness=1, outline=0)
    assert tuple(plain[12, 30]) == GREY


def test_sub_pixel_positions_are_kept():
    """A line between two rows of pixels colours both the same."""
    joints = np.array([[10, 10.5], [50, 10.5]])
    drawn = draw_skeleton(canvas(), joints, [(0, 1)], [RED], thickness=1, outline=0)
    np.testing.assert_allclose(drawn[10, 30].astype(int), drawn[11, 30], atol=12)
    assert drawn[10, 30, 0] > 120


@pytest.mark.parametrize('hide', ['nan', 'visible'])
def test_hidden_joints_take_their_links_with_them(hide):
    joints = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 30.0]])
    visible = None
    if hide == 'nan':
        joints[0] = np.nan
    else:
        visible = np.array([0, 1, 1])
    drawn = draw_skeleton(canvas(), joints, [(0, 1), (1, 2)], [RED, RED], visible=visible)
    assert tuple(drawn[10, 30]) == GREY
    assert tuple(drawn[20, 50]) == RED


def test_far_outside_is_clipped_and_the_input_stays():
    image = canvas()
    drawn = draw_skeleton(image, np.array([[10, 10], [1e12, 10]]), [(0, 1)], [RED])
    assert tuple(drawn[10, 55]) == RED
    assert (image == 90).all()


def test_colours_are_counted():
    joints = np.zeros((2, 2))
    with pytest.raises(ValueError, match='1 links need as many colours'):
        draw_skeleton(canvas(), joints, [(0, 1)], [])
    with pytest.raises(ValueError, match='2 joints need as many colours'):
        draw_skeleton(canvas(), joints, [], [], [RED])

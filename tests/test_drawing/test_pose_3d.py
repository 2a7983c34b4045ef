import numpy as np
import pytest

from mmpose_cmb.drawing import draw_pose_3d
from mmpose_cmb.drawing.contact_sheet import BACKGROUND
from mmpose_cmb.drawing.pose_3d import PANE_COLOR

LINKS = [(0, 1), (1, 2)]
RED, BLUE = (255, 0, 0), (0, 0, 255)
# A head above (y is down) the hips, and a hand stretched to the camera.
POSE = np.array([[0.0, -0.6, 3.0], [0.0, 0.2, 3.0], [0.1, 0.2, 2.4]])


def pixels(picture, color, view):
    """Rows and columns of a colour in one of the two views."""
    half = picture.shape[1] // 2
    picture = picture[:, view * half : (view + 1) * half].astype(int)
    return np.nonzero((np.abs(picture - color) < 60).all(axis=-1))


def test_size_and_two_different_views():
    picture = draw_pose_3d(POSE, LINKS, [RED, BLUE], view_hw=(300, 360))
    assert picture.shape == (300, 720, 3) and picture.dtype == np.uint8
    assert (picture[:, :360] != picture[:, 360:]).any()


def test_upright_and_depth_runs_to_the_right_from_the_flank():
    picture = draw_pose_3d(POSE, LINKS, [RED, BLUE])
    for view in range(2):
        # The red link rises from where the blue one lies.
        rows = pixels(picture, RED, view)[0]
        assert rows.max() - rows.min() > 80
        assert rows.mean() < pixels(picture, BLUE, view)[0].mean() - 30
    # From the flank the hand, nearer to the camera, is to the left.
    blue, red = (pixels(picture, color, 1)[1] for color in (BLUE, RED))
    assert red.mean() - blue.mean() > 30
    assert np.ptp(blue) > np.ptp(pixels(picture, BLUE, 0)[1])


def test_right_in_the_camera_frame_is_right_in_the_first_view():
    columns = []
    for x in (-0.4, 0.4):
        pose = POSE.copy()
        pose[2] = (x, 0.2, 3.0)
        picture = draw_pose_3d(pose, LINKS, [RED, BLUE])
        columns.append(pixels(picture, BLUE, 0)[1].mean() - pixels(picture, RED, 0)[1].mean())
    assert columns[0] < -20 and columns[1] > 20


def test_one_scale_for_all_axes():
    """Links of one length along x and upwards are as long in the picture."""
    pose = np.array([[0.0, -0.5, 3.0], [0.0, 0.0, 3.0], [0.5, 0.0, 3.0]])
    picture = draw_pose_3d(pose, LINKS, [RED, BLUE])
    height = np.ptp(pixels(picture, RED, 0)[0])
    width = np.ptp(pixels(picture, BLUE, 0)[1])
    # Foreshortened by cos 12 and sin 75 degrees.
    assert width / height == pytest.approx(0.966 / 0.978, abs=0.06)


def test_several_persons_and_missing_joints():
    alone = draw_pose_3d(POSE, LINKS, [RED, BLUE])
    np.testing.assert_array_equal(draw_pose_3d(POSE[None], LINKS, [RED, BLUE]), alone)
    both = draw_pose_3d(np.stack([POSE, POSE + (0.8, 0, 0)]), LINKS, [RED, BLUE])
    assert (both != alone).any()
    missing = POSE.copy()
    missing[2, 1] = np.nan
    picture = draw_pose_3d(missing, LINKS, [RED, BLUE])
    assert not pixels(picture, BLUE, 0)[0].size
    assert pixels(picture, RED, 0)[0].size


def persons_in_a_row(count):
    """Side by side, 0.9 m apart, at three depths."""
    return np.stack([POSE + (0.9 * (i - (count - 1) / 2), 0, 0.4 * (i % 3)) for i in range(count)])


@pytest.mark.parametrize('view_hw', [(150, 150), (240, 320), (480, 360)])
@pytest.mark.parametrize('count', [1, 2, 3, 5])
@pytest.mark.parametrize('size', [0.1, 1.0])
def test_nothing_is_cut(count, view_hw, size):
    """Each view keeps an empty rim: no label and no line runs out of it."""
    picture = draw_pose_3d(size * persons_in_a_row(count), LINKS, [RED, BLUE], view_hw=view_hw)
    for view in np.split(picture, 2, axis=1):
        inside = view[1:-1, 1:-1]
        assert (inside != BACKGROUND).any()
        view[1:-1, 1:-1] = BACKGROUND
        assert (view == BACKGROUND).all()


def test_both_views_have_one_scale():
    """An upright link is as long in both, however wide the row of people."""
    poses = persons_in_a_row(5)
    poses[1:, 0] = np.nan
    picture = draw_pose_3d(poses, LINKS, [RED, BLUE])
    heights = [np.ptp(pixels(picture, RED, view)[0]) for view in range(2)]
    assert abs(heights[0] - heights[1]) <= 1 and heights[0] > 20


def test_the_nearest_person_is_drawn_last():
    near, far = POSE.copy(), POSE.copy()
    far[:, 2] += 1.0
    together = [
        draw_pose_3d(np.stack(order), LINKS, [RED, BLUE]) for order in ((near, far), (far, near))
    ]
    np.testing.assert_array_equal(*together)


def test_nobody_is_said_and_not_drawn_as_an_empty_room():
    for nobody in (POSE * np.nan, np.empty((0, 3, 3))):
        picture = draw_pose_3d(nobody, LINKS, [RED, BLUE], view_hw=(240, 320))
        assert picture.shape == (240, 640, 3)
        assert (picture != BACKGROUND).any()
        # An edge of a letter may have the colour by chance.
        assert (picture == PANE_COLOR).all(axis=-1).sum() < 50


def test_truth_and_cloud_are_drawn():
    plain = draw_pose_3d(POSE, LINKS, [RED, BLUE])
    truth = draw_pose_3d(POSE, LINKS, [RED, BLUE], gt=POSE + (0.1, 0, 0))
    assert (plain != truth).any()
    grid = np.linspace(-0.3, 0.3, 30)
    wall = np.stack([*np.meshgrid(grid, grid), np.full((30, 30), 3.0)], -1).reshape(-1, 3)
    cloud = draw_pose_3d(POSE, LINKS, [RED, BLUE], cloud_m=wall)
    assert (plain != cloud).any()
    # What is far from the person is not shown, nor does it move the view.
    wall[:, 2] = np.where(np.arange(900) % 2, 9.0, np.nan)
    np.testing.assert_array_equal(draw_pose_3d(POSE, LINKS, [RED, BLUE], cloud_m=wall), plain)


@pytest.mark.parametrize(
    'arguments, message',
    [
        ((POSE, LINKS, [RED]), '2 links need as many colours, got 1'),
        ((POSE[:, :2], LINKS, [RED, BLUE]), r'keypoints_cam .*got \(1, 3, 2\)'),
        ((POSE[0], LINKS, [RED, BLUE]), r'keypoints_cam .*got \(3,\)'),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_pose_3d(*arguments)

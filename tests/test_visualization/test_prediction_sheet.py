import numpy as np
import pytest

from mmpose_cmb.visualization import PredictionFrame, prediction_sheet
from mmpose_cmb.visualization.prediction_sheet import square_around

RED, BLUE, WHITE = (250, 0, 0), (0, 0, 250), (255, 255, 255)
LINKS = [(0, 1)]


def frame(**changes):
    """A person 2 m away before a wall at 5 m; a hole in the corner."""
    depth = np.full((100, 120), 5.0, np.float32)
    depth[20:80, 50:70] = 2
    depth[:5, :5] = 0
    fields = dict(
        depth_m=depth,
        keypoints_pred_px=np.array([[57.0, 25.0], [57.0, 75.0]]),
        keypoints_gt_px=np.array([[63.0, 25.0], [63.0, 75.0]]),
    )
    fields.update(changes)
    return PredictionFrame(**fields)


def pixels_of(sheet, color):
    """Pixels near a colour: lines are anti-aliased, the depth is dim."""
    return (abs(sheet.astype(int) - color) < 60).all(axis=-1)


def has(sheet, color):
    return pixels_of(sheet, color).any()


def test_prediction_is_coloured_and_truth_white_beside_it():
    # The square's side is 50 * 1.3 = 65 px: one pixel becomes three.
    sheet = prediction_sheet([frame()], LINKS, [RED], cell_px=195)
    column = {
        name: np.nonzero(pixels_of(sheet, color))[1].mean()
        for name, color in dict(pred=RED, truth=WHITE).items()
    }
    assert column['truth'] - column['pred'] == pytest.approx(18, abs=1)


def test_without_truth_nothing_is_white():
    sheet = prediction_sheet([frame(keypoints_gt_px=None)], LINKS, [RED], cell_px=195)
    assert has(sheet, RED) and not has(sheet, WHITE)


def test_unlabelled_truth_is_left_out():
    sheet = prediction_sheet([frame(gt_visible=[1, 0])], LINKS, [RED], cell_px=195)
    assert has(sheet, RED) and not has(sheet, WHITE)


def test_dots_captions_and_layout():
    plain = prediction_sheet([frame()] * 3, LINKS, [RED], columns=2)
    dots = prediction_sheet([frame()] * 3, LINKS, [RED], [BLUE, BLUE], columns=2)
    assert not has(plain, BLUE) and has(dots, BLUE)
    named = prediction_sheet([frame(caption='a')], LINKS, [RED], cell_px=100)
    bare = prediction_sheet([frame()], LINKS, [RED], cell_px=100)
    assert named.shape[0] > bare.shape[0]
    assert plain.shape[1] > 2 * 220 > plain.shape[1] / 2


def test_person_stands_out_from_the_wall():
    sheet = prediction_sheet([frame()], LINKS, [RED], cell_px=200)
    person = sheet[100, 106].astype(int).sum()  # right of both skeletons
    wall = sheet[100, 15].astype(int).sum()
    # The wall is further behind the person than what is shown: black.
    assert person > wall + 150


def test_box_decides_what_is_shown():
    whole = prediction_sheet([frame(box_xyxy=(0, 0, 119, 99))], LINKS, [RED])
    close = prediction_sheet([frame()], LINKS, [RED])
    length = [pixels_of(s, RED).any(axis=1).sum() for s in (whole, close)]
    assert length[1] > 1.8 * length[0]


def test_squares():
    # Longer side 40, margin 0.25 on either side: 60 px.
    assert square_around((30, 20, 50, 60), 0.25, (100, 100)) == (40, 40, 60)
    # Moved into the image, whose pixels reach from -0.5 to 99.5.
    assert square_around((0, 20, 20, 60), 0.25, (100, 100)) == (29.5, 40, 60)
    assert square_around((80, 60, 99, 99), 0.0, (100, 100))[:2] == (80.0, 79.5)
    # A point: a quarter of the shorter side.
    assert square_around((50, 60, 50, 60), 0.5, (100, 120)) == (50, 60, 50)
    # Larger than the image: left where it is.
    assert square_around((0, 0, 90, 10), 0.25, (100, 100))[:2] == (45, 5)


def test_no_joint_and_no_box():
    with pytest.raises(ValueError, match='without a box needs at least one'):
        prediction_sheet([frame(gt_visible=[0, 0])], LINKS, [RED])

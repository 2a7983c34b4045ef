import numpy as np
import pytest

from mmpose_cmb.live import LiveResult
from mmpose_cmb.live.latency import Latency
from mmpose_cmb.live.painter import Painter, describe

LINKS, LINK_COLORS = [(0, 1), (1, 2)], [(255, 0, 0), (0, 255, 0)]
JOINT_COLORS = [(0, 0, 255)] * 3


@pytest.fixture
def painter():
    return Painter(LINKS, LINK_COLORS, JOINT_COLORS)


def _strip(picture):
    return picture[-52:]


def _has_warning(picture):
    """Whether there is orange text, whose edges are blended."""
    red, _, blue = _strip(picture).astype(int).transpose(2, 0, 1)
    return (red - blue).max() > 50


def test_skeleton_and_figures(painter, fakes):
    result = LiveResult(
        7, fakes.frame(), [fakes.person(side=14.0)], latency=Latency(25.0, 30.0, 41.0), dropped=3
    )
    assert describe(result) == ('25.0 fps, 30 ms (95 %: 41 ms), 3 dropped, 1 person', None)
    picture = painter(result)
    nobody = painter(LiveResult(8, fakes.frame()))
    assert picture.dtype == np.uint8 and picture.shape == nobody.shape
    scale = (picture.shape[0] - 52) // 24
    for (x, y), color in (((13.5, 8.5), (255, 0, 0)), ((20.5, 15.5), (0, 255, 0))):
        assert tuple(picture[int((y + 0.5) * scale), int((x + 0.5) * scale)]) == color
    assert not (nobody[:-52] == (255, 0, 0)).all(-1).any()
    assert (_strip(picture) != _strip(nobody)).any()


def test_messages_stand_out(painter, fakes):
    said = painter(LiveResult(0, fakes.frame(), message='no person found'))
    silent = painter(LiveResult(0, fakes.frame()))
    assert _has_warning(said)
    assert not _has_warning(silent)
    long = painter(LiveResult(0, fakes.frame(), message='Ä' * 500))
    assert long.shape == said.shape


def test_without_a_frame_the_last_one_stays(painter, fakes):
    empty = painter(LiveResult(0, message='no frame for 3 s'))
    assert empty.shape[2] == 3
    frame = fakes.frame()
    frame.depth_m[:12] = 1.0
    shown = painter(LiveResult(0, frame))
    later = painter(LiveResult(1, message='unplugged'))
    np.testing.assert_array_equal(shown[:-52], later[:-52])


def test_colours_do_not_flicker(painter, fakes):
    """A wall that appears at 8 m moves the colours of 2 m by a tenth."""
    near = fakes.frame(2.0)
    near.depth_m[:, :16] = 1.0
    far = fakes.frame(8.0)
    far.depth_m[:, :16] = 1.0
    painter(LiveResult(0, near))
    first = painter._range.copy()
    painter(LiveResult(1, far))
    np.testing.assert_allclose(painter._range - first, [0, 0.6], atol=0.05)
    painter(LiveResult(2, fakes.frame(0.0)))
    np.testing.assert_allclose(painter._range - first, [0, 0.6], atol=0.05)

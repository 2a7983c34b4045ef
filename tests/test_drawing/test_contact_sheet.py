import cv2
import numpy as np
import pytest

from mmpose_cmb.drawing import contact_sheet, write_image
from mmpose_cmb.drawing.contact_sheet import BACKGROUND, CAPTION_HEIGHT


def flat(value, height=10, width=20):
    return np.full((height, width, 3), value, np.uint8)


def test_order_and_size():
    sheet = contact_sheet([flat(50), flat(100), flat(150)], 2, gap=4)
    assert sheet.shape == (4 + 2 * 14, 4 + 2 * 24, 3)
    assert (sheet[4:14, 4:24] == 50).all()
    assert (sheet[4:14, 28:48] == 100).all()
    assert (sheet[18:28, 4:24] == 150).all()
    assert (sheet[18:28, 28:48] == BACKGROUND).all()


def test_no_more_columns_than_images():
    assert contact_sheet([flat(1)], 8, gap=0).shape == (10, 20, 3)


def test_upscale_repeats_pixels():
    image = np.random.default_rng(0).integers(0, 255, (4, 5, 3), np.uint8)
    sheet = contact_sheet([image], 1, upscale=3, gap=0)
    np.testing.assert_array_equal(sheet, np.kron(image, np.ones((3, 3, 1))).astype(np.uint8))


def test_grey_and_smaller_images_are_centred():
    sheet = contact_sheet([flat(9), np.full((4, 6), 200, np.uint8)], 2, gap=0)
    assert (sheet[3:7, 27:33] == 200).all()
    assert (sheet[:3, 20:] == BACKGROUND).all()


def test_captions_stay_in_their_strip():
    """However long, a caption neither touches images nor its neighbour."""
    text = 'a very long caption indeed, ' * 3
    images = [flat(7, 30, 200), flat(8, 30, 200)]
    sheet = contact_sheet(images, 2, [text, ''], gap=5)
    assert sheet.shape == (5 + 30 + CAPTION_HEIGHT + 5, 5 + 205 * 2, 3)
    assert (sheet[5:35, 5:205] == 7).all()
    assert (sheet[35:59, 5:205] != BACKGROUND).any()
    assert (sheet[35:59, 205:] == BACKGROUND).all()


@pytest.mark.parametrize(
    'arguments, message',
    [
        (([], 1), 'at least one image'),
        (([flat(1)], 0), 'at least 1, got 0'),
        (([flat(1)], 1, ['a', 'b']), '1 images need as many captions, got 2'),
        (([np.zeros((3, 3))], 1), r'got float64 \(3, 3\)'),
        (([np.zeros((3, 3, 4), np.uint8)], 1), r'got uint8 \(3, 3, 4\)'),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        contact_sheet(*arguments)


def test_written_file_is_rgb_and_alone(tmp_path):
    image = flat(0)
    image[..., 0] = 200
    path = write_image(str(tmp_path / 'new' / 'red.png'), image)
    np.testing.assert_array_equal(cv2.imread(path)[..., ::-1], image)
    assert [p.name for p in (tmp_path / 'new').iterdir()] == ['red.png']


def test_a_type_that_cannot_be_written(tmp_path):
    with pytest.raises(ValueError, match='of the type ".npy"'):
        write_image(str(tmp_path / 'a.npy'), flat(1))
    assert not list(tmp_path.iterdir())

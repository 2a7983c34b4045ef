"""Arrays along other axes, channels in place of frames, files of many images."""

import cv2
import h5py
import numpy as np
import pytest
from PIL import Image

from mmpose_cmb.depth.depth_io import read_depth
from mmpose_cmb.depth.frame_axes import holds_many
from mmpose_cmb.depth.frame_reader import list_frames

HEIGHT, WIDTH = 120, 160
FRAME = np.linspace(1000, 3000, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
STACK = np.stack([FRAME + 10 * i for i in range(6)])
CAMERA = (140.0, 140.0, 79.5, 59.5)


def write(path, array, field='data', **attributes):
    if path.suffix == '.npy':
        np.save(path, array)
    elif path.suffix == '.npz':
        np.savez(path, depth=array)
    else:
        with h5py.File(path, 'w') as file:
            file[field] = array
            file[field].attrs.update(attributes)
    return str(path)


@pytest.mark.parametrize(
    'shape, many',
    [
        ((240, 320), False),
        ((240, 320, 1), False),
        ((240, 320, 3), False),
        ((1, 240, 320), True),
        ((5, 240, 320), True),
        ((500, 240, 320), True),
        ((320, 240, 320), True),  # as many frames as rows
        ((5, 240, 320, 1), True),
        ((5, 1, 240, 320), True),
    ],
)
def test_one_frame_or_many(shape, many):
    assert holds_many(shape) == many


@pytest.mark.parametrize(
    'shape, message',
    [
        ((240, 320, 2), 'one image of 2 channels, or 2 frames'),
        ((240, 320, 4), 'one image of 4 channels'),
        ((240, 320, 8), r'numpy.moveaxis\(frames, -1, 0\)'),
        ((240, 8, 320), r'expected as \[N, H, W\]'),
        ((240, 320, 500), 'looks like 500 frames of 320 x 240 pixels along the last'),
        ((424, 512, 30), 'looks like 30 frames of 512 x 424'),
    ],
)
def test_axes_that_are_none(shape, message):
    with pytest.raises(ValueError, match=message):
        holds_many(shape)


@pytest.mark.parametrize('suffix', ['.npy', '.npz', '.h5', None])
@pytest.mark.parametrize(
    'array, message',
    [
        (np.moveaxis(STACK, 0, -1), r'\[120, 160, 6\] is one image of 6 channels'),
        (np.dstack([FRAME, FRAME // 3]), 'one image of 2 channels'),
        (
            np.stack([FRAME % 255] * 3 + [FRAME]),
            'middle values of its 4 planes are .* channels of one image',
        ),
        # Infrared beside depth with a hole.
        (
            np.stack([FRAME * (np.arange(WIDTH) > 8), FRAME // 2 + 1]),
            'one of its two planes has no hole, the other 6 %',
        ),
    ],
)
def test_every_kind_of_file_and_memory(tmp_path, suffix, array, message):
    given = array if suffix is None else write(tmp_path / f'other{suffix}', array)
    with pytest.raises(ValueError, match=f'{suffix or "depth array"}: .*{message}'):
        list_frames(given)


def test_two_frames_with_holes_are_two_frames():
    both = np.stack([FRAME * (np.arange(WIDTH) > 8), FRAME * (np.arange(WIDTH) > 0)])
    assert len(list_frames(both)) == len(list_frames(np.stack([FRAME, FRAME]))) == 2


def test_an_axis_of_length_1():
    (frame,) = list_frames(FRAME[None])
    np.testing.assert_allclose(frame.read().depth_m, FRAME / 1000, rtol=1e-6)
    frames = list_frames(STACK[:, None])
    np.testing.assert_allclose(frames[5].read().depth_m, STACK[5] / 1000, rtol=1e-6)


def test_frames_that_matlab_wrote(tmp_path):
    """It stores an H x W x N array as [N, W, H], and says that it did."""
    turned = STACK.transpose(0, 2, 1)
    for frame, expected in zip(
        list_frames(write(tmp_path / 'v73.h5', turned, MATLAB_class=b'uint16')), STACK
    ):
        np.testing.assert_allclose(frame.read().depth_m, expected / 1000, rtol=1e-6)
    # By h5write, without a word.
    path = write(tmp_path / 'h5write.h5', turned)
    with pytest.raises(ValueError, match=r'h5write.h5\[0\]: .* as MATLAB writes'):
        list_frames(path)[0].read()
    with pytest.raises(ValueError, match=r'h5write.h5\[0\]: .* image lie on its side'):
        list_frames(path, intrinsics=CAMERA)[0].read()
    # A camera that was turned.
    upright = list_frames(path, intrinsics=(140, 140, 59.5, 79.5))[0].read()
    assert upright.depth_m.shape == (160, 120)


def test_what_is_masked_is_a_hole():
    masked = np.ma.masked_greater(STACK, 2500)
    for given in (masked, masked / np.float32(1000)):
        for frame, stored in zip(list_frames(given), STACK):
            expected = np.where(stored > 2500, 0, stored) / 1000
            np.testing.assert_allclose(frame.read().depth_m, expected, rtol=1e-5)


def test_pages_of_a_tiff_file(tmp_path):
    path = str(tmp_path / 'clip.tiff')
    pages = [Image.fromarray(frame) for frame in STACK]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    frames = list_frames(path)
    assert [frame.name for frame in frames] == [f'{path}[{i}]' for i in range(6)]
    for frame, stored in zip(frames, STACK):
        np.testing.assert_allclose(frame.read().depth_m, stored / 1000, rtol=1e-6)
    with pytest.raises(ValueError, match='clip.tiff: holds 6 images; save each as a file'):
        read_depth(path, 0.001)
    pages[0].save(path, save_all=True, append_images=[pages[1].resize((80, 60))])
    with pytest.raises(ValueError, match=r'clip.tiff: its images differ in size \(80x60, 160x1'):
        list_frames(path)
    cv2.imwrite(path, FRAME)
    (frame,) = list_frames(path)
    assert frame.record is None


def test_animated_png_is_refused(tmp_path):
    path = str(tmp_path / 'clip.png')
    pages = [Image.fromarray((frame // 20).astype(np.uint8)) for frame in STACK]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    with pytest.raises(ValueError, match='clip.png: an animated PNG'):
        list_frames(path, unit_m=0.02)[0].read()

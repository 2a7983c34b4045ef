"""What images say of themselves, against OpenCV's decoder."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.io.image_size import png_size, tiff_size

IMAGE = np.arange(6 * 9, dtype=np.uint16).reshape(6, 9)


def encoded(suffix, image=IMAGE, *options):
    done, data = cv2.imencode(suffix, image, options)
    assert done
    return data.tobytes()


def declare(data, width, height):
    """A PNG of another size, with the right checksum."""
    header = b'IHDR' + struct.pack('>II', width, height) + data[24:29]
    return data[:12] + header + struct.pack('>I', zlib.crc32(header)) + data[33:]


@pytest.mark.parametrize('dtype', ['u1', 'u2'])
@pytest.mark.parametrize('channels', [1, 3])
def test_sizes_are_those_that_opencv_decodes(dtype, channels):
    image = np.repeat(IMAGE.astype(dtype)[..., None], channels, 2)
    assert png_size(encoded('.png', image)) == (6, 9)
    for compression in (1, 5, 8):
        data = encoded('.tiff', image, cv2.IMWRITE_TIFF_COMPRESSION, compression)
        assert tiff_size(data) == (6, 9)
    assert tiff_size(encoded('.tiff', IMAGE.astype(np.float32))) == (6, 9)


@pytest.mark.parametrize('order', '<>')
def test_both_byte_orders_and_bigtiff(order):
    mark = dict(zip('<>', (b'II', b'MM')))[order]
    classic = mark + struct.pack(order + 'HIHHHIIHHII', 42, 8, 2, 256, 4, 1, 70, 257, 4, 1, 50)
    assert tiff_size(classic) == (50, 70)
    big = mark + struct.pack(
        order + 'HHHQQHHQQHHQQ', 43, 8, 0, 16, 2, 256, 4, 1, 70, 257, 4, 1, 50
    )
    # The value stands at the field's beginning, in either order.
    big = bytearray(big)
    for place, value in ((36, 70), (56, 50)):
        big[place : place + 8] = struct.pack(order + 'I', value) + bytes(4)
    assert tiff_size(bytes(big)) == (50, 70)


def test_every_damaged_byte_of_a_png_shows():
    data = encoded('.png')
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x10
        with pytest.raises(ValueError, match='PNG'):
            png_size(bytes(changed))


@pytest.mark.parametrize('length', [0, 7, 20, 60, -1])
def test_a_cut_png(length):
    with pytest.raises(ValueError, match='not a whole PNG file'):
        png_size(encoded('.png')[:length])


@pytest.mark.parametrize('content', [b'', b'II*\0', b'II*\0\xff\xff\xff\x7f', b'MM\0*' + bytes(9)])
def test_a_damaged_tiff(content):
    with pytest.raises(ValueError, match='TIFF'):
        tiff_size(content)


def test_what_declares_gigabytes_is_not_decoded(tmp_path, monkeypatch):
    def decode(*_):
        raise AssertionError('decoded')

    (tmp_path / 'a.png').write_bytes(declare(encoded('.png'), 60_000, 60_000))
    (tmp_path / 'b.tiff').write_bytes(
        b'II' + struct.pack('<HIHHHIIHHII', 42, 8, 2, 256, 4, 1, 60_000, 257, 4, 1, 60_000)
    )
    monkeypatch.setattr(cv2, 'imdecode', decode)
    for reference in list_frames(str(tmp_path)):
        with pytest.raises(ValueError, match=r'\.(png|tiff): a frame of 60000 x 60000 pixels'):
            reference.read()

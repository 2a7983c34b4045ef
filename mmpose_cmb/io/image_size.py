"""What an image file says of itself, before it is decoded.

PNG: Portable Network Graphics Specification, 3rd edition (W3C), section 5.
TIFF: Revision 6.0 (Adobe, 1992), section 2; BigTIFF differs in its widths.
"""

import struct
import zlib
from mmap import mmap
from typing import Dict, NamedTuple, Tuple, Union

from .bounds import check_frame_count

Readable = Union[bytes, mmap]
# Of a TIFF's directory: values by the number of the tag.
Tags = Dict[int, Tuple[int, ...]]
PNG_SIGNATURE = b'\x89PNG\r\n\x1a\n'
# Byte order, and the size of a count, an offset and an entry.
_TIFF = {b'*\0': 'HI', b'\0*': 'HI', b'+\0': 'QQ', b'\0+': 'QQ'}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _STRIP_BYTES = 256, 257, 258, 259, 277, 279
_INTEGERS = {3: 'H', 4: 'I', 16: 'Q'}
# Of a tag's values: more strips than rows of the largest frame has no image.
_MAX_VALUES = 2**16


class ImageSize(NamedTuple):
    """Height and width, pixels."""

    height: int
    width: int


def png_size(data: bytes) -> ImageSize:
    """Size of a PNG image, after a look at all of its chunks.

    OpenCV decodes a damaged file as far as it gets; every chunk has a
    checksum, which tells.

    Args:
        data (bytes): The file.

    Raises:
        ValueError: If it is no PNG file, is cut short or damaged, or animated.

    Example:
        >>> png_size(b'GIF89a')
        Traceback (most recent call last):
            ...
        ValueError: not a whole PNG file (6 bytes, no PNG signature)
    """
    if not data.startswith(PNG_SIGNATURE):
        raise ValueError(f'not a whole PNG file ({len(data)} bytes, no PNG signature)')
    size, position, kind = None, len(PNG_SIGNATURE), b''
    while kind != b'IEND':
        header = data[position : position + 8]
        if len(header) < 8:
            raise ValueError(f'not a whole PNG file ({len(data)} bytes, no end mark)')
        length, kind = struct.unpack('>I4s', header)
        end = position + 8 + length
        stored = data[end : end + 4]
        if len(stored) < 4:
            raise ValueError(f'not a whole PNG file ({len(data)} bytes, cut in {kind!r})')
        if zlib.crc32(data[position + 4 : end]) != int.from_bytes(stored, 'big'):
            raise ValueError(f'a damaged PNG file (checksum of {kind!r})')
        if kind == b'acTL' and data[position + 8 : position + 12] != b'\0\0\0\1':
            raise ValueError(
                'an animated PNG, of which a picture alone would be read: save its frames as '
                'PNG files or as the pages of a TIFF file'
            )
        if kind == b'IHDR' and length == 13:
            width, height = struct.unpack('>II', data[position + 8 : position + 16])
            size = ImageSize(height, width)
        position = end + 4
    if size is None:
        raise ValueError('a damaged PNG file (no header)')
    return size


def tiff_size(data: bytes) -> ImageSize:
    """Size of a TIFF file's first image.

    Args:
        data (bytes): The file.

    Raises:
        ValueError: If it is no TIFF file, is cut short, or holds another
            number of bytes than its size needs.
    """
    order = {b'II': '<', b'MM': '>'}.get(data[:2])
    if order is None or data[2:4] not in _TIFF:
        raise ValueError('not a TIFF file')
    try:
        tags = _first_directory(data, order, *_TIFF[data[2:4]])
        size = ImageSize(tags[_HEIGHT][0], tags[_WIDTH][0])
    except (struct.error, KeyError) as error:
        raise ValueError('a damaged or cut TIFF file (no size in its first directory)') from error
    if tags.get(_COMPRESSION, (1,)) == (1,) and _STRIP_BYTES in tags:
        bits = tags.get(_BITS, (1,))[0] * tags.get(_SAMPLES, (1,))[0]
        needed, stored = size.height * -(-size.width * bits // 8), sum(tags[_STRIP_BYTES])
        if stored != needed:
            raise ValueError(f'a damaged TIFF file ({stored} bytes of pixels instead of {needed})')
    return size


def tiff_pages(data: Readable) -> int:
    """Number of a TIFF file's images; 1 where it is none, for the reader to say.

    Args:
        data (bytes | mmap): The file, of which little is looked at.

    Raises:
        ValueError: If the images differ in size, or are too many.
    """
    order = {b'II': '<', b'MM': '>'}.get(data[:2])
    if order is None or data[2:4] not in _TIFF:
        return 1
    count, offset = list(_TIFF[data[2:4]])
    sizes, place = [], 8 if offset == 'Q' else 4
    try:
        while True:
            (position,) = struct.unpack_from(order + offset, data, place)
            if not position:
                break
            tags, place = _directory(data, order, count, offset, position)
            sizes.append((tags[_WIDTH][0], tags[_HEIGHT][0]))
            check_frame_count(len(sizes), 'TIFF')
    except (struct.error, KeyError):
        # A damaged page is the reader's to find.
        sizes = sizes or [(0, 0)]
    if len(set(sizes)) > 1:
        listed = ', '.join(f'{width}x{height}' for width, height in sorted(set(sizes)))
        raise ValueError(f'its images differ in size ({listed}): save the depth images alone')
    return len(sizes)


def _first_directory(data: Readable, order: str, count: str, offset: str) -> Tags:
    (position,) = struct.unpack_from(order + offset, data, 8 if offset == 'Q' else 4)
    return _directory(data, order, count, offset, position)[0]


def _directory(
    data: Readable, order: str, count: str, offset: str, position: int
) -> Tuple[Tags, int]:
    """Values of the tags that are integers; where the next directory is told."""
    (entries,) = struct.unpack_from(order + count, data, position)
    position += struct.calcsize(count)
    # Tag, type, number of values, and the values or where they are.
    form = order + 'HH' + offset
    field = struct.calcsize(order + offset)
    tags = {}
    for number in range(min(entries, 4096)):
        entry = position + number * (struct.calcsize(form) + field)
        tag, kind, values = struct.unpack_from(form, data, entry)
        if kind not in _INTEGERS or not 0 < values <= _MAX_VALUES:
            continue
        place = entry + struct.calcsize(form)
        several = f'{order}{values}{_INTEGERS[kind]}'
        if struct.calcsize(several) > field:
            (place,) = struct.unpack_from(order + offset, data, place)
        tags[tag] = struct.unpack_from(several, data, place)
    return tags, position + entries * (struct.calcsize(form) + field)

"""Ways in which files get damaged, and in which somebody damages them."""

import io
import struct
import zipfile
import zlib
from typing import Callable, Dict

import numpy as np

from mmpose_cmb.io.image_size import PNG_SIGNATURE

Mutation = Callable[[bytes, np.random.Generator], bytes]
# What parsers stumble over, in the middle of a text.
TOKENS = (
    b'NaN', b'Infinity', b'-1', b'1e999', b'99999999999999999999', b'null', b'{}', b'[]', b'""',
    b'true', b'0', b'-0.0', b'1e30', b'[' * 3000, b'{"a":' * 3000, b'\xff\xfe', b'\xef\xbb\xbf',
    b'\0', b'\x80\x81', b',', b'\n', b'"', b'nan', b'1' * 5000, b'\r', b';', b'#', b'(' * 300,
)  # yapf: disable


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """The end is missing."""
    return data[: rng.integers(0, len(data))]


def flip(data: bytes, rng: np.random.Generator) -> bytes:
    """One to eight bits are others."""
    changed = bytearray(data)
    for place in rng.integers(0, len(data), rng.integers(1, 9)):
        changed[place] ^= 1 << rng.integers(0, 8)
    return bytes(changed)


def flip_in_header(data: bytes, rng: np.random.Generator) -> bytes:
    """A bit among the first 256 bytes, where sizes and types stand."""
    changed = bytearray(data)
    changed[rng.integers(0, min(256, len(data)))] ^= 1 << rng.integers(0, 8)
    return bytes(changed)


def extreme(data: bytes, rng: np.random.Generator) -> bytes:
    """Up to eight bytes are all ones, all zeros or the largest of a kind."""
    place = rng.integers(0, len(data))
    value = [b'\xff', b'\xff' * 4, b'\0' * 4, b'\xff\xff\xff\x7f', b'\x7f' + b'\xff' * 7][
        rng.integers(0, 5)
    ]
    return data[:place] + value + data[place + len(value) :]


def insert(data: bytes, rng: np.random.Generator) -> bytes:
    """Bytes too many."""
    place = rng.integers(0, len(data) + 1)
    return data[:place] + rng.bytes(rng.integers(1, 64)) + data[place:]


def remove(data: bytes, rng: np.random.Generator) -> bytes:
    """A hole."""
    place = rng.integers(0, len(data))
    return data[:place] + data[place + rng.integers(1, max(2, len(data) // 4)) :]


def splice(data: bytes, rng: np.random.Generator) -> bytes:
    """A piece stands at another place."""
    first, second = rng.integers(0, len(data), 2)
    length = rng.integers(1, max(2, len(data) // 4))
    return data[:second] + data[first : first + length] + data[second + length :]


def zeros(data: bytes, rng: np.random.Generator) -> bytes:
    """Blocks that never reached the disk."""
    place = rng.integers(0, len(data))
    length = min(int(rng.integers(1, 4096)), len(data) - place)
    return data[:place] + bytes(length) + data[place + length :]


def token(data: bytes, rng: np.random.Generator) -> bytes:
    """Something that parsers stumble over, in place of what stands there."""
    place = rng.integers(0, len(data))
    found = TOKENS[rng.integers(0, len(TOKENS))]
    return data[:place] + found + data[place + rng.integers(0, 8) :]


def digits(data: bytes, rng: np.random.Generator) -> bytes:
    """A number in a text becomes another one."""
    places = np.flatnonzero(np.isin(np.frombuffer(data, np.uint8), list(b'0123456789.-')))
    if not places.size:
        return flip(data, rng)
    place = places[rng.integers(0, places.size)]
    return data[:place] + b'0123456789.-eE'[rng.integers(0, 14) :][:1] + data[place + 1 :]


def inside_zip(data: bytes, rng: np.random.Generator) -> bytes:
    """A member of an archive is damaged, and its checksum is right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        kind = archive.infolist()[0].compress_type
    name = list(members)[rng.integers(0, len(members))]
    if members[name]:
        inner = (flip, flip_in_header, cut, extreme, insert, remove, token)
        members[name] = inner[rng.integers(0, len(inner))](members[name], rng)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, 'w', kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return changed.getvalue()


def inside_png(data: bytes, rng: np.random.Generator) -> bytes:
    """A chunk of a PNG image is damaged, and its checksum is right."""
    chunks, position = [], len(PNG_SIGNATURE)
    while position < len(data):
        length, kind = struct.unpack('>I4s', data[position : position + 8])
        chunks.append((kind, data[position + 8 : position + 8 + length]))
        position += 12 + length
    number = rng.integers(0, len(chunks))
    kind, content = chunks[number]
    if content:
        inner = (flip, cut, extreme, insert, remove)
        content = inner[rng.integers(0, len(inner))](content, rng)
    chunks[number] = (kind, content)
    return PNG_SIGNATURE + b''.join(
        struct.pack('>I', len(content))
        + kind
        + content
        + struct.pack('>I', zlib.crc32(kind + content))
        for kind, content in chunks
    )


EVERYWHERE = (cut, flip, flip_in_header, extreme, insert, remove, splice, zeros)
IN_TEXT = (*EVERYWHERE, token, token, digits, digits)
BY_SUFFIX: Dict[str, tuple] = {
    '.npz': (*EVERYWHERE, inside_zip, inside_zip, inside_zip),
    '.pth': (*EVERYWHERE, inside_zip, inside_zip, inside_zip),
    '.png': (*EVERYWHERE, inside_png, inside_png, inside_png),
    **dict.fromkeys(('.json', '.csv', '.txt', '.shand'), IN_TEXT),
}


def damage(data: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """One damaged version of a file.

    Args:
        data (bytes): The whole file.
        suffix (str): Of its name: tells what can be damaged inside.
        rng (np.random.Generator): Decides how.
    """
    ways = BY_SUFFIX.get(suffix, EVERYWHERE)
    return ways[rng.integers(0, len(ways))](data, rng)

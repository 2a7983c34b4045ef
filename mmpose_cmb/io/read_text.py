"""Text and JSON from outside: whole, decoded, and nothing but data."""

import json
import os
import os.path as osp
from typing import Any, List, Tuple, Union

from .bounds import MAX_TEXT_BYTES, check_bytes
from .whole_file import AnyPath

# Identifiers and counts; a larger integer fits no array.
MAX_INTEGER = 2**63 - 1
UTF16_MARKS = (b'\xff\xfe', b'\xfe\xff')


def read_text(path: AnyPath) -> str:
    """Text of a file in UTF-8 or, with its mark, UTF-16; a mark is left out.

    Args:
        path (str | Path): The file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if it is larger than ``MAX_TEXT_BYTES``
            or in another encoding.
    """
    path = os.fspath(path)
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such file')
    check_bytes(osp.getsize(path), MAX_TEXT_BYTES, path)
    with open(path, 'rb') as file:
        content = file.read()
    encoding = 'utf-16' if content.startswith(UTF16_MARKS) else 'utf-8-sig'
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise ValueError(
            f'{path}: line {line} is not UTF-8 text (byte {error.start}); save it as UTF-8'
        ) from error


def read_json(path: AnyPath) -> Any:
    """What a JSON file holds; see :func:`parse_json`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if it is not JSON.
    """
    return parse_json(read_text(path), os.fspath(path))


def parse_json(text: str, source: str) -> Any:
    """What JSON text holds.

    Args:
        text (str): The text.
        source (str): Where it is from, for the message.

    Raises:
        ValueError: Naming the source, if it is not JSON, has a name twice in
            an object, or a number that is none or beyond 64 bits.

    Example:
        >>> parse_json('{"fps": 30, "fps": 3}', 'camera.json')
        Traceback (most recent call last):
            ...
        ValueError: camera.json: not JSON ("fps" stands there twice)
    """
    try:
        return json.loads(
            text, object_pairs_hook=_each_once, parse_constant=_refuse, parse_int=_integer
        )
    except RecursionError:
        raise ValueError(f'{source}: not JSON (nested too deeply)') from None
    except ValueError as error:
        raise ValueError(f'{source}: not JSON ({error})') from error


def _each_once(pairs: List[Tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice[:40]}" stands there twice')
    return found


def _refuse(text: str) -> None:
    raise ValueError(f'{text} is no number')


def _integer(text: str) -> Union[int, float]:
    if len(text) < 19:
        return int(text)
    if len(text) > 20 or abs(int(text)) > MAX_INTEGER:
        raise ValueError(f'the integer {text[:20]}... is too large')
    return int(text)

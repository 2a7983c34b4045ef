"""What exported files say of themselves: one door for every kind of network."""

import json
from typing import Any, Callable, Dict, Optional, TypeVar

from ..io.read_text import parse_json
from ..version import __version__

# The property of ONNX files, and the extra file in TorchScript's.
METADATA_KEY = 'mmpose_cmb'
NEWEST_FORMAT = 1
# By what a network gives; files that say nothing are of joints.
JOINTS, BOXES = 'joints', 'boxes'
GIVES = {JOINTS: "joints in a person's crop", BOXES: "people's boxes in a whole frame"}

Spec = TypeVar('Spec')


def metadata_text(gives: str, data: Dict[str, Any]) -> str:
    """The text that exported files hold; see :func:`parse_metadata`.

    Args:
        gives (str): ``JOINTS`` or ``BOXES``.
        data (dict): Of plain values.
    """
    made_by = f'mmpose_cmb {__version__}'
    return json.dumps(dict(format=NEWEST_FORMAT, made_by=made_by, gives=gives, **data))


def parse_metadata(
    text: Optional[str], path: str, gives: str, build: Callable[[Dict[str, Any]], Spec]
) -> Spec:
    """Read and check the metadata of an exported file.

    Args:
        text (str, optional): JSON, the file's property ``mmpose_cmb``;
            ``None`` where the file has none.
        path (str): The file, for error messages.
        gives (str): ``JOINTS`` or ``BOXES``: what the network must give.
        build (Callable): Makes the specification of the JSON's object, and
            raises ``ValueError`` where its parts cannot be right.

    Raises:
        ValueError: If it is missing, damaged, of a newer format or of another
            kind of network, with what to do.
    """
    again = 'Export the model again with mmpose_cmb.'
    if text is None:
        raise ValueError(
            f'{path}: this file does not say how its input is prepared (no '
            f'metadata "{METADATA_KEY}"). {again}'
        )
    damaged = f'{path}: its metadata "{METADATA_KEY}" is damaged'
    try:
        data = parse_json(text, damaged)
    except ValueError as error:
        raise ValueError(f'{error}. {again}') from error
    if not isinstance(data, dict) or not isinstance(data.get('format'), int):
        raise ValueError(f'{damaged}: it does not tell its format. {again}')
    if data['format'] > NEWEST_FORMAT:
        raise ValueError(
            f'{path}: its metadata has format {data["format"]} (written by '
            f'{data.get("made_by", "a newer mmpose_cmb")}); this is '
            f'mmpose_cmb {__version__}, which reads formats up to '
            f'{NEWEST_FORMAT}. Update mmpose_cmb.'
        )
    given = data.get('gives', JOINTS)
    if given != gives:
        raise ValueError(
            f'{path}: this network gives {GIVES.get(str(given), given)}; one that gives '
            f'{GIVES[gives]} is needed here'
        )
    try:
        return build(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ValueError(
            f'{damaged} or incomplete ({type(error).__name__}: {error}). {again}'
        ) from error


def check_parts(fits: Dict[str, bool]) -> None:
    """Refuse a specification by the parts that do not fit.

    Args:
        fits (dict): For each part whether it can be right.

    Raises:
        ValueError: Naming the parts that cannot.
    """
    wrong = [name for name, fit in fits.items() if not fit]
    if wrong:
        raise ValueError(f'{", ".join(wrong)} cannot be right')

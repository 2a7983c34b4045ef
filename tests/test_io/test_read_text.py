"""Text and JSON from outside: encodings, and what is no data."""

import codecs

import pytest

from mmpose_cmb.io import bounds
from mmpose_cmb.io.read_text import parse_json, read_json, read_text


@pytest.mark.parametrize(
    'content',
    [
        'Grüße\n'.encode(),
        codecs.BOM_UTF8 + 'Grüße\n'.encode(),
        'Grüße\n'.encode('utf-16'),
        codecs.BOM_UTF16_BE + 'Grüße\n'.encode('utf-16-be'),
    ],
)
def test_encodings_with_a_mark(tmp_path, content):
    (tmp_path / 'a.txt').write_bytes(content)
    assert read_text(tmp_path / 'a.txt') == 'Grüße\n'


def test_another_encoding_is_named_with_its_line(tmp_path):
    (tmp_path / 'a.csv').write_bytes('a\nb\nGrüße\n'.encode('latin-1'))
    with pytest.raises(ValueError, match='a.csv: line 3 is not UTF-8 text .*save it as UTF-8'):
        read_text(tmp_path / 'a.csv')


def test_a_mark_before_json(tmp_path):
    (tmp_path / 'a.json').write_bytes(codecs.BOM_UTF8 + b'{"fps": 30}')
    assert read_json(tmp_path / 'a.json') == {'fps': 30}


@pytest.mark.parametrize(
    'text, message',
    [
        ('{', 'Expecting'),
        ('[' * 100_000, 'nested too deeply'),
        ('{"a": ' * 100_000, 'nested too deeply'),
        ('[NaN]', 'NaN is no number'),
        ('[-Infinity]', '-Infinity is no number'),
        ('[12345678901234567890]', 'integer 12345678901234567890... is too large'),
        ('[' + '1' * 10_000 + ']', 'is too large'),
        ('{"a": {"b": 1, "b": 2}}', '"b" stands there twice'),
    ],
)
def test_what_is_no_json_is_named(text, message):
    with pytest.raises(ValueError, match=f'a.json: not JSON .*{message}'):
        parse_json(text, 'a.json')


def test_numbers_up_to_64_bits():
    text = '[9223372036854775807, -9223372036854775807, 1e300, 0]'
    assert parse_json(text, '') == [2**63 - 1, -(2**63 - 1), 1e300, 0]


def test_a_text_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr('mmpose_cmb.io.read_text.MAX_TEXT_BYTES', 10)
    (tmp_path / 'a.json').write_text('[' + ' ' * 10 + ']')
    with pytest.raises(ValueError, match='a.json: 12 bytes; at most 10'):
        read_json(tmp_path / 'a.json')
    assert bounds.MAX_TEXT_BYTES >= 2**28

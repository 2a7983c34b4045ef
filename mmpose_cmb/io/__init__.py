"""How files come to be: whole, or not at all; needs no other package."""

from .whole_file import whole_file, write_bytes, write_json, write_npz, write_text

__all__ = ['whole_file', 'write_bytes', 'write_json', 'write_npz',
           'write_text']  # yapf: disable

"""Read the names of TensorRT's Python bindings out of their wheel.

    pip download tensorrt-cu13-bindings --no-deps
    python tests/test_deploy/record_tensorrt_api.py tensorrt_cu13_bindings-*.whl

writes ``tensorrt_api.json`` beside this file. Nothing is imported: the
bindings cannot be without NVIDIA's libraries. Of a class's methods the names
of their documentation are taken, which the linker left in the file.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Set

RECORD = Path(__file__).with_name('tensorrt_api.json')
DOCUMENTED = re.compile(rb'_ZN8tensorrt\d+([A-Za-z_]+?)DocL\d+([a-z_A-Z0-9]+?)E')


def library(wheel: str) -> bytes:
    """The compiled part of the bindings."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith('/tensorrt.so')]
        return archive.read(name)


def has_name(content: bytes, name: str) -> bool:
    """Whether a name is there as a whole string, or as the end of one.

    The linker keeps a string that another one ends with inside that one.
    """
    return name.encode() + b'\0' in content


def methods(content: bytes) -> Set[str]:
    """``Class.method`` of all methods with documentation."""
    return {f'{c.decode()}.{m.decode()}' for c, m in DOCUMENTED.findall(content)}


def record(wheel: str, names: Set[str], wanted: Set[str]) -> dict:
    """What is kept: the wheel, and which of the names and methods it has."""
    content = library(wheel)
    return dict(
        wheel=Path(wheel).name,
        names=sorted(name for name in names if has_name(content, name)),
        methods=sorted(methods(content) & wanted),
    )


if __name__ == '__main__':
    from tensorrt_standin import used_methods, used_names

    found = record(sys.argv[1], used_names(), used_methods())
    RECORD.write_text(json.dumps(found, indent=1) + '\n')

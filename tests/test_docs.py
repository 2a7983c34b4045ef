"""Every python block of every page of docs/ runs, top to bottom.

A block with a title is a file, which the others find in their folder.
"""

import re
from pathlib import Path

import pytest
from mmengine.registry import DefaultScope

DOCS = Path(__file__).resolve().parents[1] / 'docs'
BLOCK = re.compile(r'^```python\n(.*?)^```$', re.MULTILINE | re.DOTALL)
FILE = re.compile(r'^```python title="([\w.]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def _blocks(page):
    """Return the blocks, each at its line so that errors point to it."""
    text = page.read_text(encoding='utf-8')
    return [
        '\n' * text.count('\n', 0, match.start(1)) + match.group(1)
        for match in BLOCK.finditer(text)
    ]


PAGES = [page for page in sorted(DOCS.rglob('*.md')) if _blocks(page)]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page, tmp_path, monkeypatch):
    """The blocks of a page run one after the other, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, content in FILE.findall(page.read_text(encoding='utf-8')):
        (tmp_path / name).write_text(content)
    scope = DefaultScope.get_current_instance()
    namespace = {}
    try:
        for block in _blocks(page):
            exec(compile(block, str(page), 'exec'), namespace)
    finally:
        if scope is not None:
            from mmengine.registry import init_default_scope

            init_default_scope(scope.scope_name)


def test_the_data_page_has_examples():
    assert 'data.md' in [page.name for page in PAGES]

"""Builds the site's pages: docs/, the READMEs beside it, and the reference.

A hook of MkDocs. Files link to each other by their paths in the repository,
which is what a reader of the repository follows; here those links are led to
the pages of the site. A link to something of the repository that is no page,
such as a tool, becomes its text; a link to nothing is a warning, which
``mkdocs build --strict`` refuses.
"""

import logging
import posixpath
import re
from pathlib import Path
from typing import Dict, Iterator, List, Optional

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = 'mmpose_cmb'
LOG = logging.getLogger('mkdocs.pages')
# Inline links and images; not within `code`.
LINK = re.compile(
    r'`[^`\n]*`|(!?)\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]'
    r'\(([^()\s]+)\)'
)
# Sphinx's roles, which Markdown does not know.
ROLE = re.compile(r':(?:attr|class|data|func|meth|mod):(?=<code>)')
FENCE = re.compile(r'^```.*?^```$', re.MULTILINE | re.DOTALL)


def beside_docs() -> Dict[str, str]:
    """Page of the site -> its file in the repository, outside docs/."""
    pages = {'index.md': 'README.md'}
    for name in ('CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'):
        if (ROOT / name).is_file():
            pages[name] = name
    for path in sorted(ROOT.glob('projects/**/README.md')):
        pages[path.relative_to(ROOT).as_posix()] = path.relative_to(ROOT).as_posix()
    return pages


def page_of(path: str) -> Optional[str]:
    """The page or picture that shows a path of the repository."""
    known = {source: page for page, source in beside_docs().items()}
    for candidate in (path, posixpath.join(path, 'README.md')):
        if candidate in known:
            return known[candidate]
    if path.startswith('docs/') and (ROOT / path).is_file():
        return path[len('docs/') :]
    return None


def source_of(page: str) -> str:
    """The file in the repository that a page shows."""
    return beside_docs().get(page, f'docs/{page}')


def packages() -> List[str]:
    """Dotted names of the package and its subpackages."""
    return [
        '.'.join(path.parent.relative_to(ROOT).parts)
        for path in sorted((ROOT / PACKAGE).rglob('__init__.py'))
        if '.mim' not in path.parts
    ]


def reference(package: str) -> Iterator[str]:
    """The lines of a package's page: its purpose, then its modules."""
    yield f'# {package}\n'
    yield f'::: {package}\n    options:\n      members: false\n'
    folder = ROOT.joinpath(*package.split('.'))
    for path in sorted(folder.glob('*.py')):
        if not path.stem.startswith('_'):
            yield (
                f'::: {package}.{path.stem}\n    options:\n'
                '      show_root_heading: true\n      heading_level: 2\n'
            )


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Complete the navigation."""
    projects = [page for page in beside_docs() if page.startswith('projects/')]
    config.nav += [
        {'Projects': projects},
        {'Reference': [f'api/{name}.md' for name in packages()]},
        {'Contributing': [name for name in beside_docs() if name[0] == 'C']},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/."""
    for page, source in beside_docs().items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text('utf-8')))
    for package in packages():
        files.append(
            File.generated(config, f'api/{package}.md', content='\n'.join(reference(package)))
        )
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links to the site's pages."""
    here = page.file.src_uri
    if here.startswith('api/'):
        return markdown
    folder = posixpath.dirname(source_of(here))

    def led(match: 're.Match[str]') -> str:
        image, text, target = match.groups()
        if text is None or re.match(r'[a-z]+:|#', target):
            return match.group()
        text = LINK.sub(led, text)  # a picture may be the text of a link
        path, hash_, anchor = target.partition('#')
        path = posixpath.normpath(posixpath.join(folder, path))
        shown = page_of(path)
        if shown is not None:
            relative = posixpath.relpath(shown, posixpath.dirname(here) or '.')
            return f'{image}[{text}]({relative}{hash_}{anchor})'
        if not (ROOT / path).exists():
            LOG.warning('%s: there is no %s', source_of(here), target)
        return text

    parts, last = [], 0
    for fence in FENCE.finditer(markdown):
        parts += [LINK.sub(led, markdown[last : fence.start()]), fence.group()]
        last = fence.end()
    return ''.join([*parts, LINK.sub(led, markdown[last:])])


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Take the roles from before the code in docstrings."""
    return ROLE.sub('', html)

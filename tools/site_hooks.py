"""Makes the links of the pages that leave docs/ work on the site.

The pages are read in the repository too, where `../CONTRIBUTING.md` and `../tests/python/test_docs.py` lead somewhere.
On the site a linked page of the project becomes a page, and a linked file a file, both under `project/`.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

PROJECT = Path(__file__).resolve().parents[1]
# A Markdown link to a file outside docs/, with its anchor.
_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]+)((?:#[^)\s]*)?)\)")
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)")

# A block of code whose head names the file it is.
_NAMED_BLOCK = re.compile(r"^(```\w+) +([^\s=`]+)$", re.MULTILINE)

# What a block needs to run concerns the tests.
_NEEDS = re.compile(r"^(```python) needs \w+$", re.MULTILINE)

# A page's own list of its headings: the site shows one beside every page.
_CONTENTS = re.compile(r"^(?:- \[[^\n]*\]\(#[^\n]*\n)+", re.MULTILINE)


def on_files(files: Files, config: Any) -> Files:
    """Adds what the pages link to outside docs/."""
    linked = set()
    for page in files.documentation_pages():
        linked |= {path for path, _ in _OUTSIDE.findall(page.content_string)}
    # Pages of the project link to files of the project in turn.
    for path in sorted(linked):
        if path.endswith(".md"):
            linked |= {target for target in _targets(path) if not target.startswith("docs/")}
    for path in sorted(linked):
        source = PROJECT / path
        if path.endswith(".md"):
            page = File.generated(config, f"project/{path}", content=_text_on_site(path))
            page.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(page)
        elif source.is_file():
            files.append(File.generated(config, f"project/{path}", content=source.read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Adapts a page: names of files above their code, the list of headings left to the site, links that leave docs/."""
    markdown = _NAMED_BLOCK.sub(r'\1 title="\2"', _NEEDS.sub(r"\1", markdown))
    markdown = _CONTENTS.sub("", markdown, count=1)
    if page.file.src_uri.startswith("project/"):
        return markdown
    return _OUTSIDE.sub(r"](project/\1\2)", markdown)


def _targets(path: str) -> set[str]:
    """What a page of the project links to, as paths in the project."""
    text = (PROJECT / path).read_text(encoding="utf-8")
    return {posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) for link, _ in _LINK.findall(text)}


def _text_on_site(path: str) -> str:
    """A page of the project with its links as seen from its copy."""
    text = (PROJECT / path).read_text(encoding="utf-8")
    return _LINK.sub(lambda link: f"]({_on_site(path, link[1])}{link[2]})", text)


def _on_site(path: str, link: str) -> str:
    """A link of a project's page, as seen from its copy."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    place = target.removeprefix("docs/") if target.startswith("docs/") else f"project/{target}"
    return posixpath.relpath(place, posixpath.dirname(f"project/{path}"))

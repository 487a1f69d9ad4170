"""Checks the built site: its links lead somewhere, and no page asks another host for anything.

Run by `make docs` after the build. Links to other hosts are for readers to follow and are left alone.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# A browser fetches these by itself, without a click.
_FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("audio", "src")}
_FETCHED_RELATIONS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload"}
_STYLE_ADDRESS = re.compile(r"(?:url\(\s*|@import\s+)['\"]?((?:https?:)?//[^'\")\s]+)")


class _Page(HTMLParser):
    """The anchors of a page, what it links to and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)
        self.fetched += _STYLE_ADDRESS.findall(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and _FETCHED_RELATIONS & set(values.get("rel", "").split()):
            self.fetched.append(values.get("href", ""))
        self.fetched += [value for name, value in values.items() if (tag, name) in _FETCHED]


def mistakes_of(site: Path) -> list[str]:
    """Every broken link and every address of another host that a page or a style sheet fetches."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    found = [] if pages else [f"{site}: no page"]
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: fetches {address}" for address in page.fetched if urlsplit(address).netloc]
        # The page for addresses that do not exist is served from any of them: its links begin at the root.
        here = site if name == "404.html" else path.parent
        for address in [*page.links, *page.fetched]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (here / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            known = pages.get(target)
            if not target.exists() or (parts.fragment and known and unquote(parts.fragment) not in known.anchors):
                found.append(f"{name}: leads nowhere: {address}")
    for path in sorted(site.rglob("*.css")):
        addresses = _STYLE_ADDRESS.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(site).as_posix()}: fetches {address}" for address in addresses]
    return found


if __name__ == "__main__":
    mistakes = mistakes_of(Path(sys.argv[1]).resolve())
    print("\n".join(mistakes) or "the site's links lead somewhere, and it fetches nothing from other hosts")
    sys.exit(1 if mistakes else 0)

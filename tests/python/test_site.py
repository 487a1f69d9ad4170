"""The site of the pages: every page has its place, and the check of the built site finds what it is for."""

from __future__ import annotations

import re
from pathlib import Path

from tools.check_site import mistakes_of

import gym_invmgmt

PROJECT = Path(__file__).resolve().parents[2]


def test_every_page_has_a_place_in_the_menu_of_the_site() -> None:
    menu = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    named = re.findall(r": (\S+\.md)$", menu, re.MULTILINE)
    assert sorted(named) == sorted(page.name for page in (PROJECT / "docs").glob("*.md"))


def test_a_site_whose_links_hold_and_that_fetches_nothing_passes(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("a { background: url(data:image/png;base64,AA==) }", encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><h1 id="top">x</h1><a href="#top">x</a>'
        '<a href="https://example.org">for readers to follow</a>',
        encoding="utf-8",
    )
    assert mistakes_of(tmp_path) == []


def test_broken_links_and_requests_to_other_hosts_are_found(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("@import 'https://fonts.example.org/a.css';", encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<script src="//cdn.example.org/x.js"></script><link rel="preconnect" href="https://fonts.example.org">'
        '<a href="gone.html">x</a><a href="#nowhere">x</a><img src="https://example.org/badge.svg">',
        encoding="utf-8",
    )
    assert mistakes_of(tmp_path) == [
        "index.html: fetches //cdn.example.org/x.js",
        "index.html: fetches https://fonts.example.org",
        "index.html: fetches https://example.org/badge.svg",
        "index.html: leads nowhere: gone.html",
        "index.html: leads nowhere: #nowhere",
        "style.css: fetches https://fonts.example.org/a.css",
    ]


def test_an_empty_site_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path) == [f"{tmp_path}: no page"]


def test_the_citation_names_this_version() -> None:
    citation = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {gym_invmgmt.__version__}\n" in citation

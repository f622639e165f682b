"""What templates and scripts may not hold, and how large their build may be."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.pages.conftest import ROOT, _or_skip

TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts]
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
DIST = ROOT / "static" / "dist"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_script_or_handler(path: Path):
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|\|safe|autoescape off", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_never_turns_text_into_markup_and_stays_short(path: Path):
    text = path.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert text.count("\n") < 400


def test_colours_live_in_the_tokens_alone():
    outside = [path.name for path in STYLES if path.name not in ("tokens.css",)
               and re.search(r"#[0-9a-f]{3,8}\b(?!\w*')", re.sub(r'url\("data:[^"]*"\)', "", path.read_text()), re.I)]
    assert outside == []


def test_every_icon_that_is_named_exists():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert named - drawn == set()


def packed(*names: str) -> int:
    return sum(len(gzip.compress((DIST / name).read_bytes())) for name in names)


def test_the_build_keeps_its_budget():
    _or_skip(DIST / "app.css", "static/dist is not built")
    chunks = [path.name for path in DIST.glob("chunk-*.js")]
    assert packed("app.js") <= 30 * 1024
    assert packed("studio.js", *chunks) <= 75 * 1024
    assert packed("app.css") <= 20 * 1024

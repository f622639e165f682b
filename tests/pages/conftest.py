"""Browsers that forgive nothing: console errors, violations, failed or foreign requests fail the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.pages import site as sites
from tests.patience import PATIENCE_MS

ROOT = Path(__file__).resolve().parents[2]
# Debian's, never a downloaded one; the shell is the same engine without a window (scripts/packages.sh).
CHROMIUM = next((path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"))
                 if path.exists()), Path("/usr/bin/chromium"))
DIST = ROOT / "static" / "dist" / "app.css"
VIOLATIONS = """
window.violations = []
addEventListener('securitypolicyviolation', event => violations.push(`${event.violatedDirective} ${event.blockedURI}`))
"""
# Notes leave after six or eight seconds: on a busy machine before a test has looked at them, or pressed their button.
LONGER_NOTES = f"""{{
    const soon = setTimeout
    window.setTimeout = (run, ms, ...more) => soon(run, ms === 6000 || ms === 8000 ? {PATIENCE_MS} : ms, ...more)
}}"""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": str(CHROMIUM), "headless": True, "args": [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--in-process-gpu",
        "--autoplay-policy=no-user-gesture-required"]}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.BrowserSite]:
    _or_skip(CHROMIUM, "Debian's Chromium is not installed")
    _or_skip(DIST, "static/dist is not built; run npm ci --ignore-scripts && npm run build")
    running, one = sites.start(tmp_path_factory.mktemp("browser-site"))
    try:
        yield one
    finally:
        running.stop()


def _or_skip(needed: Path, reason: str) -> None:
    if needed.exists():
        return
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Watch:
    """What went wrong in the pages of one test. `expected` are parts of messages that belong to it."""

    url: str
    faults: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def say(self, fault: str) -> None:
        if not any(part in fault for part in self.expected):
            self.faults.append(fault)

    def follow(self, page: Page) -> None:
        page.on("console", lambda message: self.say(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: self.say(str(fault)))
        page.on("requestfailed", self._failed)
        page.on("request", self._foreign)

    def _failed(self, request: Request) -> None:
        # A <video> drops requests whenever it seeks, a page that is left drops its icon and the questions it was
        # asking; nothing else may.
        left = request.method == "GET" and request.failure == "net::ERR_ABORTED"
        if request.resource_type != "media" and "favicon" not in request.url and not left:
            self.say(f"{request.method} {request.url}: {request.failure}")

    def _foreign(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.say(f"foreign request: {request.url}")


OpenPage = Callable[..., Page]


@pytest.fixture
def watch(site: sites.BrowserSite) -> Watch:
    return Watch(site.url)


@pytest.fixture
def open_page(browser: Browser, site: sites.BrowserSite, watch: Watch) -> Iterator[OpenPage]:
    """`open_page("alice", width=390, theme="dark", js=False)`: a page of its own, watched."""
    contexts: list[BrowserContext] = []

    def open_one(who: str | None = None, *, width: int = 1440, theme: str = "light", js: bool = True,
                 **more: Any) -> Page:
        phone = width < 640
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 844 if phone else 900}, color_scheme=theme,
            java_script_enabled=js, is_mobile=phone, has_touch=phone, accept_downloads=True, **more)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(VIOLATIONS)
        context.add_init_script(LONGER_NOTES)
        if who:
            context.add_cookies(site.cookies(who))
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_one
    for context in contexts:
        for page in context.pages:
            if page.url.startswith(site.url) and page.evaluate("typeof violations") != "undefined":
                watch.faults += page.evaluate("violations")
        context.close()
    assert watch.faults == []

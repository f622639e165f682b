"""The Caption Studio in a browser of its own, for the scripts that look at its stage; nothing to run by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from captions import built_in, sample  # noqa: E402
from media import probe, trim, typefaces  # noqa: E402
from media.burn import Captions  # noqa: E402
from media.cut import Cut  # noqa: E402
from media.ffmpeg import Sandbox  # noqa: E402
from tests.pages import site as sites  # noqa: E402
from tests.pages.burned import shape_of  # noqa: E402

SHAPES = ("16:9", "9:16", "1:1")
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
PATIENCE = 120_000  # ms


@contextmanager
def signed_in() -> Iterator[Page]:
    """A page of somebody who is signed in to a site that lives as long as this."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running, site = sites.start(Path(folder) / "site")
        try:
            browser = playwright.chromium.launch(
                executable_path=next(path for path in BROWSERS if Path(path).exists()),
                args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site.url, viewport={"width": 1440, "height": 900},
                                          reduced_motion="reduce")
            context.set_default_timeout(PATIENCE)
            context.add_cookies(site.cookies("alice"))  # type: ignore[arg-type]
            yield context.new_page()
            browser.close()
        finally:
            running.stop()


def show(page: Page, slug: str, shapes: tuple[str, ...] = SHAPES) -> Iterator[tuple[str, str]]:
    """Open a built-in style; in each shape its name and the ASS file that the stage draws."""
    with page.expect_response("**/preview") as answer:
        page.goto(f"/account/captions/builtin:{slug}")
    page.wait_for_selector("#cs-stage[data-drawn]")
    for shape in shapes:
        if shape != "16:9":
            with page.expect_response(lambda reply, wanted=shape: shape_of(reply) == wanted) as answer:
                page.click(f".cs-tools [data-shape='{shape}']")
        page.wait_for_selector(f"#cs-stage[data-shown='{shape}']")
        yield shape, answer.value.json()["ass"]


def said(slug: str) -> Captions:
    """The studio's sample in a built-in style."""
    return Captions(sample.spoken(sample.TEXT), built_in.all_()[slug].style, typefaces.shipped())


def deliver(slug: str, source: Path, seconds: float, folder: Path) -> Path:
    """The first `seconds` of `source` with the sample, cut and burned as a job does it."""
    sandbox = Sandbox(folder / "job")
    target = folder / f"{slug}.mp4"
    trim.trim(source, probe.probe(source, sandbox), Cut(0.0, seconds), target, sandbox, captions=said(slug))
    return target

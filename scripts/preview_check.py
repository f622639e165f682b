"""Compare the preview with the burn for all sixteen styles in three shapes, and keep the table in docs/captions.md.

    .venv/bin/python scripts/preview_check.py [--print]

A site of its own is started, Chromium opens the Caption Studio, and pictures of its stage are compared with the same
file drawn by the encoder's filter in RGB. Takes a few minutes; `--print` leaves the document alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.pages import site as sites  # noqa: E402
from tests.pages.burned import burned, compare, stage_picture  # noqa: E402

SHAPES = ("16:9", "9:16", "1:1")
MOMENTS = (1.4, 2.2, 3.0)  # seconds
GROUNDS = {"dark": (28, 28, 34), "light": (230, 230, 234)}
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
DOCUMENT = ROOT / "docs" / "captions.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def measured(page: Page, folder: Path) -> Iterator[str]:
    """A row per style and shape: the least likeness and the largest share of pixels off."""
    from media.subtitles import Frame

    page.goto("/account/captions")
    refs = page.locator("[data-ref]").evaluate_all("all => all.map(one => one.dataset.ref)")
    for ref in refs:
        for shape in SHAPES:
            with page.expect_response("**/preview") as answer:
                page.goto(f"/account/captions/{ref}")
            page.wait_for_selector("#cs-stage[data-drawn]")
            if shape != SHAPES[0]:
                with page.expect_response("**/preview") as answer:
                    page.click(f".cs-tools [data-shape='{shape}']")
            page.wait_for_selector(f"#cs-stage[data-shown='{shape}']")
            ass, found = answer.value.json()["ass"], []
            for name, ground in GROUNDS.items():
                page.click(f"[data-ground={name}]")
                for moment in MOMENTS:
                    seen = stage_picture(page, moment)
                    wanted = burned(ass, Frame(seen.width, seen.height), moment, ground, folder)
                    found.append(compare(seen, wanted, ground))
            least, most = min(one for one, _ in found), max(off for _, off in found)
            yield f"| {ref.removeprefix('builtin:')} | {shape} | {least:.4f} | {100 * most:.3f} % |"


def main() -> None:
    """Measure and keep the table."""
    rows = ["| style | shape | least SSIM of text | most pixels off by more than 16 |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running, site = sites.start(Path(folder) / "site")
        try:
            browser = playwright.chromium.launch(
                executable_path=next(path for path in BROWSERS if Path(path).exists()),
                args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site.url, viewport={"width": 1440, "height": 900},
                                          reduced_motion="reduce")
            context.add_cookies(site.cookies("alice"))  # type: ignore[arg-type]
            for row in measured(context.new_page(), Path(folder) / "burn"):
                print(row, flush=True)
                rows.append(row)
            browser.close()
        finally:
            running.stop()
    if "--print" not in sys.argv:
        head, _, rest = DOCUMENT.read_text().partition(BEGIN)
        DOCUMENT.write_text(f"{head}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()

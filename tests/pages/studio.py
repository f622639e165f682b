"""What the browser tests of Clip Studio share: sources that are uploaded, and reading marks off the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from tests.pages.conftest import OpenPage
from tests.pages.site import BrowserSite
from tests.patience import PATIENCE_MS

Marks = list[tuple[float, float]]
FONTS = "document.fonts.ready.then(() => null)"  # another font moves what is below it, and what is beside
STILL = """() => {
    window.still ??= new CSSStyleSheet()
    still.replaceSync('*, ::before, ::after { animation: none !important; transition: none !important }')
    document.adoptedStyleSheets = [still]
}"""


def at(page: Page, address: str) -> Page:
    """Any page of the site, its scripts running."""
    page.goto(address)
    page.wait_for_selector("[data-ready]")
    page.evaluate(FONTS)
    return page


@contextmanager
def page_of(browser: Browser, site: BrowserSite, who: str) -> Iterator[Page]:
    """A page on which somebody prepares what the tests of a file share."""
    with browser.new_context(base_url=site.url) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(site.cookies(who))
        yield context.new_page()


def upload(browser: Browser, site: BrowserSite, who: str, path: Path) -> str:
    """The address of a ready source, sent by the page itself."""
    with page_of(browser, site, who) as page:
        at(page, "/studio")
        page.set_input_files("#file", path)
        page.wait_for_selector("#file-state.chip-ok")
        page.wait_for_url("**/studio/upl_*")
        return page.url


def cut_sample(browser: Browser, site: BrowserSite, who: str) -> str:
    """Somebody who has nothing yet takes the sample and cuts three clips of it: the address of the source."""
    with page_of(browser, site, who) as page:
        at(page, "/studio/sample")
        page.click("#take-go")
        page.wait_for_url("**/studio/upl_*")
        page.wait_for_selector("#file-state.chip-ok")
        page.keyboard.press("n")
        page.click("#go")
        for index in range(3):
            page.wait_for_selector(f"#jobs .job:nth-child({index + 1}) [data-actions]:not([hidden])")
        return page.url


def studio(open_page: OpenPage, address: str, *, who: str = "alice", **how: object) -> Page:
    """The studio with nothing marked, its picture loaded and its timeline drawn."""
    page = at(open_page(who, **how), address)
    page.wait_for_selector("#track[data-scale]")
    expect(page.locator("#length")).not_to_have_text("0:00.000")
    return page


def seconds(text: str) -> float:
    """`0:14.081` as 14.081."""
    minutes, rest = text.split(":")
    return round(int(minutes) * 60 + float(rest), 3)


def marks(page: Page) -> Marks:
    """Start and end of every segment of the list, in seconds, in its order."""
    texts = page.evaluate("""() => [...document.querySelectorAll('#segs .seg')].map(
        row => ['start', 'end'].map(name => row.querySelector(`[data-${name}]`).value))""")
    return [(seconds(start), seconds(end)) for start, end in texts]


def now(page: Page) -> float:
    return seconds(page.locator("#now").inner_text())


def press(page: Page, *keys: str) -> None:
    """Keys as a person presses them when no field has the focus."""
    page.evaluate("document.activeElement.blur()")
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, at: float) -> None:
    """Put the playhead on the frame at `at` seconds, by the keys that a person has: seconds, then frames."""
    press(page, "Home", *["Shift+ArrowRight"] * int(at), *["ArrowRight"] * round((at - int(at)) * 30))


def place(page: Page, at: float) -> float:
    """Where on the screen a moment stands."""
    drawn(page)
    box = page.locator("#track").bounding_box()
    scale, start = (float(page.locator("#track").get_attribute(f"data-{name}") or 0) for name in ("scale", "start"))
    assert box
    return float(box["x"]) + 1 + 10 + (at - start) * scale


def drawn(page: Page) -> None:
    """Wait until what was asked to be drawn is drawn."""
    page.evaluate("new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => go(null))))")


def still(page: Page) -> None:
    """From now on nothing moves or fades on this page: all of it is where it was going, also what comes later."""
    page.evaluate(STILL)


@contextmanager
def held(page: Page, address: str) -> Iterator[None]:
    """Requests to `address` wait until the end of the block, so that what is shown meanwhile can be looked at."""
    waiting, looked = [], False

    def hold(route: Route) -> None:
        if looked:
            route.continue_()
        else:
            waiting.append(route)

    page.route(address, hold)
    yield
    looked = True
    for route in waiting:
        route.continue_()


def span(page: Page) -> tuple[float, float]:
    """The seconds at the left edge and the pixels per second of the timeline."""
    drawn(page)
    track = page.locator("#track")
    return float(track.get_attribute("data-start") or 0), float(track.get_attribute("data-scale") or 0)


def speeds(page: Page) -> Callable[[], list[str]]:
    """The speeds that the transport names from now on, one after the other; backwards it soon is at the start."""
    page.evaluate("""() => {
        const speed = document.getElementById('speed')
        window.speeds = []
        new MutationObserver(() => { if (!speed.hidden) speeds.push(speed.textContent) })
            .observe(speed, {attributes: true, childList: true})
    }""")
    return lambda: list(page.evaluate("speeds"))


def act(page: Page, segment: int, name: str) -> None:
    """Choose from the menu of a segment."""
    page.locator("#segs .seg").nth(segment).locator("[data-menu-of]").click()
    page.locator(f"#seg-menu [data-act={name}]").click()


def ink(page: Page, canvas: str) -> list[int]:
    """How many pixels of each column of a canvas are drawn."""
    drawn(page)
    return list(page.evaluate("""id => {
        const canvas = document.getElementById(id)
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        const columns = new Array(canvas.width).fill(0)
        for (let n = 3; n < data.length; n += 4) if (data[n] > 60) columns[(n >> 2) % canvas.width]++
        return columns
    }""", canvas))

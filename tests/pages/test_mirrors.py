"""What exists twice, once for the page and once for the server, says the same: prices and time codes."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from billing import prices
from clips import studio, timecode
from clips.plan import delivered_class
from tests.pages.conftest import ROOT, _or_skip

EXAMPLES = json.loads((ROOT / "tests" / "js" / "timecodes.json").read_text())
SCRIPT = """
import { deliversFourK, dollars, payment, quote } from './static/js/lib/price.js'
let text = ''
for await (const part of process.stdin) text += part
console.log(JSON.stringify(JSON.parse(text).map(ask => {
  const fourK = deliversFourK(ask)
  const { total } = quote({ count: ask.count, fourK, prices: ask.prices, captioned: ask.captioned })
  const { way, left } = payment({ total, balance: ask.balance, claimable: false, credit: 0 })
  return { fourK, total, way, left, shown: dollars(total) }
})))
"""


@pytest.mark.parametrize(("text", "seconds"), EXAMPLES["times"])
def test_a_typed_time_reads_as_in_the_browser(text, seconds):
    assert timecode.parse(text) == seconds


@pytest.mark.parametrize(("text", "fps", "seconds"), EXAMPLES["frames"])
def test_a_typed_frame_reads_as_in_the_browser(text, fps, seconds):
    assert timecode.parse(text, fps=fps) == seconds


PRICES = studio.rules(None)["prices"]


@dataclass
class Picture:
    """What `delivered_class` reads of a probe."""

    width: int
    height: int


def asks(count: int) -> list[dict]:
    """Requests of all sizes, formats and purses; the seed makes them the same each time."""
    chance = random.Random(102)
    sizes = [(640, 360), (1280, 720), (1920, 1080), (1080, 1920), (2560, 1440), (3840, 2160), (2160, 3840),
             (3840, 1600), (3838, 2158), (4096, 2160), (7680, 4320), (1, 1)]
    return [{"picture": dict(zip(("width", "height"), chance.choice(sizes), strict=True)),
             "format": chance.choice(["mp4", "mp4", "gif", "mp3"]),
             "quality": chance.choice(["", "4k", "1080p", "720p"]),
             "may4k": chance.random() < 0.5, "balance": chance.randint(0, 400), "prices": PRICES,
             **lengths(chance)} for _ in range(count)]


def lengths(chance: random.Random) -> dict:
    """How many clips, and how long they are where they get captions: often just about a whole minute."""
    count = chance.randint(0, 50)
    near = [chance.choice([0.04, 59.9, 60, 60.25, 60.26, 61, 119.99, 120.25, 600]) for _ in range(count)]
    return {"count": count, "captioned": near if chance.random() < 0.5 else []}


def test_c102_the_page_counts_like_the_server_on_500_requests():
    if shutil.which("node") is None:
        _or_skip(ROOT / "node", "node is not installed")
    wanted = [ask for ask in asks(700) if ask["may4k"] or ask["quality"] != "4k"][:500]
    done = subprocess.run(["node", "--input-type=module", "-e", SCRIPT], cwd=ROOT, input=json.dumps(wanted),
                          capture_output=True, text=True, check=True)
    for ask, page in zip(wanted, json.loads(done.stdout), strict=True):
        delivered = delivered_class(ask["format"], Picture(**ask["picture"]), asked=ask["quality"] or None,
                                    may_4k=ask["may4k"])
        total = sum(sum(prices.clip(four_k=delivered == "4k", captioned=seconds).values())
                    for seconds in ask["captioned"] or [None] * ask["count"])
        after = ("pay", ask["balance"] - total) if total <= ask["balance"] else ("none", ask["balance"])
        assert (page["fourK"], page["total"]) == (delivered == "4k", total), ask
        assert (page["way"], page["left"]) == after, ask
        assert page["shown"] == f"${total / 100:.2f}"

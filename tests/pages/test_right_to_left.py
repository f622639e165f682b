"""Names in Arabic or Hebrew: each page says for every one of them that its direction is its own; files keep the order
in which words are said."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest

from accounts import services as account_services
from jobs.models import Job
from tests.api.test_clips import make_clip
from tests.captions.rows import font_row, make_preset
from tests.clips.rows import ready_upload
from tests.pages.test_library import failed_job
from tests.pages.test_plain_forms import plain, send, text  # noqa: F401
from tests.transcripts.rows import transcript

pytestmark = pytest.mark.django_db
NAME = "שיחה 12 (סופי)"
VOID = {"input", "meta", "link", "br", "hr", "img", "progress", "use"}
SILENT = {"script", "title", "template", "noscript"}
LINES = [["שלום", "לכולם,"], ["זה", "פרק", "12", "של", "FastClip!"]]


def turns(words: str) -> bool:
    return any(unicodedata.bidirectional(one) in ("R", "AL") for one in words)


class Bare(HTMLParser):
    """Texts from right to left, and fields with such a value, whose element says nothing of a direction."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        marked = tag == "bdi" or "dir" in known
        if tag == "input" and known.get("type") != "hidden" and turns(known.get("value") or ""):
            self.meet(marked, str(known["value"]))
        if tag not in VOID:
            self.open.append((tag, marked))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if turns(data) and not any(tag in SILENT for tag, _ in self.open):
            self.meet(self.open[-1][1] or "\u2068" in data, data.strip())

    def meet(self, marked: bool, words: str) -> None:
        self.seen += 1
        if not marked:
            self.found.append(words)


def bare(page: str) -> tuple[int, list[str]]:
    """How many texts of a page run from right to left, and those that turn what stands beside them."""
    reader = Bare()
    reader.feed(page)
    return reader.seen, reader.found


@pytest.fixture
def addresses(alice) -> dict[str, str]:
    """Every page that shows a name, where all names run from right to left."""
    source = ready_upload(alice, filename=f"{NAME}.mp4")
    clip = make_clip(alice, title=NAME, file_name=f"{NAME}.mp4", source=source.pk)
    Job.objects.filter(pk=clip.job_id).update(source=source.pk, spec={"upload": source.pk, "start": 1, "end": 3})
    failed_job(alice, source)
    font = font_row(alice, name=NAME, style="")
    style = make_preset(alice, NAME, font_source="upload", font_id=font.pk)
    other = make_preset(alice, f"{NAME} 2", clone_from=style.ref)
    key, _ = account_services.create_key(alice, name=NAME)
    return {"clips": "/library", "uploads": f"/library?tab=uploads&q={NAME}", "jobs": "/library?tab=jobs",
            "job": f"/studio/jobs/{clip.job_id}", "start": f"/studio?preset_ref={style.ref}",
            "studio": f"/studio/{source.pk}", "delete upload": f"/library/uploads/{source.pk}/delete",
            "styles": "/account/captions", "style": f"/account/captions/{other.ref}",
            "fonts": "/account/captions/fonts", "keys": "/account/keys", "key": f"/account/keys/{key.pk}/revoke",
            "delete style": f"/account/captions/{style.ref}/delete",
            "delete font": f"/account/captions/fonts/{font.pk}/delete"}


def test_a_name_keeps_its_direction_wherever_it_stands(plain, addresses):  # noqa: F811
    for place, address in addresses.items():
        reply = send(plain, address, {}) if "/delete" in address or "/revoke" in address else plain.get(address)
        assert reply.status_code == 200, place
        seen, found = bare(text(reply))
        assert (seen > 0, found) == (True, []), place


def test_what_is_told_of_a_name_is_not_turned_by_it(plain, alice):  # noqa: F811
    style = make_preset(alice, NAME)
    send(plain, f"/account/captions/{style.ref}/delete", {"sure": "yes"})
    assert f"“\u2068{NAME}\u2069” is deleted. Jobs that chose it" in text(plain.get("/account/captions"))
    make_preset(alice, "Plain")
    assert "\u2068" not in text(plain.get("/account/captions"))


@pytest.mark.parametrize("extension", ["srt", "vtt", "txt"])
def test_files_hold_words_in_the_order_in_which_they_are_said(api, alice, extension):
    """Whoever shows them turns them; marks of direction would be words that nobody said."""
    source = ready_upload(alice)
    transcript(source, LINES, language="he")
    body = api.get(f"/v1/transcript/{source.pk}.{extension}").content.decode()
    shown = re.sub("<[^>]*>", "", body)
    assert all(" ".join(line) in shown for line in LINES)
    assert not set(body) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

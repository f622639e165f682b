"""The sizes that the studio offers: what a choice says is what comes out (C098, C101)."""

from __future__ import annotations

import re

import pytest

from clips import studio
from clips.models import Clip
from clips.services import request_trim
from media.cut import Cut
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.factories import give


def shown(items: list[dict]) -> list[tuple[str, str]]:
    return [(item["value"], item["label"]) for item in items]


@pytest.mark.parametrize(("width", "height", "sizes"), [
    (640, 360, [("", "Source (360p)")]),
    (854, 480, [("", "Source (480p)")]),
    (960, 540, [("", "480p"), ("720p", "Source (540p)")]),
    (1280, 720, [("", "480p"), ("720p", "Source (720p)")]),
    (720, 1280, [("", "480p"), ("720p", "Source (720p)")]),
    (1920, 1080, [("", "480p"), ("720p", "720p"), ("1080p", "Source (1080p)")]),
    (3840, 2160, [("", "480p"), ("720p", "720p"), ("1080p", "1080p")]),
    (0, 0, [("", "Source")]),
])
def test_a_gif_is_offered_small_and_in_every_size_it_may_have(width, height, sizes):
    assert shown(studio.gif_qualities(width, height)) == sizes


def test_a_form_that_cannot_change_names_the_size_of_a_gif_beside_the_rest():
    def plain(width: int, height: int) -> list[tuple[str, str]]:
        return shown(studio.plain_qualities({
            "qualities": studio.qualities(width, height, may_4k=False),
            "gif_qualities": studio.gif_qualities(width, height)}))

    assert plain(640, 360) == [("", "Source (360p)")]
    assert plain(1280, 720) == [("", "Source (720p); GIF: 480p"), ("720p", "Source (720p)")]
    assert plain(1920, 1080) == [
        ("", "Source (1080p); GIF: 480p"), ("720p", "720p"), ("1080p", "Source (1080p)")]
    assert shown(studio.plain_qualities({"qualities": [], "gif_qualities": []})) == [("", "Source")]


@pytest.mark.django_db
def test_every_size_offered_for_a_gif_is_the_size_that_is_delivered(alice, work):
    give(alice, 100)
    path = media_bank.make("hd.mp4", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=10", "-t", "1",
                           *media_bank.H264)
    upload = ready_upload(alice, path)
    for choice in studio.source(alice, upload)["gif_qualities"]:
        request_trim(alice, file_id=upload.pk, cuts=[Cut(0, 0.3)], format="gif", quality=choice["value"] or None,
                     title=choice["label"], by_session=True)
    work()
    made = {clip.title: clip.height for clip in Clip.objects.all()}
    assert made == {"480p": 480, "Source (720p)": 720}
    assert all(re.search(r"\d+", title)[0] == str(height) for title, height in made.items())

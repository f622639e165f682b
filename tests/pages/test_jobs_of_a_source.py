"""What pages say of jobs that were asked for before: the studio's cards, the library, the account's history."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from clips.models import Clip
from jobs.models import Job
from tests.pages.test_plain_forms import plain, send, text, upload_clip  # noqa: F401

pytestmark = pytest.mark.django_db


def made(client: Client, file_id: str) -> list[dict[str, Any]]:
    """What the studio's page tells its scripts of the jobs of this source."""
    shown = text(client.get(f"/studio/{file_id}"))
    found = re.search(r'<script id="made" type="application/json">(.*?)</script>', shown)
    assert found
    return list(json.loads(found[1]))


def ranges(views: list[dict[str, Any]]) -> list[tuple[float, float]]:
    return [(view["start"], view["end"]) for view in views]


@pytest.fixture
def source(plain, work) -> str:  # noqa: F811
    file_id = upload_clip(plain)
    work()
    return file_id


def export(client: Client, file_id: str, *cuts: tuple[str, str]) -> None:
    starts, ends = zip(*cuts, strict=True)
    send(client, f"/studio/{file_id}", {"start": list(starts), "end": list(ends), "format": "mp4"})


def test_running_and_finished_clips_of_a_source_are_there_after_a_reload(plain, source, work):  # noqa: F811
    export(plain, source, ("2", "3"), ("0", "1"))
    assert ranges(made(plain, source)) == [(2, 3), (0, 1)]
    work()
    views = made(plain, source)
    assert [view["status"] for view in views] == ["complete", "complete"]
    assert all(view["download_url"] for view in views)


def test_the_newest_export_comes_first_and_each_in_the_order_of_its_segments(plain, source):  # noqa: F811
    export(plain, source, ("0", "1"), ("1", "2"), ("2", "3"))
    export(plain, source, ("4", "5"), ("3", "4"))
    assert ranges(made(plain, source)) == [(4, 5), (3, 4), (0, 1), (1, 2), (2, 3)]
    listed = re.findall(r">clip.mp4 (\d:0\d)–", text(plain.get("/library?tab=jobs")))
    assert listed == ["0:04", "0:03", "0:00", "0:01", "0:02"]


def test_another_source_an_expired_clip_and_a_cancelled_job_are_left_out(plain, source, work):  # noqa: F811
    other = upload_clip(plain, "other.mp4")
    work()
    export(plain, source, ("0", "1"))
    work()
    assert made(plain, other) == []
    Clip.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert made(plain, source) == []
    export(plain, source, ("1", "2"))
    send(plain, f"/studio/jobs/{Job.objects.get(kind='clip', status='pending').pk}/cancel", {})
    assert made(plain, source) == []


def test_a_failed_job_is_listed_with_its_reason_apart_from_the_works(plain, source):  # noqa: F811
    export(plain, source, ("0", "1"))
    Job.objects.filter(kind="clip").update(status="failed", error="The picture is torn.", error_code="corrupt",
                                           finished_at=timezone.now())
    shown = text(plain.get("/library?tab=jobs"))
    assert ("The picture is torn." in shown, "Cancel clip.mp4" in shown) == (True, False)


def test_the_history_names_the_clip_and_leads_to_its_page(plain, source, work):  # noqa: F811
    export(plain, source, ("0", "1"))
    job = Job.objects.get(kind="clip")
    row = f'href="/studio/jobs/{job.pk}">'
    assert f"{row}0:00.000 to 0:01.000</a>" in text(plain.get("/account"))
    work()
    assert row + escape(Clip.objects.get().file_name) in text(plain.get("/account"))
    Clip.objects.update(expires_at="2020-01-01T00:00:00Z")
    shown = text(plain.get(f"/studio/jobs/{job.pk}"))
    assert ("This clip has expired" in shown, 'src="None"' in shown) == (True, False)


def test_the_history_asks_the_database_no_more_often_for_more_rows(plain, source, work, django_assert_max_num_queries):  # noqa: F811
    export(plain, source, *[(str(at), str(at + 1)) for at in range(5)])
    work()
    with django_assert_max_num_queries(16):
        plain.get("/account")

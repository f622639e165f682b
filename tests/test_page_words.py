"""How pages say lengths, sizes, prices and what was paid for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import ledger
from billing.models import Entry
from fastclip_site.templatetags import ui
from jobs import queue
from tests.clips.rows import ready_upload
from tests.factories import give


@pytest.mark.parametrize(("seconds", "shown", "short"), [
    (None, "0:00.000", "0:00"), (0, "0:00.000", "0:00"), (59.9994, "0:59.999", "1:00"), (59.9996, "1:00.000", "1:00"),
    (75.25, "1:15.250", "1:15"), (3599.9999, "1:00:00.000", "1:00:00"), (3661.5, "1:01:01.500", "1:01:02"),
    (10_800, "3:00:00.000", "3:00:00")])
def test_a_time_is_a_time_code_with_hours_only_where_there_are_any(seconds, shown, short):
    assert (ui.clock(seconds), ui.brief(seconds)) == (shown, short)


@pytest.mark.parametrize(("count", "shown"), [
    (None, "0 B"), (0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (1536, "1.5 KB"), (5 * 1024**2, "5.2 MB"),
    (1000**3, "1.00 GB"), (5 * 1000**3, "5.00 GB"), (5000 * 1000**3, "5000.00 GB")])
def test_a_size_is_what_a_file_manager_says(count, shown):
    assert ui.size(count) == shown


@pytest.mark.parametrize(("left", "shown"), [
    (timedelta(hours=3, minutes=12, seconds=30), "3 h 12 m"), (timedelta(minutes=5, seconds=30), "5 m"),
    (timedelta(minutes=60, seconds=30), "1 h 0 m"), (timedelta(seconds=59), "now"), (timedelta(seconds=-5), "now"),
    (timedelta(hours=24, seconds=30), "24 h 0 m")])
def test_what_expires_says_how_long_it_stays(left, shown):
    assert ui.left(timezone.now() + left) == shown


def test_what_never_expires_is_kept():
    assert ui.left(None) == "kept"


def test_a_price_of_nothing_known_is_nothing():
    assert (ui.price(None), ui.price(5)) == ("$0.00", "$0.05")


def test_every_kind_of_entry_has_words_of_its_own():
    from billing.models import ENTRY_KINDS

    assert set(ui.ENTRY_WORDS) == set(ENTRY_KINDS)
    assert len(set(ui.ENTRY_WORDS.values())) == len(ENTRY_KINDS)


def test_money_set_aside_says_so_until_its_job_ends(alice):
    give(alice, 100)
    job = queue.submit(alice, kind="clip", spec={"start": 1.0, "end": 2.5}, cents=2, source=ready_upload(alice).pk)
    entry = Entry.objects.select_related("hold").get(kind="reserve")
    assert (ui.entry_words(entry), ui.entry_job(entry)) == ("Reserved for a running clip", job)
    assert ui.job_name(job) == "0:01.000 to 0:02.500"
    ledger.settle(entry.hold, cost=2)
    assert ui.entry_words(Entry.objects.select_related("hold").get(kind="reserve")) == "Clip"


def test_an_entry_without_a_job_names_none(alice):
    give(alice, 100)
    entry = Entry.objects.get()
    assert (ui.entry_words(entry), ui.entry_job(entry)) == ("Correction", None)


@pytest.mark.parametrize(("kind", "running", "ended"), [
    ("transcript", "Reserved for a transcript", "Transcript"), ("captions", "Reserved for captions", "Captions")])
def test_the_history_names_the_work_that_money_went_to(alice, kind, running, ended):
    give(alice, 100)
    job = queue.submit(alice, kind=kind, spec={"start": 0.0, "end": 2.0, "file_name": "talk.mp4"}, cents=2,
                       source=ready_upload(alice).pk)
    entry = Entry.objects.select_related("hold__job").get(kind="reserve")
    assert ui.entry_words(entry) == running
    ledger.settle(entry.hold, cost=2)
    assert ui.entry_words(Entry.objects.select_related("hold__job").get(kind="reserve")) == ended
    assert ui.job_name(job) == ("talk.mp4" if kind == "transcript" else "0:00.000 to 0:02.000")

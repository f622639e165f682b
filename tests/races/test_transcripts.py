"""Many requests, one source: one job and one charge, and no correction is lost without a word."""

from __future__ import annotations

import pytest

from billing.models import Hold, Wallet
from captions.models import Transcript
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give, make_account
from tests.races.crowd import at_once
from tests.transcripts.rows import transcript
from uploads.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(db):
    account = make_account("racer")
    give(account, 100)
    return account


def test_b46_twenty_equal_posts_at_once_are_one_job_and_one_charge(account):
    upload = ready_upload(account)
    told = at_once("post", *[[account.pk, "/v1/transcript", {"file_id": upload.pk}, {}]] * 20)
    assert told == [[202, None]] * 20, told
    assert (Job.objects.count(), Hold.objects.count(), Wallet.objects.get().available) == (1, 1, 98)
    assert Upload.objects.get().pins == 1


def test_x009_of_corrections_at_once_one_wins_and_the_others_are_told(account):
    upload = ready_upload(account)
    transcript(upload)
    told = at_once("edit_transcript", *[[account.pk, upload.pk, f"Word{number}"] for number in range(6)])
    assert sorted(told) == [2, *[409] * 5], told
    winner = Transcript.objects.get(version=2).said[0][1][0][0]
    assert winner == f"Word{told.index(2)}" and Transcript.objects.count() == 2

"""What the database itself refuses, whoever writes it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from captions import transcripts
from captions.models import MAX_VERSIONS, Piece, Transcript
from tests.clips.rows import ready_upload

pytestmark = pytest.mark.django_db
ROW = {"version": 1, "place": 1, "language": "en", "engine": "whisper", "quality": "standard", "words": 0}
PIECE = {"wish": "whisper::", "number": 0, "start": 0.0, "end": 1.0}


@pytest.fixture
def upload(alice):
    return ready_upload(alice)


@pytest.mark.parametrize(("fields", "constraint"), [
    ({"version": 0}, "transcript_version|transcript_first"), ({"place": 0}, "transcript_place|transcript_first"),
    ({"version": 2, "place": 21}, "transcript_place"), ({"version": 2, "place": 1}, "transcript_first_has_first_place"),
    ({"version": 1, "place": 2}, "transcript_first_has_first_place"), ({"base": 1}, "transcript_base_is_older"),
    ({"version": 3, "place": 3, "base": 0}, "transcript_base_is_older"), ({"engine": "ear"}, "transcript_engine"),
    ({"quality": "good"}, "transcript_quality")], ids=str)
def test_a_transcript_beyond_its_limits_cannot_be_stored(upload, fields, constraint):
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        Transcript.objects.create(upload=upload, **ROW | fields)
    Transcript.objects.create(upload=upload, **ROW)


@pytest.mark.parametrize("twin", [{"version": 2, "place": 3}, {"version": 3, "place": 2}], ids=str)
def test_a_version_and_a_place_are_taken_once(upload, alice, twin):
    Transcript.objects.create(upload=upload, **ROW | {"version": 2, "place": 2})
    Transcript.objects.create(upload=ready_upload(alice), **ROW | {"version": 2, "place": 2})
    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.create(upload=upload, **ROW | twin)


def test_there_is_no_room_for_more_versions_than_are_kept(upload):
    taken = [transcripts.place_of(version) for version in range(1, MAX_VERSIONS + 1)]
    assert sorted(taken) == list(range(1, MAX_VERSIONS + 1))
    assert [transcripts.place_of(version) for version in (2, 21, 40)] == [2, 2, 2]


@pytest.mark.parametrize(("fields", "constraint"), [
    ({"wish": ""}, "piece_has_wish"), ({"start": -0.1}, "piece_in_order"), ({"end": -1.0}, "piece_in_order"),
    ({"language": "en"}, "piece_says_nothing")], ids=str)
def test_a_piece_beyond_its_limits_cannot_be_stored(upload, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Piece.objects.create(upload=upload, **PIECE | fields)
    Piece.objects.create(upload=upload, **PIECE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Piece.objects.create(upload=upload, **PIECE)

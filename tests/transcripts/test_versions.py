"""Versions of a transcript: which one comes next, which ones stay, and what a range of it says."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from captions import transcripts
from captions.models import Transcript
from core.errors import NotFound
from media.timed import Sentence, Word
from media.transcribe import base
from tests.clips.rows import ready_upload
from tests.transcripts.rows import sentences, transcribed, transcript


def test_an_edit_of_a_version_that_is_not_the_newest_is_refused_by_the_database(alice):
    """As when another edit commits between the look at the newest version and the insert."""
    upload = transcribed(alice)
    transcript(upload, [["Theirs"]], edited=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        transcript(upload, [["Mine"]], edited=1)
    assert [row.said[0][1][0][0] for row in Transcript.objects.order_by("version")] == ["Welcome", "Theirs"]


def test_what_is_not_an_edit_comes_behind_the_newest(alice):
    upload = transcribed(alice)
    transcript(upload, edited=1)
    assert transcript(upload, engine="align").version == 3
    assert transcripts.versions(alice, upload) == [1, 2, 3]


def test_every_query_starts_from_the_account(alice, bob):
    upload = transcribed(alice)
    assert transcripts.newest(alice, upload).version == transcripts.newest(alice, upload.pk).version == 1
    assert transcripts.newest(bob, upload) is None and transcripts.versions(bob, upload) == []
    with pytest.raises(NotFound):
        transcripts.one(bob, upload)


def test_what_is_stored_comes_back_as_it_was(alice):
    said = (Sentence((Word("Grüße,", 0.0, 0.5, 0.123456), Word("{\\b1}", 0.5, 0.5, None)), "de"),
            Sentence((Word("שלום", 1.25, 2.0, 1.0),), "he"))
    kept = transcripts.keep(ready_upload(alice), base.Transcript("de", said, "whisper", "standard"))
    found = transcripts.sentences(Transcript.objects.get(pk=kept.pk))
    assert [sentence.text for sentence in found] == ["Grüße, {\\b1}", "שלום"]
    assert [sentence.language for sentence in found] == ["de", "he"]
    assert found[0].words[0] == Word("Grüße,", 0.0, 0.5, 0.123) and found[0].words[1].probability is None
    assert kept.words == 3


@pytest.mark.parametrize(("start", "end", "told"), [
    (0.0, None, ["Welcome everyone to this talk", "It is about cutting", "Thank you"]),
    (0.0, 1.0, ["Welcome"]), (0.66, 1.1, ["everyone"]), (3.0, 4.0, ["It is about"]), (2.5, 2.9, []),
    (5.0, None, ["Thank you"]), (100.0, None, [])])
def test_a_word_belongs_to_the_range_in_which_its_middle_lies(alice, start, end, told):
    found = transcripts.sentences(transcripts.newest(alice, transcribed(alice)), start, end)
    assert [sentence.text for sentence in found] == told
    assert all(word.start >= 0 for sentence in found for word in sentence.words)


def test_a_range_begins_at_zero(alice):
    [cut] = transcripts.sentences(transcripts.newest(alice, transcribed(alice)), 3.0, 4.0)
    assert [(word.text, round(word.start, 3), round(word.end, 3)) for word in cut.words] == [
        ("It", 0.0, 0.3), ("is", 0.4, 0.7), ("about", 0.8, 1.0)]


def test_the_words_of_tests_are_in_order():
    words = [word for sentence in sentences() for word in sentence.words]
    assert (words[0].start, words[-1].end, len(words)) == (0.5, 5.8, 11)

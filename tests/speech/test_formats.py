"""Timed words as files, and files as cues."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.timed import Sentence, Word
from media.transcribe import formats
from media.transcribe.base import Transcript
from media.transcribe.formats import BadText, Cue, parse, render


def said(*words: tuple[str, float, float]) -> Sentence:
    return Sentence(tuple(Word(text, start, end, 0.98) for text, start, end in words), "en")


WELCOME = Transcript("en", (said(("Welcome", 0.0, 0.6), ("everyone", 0.6, 2.7)),
                            said(("Tom", 3661.5, 3662.0), ("&", 3662.0, 3662.25), ("Jerry", 3662.25, 3663.0))),
                     "whisper", "standard")
EMPTY = Transcript("", (), "whisper", "standard")


def test_srt():
    assert render(WELCOME, "srt") == (
        "1\n00:00:00,000 --> 00:00:02,700\nWelcome everyone\n\n2\n01:01:01,500 --> 01:01:03,000\nTom & Jerry\n")


def test_vtt_holds_the_time_of_each_word():
    assert render(WELCOME, "vtt") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.700\nWelcome <00:00:00.600>everyone\n\n"
        "01:01:01.500 --> 01:01:03.000\nTom <01:01:02.000>&amp; <01:01:02.250>Jerry\n")


def test_c065_txt():
    assert render(WELCOME, "txt") == "[0:00:00] Welcome everyone\n[1:01:01] Tom & Jerry\n"


def test_c064_json():
    told = json.loads(render(WELCOME, "json"))
    assert told["text"] == "[0:00:00] Welcome everyone\n[1:01:01] Tom & Jerry"
    assert told["segments"][0] == {
        "start": 0.0, "end": 2.7, "text": "Welcome everyone",
        "words": [{"word": "Welcome", "start": 0.0, "end": 0.6, "probability": 0.98},
                  {"word": "everyone", "start": 0.6, "end": 2.7, "probability": 0.98}]}
    assert (told["language"], told["engine"], told["quality"]) == ("en", "whisper", "standard")


def test_an_empty_transcript_in_all_formats():
    assert (render(EMPTY, "srt"), render(EMPTY, "vtt"), render(EMPTY, "txt")) == ("", "WEBVTT\n", "\n")
    assert json.loads(render(EMPTY, "json"))["segments"] == []


@pytest.mark.parametrize("format", formats.FORMATS)
def test_every_format_has_a_type(format):
    assert "/" in formats.TYPES[format]
    assert render(WELCOME, format).endswith("\n")


def test_text_cannot_break_out_of_its_cue():
    nasty = Transcript("en", (said(("a\n\n2", 0, 1), ("-->", 1, 2), ("<b>&amp;", 2, 3)),), "whisper", "standard")
    assert render(nasty, "srt").splitlines()[2:] == ["a 2 → <b>&amp;"]
    assert render(nasty, "vtt").splitlines()[3:] == [
        "a 2 <00:00:01.000>--&gt; <00:00:02.000>&lt;b&gt;&amp;amp;"]
    assert len(render(nasty, "txt").splitlines()) == 1


def test_a_thousandth_before_a_full_second_is_rounded_as_a_whole():
    assert "00:00:59,999 --> 00:01:00,000" in formats.srt([said(("x", 59.9989, 59.9996))])


# --- Reading ----------------------------------------------------------------------------------------------

def test_srt_as_people_have_it():
    text = ("\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\n{\\an8}there\r\n\r\n\r\n"
            "7\r\n1:02:03.5 --> 1:02:04.25 X1:10\r\n- Tom &amp; Jerry\r\n")
    assert parse(text, "srt") == [Cue("Hello there", 1.5, 3.0), Cue("- Tom &amp; Jerry", 3723.5, 3724.25)]


def test_vtt_as_people_have_it():
    text = ("WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE nobody reads this\n\nintro\n"
            "00:01.000 --> 00:02.000 align:start position:10%\n<v Roger>Tom <00:01.500>&amp; <c.yellow>Jerry</c>\n")
    assert parse(text, "vtt") == [Cue("Tom & Jerry", 1.0, 2.0)]


def test_plain_text_is_a_cue_a_line_with_the_time_before_it():
    assert parse("[1:00:05] Hello there\n\n   and here\t\n[x] y", "txt") == [
        Cue("Hello there", 3605.0), Cue("and here"), Cue("[x] y")]


def test_a_cue_that_ends_before_it_begins_has_no_length():
    assert parse("1\n00:00:05,000 --> 00:00:01,000\nx\n", "srt") == [Cue("x", 5.0, 5.0)]


def test_cues_without_text_are_passed_over():
    assert parse("1\n00:00:01,000 --> 00:00:02,000\n<i> </i>\n\n2\n00:00:02,000 --> 00:00:03,000\nx\n", "srt") == [
        Cue("x", 2.0, 3.0)]


@pytest.mark.parametrize(("text", "format", "told"), [
    ("", "txt", "no line of text"), (" \n \n", "txt", "no line of text"), ("no cues here", "srt", "no line of text"),
    ("WEBVTT\n", "vtt", "no line of text"), ("x", "ass", "none of srt, vtt and txt"), ("a\0b", "txt", "zero byte"),
    ("x" * (formats.MOST + 1), "txt", "longer than"),
])
def test_a_text_that_cannot_be_used_is_refused_with_the_reason(text, format, told):
    with pytest.raises(BadText) as refusal:
        parse(text, format)
    assert told in refusal.value.sentence


EXAMPLES = json.loads((Path(__file__).parents[1] / "js" / "subtitle_files.json").read_text())


def test_what_a_text_is_reads_as_on_the_page():
    assert [[name, text, formats.recognised(name, text)] for name, text, _ in EXAMPLES["formats"]] == \
        EXAMPLES["formats"]


def test_the_bytes_of_a_file_read_as_on_the_page():
    assert [[data, formats.decoded(bytes(data))] for data, _ in EXAMPLES["bytes"]] == EXAMPLES["bytes"]


def test_bytes_that_are_no_text_become_some_text():
    assert formats.decoded(b"\xff\xfe\x00")
    assert formats.decoded(b"a\x81\x92") == "a\N{REPLACEMENT CHARACTER}\N{RIGHT SINGLE QUOTATION MARK}"


WORDS = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="<>{}\\&[]"), min_size=1, max_size=8)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_is_written_is_read_again(lines):
    sentences = [Sentence(tuple(Word(text, number + place / 10, number + (place + 1) / 10)
                                for place, text in enumerate(line))) for number, line in enumerate(lines)]
    transcript = Transcript("en", tuple(sentences), "align", "standard")
    texts = [" ".join(line).replace("-->", "→") for line in lines]
    for format in ("srt", "vtt"):
        cues = parse(render(transcript, format), format)
        assert [cue.start for cue in cues] == [pytest.approx(sentence.start, abs=0.001) for sentence in sentences]
        assert [cue.text.replace("-->", "→") for cue in cues] == texts
    assert [cue.text for cue in parse(render(transcript, "txt"), "txt")] == texts


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300), st.sampled_from(["srt", "vtt", "txt"]))
def test_any_text_is_read_or_refused(text, format):
    try:
        cues = parse(text, format)
    except BadText:
        return
    assert all(cue.text.strip() for cue in cues)
    assert all(cue.start is None or cue.end is None or cue.start <= cue.end for cue in cues)

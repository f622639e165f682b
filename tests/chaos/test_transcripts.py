"""Workers that die while they transcribe: each next one goes on where the one before was."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from tests.chaos.test_recovery import REAL
from tests.chaos.volume import HOURS, PERIOD, SPEECH
from tests.speech import recordings

DEATHS = 4  # of one job; the fifth would give it up
SLOW = 3600.0  # seconds that a piece of five minutes may take


def test_a_transcription_survives_workers_that_die_behind_every_piece(site):
    """Each attempt lives for one piece. If any were heard twice, five attempts would not be enough."""
    recordings.recording("prompts.flac")  # or skipped
    [job] = site.order("transcript")
    site.arm("after_piece", job, "always")
    site.start_worker(JOB_WORKERS="1", TRANSCRIBE_CHUNK_SECONDS="5")
    site.wait(lambda: site.rows("SELECT 1 FROM captions_piece"), "the pieces to be planned")
    [(pieces,)] = site.rows("SELECT count(*) FROM captions_piece")
    site.wait_for_end(1)
    [ended] = site.jobs("kind = 'transcript'")
    assert (ended["status"], ended["attempts"], pieces) == ("complete", 4, 3)
    [(version, words)] = site.rows("SELECT version, words FROM captions_transcript")
    assert version == 1 and words > 20
    assert site.rows("SELECT count(*) FROM captions_piece") == [(0,)]
    site.audit()


@pytest.mark.skipif(not HOURS, reason="only in make chaos (FASTCLIP_CHAOS_HOURS)")
def test_hours_of_speech_are_written_down_though_four_workers_are_killed_in_the_middle_of_pieces(site):
    """Who finished a piece, and when, never changes again: what is finished is not heard a second time."""
    recordings.recording("prompts.flac")  # or skipped
    site.env |= REAL
    [job] = site.order("talk", str(HOURS))
    began = time.monotonic()
    site.start_worker(JOB_WORKERS="1")
    site.wait(lambda: site.rows("SELECT 1 FROM captions_piece"), "the pieces to be planned", patience=SLOW)
    [(pieces,)] = site.rows("SELECT count(*) FROM captions_piece")
    [(spoken,)] = site.rows("SELECT count(*) FROM captions_piece WHERE speech <> '[]'")
    finished: dict[int, tuple[int, str]] = {}
    for death in range(1, DEATHS + 1):
        wanted = death * spoken // (DEATHS + 1)
        while len(finished) < wanted:
            _wait_for_another(site, finished)
        os.kill(site.busy_worker(), signal.SIGKILL)
        site.wait(lambda more=death: site.jobs(f"id = '{job}' AND attempts > {more}"), "another attempt")
    while not site.jobs(f"id = '{job}' AND finished_at IS NOT NULL"):
        _wait_for_another(site, finished)
    [ended] = site.jobs("kind = 'transcript'")
    assert (ended["status"], ended["attempts"]) == ("complete", DEATHS + 1)
    assert len(finished) >= spoken - 1, "the last ones become the transcript within a moment"
    assert site.rows("SELECT count(*) FROM captions_piece") == [(0,)]
    [(words,)] = site.rows("SELECT words FROM captions_transcript")
    site.audit()
    by_attempt = Counter(fence for fence, _ in finished.values())
    site.report("hours transcribed", [ended], {
        "hours": HOURS, "deaths": DEATHS, "pieces": pieces, "spoken": spoken, "by_attempt": list(by_attempt.values()),
        "words": words, "speech": f"{SPEECH} of {PERIOD} s", "minutes": round((time.monotonic() - began) / 60)})


def _wait_for_another(site, finished: dict[int, tuple[int, str]]) -> None:
    """Until one more piece is finished, or all is over; patience starts anew with each."""
    before = len(finished)
    site.wait(lambda: len(_look(site, finished)) > before or site.ended(), "another piece", patience=SLOW)


def _look(site, finished: dict[int, tuple[int, str]]) -> dict[int, tuple[int, str]]:
    """Note the finished pieces: by which attempt, and when. Fails where one that was noted has changed."""
    for number, fence, moment in site.rows(
            "SELECT number, fence, finished_at FROM captions_piece WHERE finished_at IS NOT NULL AND fence > 0"):
        assert finished.setdefault(number, (fence, str(moment))) == (fence, str(moment)), f"piece {number} again"
    return finished

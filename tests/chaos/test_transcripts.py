"""A worker that dies while it transcribes: another one goes on at the next piece."""

from __future__ import annotations

import json


def test_a_killed_worker_costs_the_piece_it_was_at_and_nothing_else(site):
    """It dies behind its first piece. Afterwards the words of that piece are made others than were said, so whoever
    heard it again would be found out."""
    [job] = site.order("transcript")
    site.arm("after_piece", job)
    site.start_worker(JOB_WORKERS="1", JOB_SWEEP_SECONDS="5", TRANSCRIBE_CHUNK_SECONDS="8")
    site.wait(lambda: not list((site.root / "armed").glob("after_piece.*")), "the worker to die")
    site.wait(lambda: site.rows("SELECT 1 FROM captions_piece WHERE finished_at IS NOT NULL"), "a finished piece")
    [(pieces,)] = site.rows("SELECT count(*) FROM captions_piece")
    first = site.order("mark", job)
    assert pieces >= 3 and first == ["1"], "one piece was finished when the worker died"
    site.wait_for_end(1)
    [ended] = site.jobs("kind = 'transcript'")
    assert (ended["status"], ended["attempts"]) == ("complete", 2)
    [(said, version)] = site.rows("SELECT said, version FROM captions_transcript")
    sentences = json.loads(said) if isinstance(said, str) else said  # as the database's driver gives it
    words = [word[0] for _, spoken in sentences for word in spoken]
    assert version == 1 and words[0] == "MARKED" and words.count("MARKED") == 1 and len(words) > 8
    assert site.rows("SELECT count(*) FROM captions_piece") == [(0,)]
    site.audit()

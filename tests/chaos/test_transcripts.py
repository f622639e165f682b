"""Workers that die while they transcribe: each next one goes on where the one before was."""

from __future__ import annotations

from tests.speech import recordings


def test_a_transcription_survives_workers_that_die_behind_every_piece(site):
    """Each attempt lives for one piece. If any were heard twice, five attempts would not be enough."""
    recordings.recording("prompts.flac")  # or skipped
    [job] = site.order("transcript")
    site.arm("after_piece", job, "always")
    site.start_worker(JOB_WORKERS="1", TRANSCRIBE_CHUNK_SECONDS="8")
    site.wait(lambda: site.rows("SELECT 1 FROM captions_piece"), "the pieces to be planned")
    [(pieces,)] = site.rows("SELECT count(*) FROM captions_piece")
    site.wait_for_end(1)
    [ended] = site.jobs("kind = 'transcript'")
    assert (ended["status"], ended["attempts"], pieces) == ("complete", 4, 3)
    [(version, words)] = site.rows("SELECT version, words FROM captions_transcript")
    assert version == 1 and words > 20
    assert site.rows("SELECT count(*) FROM captions_piece") == [(0,)]
    site.audit()

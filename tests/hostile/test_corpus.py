"""A hostile file ends as ready or failed, with a word and a sentence; it opens nothing and leaves nothing."""

from __future__ import annotations

from typing import Any

from clips.handlers import JOB_CODES
from tests.hostile.conftest import CANARY_WORDS
from uploads.queries import HINTS

MEMORY = 4096 * 1024**2  # bytes, the largest address space of a tool
UPLOAD_CODES = {"unsupported_media", "no_streams", "duration_exceeded", "resolution_exceeded", "corrupt"}
REFUSALS = {(400, "format_mismatch"), (422, "no_audio"), (422, "out_of_range"), (400, "invalid_range")}


def _jobs(driven, *, clips: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """(specimen, job) of every job that ran; with `clips` of clips only."""
    return [(verdict["name"], job) for verdict in driven.verdicts for job in verdict["jobs"][int(clips):]
            if "status" in job]


def test_every_file_is_taken_in_and_judged_by_the_first_attempt(driven):
    assert [v["name"] for v in driven.verdicts if v["request"] != 200] == []
    unended = [(name, job) for name, job in _jobs(driven)
               if job["status"] not in ("complete", "failed") or job["attempts"] != 1]
    assert unended == []


def test_every_upload_ends_ready_or_failed_with_a_word_of_the_contract_and_a_sentence(driven):
    assert set(HINTS) > UPLOAD_CODES
    for verdict in driven.verdicts:
        upload = verdict["upload"]
        if upload["status"] == "ready":
            assert (upload["error"], upload["error_code"]) == (None, None), verdict
            assert upload["duration"] > 0, verdict
        else:
            assert upload["status"] == "failed" and upload["error_code"] in UPLOAD_CODES, verdict
            assert upload["error"].endswith(".") and upload["hint"], verdict


def test_both_ends_are_met(driven):
    ready = sum(verdict["upload"]["status"] == "ready" for verdict in driven.verdicts)
    assert len(driven.verdicts) / 4 < ready < len(driven.verdicts) * 3 / 4
    assert {job["code"] for _, job in _jobs(driven, clips=True)} >= {None, "media_error"}


def test_every_clip_of_an_accepted_file_is_made_or_fails_with_a_word_of_the_contract(driven):
    for name, job in _jobs(driven, clips=True):
        assert job["status"] == "complete" or job["code"] in JOB_CODES, (name, job)
        assert job["status"] == "complete" or job["error"].endswith("."), (name, job)
    refused = [(v["name"], job) for v in driven.verdicts for job in v["jobs"] if "refused" in job]
    assert [one for one in refused if (one[1]["refused"], one[1]["code"]) not in REFUSALS] == []


def test_a_clip_is_paid_when_it_is_made_and_refunded_when_it_is_not(driven):
    for name, job in _jobs(driven, clips=True):
        wanted = ["settled", 2, 2] if job["status"] == "complete" else ["refunded", 2, 0]
        assert job["charged"] == wanted, (name, job)
    assert driven.manage("reconcile", "--check").startswith("Everything fits.")


def test_no_file_opened_a_connection_with_walls_or_without(driven):
    assert [verdict["name"] for verdict in driven.verdicts if verdict["calls"]] == []


def test_no_file_opened_another_accounts_video_or_text(driven):
    assert [verdict["name"] for verdict in driven.verdicts if verdict["peeked"]] == []


def test_nothing_of_another_account_shows_in_an_answer_a_trace_or_a_clip(driven):
    for verdict in driven.verdicts:
        said = [verdict["upload"]["error"], *(job.get(word) for job in verdict["jobs"]
                                              for word in ("error", "detail", "result"))]
        assert CANARY_WORDS not in str(said), verdict["name"]
        assert '"width": 78' not in str(said), verdict["name"]
    made = [job["key"] for _, job in _jobs(driven, clips=True) if job["key"]]
    outputs = [driven.root / "main" / "media" / key for key in made]
    assert [path.name for path in outputs if CANARY_WORDS.encode() in path.read_bytes()] == []


def test_no_tool_outlives_its_job_and_no_folder_is_left(driven):
    assert [(v["name"], v["tools"]) for v in driven.verdicts if v["tools"]] == []
    assert [(v["name"], v["left"]) for v in driven.verdicts if v["left"]] == []


def test_no_file_name_reaches_a_shell(driven):
    assert [(v["name"], v["owned"]) for v in driven.verdicts if v["owned"]] == []


def test_no_tool_took_more_memory_than_it_may(driven):
    assert max(verdict["rss"] for verdict in driven.verdicts) < MEMORY


def test_the_seed_and_the_size_make_the_corpus(driven):
    from tests.hostile import corpus
    from tests.hostile.disguises import World

    world = World(driven.root / "canary.mp4", 1, driven.root / "bases")
    assert corpus.plan(world, 100) == corpus.plan(world, 100) != corpus.plan(world, 100, seed=9)
    damaged = corpus.mutants(world, 40, 5)
    assert damaged == corpus.mutants(world, 40, 5) != corpus.mutants(world, 40, 6)
    assert len({*corpus.plan(world, 500)}) == 500

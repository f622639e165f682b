"""The log: one line of JSON per event, with the request's id, and never a key or a signature."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from clips import queries as clip_queries
from fastclip_site import logs
from jobs import queue
from tests.factories import give, make_key


class Lines(logging.Handler):
    """Keeps each record as the line that the product would write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.formatter = logs.formatter(as_json=True)

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))

    def events(self, name: str) -> list[dict]:
        return [line for line in map(json.loads, self.written) if line["event"] == name]


@pytest.fixture
def lines():
    kept, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(kept)
    root.setLevel(before)


def test_a_request_leaves_two_lines_with_its_own_id(api, lines):
    reply = api.get("/v1/clips")
    started, = lines.events("request_started")
    finished, = lines.events("request_finished")
    assert started["request_id"] == finished["request_id"] == reply["X-Request-Id"]
    assert (finished["code"], finished["request"], finished["level"]) == (200, "GET /v1/clips", "info")


def test_a_line_names_the_account_by_number_when_a_key_asked(api, alice, lines):
    api.get("/v1/clips")
    assert lines.events("request_finished")[0]["user_id"] == alice.pk
    assert alice.email not in "".join(lines.written)


def test_a_line_names_the_account_when_a_session_asked(session, alice, lines):
    session.get("/v1/clips")
    assert lines.events("request_finished")[0]["user_id"] == alice.pk


def test_one_request_does_not_inherit_the_account_of_the_last(api, client, lines):
    api.get("/v1/clips")
    client.get("/healthz")
    assert lines.events("request_finished")[-1].get("user_id") is None


def test_a_request_that_needs_nobody_asks_the_database_nothing(client, alice, lines, django_assert_num_queries):
    client.force_login(alice)
    with django_assert_num_queries(0):
        client.get("/healthz")
    assert lines.events("request_finished")


def test_keys_and_query_strings_are_never_written(anon, alice, lines):
    key = make_key(alice)
    anon.get(f"/v1/clips?signature=s3cr3t&key={key}", HTTP_AUTHORIZATION=f"Bearer {key}")
    anon.get("/files/out/job_x/1.mp4?signature=s3cr3t&expires=1")
    anon.get("/v1/nothing?signature=s3cr3t")
    anon.post("/v1/clip", {"password": "s3cr3t"}, HTTP_AUTHORIZATION="Bearer sk_live_wrong-s3cr3t")
    assert len(lines.written) >= 8
    everything = "".join(lines.written)
    assert "s3cr3t" not in everything and key not in everything


@pytest.mark.parametrize("path", ["/password/reset/key/1-s3cr3t", "/confirm-email/s3cr3t", "/live/ingest/s3cr3t/a.ts"])
def test_secrets_that_are_part_of_a_path_are_cut(client, db, lines, path):
    client.raise_request_exception = False
    client.get(path)
    assert "s3cr3t" not in "".join(lines.written)
    assert lines.events("request_started")[0]["request"].startswith("GET " + path.split("s3cr3t")[0].rstrip("1-"))


@pytest.mark.parametrize(("path", "status"), [("/v1/nothing", 404), ("/v1/clips", 401)])
def test_a_refusal_is_a_warning(anon, db, lines, path, status):
    anon.get(path)
    line, = lines.events("request_finished")
    assert (line["code"], line["level"]) == (status, "warning")


def test_an_unforeseen_fault_is_logged_once_with_its_traceback_and_the_id_the_client_saw(api, lines, monkeypatch):
    def fail(*given, **named):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(clip_queries, "clips", fail)
    api.raise_request_exception = False
    reply = api.get("/v1/clips?signature=s3cr3t")
    line, = lines.events("request_failed")
    assert line["request_id"] == reply.json()["request_id"]
    assert "disk on fire" in line["exception"] and "Traceback" in line["exception"]
    assert sum("disk on fire" in written for written in lines.written) == 1


def test_lines_of_other_libraries_are_json_with_the_id_too(lines):
    with structlog.contextvars.bound_contextvars(request_id="req_1", job_id="job_1"):
        logging.getLogger("somebody.else").warning("odd %s", "thing")
    line, = lines.events("odd thing")
    assert (line["request_id"], line["job_id"], line["logger"]) == ("req_1", "job_1", "somebody.else")
    assert line["timestamp"].endswith("Z")


def test_an_exception_of_another_library_is_text_on_one_line(lines):
    try:
        raise ValueError("inner")
    except ValueError:
        logging.getLogger("somebody.else").exception("failed")
    line, = lines.events("failed")
    assert "ValueError: inner" in line["exception"] and "\n" not in lines.written[-1]


def test_a_newline_in_what_a_client_sent_cannot_forge_a_line(client, db, lines):
    client.raise_request_exception = False
    client.get("/v1/x%0A%7B%22event%22%3A%22forged%22%7D", HTTP_USER_AGENT="a\nb")
    assert all("\n" not in written for written in lines.written)
    assert not lines.events("forged")


def test_for_people_the_lines_are_plain_text():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "hello", (), None)
    assert "hello" in logs.formatter(as_json=False).format(record)


def test_for_people_a_traceback_is_readable():
    try:
        raise ValueError("inner")
    except ValueError as fault:
        told = (type(fault), fault, fault.__traceback__)
    text = logs.formatter(as_json=False).format(logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), told))
    assert "ValueError" in text and "inner" in text and "\n" in text


def test_the_lines_of_a_running_job_bear_its_id(alice, lines, work):
    give(alice, 10)
    job = queue.submit(alice, kind="clip", cents=2, spec={"upload": "upl_000000000000", "start": 0.0, "end": 1.0})
    work()
    crashed, = lines.events("job_crashed")  # its upload was never there
    assert (crashed["job_id"], crashed["kind"], crashed["attempt"]) == (job.pk, "clip", 1)
    assert "DoesNotExist" in crashed["exception"]


def test_a_foreign_host_is_one_line_at_warning(client, lines):
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    told, = [line for line in map(json.loads, lines.written) if "evil.example" in line["event"]]
    assert told["level"] == "warning"
    assert "exception" not in told and "Traceback" not in "".join(lines.written)

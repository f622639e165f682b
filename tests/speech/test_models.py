"""Models are fetched whole or not at all, from a server of this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from media.transcribe import models
from media.transcribe.models import FetchFailed, fetch, source_of
from tests.speech import tiny

CONTENT = np.random.default_rng(5).bytes(3_000_000)


@dataclass
class Shop:
    """What the server has, how it behaves, and what was asked of it."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int = 0  # bytes; 0: never
    resumes: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path and range

    def put(self, name: str, content: bytes, told: str = "") -> None:
        self.files[f"/{name}.pt"] = content
        self.files[f"/{name}.pt.sha256"] = (told or hashlib.sha256(content).hexdigest()).encode() + b"  name.pt\n"


@pytest.fixture
def shop() -> Iterator[Shop]:
    kept = Shop()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            kept.asked.append((self.path, asked))
            content = kept.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and kept.resumes else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = start + kept.breaks_after if kept.breaks_after and self.path.endswith(".pt") else len(content)
            self.wfile.write(content[start:end])

        def log_message(self, *arguments) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_model_is_fetched_and_its_progress_told(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    told: list[tuple[int, int]] = []
    path = fetch("mine", tmp_path / "models", shop.url, on_progress=lambda done, whole: told.append((done, whole)))
    assert path == tmp_path / "models" / "mine.pt"
    assert path.read_bytes() == CONTENT
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 1
    assert [file.name for file in path.parent.iterdir()] == ["mine.pt"]


def test_a_model_that_is_there_is_not_fetched_again(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    fetch("mine", tmp_path, shop.url)
    fetch("mine", tmp_path, shop.url)
    assert [path for path, _ in shop.asked].count("/mine.pt") == 1


def test_a_damaged_model_is_fetched_again(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    (tmp_path / "mine.pt").write_bytes(b"half a model")
    assert fetch("mine", tmp_path, shop.url).read_bytes() == CONTENT


def test_a_broken_line_leaves_no_model_and_the_next_call_goes_on(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    shop.breaks_after = 2_000_000
    with pytest.raises(FetchFailed, match="goes on where it stopped"):
        fetch("mine", tmp_path, shop.url)
    assert not (tmp_path / "mine.pt").exists()
    shop.asked.clear()
    assert fetch("mine", tmp_path, shop.url).read_bytes() == CONTENT
    assert ("/mine.pt", "bytes=2000000-") in shop.asked
    assert [file.name for file in tmp_path.iterdir()] == ["mine.pt"]


def test_a_server_that_cannot_go_on_sends_all_of_it_again(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    shop.resumes = False
    (tmp_path / ".mine.pt.part").write_bytes(CONTENT[:1000])
    assert fetch("mine", tmp_path, shop.url).read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_taken(shop: Shop, tmp_path: Path):
    """The process was killed between the last byte and the new name."""
    shop.put("mine", CONTENT)
    (tmp_path / ".mine.pt.part").write_bytes(CONTENT)
    assert fetch("mine", tmp_path, shop.url).read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing_and_says_so(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT, told="0" * 64)
    with pytest.raises(FetchFailed, match="SHA-256 is another"):
        fetch("mine", tmp_path, shop.url)
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_file_does_not_spoil_the_next_call(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT)
    (tmp_path / ".mine.pt.part").write_bytes(b"x" * 1000)
    with pytest.raises(FetchFailed, match="SHA-256 is another"):
        fetch("mine", tmp_path, shop.url)
    assert fetch("mine", tmp_path, shop.url).read_bytes() == CONTENT


def test_a_known_name_must_have_the_known_hash_wherever_it_comes_from(shop: Shop, tmp_path: Path):
    shop.put("base", CONTENT)
    with pytest.raises(FetchFailed, match="SHA-256 is another"):
        fetch("base", tmp_path, shop.url)
    assert "/base.pt.sha256" not in [path for path, _ in shop.asked]


def test_a_model_that_is_not_there_is_told_with_its_address(shop: Shop, tmp_path: Path):
    with pytest.raises(FetchFailed, match=r"mine\.pt\.sha256: HTTP 404"):
        fetch("mine", tmp_path, shop.url)
    shop.put("mine", CONTENT)
    del shop.files["/mine.pt"]
    with pytest.raises(FetchFailed, match=r"/mine\.pt cannot be fetched: HTTP 404"):
        fetch("mine", tmp_path, shop.url)
    assert list(tmp_path.iterdir()) == []


def test_a_hash_that_is_none_is_refused(shop: Shop, tmp_path: Path):
    shop.put("mine", CONTENT, told="<html>")
    with pytest.raises(FetchFailed, match="holds no SHA-256"):
        fetch("mine", tmp_path, shop.url)


def test_a_server_that_is_away_is_told(tmp_path: Path):
    with pytest.raises(FetchFailed) as told:
        fetch("base", tmp_path, "http://127.0.0.1:1")
    assert "/base.pt cannot be fetched: Connection refused. " in told.value.sentence
    assert f"put base.pt into {tmp_path}, or" in told.value.sentence and "WHISPER_MODELS_URL" in told.value.sentence


@pytest.mark.parametrize("name", ["../base", "a/b", "", ".hidden", "BASE", "x" * 65])
def test_a_name_that_is_none_is_refused(name: str):
    with pytest.raises(FetchFailed, match="is no name of a model"):
        source_of(name, "https://models.example")


@pytest.mark.parametrize("base", ["file:///etc", "ftp://models.example", "models.example"])
def test_models_come_by_http_only(base: str):
    with pytest.raises(FetchFailed, match="is no address"):
        source_of("base", base)


def test_without_an_address_of_ones_own_models_come_from_openai():
    import whisper

    for name, total in models.SUMS.items():
        assert source_of(name).url == whisper._MODELS[name]
        assert source_of(name).sha256 == total
    with pytest.raises(FetchFailed, match="There is no model mine. There are: tiny.en, tiny, base"):  # noqa: RUF043
        source_of("mine")


# --- manage.py models -------------------------------------------------------------------------------------

def told_by(*arguments: str) -> str:
    told = StringIO()
    call_command("models", *arguments, stdout=told)
    return told.getvalue()


def test_the_command_fetches_converts_and_names_the_engine(shop: Shop, tmp_path: Path, settings, tokens):
    shop.put("mine", tiny.checkpoint(tmp_path / "mine.pt").read_bytes())
    settings.MODELS_ROOT, settings.WHISPER_MODEL, settings.WHISPER_MODELS_URL = tmp_path / "models", "mine", shop.url
    settings.TRANSCRIBE_ENGINE = "auto"
    told = told_by()
    assert "mine.pt: its SHA-256 is right." in told
    assert "Transcripts are now made by faster-whisper" in told
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["mine", "mine.pt"]


def test_the_command_leaves_the_conversion_out_where_it_is_told_so(shop: Shop, tmp_path: Path, settings):
    shop.put("mine", b"not a model, but its hash is right")
    settings.MODELS_ROOT, settings.WHISPER_MODEL, settings.WHISPER_MODELS_URL = tmp_path, "mine", shop.url
    settings.TRANSCRIBE_ENGINE = "auto"
    assert "made by whisper" in told_by("mine", "--no-convert")


def test_the_command_ends_with_a_sentence_where_the_model_cannot_be_had(shop: Shop, tmp_path: Path, settings):
    settings.MODELS_ROOT, settings.WHISPER_MODELS_URL = tmp_path, shop.url
    with pytest.raises(CommandError, match="HTTP 404"):
        call_command("models", "mine", stdout=StringIO())
    shop.put("mine", b"not a model, but its hash is right")
    with pytest.raises(CommandError, match="is not a Whisper model"):
        call_command("models", "mine", stdout=StringIO())

"""`make demo`: a talking video through the public HTTP API, three clips out of it, proved frame by frame.

Uses the FastClip that answers at PORT, with the first account's key; where none answers it starts one and
stops it in the end.
"""

from __future__ import annotations

import http.client
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import demo_media  # noqa: E402

from fastclip_site import env  # noqa: E402

PART_BYTES = 5 * 1024**2  # the least that multipart allows
CUTS = [(2.0, 7.5), (20.1, 31.25), (44.97, 58.0)]  # seconds; none begins on a keyframe
WAIT_SECONDS = 600.0
POLL_SECONDS = 0.3
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the machine has


class Api:
    """The few calls the demo makes."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self._key = address, key

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send JSON, return JSON. A refusal ends the demo with its sentence."""
        asked = urllib.request.Request(
            self.address + path, method=method, data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"})
        try:
            with LOCAL.open(asked, timeout=60) as reply:
                answer: dict[str, Any] = json.load(reply)
                return answer
        except urllib.error.HTTPError as fault:
            raise SystemExit(f"{method} {path} answered {fault.code}: {fault.read().decode()}") from fault


class Counted(io.BytesIO):
    """Bytes that move a progress bar as they are read."""

    def __init__(self, content: bytes, bar: Any) -> None:
        super().__init__(content)
        self._bar = bar

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        self._bar.update(len(block))
        return block


def answers(address: str) -> bool:
    """Whether a FastClip lives there."""
    try:
        with LOCAL.open(f"{address}/healthz", timeout=5) as reply:
            return bool(reply.status == 200)
    except (OSError, http.client.HTTPException):
        return False


@contextmanager
def server(address: str, folder: Path) -> Iterator[None]:
    """A FastClip at `address`: the running one, or one of our own for as long as this lasts."""
    if answers(address):
        print(f"Using the FastClip that runs at {address}.")
        yield
        return
    log = folder / "server.log"
    print(f"Starting FastClip at {address}; it writes to {log}.")
    with log.open("w") as target:
        own = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "serve.py")], stdout=target,
                               stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 90
        while not answers(address):
            if own.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"FastClip did not start:\n{log.read_text()}")
            time.sleep(0.2)
        yield
    finally:
        own.send_signal(signal.SIGTERM)
        own.wait()


def upload(api: Api, video: Path) -> str:
    """Send the video part by part; returns its file_id once it is ready."""
    size = video.stat().st_size
    begun = api("POST", "/v1/upload/multipart/initiate", {
        "filename": video.name, "content_type": "video/mp4", "file_size": size,
        "part_size": PART_BYTES, "part_count": math.ceil(size / PART_BYTES)})
    parts = []
    with video.open("rb") as content, tqdm(total=size, unit="B", unit_scale=True, desc="upload") as bar:
        for part in begun["parts"]:
            etag = _put(part["url"], content.read(PART_BYTES), bar)
            parts.append({"part_number": part["part_number"], "etag": etag})
    api("POST", "/v1/upload/multipart/complete",
        {"file_id": begun["file_id"], "upload_id": begun["upload_id"], "parts": parts})
    with tqdm(total=1, desc="validate", bar_format="{desc}: {elapsed} {postfix}") as bar:
        for state in _poll(api, f"/v1/upload/{begun['file_id']}"):
            bar.set_postfix_str(state["status"])
            if state["status"] == "failed":
                raise SystemExit(f"The upload failed: {state['error']}")
            if state["status"] == "ready":
                break
    return str(begun["file_id"])


def _put(url: str, content: bytes, bar: Any) -> str:
    """PUT one part without any key; returns its ETag."""
    asked = urllib.request.Request(url, method="PUT", data=Counted(content, bar),
                                   headers={"Content-Length": str(len(content))})
    with LOCAL.open(asked, timeout=120) as reply:
        return str(reply.headers["ETag"])


def _poll(api: Api, path: str) -> Iterator[dict[str, Any]]:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        yield api("GET", path)
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"{path} did not end within {WAIT_SECONDS:.0f} s. Does a worker run?")


def cut(api: Api, file_id: str, folder: Path) -> list[Path]:
    """Have the three cuts made and download them; returns the files in the order of CUTS."""
    queued = api("POST", "/v1/clip", {"file_id": file_id, "format": "mp4",
                                      "segments": [{"start": start, "end": end} for start, end in CUTS]})
    return [_download(_finished(api, job, number), folder)
            for number, job in enumerate(queued["job_ids"], start=1)]


def _finished(api: Api, job: str, number: int) -> dict[str, Any]:
    """Follow one job to its end."""
    with tqdm(total=100, desc=f"clip {number}", unit="%") as bar:
        for state in _poll(api, f"/v1/clip/{job}"):
            bar.update(state["progress"] - bar.n)
            if state["status"] == "failed":
                raise SystemExit(f"The clip failed: {state['error']}")
            if state["status"] == "complete":
                return state
    raise AssertionError("polling ends by itself")


def _download(state: dict[str, Any], folder: Path) -> Path:
    target = folder / state["file_name"]
    with LOCAL.open(state["download_url"], timeout=60) as reply, target.open("wb") as file:
        while block := reply.read(1024**2):
            file.write(block)
    return target


def verify(video: Path, clips: list[Path]) -> bool:
    """Compare every frame of every clip with the source, and say what came out."""
    print("Comparing every frame with the source ...")
    source = demo_media.decode(video)
    exact = True
    for (start, end), path in zip(CUTS, clips, strict=True):
        clip = demo_media.decode(path)
        fault = demo_media.difference(source, clip, start, end)
        exact = exact and not fault
        verdict = fault or f"exact, {len(clip.pictures)} of {len(clip.pictures)} frames"
        print(f"  {start:g} s to {end:g} s: {verdict}\n    {path}")
    return exact


def main() -> int:
    """0 where all three clips are exact."""
    data = env.folder("FASTCLIP_DATA", ROOT / "var")
    folder = data / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{env.integer('PORT', 8000, least=1)}"
    video = folder / "talk.mp4"
    speech = demo_media.find_speech(ROOT)
    print("Speech: " + (f"a real recording, {speech.name}" if speech else "no recording found, so a tone"))
    if not video.exists():
        demo_media.make_video(video, speech)
    with server(address, folder):
        facts = json.loads((data / "keys" / "first-account.json").read_text())
        api = Api(address, facts["api_key"])
        clips = cut(api, upload(api, video), folder)
        print(f"Balance left: ${api('GET', '/v1/balance')['balance']:.2f}")
    exact = verify(video, clips)
    print(f"\nSource and clips are in {folder}" if exact else "\nA clip is not exact.")
    return int(not exact)


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    sys.exit(main())

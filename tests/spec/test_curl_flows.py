"""C153: the spec's cURL flows, run word for word by bash and curl against a real server and worker.

The text is read from ../shared/spec/fastclip-api.md where that folder lies beside the repository; the
copies below are that text, so that the flows also run where it does not. A test holds the two equal.
Replaced are only the host, the key, the presigned URL, ids, sizes and etags: what a reader replaces too.
The file is called source.mp4, as in the text.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clips.exact import assert_exact, numbered_mp4
from tests.patience import PATIENCE, until
from tests.spec.site import ROOT, Site

pytestmark = pytest.mark.slow

MIB = 1024**2
SPEC = next((folder / "shared/spec/fastclip-api.md" for folder in ROOT.parents
             if (folder / "shared/spec/fastclip-api.md").is_file()), None)
SIMPLE = r"""
# 1) Request single upload URL
curl -sS -X POST "https://api.fastclip.dev/v1/upload/request" \
  -H "Authorization: Bearer sk_live_xxx" \
  -H "Content-Type: application/json" \
  -d '{"filename":"source.mp4","content_type":"video/mp4","file_size":734003200}'

# 2) PUT bytes to upload_url (from response)
curl -X PUT "https://...presigned..." \
  -H "Content-Type: video/mp4" \
  --data-binary @source.mp4

# 3) Poll upload
curl -sS "https://api.fastclip.dev/v1/upload/upl_a1b2c3d4e5f6" \
  -H "Authorization: Bearer sk_live_xxx"

# 4) Create clip
curl -sS -X POST "https://api.fastclip.dev/v1/clip" \
  -H "Authorization: Bearer sk_live_xxx" \
  -H "Content-Type: application/json" \
  -d '{"file_id":"upl_a1b2c3d4e5f6","start":12,"end":42,"format":"mp4","quality":"1080p"}'

# 5) Poll job
curl -sS "https://api.fastclip.dev/v1/clip/job_123" \
  -H "Authorization: Bearer sk_live_xxx"
"""
MULTIPART = r"""
# 1) Initiate multipart upload
curl -sS -X POST "https://api.fastclip.dev/v1/upload/multipart/initiate" \
  -H "Authorization: Bearer sk_live_xxx" \
  -H "Content-Type: application/json" \
  -d '{"filename":"source.mp4","content_type":"video/mp4","file_size":2147483648,"part_size":33554432,"part_count":64}'

# 2) PUT each byte range to its matching parts[N].url. # Capture the ETag response header for every successful part PUT.

# 3) Complete multipart upload
curl -sS -X POST "https://api.fastclip.dev/v1/upload/multipart/complete" \
  -H "Authorization: Bearer sk_live_xxx" \
  -H "Content-Type: application/json" \
  -d '{"file_id":"upl_a1b2c3d4e5f6","upload_id":"multipart_upload_id","parts":[{"part_number":1,"etag":"etag-from-part-1"},{"part_number":2,"etag":"etag-from-part-2"}]}'

# 4) Poll upload validation
curl -sS "https://api.fastclip.dev/v1/upload/upl_a1b2c3d4e5f6" \
  -H "Authorization: Bearer sk_live_xxx"
"""  # noqa: E501 -- the spec's own lines
# The spec's examples of what comes back, for their keys.
UPLOAD_KEYS = {"file_id", "status", "filename", "content_type", "file_size", "duration", "duration_seconds",
               "max_height", "format_detected", "media_kind", "has_video", "has_audio", "error", "created_at",
               "expires_at", "clip_requested", "clip_job_id"}
JOB_KEYS = {"job_id", "status", "progress", "status_message", "download_url", "file_name", "format",
            "quality", "aspect_ratio", "saved_to_library", "clip_id",
            "share_url", "embed_url", "cost", "balance"}


def from_spec(heading: str) -> str:
    """The bash block below a heading of the spec."""
    assert SPEC is not None
    return re.search(rf"## {heading}\n.*?```bash\n(.*?)```", SPEC.read_text(), re.S)[1]


def steps(text: str) -> list[str]:
    """The commands of a flow, one per numbered comment."""
    numbered = re.findall(r"(?ms)^# \d\).*?(?=^# \d\)|\Z)", text)
    return [re.sub(r"(?m)^#.*\n?", "", step).strip() for step in numbered]


class Shell:
    """Runs a flow's commands in a folder that holds source.mp4, with a reader's own values filled in."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.folder = folder
        self.known = {"https://api.fastclip.dev": site.url, "sk_live_xxx": site.key}

    def run(self, command: str, **more: str) -> str:
        for placeholder, value in (self.known | more).items():
            command = command.replace(placeholder, value)
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True, text=True,
                              timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, command: str, **more: str) -> dict:
        return json.loads(self.run(command, **more))

    def poll(self, command: str, wanted: str) -> dict:
        """Repeat a polling command until its status is `wanted`; a failed one ends the test."""
        def look() -> dict | None:
            body = self.json(command)
            assert body["status"] != "failed", body
            return body if body["status"] == wanted else None
        return until(look, wanted)


def finished(site: Site, job_id: str) -> dict:
    """The job once it is complete; a failed one ends the test."""
    def look() -> dict | None:
        body = site.get(f"/v1/clip/{job_id}")
        assert body["status"] != "failed", body
        return body if body["status"] == "complete" else None
    return until(look, job_id)


def download(shell: Shell, url: str, name: str) -> Path:
    shell.run(f'curl -sS --fail -o "{name}" "{url}"')
    return shell.folder / name


@pytest.mark.skipif(SPEC is None, reason="the spec does not lie beside the repository")
@pytest.mark.parametrize(("heading", "copy"), [
    ("Minimal cURL Example", SIMPLE), ("Multipart cURL Outline", MULTIPART)])
def test_c153_the_copies_below_are_the_specs_own_words(heading, copy):
    assert copy.strip() == from_spec(heading).strip()


def test_c153_the_minimal_example_gives_an_exact_clip(site, tmp_path):
    source = tmp_path / "source.mp4"
    shutil.copyfile(numbered_mp4(45), source)
    shell = Shell(site, tmp_path)
    request, put, poll_upload, create, poll_job = steps(SIMPLE)
    balance = site.get("/v1/balance")["balance"]

    asked = shell.json(request, **{"734003200": str(source.stat().st_size)})
    assert set(asked) >= {"file_id", "upload_url", "expires_in", "clip_requested"}
    shell.known["upl_a1b2c3d4e5f6"] = asked["file_id"]
    assert shell.run(put, **{"https://...presigned...": asked["upload_url"]}) == ""
    upload = shell.poll(poll_upload, "ready")
    assert set(upload) >= UPLOAD_KEYS
    created = shell.json(create)
    assert created == {"job_id": created["job_id"], "status": "pending"}
    shell.known["job_123"] = created["job_id"]
    job = shell.poll(poll_job, "complete")

    assert set(job) >= JOB_KEYS
    assert (job["progress"], job["status_message"], job["file_name"], job["cost"], job["balance"]) == (
        100, "Done!", "source_0-12-0-42.mp4", 0.02, round(balance - 0.02, 2))
    clip = download(shell, job["download_url"], job["file_name"])
    assert_exact(source, clip, start=12.0, end=42.0)


@pytest.fixture(scope="module")
def big_upload(site, tmp_path_factory) -> tuple[Shell, str]:
    """A ready upload that came in two parts by the multipart outline."""
    folder = tmp_path_factory.mktemp("multipart")
    source = folder / "source.mp4"
    shutil.copyfile(numbered_mp4(10), source)
    room = 6 * MIB - source.stat().st_size
    with source.open("ab") as file:  # a `free` box: players skip it, and the file gets its second part
        file.write(struct.pack(">I4s", room, b"free") + bytes(room - 8))
    shell = Shell(site, folder)
    initiate, _, complete, poll = steps(MULTIPART)
    begun = shell.json(initiate, **{"2147483648": str(6 * MIB), "33554432": str(5 * MIB),
                                    '"part_count":64': '"part_count":2'})
    assert set(begun) >= {"file_id", "upload_id", "parts", "expires_in", "clip_requested"}
    etags = [put_part(shell, source, part) for part in begun["parts"]]
    shell.known |= {"upl_a1b2c3d4e5f6": begun["file_id"], "multipart_upload_id": begun["upload_id"],
                    "etag-from-part-1": etags[0], "etag-from-part-2": etags[1]}
    assert shell.json(complete) == {"ok": True, "file_id": begun["file_id"], "queued_validation": True}
    assert set(shell.poll(poll, "ready")) >= UPLOAD_KEYS
    return shell, begun["file_id"]


def put_part(shell: Shell, source: Path, part: dict) -> str:
    """Step 2 of the outline: PUT the byte range, keep the ETag."""
    piece = shell.folder / f"part{part['part_number']}"
    piece.write_bytes(source.read_bytes()[(part["part_number"] - 1) * 5 * MIB:][:5 * MIB])
    head = shell.run(f'curl -sS --fail -o /dev/null -D - -X PUT "{part["url"]}" --data-binary @{piece.name}')
    return re.search(r'(?im)^etag: "?([^"\r\n]+)"?', head)[1]


def test_c153_the_multipart_outline_then_two_segments_are_both_exact(site, big_upload):
    shell, file_id = big_upload
    status, queued = site.call("POST", "/v1/clip", {"file_id": file_id, "segments": [
        {"start": 1.5, "end": 3.2}, {"start": 6, "end": 9.1}]})
    assert (status, len(queued["job_ids"])) == (200, 2)
    for job_id, (start, end) in zip(queued["job_ids"], [(1.5, 3.2), (6.0, 9.1)], strict=True):
        job = finished(site, job_id)
        clip = download(shell, job["download_url"], f"{job_id}.mp4")
        assert_exact(shell.folder / "source.mp4", clip, start=start, end=end)


def test_c052_a_real_client_can_resume_a_download(site, big_upload):
    shell, file_id = big_upload
    job_id = site.call("POST", "/v1/clip", {"file_id": file_id, "start": 0, "end": 2})[1]["job_id"]
    job = finished(site, job_id)
    whole = download(shell, job["download_url"], "whole.mp4").read_bytes()
    (shell.folder / "half.mp4").write_bytes(whole[:1000])
    head = shell.run(f'curl -sS --fail -C - -o half.mp4 -D - "{job["download_url"]}"')
    assert "206" in head.splitlines()[0]
    assert (shell.folder / "half.mp4").read_bytes() == whole
    assert re.search(r"(?im)^content-disposition: attachment;.*source_0-00-0-02\.mp4", head)


def test_b40_twenty_equal_keys_at_once_are_one_job_and_one_hold(site, big_upload):
    _, file_id = big_upload
    before = site.get("/v1/balance")
    body = {"file_id": file_id, "segments": [{"start": 1, "end": 2}, {"start": 2, "end": 3}]}

    def post(_: int) -> tuple[int, dict]:
        return site.call("POST", "/v1/clip", body, **{"Idempotency-Key": "twenty"})

    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(post, range(20)))
    assert {status for status, _ in replies} <= {200, 409}
    assert {reply["code"] for status, reply in replies if status == 409} <= {"in_flight"}
    made = {tuple(reply["job_ids"]) for status, reply in replies if status == 200}
    assert len(made) == 1 and len(next(iter(made))) == 2
    for job_id in next(iter(made)):
        finished(site, job_id)
    after = site.get("/v1/balance")
    assert round(before["balance"] - after["balance"], 2) == 0.04
    assert after["reserved"] == 0
    assert post(0) == (200, {"job_ids": list(next(iter(made))), "status": "pending"})

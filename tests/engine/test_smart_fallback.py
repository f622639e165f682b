"""Where copying is not exact, or the process that does it comes to harm, the full encode has the last word."""

from __future__ import annotations

import shutil

import pytest

from media import smart, trim, verify
from media.cut import Cut
from media.errors import MediaError, ToolOutOfSpace, ToolStopped
from media.ffmpeg import MIB, Sandbox
from media.frames import plan_span, read_times
from media.probe import probe
from media.smart_plan import Report
from media.verify import Mismatch
from tests.engine import frames
from tests.engine.sources import MATRIX, X264, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
CUT = (1.3, 5.41)
TARGET = "import json, sys, shutil; order = json.loads(sys.argv[2]); target = order['target']; "
REPORT = "json.dump({'head': 0, 'copied': order['count'], 'tail': 0}, open(order['report'], 'w'))"
HARM = {
    "crash": "import os; os.abort()",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "memory": "x = bytearray(1 << 40)",
    "exit": "raise SystemExit(7)",
    "no report": TARGET + "shutil.copyfile(order['source'], target)",
    "empty file": TARGET + "open(target, 'wb').close(); " + REPORT,
    "the whole source": TARGET + "shutil.copyfile(order['source'], target); " + REPORT,
    "nonsense": TARGET + "open(order['report'], 'w').write('[]')",
}


@pytest.mark.parametrize("harm", sorted(HARM))
def test_b17_harm_to_the_cutting_process_ends_in_a_full_encode(harm, known, sandbox, tmp_path, monkeypatch):
    path, found, shown, moments = known(BY_NAME["gop60"])
    monkeypatch.setattr(smart, "START", HARM[harm])
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    assert receipt.mode == "encode"
    assert frames.numbers(tmp_path / "out.mp4") == frames.expected(shown, moments, *CUT)


def test_a_cutting_process_that_never_ends_is_ended(known, sandbox, tmp_path, monkeypatch):
    path, found, _, _ = known(BY_NAME["gop60"])
    monkeypatch.setattr(smart, "START", "while True: pass")
    monkeypatch.setattr(smart, "limits", lambda *_: verify.SCAN_LIMITS.__class__(
        cpu=1, wall=60, memory=1024 * MIB, output=MIB))
    assert trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox).mode == "encode"


def test_a_full_disk_is_not_answered_with_more_writing(known, sandbox, tmp_path, monkeypatch):
    path, found, _, _ = known(BY_NAME["gop60"])
    monkeypatch.setattr(smart, "START", "raise SystemExit('OSError: [Errno 28] No space left on device')")
    with pytest.raises(ToolOutOfSpace):
        trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)


def test_a_stopped_cut_is_not_begun_anew(known, sandbox, tmp_path, monkeypatch):
    path, found, _, _ = known(BY_NAME["gop60"])
    monkeypatch.setattr(smart, "START", "import time; print('out_time_us=1', flush=True); time.sleep(600)")
    with pytest.raises(ToolStopped):
        trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox,
                  progress=lambda share: sandbox.stop.set() if share > trim.SHARE_PLAN else None)


def test_b17_files_in_the_jobs_folder_are_no_code(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    sandbox.folder.mkdir(parents=True, exist_ok=True)
    for name in ("av.py", "json.py", "media.py", "sitecustomize.py"):
        (sandbox.folder / name).write_text("raise SystemExit('taken over')")
    assert trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox).mode == "smart"


@pytest.fixture(scope="module")
def changed(bank, tmp_path_factory):
    """Numbered frames whose parameter sets change at 4 s, in one MP4 with one avcC."""
    from tests.engine.sources import make

    folder, path = tmp_path_factory.mktemp("changed"), make(BY_NAME["gop60"], bank)
    first = made(folder / "a.ts", "-t", "4", "-i", str(path), "-an", *X264, "-g", "30", "-bf", "0")
    second = made(folder / "b.ts", "-ss", "4", "-i", str(path), "-an", *X264, "-g", "30", "-profile:v", "baseline",
                  "-refs", "4", "-output_ts_offset", "4")
    (folder / "both.ts").write_bytes(first.read_bytes() + second.read_bytes())
    return made(folder / "changed.mp4", "-i", str(folder / "both.ts"), "-c", "copy")


@pytest.mark.parametrize(("edges", "mode"), [((1.3, 2.4), "smart"), ((2.3, 5.4), "encode"),
                                             pytest.param((4.3, 6.4), "encode", marks=pytest.mark.deep)])
def test_parameter_sets_that_change_in_mid_stream_are_encoded(edges, mode, changed, sandbox, tmp_path):
    found, out = probe(changed, sandbox), tmp_path / "out.mp4"
    receipt = trim.trim(changed, found, Cut(*edges), out, sandbox)
    shown, moments = frames.numbers(changed), frames.times(changed)
    assert receipt.mode == mode
    assert frames.numbers(out) == frames.expected(shown, moments, *edges)


def test_a_damaged_picture_in_the_head_is_not_hidden_in_a_clip(known, sandbox, tmp_path):
    path, _, _, _ = known(BY_NAME["gop60"])
    broken, data = tmp_path / "broken.mp4", bytearray(path.read_bytes())
    start = data.index(b"mdat")
    data[start + 60_000:start + 60_400] = b"\xff" * 400
    broken.write_bytes(data)
    try:
        receipt = trim.trim(broken, probe(broken, sandbox), Cut(0.2, 7.9), tmp_path / "out.mp4", sandbox)
    except MediaError as fault:
        assert fault.code == "media_error"  # as the full encode has it: what does not decode is not delivered
    else:
        assert receipt.frames == 231


@pytest.mark.parametrize("share", sampled([0.9, 0.6], str))
def test_a_source_cut_short_gives_what_it_has_and_no_more(share, known, sandbox, tmp_path):
    path, _, shown, _ = known(BY_NAME["gop60"])
    whole = made(tmp_path / "fast.mp4", "-i", str(path), "-c", "copy", "-movflags", "+faststart")
    short, out = tmp_path / "short.mp4", tmp_path / "out.mp4"
    short.write_bytes(whole.read_bytes()[:int(whole.stat().st_size * share)])
    found = probe(short, sandbox)
    receipt = trim.trim(short, found, Cut(0.1, 2.2), out, sandbox)
    assert receipt.mode == "smart"
    assert frames.numbers(out) == shown[3:66]
    with pytest.raises(MediaError) as caught:
        trim.trim(short, found, Cut(1.1, 7.95), out, sandbox)
    assert caught.value.code == "media_error"


def made_smart(known, sandbox, out):
    """A good smart cut with all that its check needs."""
    path, found, _, _ = known(BY_NAME["gop60"])
    times = read_times(path, found, Cut(*CUT), sandbox)
    span = plan_span(times, found, Cut(*CUT))
    report = smart.run(path, found, span, out, sandbox, progress=lambda seconds: None)
    shown = [time - span.seek for time in times if span.first <= time <= span.last]
    return path, found, span, shown, report


def test_the_check_passes_a_good_cut_and_refuses_each_kind_of_bad_one(known, sandbox, tmp_path):
    out, bad = tmp_path / "out.mp4", tmp_path / "bad.mp4"
    path, found, span, shown, report = made_smart(known, sandbox, out)

    def refused(report: Report = report, shown: list[float] = shown) -> str:
        with pytest.raises(Mismatch) as caught:
            verify.check_smart(bad, span, path, found, sandbox, shown, report)
        return caught.value.detail

    assert verify.check_smart(out, span, path, found, sandbox, shown, report).frames == len(shown)
    made(bad, "-i", str(out), "-itsoffset", "0.004", "-i", str(out), "-map", "0:v", "-map", "1:a", "-c", "copy")
    assert "sound" in refused()
    made(bad, "-ss", "1.3", "-t", str(span.duration), "-i", str(path), "-c", "copy")
    assert refused()  # the seconds before the cut are hidden, not left out
    made(bad, "-display_rotation", "90", "-i", str(out), "-c", "copy")
    assert "180x320" in refused()
    made(bad, "-i", str(out), "-c", "copy", "-an")
    assert "stream is missing" in refused()
    shutil.copyfile(out, bad)
    assert "where they were" in refused(shown=[*shown[:50], shown[50] + 0.01, *shown[51:]])
    data = bytearray(out.read_bytes())
    place = data.index(b"mdat") + 1000  # inside of the first picture
    data[place:place + 300] = b"\xaa" * 300
    bad.write_bytes(data)
    assert "joint" in refused()


def test_a_sandbox_without_report_from_before_is_not_fooled_by_an_old_one(known, tmp_path, monkeypatch):
    path, found, _, _ = known(BY_NAME["gop60"])
    sandbox = Sandbox(tmp_path / "again")
    assert trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox).mode == "smart"
    monkeypatch.setattr(smart, "START", TARGET + "shutil.copyfile(order['source'], target)")
    assert trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox).mode == "encode"


def test_what_never_can_be_copied_is_not_tried(known, sandbox):
    for name in ("hi10", "odd-444", "interlaced", "hevc", "vp9", "xvid", "h264-avi", "prores", "slides", "gop60"):
        path, found, _, _ = known(BY_NAME[name])
        span = plan_span(read_times(path, found, Cut(2.2, 2.8), sandbox), found, Cut(2.2, 2.8))
        tried = smart.eligible(found, span, None)
        assert tried == (name in ("gop60", "hi10")), name  # Hi10 shows when it is opened

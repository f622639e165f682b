"""The sandbox: what a tool may use, what it is told, and that nothing of it is left behind."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from media import audio, encode, ffmpeg, gif, stills
from media.cut import Cut
from media.errors import ToolFailed, ToolOutOfSpace, ToolStopped, ToolTimedOut
from media.ffmpeg import INPUT_FLAGS, MIB, Limits, Sandbox
from media.frames import Span
from media.probe import probe
from tests.engine.sources import MATRIX
from tests.patience import PATIENCE, until

SMALL = Limits(cpu=20, wall=PATIENCE, memory=512 * MIB, output=MIB)


def sh(sandbox: Sandbox, script: str, limits: Limits = SMALL) -> bytes:
    return sandbox.run(["sh", "-c", script], limits=limits).stdout


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def gone(pid: int) -> bool:
    """Whether the process ends; the kernel may need a moment after the signal."""
    return bool(until(lambda: not alive(pid), f"process {pid} to be gone"))


def limited(**changes: float) -> Limits:
    values = {"cpu": 20, "wall": PATIENCE, "memory": 512 * MIB, "output": MIB} | changes
    return Limits(**values)


def test_what_a_tool_prints_comes_back(sandbox):
    done = sandbox.run(["sh", "-c", "echo out; echo err >&2"], limits=SMALL)
    assert (done.stdout, done.stderr) == (b"out\n", "err\n")


def test_the_environment_holds_no_secret(sandbox, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hush")
    names = {line.partition(b"=")[0] for line in sandbox.run(["env"], limits=SMALL).stdout.splitlines()}
    assert names == {b"PATH", b"LC_ALL", b"HOME", b"FONTCONFIG_FILE"}


def test_stdin_is_empty_and_the_folder_is_private(sandbox):
    script = 'readlink /proc/self/fd/0; cat; pwd; echo "$HOME"; stat -c %a .'
    assert sh(sandbox, script).decode().split() == ["/dev/null", str(sandbox.folder), str(sandbox.folder), "700"]


def test_no_descriptor_of_ours_reaches_the_tool(sandbox, tmp_path):
    with (tmp_path / "secret").open("w") as handle:
        os.set_inheritable(handle.fileno(), True)
        assert sh(sandbox, "ls -l /proc/self/fd").count(b"secret") == 0


@pytest.mark.skipif(not ffmpeg.features()["unshare"], reason="no namespaces here")
def test_a_tool_has_no_network(sandbox):
    assert sh(sandbox, "tail -n +3 /proc/net/dev | cut -d: -f1").split() == [b"lo"]
    assert sh(sandbox, "cat /proc/net/route").count(b"\n") <= 1


def test_a_tool_cannot_gain_privileges(sandbox):
    if ffmpeg.features()["pdeathsig"]:
        assert b"NoNewPrivs:\t1" in sh(sandbox, "cat /proc/self/status")


def test_the_limit_of_cpu_bites(sandbox):
    with pytest.raises(ToolTimedOut) as caught:
        sh(sandbox, "while :; do :; done", limited(cpu=1))
    assert caught.value.code == "timed_out"


def test_the_encoder_that_eats_its_cpu_has_timed_out(sandbox, tmp_path):
    argv = [ffmpeg.ffmpeg_binary(), "-nostdin", "-v", "error", "-f", "lavfi", "-i", "mandelbrot=s=640x360",
            "-f", "null", "-"]
    with pytest.raises(ToolTimedOut):
        sandbox.run(argv, limits=limited(cpu=1, memory=4096 * MIB))


def test_the_limit_of_wall_time_bites(sandbox):
    with pytest.raises(ToolTimedOut):
        sandbox.run(["sleep", "600"], limits=limited(wall=0.3))


def test_the_limit_of_wall_time_bites_when_the_pipes_are_closed(sandbox):
    with pytest.raises(ToolTimedOut):
        sh(sandbox, "exec >&- 2>&-; sleep 600", limited(wall=0.5))


def test_the_limit_of_output_bites(sandbox):
    with pytest.raises(ToolFailed):
        sh(sandbox, "head -c 3000000 /dev/zero > big", limited(output=MIB))
    assert (sandbox.folder / "big").stat().st_size == MIB


def test_the_limit_of_memory_bites(sandbox):
    with pytest.raises(ToolFailed):
        sh(sandbox, "head -c 300m /dev/zero | tail -n 1 > /dev/null; exit $?", limited(memory=64 * MIB))


def test_a_flood_of_output_is_cut(sandbox):
    with pytest.raises(ToolFailed):
        sh(sandbox, "yes", Limits(cpu=20, wall=20, memory=512 * MIB, output=MIB, captured=100_000))


def test_a_flood_on_the_progress_line_is_cut(sandbox):
    with pytest.raises(ToolFailed):
        sandbox.run(["sh", "-c", "tr '\\0' x < /dev/zero"], limits=SMALL, on_progress=lambda seconds: None)


def test_of_the_standard_error_the_last_64_kib_are_kept(sandbox):
    done = sandbox.run(["sh", "-c", "yes | head -c 300000 >&2; echo last >&2"], limits=SMALL)
    assert len(done.stderr) == 64 * 1024
    assert done.stderr.endswith("last\n")


def test_an_exit_code_is_told_to_staff_and_not_to_the_customer(sandbox):
    with pytest.raises(ToolFailed) as caught:
        sh(sandbox, "echo 'moov atom not found' >&2; exit 3")
    assert caught.value.detail.startswith("exit 3: sh -c")
    assert caught.value.stderr == "moov atom not found\n"
    assert caught.value.code == "media_error"
    assert "moov" not in caught.value.sentence


def test_a_tool_that_crashes_has_failed(sandbox):
    with pytest.raises(ToolFailed):
        sh(sandbox, "kill -SEGV $$")


def test_a_full_disk_is_our_fault(sandbox):
    with pytest.raises(ToolOutOfSpace) as caught:
        sh(sandbox, "cat /proc/version > /dev/full")
    assert caught.value.errno == 28
    argv = [ffmpeg.ffmpeg_binary(), "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-f", "wav", "-y",
            "file:/dev/full"]
    with pytest.raises(ToolOutOfSpace):
        sandbox.run(argv, limits=limited(memory=4096 * MIB))


def test_a_tool_that_does_not_exist_fails_as_ours(sandbox):
    with pytest.raises((ToolFailed, FileNotFoundError)):
        sandbox.run(["no-such-tool"], limits=SMALL)


def test_a_stop_that_is_set_before_starts_nothing(tmp_path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(ToolStopped):
        Sandbox(tmp_path / "job", stop).run(["touch", "trace"], limits=SMALL)
    assert not (tmp_path / "job" / "trace").exists()


def test_a_stop_kills_the_tool_and_its_children(tmp_path):
    stop = threading.Event()
    sandbox = Sandbox(tmp_path / "job", stop)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(sh, sandbox, "sleep 600 & echo $! > inner; echo $$ > outer; sleep 600")
        outer = sandbox.folder / "outer"
        while not (outer.exists() and outer.read_text().strip()):
            time.sleep(0.02)
        pids = [int((sandbox.folder / name).read_text()) for name in ("inner", "outer")]
        assert all(map(alive, pids))
        stop.set()
        with pytest.raises(ToolStopped):
            running.result(PATIENCE)
    assert all(map(gone, pids))


@pytest.mark.parametrize("script", [
    "sleep 600 & echo $!", "sleep 600 & echo $!; exit 3", "sleep 600 & echo $!; kill -9 $$",
    "sleep 600 >/dev/null 2>&1 & echo $!"])
def test_no_child_outlives_its_tool_however_that_ended(script, tmp_path):
    sandbox = Sandbox(tmp_path / "job")
    with suppress(ToolFailed, ToolTimedOut):
        sh(sandbox, f"({script}) > pid", limited(wall=1.0))
    assert gone(int((sandbox.folder / "pid").read_text()))


def test_a_caller_that_raises_while_it_is_told_progress_leaves_no_tool(sandbox, tmp_path):
    told = threading.Event()

    def tell(seconds: float) -> None:
        told.set()
        raise InterruptedError

    with pytest.raises(InterruptedError):
        sandbox.run(["sh", "-c", "echo $$ > pid; echo out_time_us=1000; sleep 600"], limits=SMALL, on_progress=tell)
    assert told.is_set()
    assert gone(int((sandbox.folder / "pid").read_text()))


def test_progress_is_in_seconds_and_survives_odd_lines(sandbox):
    seen: list[float] = []
    script = "printf 'out_time_us=N/A\\nout_time_us=-5\\nframe=1\\nout_time_us=15'; sleep 0.3; printf '00000\\nend\\n'"
    sandbox.run(["sh", "-c", script], limits=SMALL, on_progress=seen.append)
    assert seen == [0.0, 1.5]


def test_two_threads_run_tools_at_once(tmp_path):
    meeting = "touch $0; while [ ! -e $1 ]; do sleep 0.02; done"

    def meet(own: str, other: str) -> None:
        signs = [str(tmp_path / f"{name}.here") for name in (own, other)]
        Sandbox(tmp_path / own).run(["sh", "-c", meeting, *signs], limits=SMALL)

    with ThreadPoolExecutor(2) as pool:
        for waiting in (pool.submit(meet, "a", "b"), pool.submit(meet, "b", "a")):
            waiting.result(PATIENCE)


def test_the_tool_dies_with_the_thread_that_started_it_and_not_before(sandbox):
    assert sh(sandbox, "sleep 0.3; echo done") == b"done\n"


ODD_NAMES = ["it's \"quoted\".mp4", "a:b,c;d[e].mp4", "100%d %s.mp4", "-leading.mp4", "file:x.mp4", "naïve 日本.mp4",
             "pipe:1", "a|b&c$(touch x).mp4", "new\nline.mp4"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_may_have_any_name(name, known, tmp_path, sandbox):
    path, *_ = known(MATRIX[0])
    odd = tmp_path / name
    odd.symlink_to(path)
    found = probe(odd, sandbox)
    assert found.has_video
    target = tmp_path / f"out {name}"
    sandbox.run(ffmpeg.ffmpeg_argv(odd, target, before=["-t", "0.2"], after=["-c", "copy", "-f", "mp4"]),
                limits=limited(memory=2048 * MIB))
    assert target.stat().st_size > 1000
    assert not (sandbox.folder / "x").exists()


def test_every_call_carries_the_flags_before_its_only_input(known):
    path, found, _, _ = known(MATRIX[0])
    out, cut, span = Path("out"), Cut(1, 2), Span(seek=1, end=2, first=1, count=30, last=1.967)
    calls = [
        ffmpeg.ffprobe_argv(path, "-of", "json"),
        ffmpeg.ffmpeg_argv(path, out, before=[], after=[]),
        encode.encode_argv(path, found, span, out, size=(320, 180)),
        encode.encode_argv(path, found, span, out, size=(320, 180), seeking=False),
        audio.extract_argv(path, found, cut, "mp3", out),
        gif.palette_argv(path, found, cut, out, short_side=180),
        stills.poster_argv(path, found, out, at=1),
    ]
    for argv in calls:
        place = argv.index("-i")
        assert argv.count("-i") == 1
        before = "\0".join(argv[:place])
        assert "\0".join(INPUT_FLAGS) in before
        assert argv[place + 1] == f"file:{path}"
        if "ffprobe" not in argv[0]:
            assert {"-nostdin", "-xerror"} <= set(argv[:place])
            assert argv[-1] == f"file:{out.absolute()}"
            assert {"-sn", "-dn"} <= set(argv)
            assert argv[argv.index("-map_metadata") + 1] == argv[argv.index("-map_chapters") + 1] == "-1"
    for argv in calls[2:]:
        assert "-t" in argv[:argv.index("-i")]


def test_a_gif_reads_the_palette_that_we_made_and_nothing_else_unguarded(known):
    path, found, _, _ = known(MATRIX[0])
    argv = gif.render_argv(path, found, Cut(1, 2), Path("out"), palette=Path("p.png"), short_side=180)
    first, second = [place for place, word in enumerate(argv) if word == "-i"]
    assert "\0".join(INPUT_FLAGS) in "\0".join(argv[:first])
    assert argv[first + 1:second + 2] == [
        f"file:{path}", "-protocol_whitelist", "file", "-f", "png_pipe", "-i", f"file:{Path('p.png').absolute()}"]


def test_the_flags_are_those_of_the_design():
    assert ffmpeg.MAX_PIXELS == 35_389_440
    assert INPUT_FLAGS[:2] == ("-protocol_whitelist", "file")
    assert not {"hls", "concat", "dash", "sdp", "image2", "svg_pipe", "tty", "mpegts"} & set(ffmpeg.FORMATS.split(","))


def test_a_seek_is_rounded_down_to_the_microsecond():
    assert ffmpeg.seek(1.0000009, 2)[3] == "1.000000"
    assert ffmpeg.seek(0.1 + 0.2, 2)[3] == "0.300000"
    assert ffmpeg.seek(2 / 3, 2)[3] == "0.666666"


def test_the_limits_grow_with_the_length_and_the_expected_bytes():
    short, long = ffmpeg.render_limits(1, expected=1), ffmpeg.render_limits(600, expected=10**9)
    assert (short.cpu, long.cpu) == (160, 24_120)
    assert long.output == 2 * 10**9 + 64 * MIB


def test_the_sandbox_is_built_of_what_the_machine_has():
    argv = ffmpeg.sandboxed(["tool", "-x"], SMALL)
    assert argv[-2:] == ["tool", "-x"]
    have = ffmpeg.features()
    assert ("prlimit" in argv, "unshare" in argv, "setpriv" in argv) == (
        have["prlimit"], have["unshare"], have["pdeathsig"])
    assert ffmpeg.tool_says(ffmpeg.ffmpeg_binary(), "-version").startswith("ffmpeg version")
    assert ffmpeg.tool_says("/nonexistent", "-version") == ""


# --- Side by side -----------------------------------------------------------------------------------------

# Says that it is here, then waits until the other is.
MEET = "touch ../{me}; while [ ! -e ../{other} ]; do sleep 0.05; done; echo {me}"


def test_tools_side_by_side_run_at_once_and_their_answers_keep_the_order(sandbox):
    patient = limited(wall=60.0)
    found = sandbox.together(
        lambda beside: (sh(beside, MEET.format(me="one", other="two"), patient), sandbox.busy),
        lambda beside: (sh(beside, "sleep 0.2; " + MEET.format(me="two", other="one"), patient), sandbox.busy))
    assert [answer for answer, _ in found] == [b"one\n", b"two\n"]
    assert not sandbox.busy


def test_a_sandbox_is_busy_while_one_beside_it_is(sandbox):
    seen: list[bool] = []
    sandbox.together(lambda beside: beside.run(["sh", "-c", "echo x; sleep 0.3"], limits=SMALL,
                                               on_output=lambda block: seen.append(sandbox.busy)))
    assert (seen, sandbox.busy) == ([True], False)


def test_one_that_fails_lets_the_others_end_and_is_told(sandbox):
    with pytest.raises(ToolFailed) as caught:
        sandbox.together(lambda beside: sh(beside, "echo broken >&2; exit 3"),
                         lambda beside: sh(beside, "sleep 0.5; touch ../ended"))
    assert "broken" in caught.value.detail
    assert (sandbox.folder / "ended").exists()
    assert [trace.parent.name for trace in sandbox.folder.rglob("tool.txt")] == ["beside-0"]


def test_one_stop_ends_all_of_them(sandbox):
    threading.Timer(0.5, sandbox.stop.set).start()
    with pytest.raises(ToolStopped):
        sandbox.together(*[lambda beside: sh(beside, "sleep 600", limited(wall=90.0))] * 2)
    assert not sandbox.busy

"""Makefile and scripts: what can be said about them without installing anything."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
sys.path.insert(0, str(ROOT / "scripts"))

import demo_media  # noqa: E402
import doctor  # noqa: E402
import serve  # noqa: E402
import summary  # noqa: E402

from tests import ports  # noqa: E402
from tests.patience import PATIENCE  # noqa: E402


def run(*argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, cwd=ROOT, text=True, capture_output=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment}, timeout=PATIENCE)


@pytest.mark.parametrize("path", [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"],
                         ids=lambda path: path.name)
def test_shell_scripts_parse_and_stop_at_the_first_fault(path):
    assert run("bash", "-n", str(path)).returncode == 0
    text = path.read_text()
    if text.startswith("#!"):
        assert "\nset -eu\n" in text
        assert os.access(path, os.X_OK)


def test_make_help_lists_every_target():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = run("make", "help").stdout
    assert {line.split()[1] for line in told.splitlines()} == targets
    assert targets >= {"setup", "run", "test", "lint", "types", "worker", "doctor", "demo", "services", "services-stop"}
    assert run("make").stdout == told


def test_services_refuse_words_they_do_not_know(tmp_path):
    for words in ((), ("begin",), ("start", "mysql"), ("stop", "redis", "s3")):
        told = run("scripts/services.sh", *words, FASTCLIP_SERVICES=str(tmp_path / "services"))
        assert (told.returncode, told.stdout) == (1, "")
        assert "FastClip: " in told.stderr
    assert not (tmp_path / "services").exists()


def packages_script(*lines: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("bash", "-c", "set -eu; . scripts/lib.sh; . scripts/packages.sh; " + "; ".join(lines), **environment)


def test_missing_packages_are_named_and_none_where_all_is_there(tmp_path):
    assert packages_script("missing_packages").stdout == ""
    for tool in ("bash", "dirname", "readlink", "basename"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    told = packages_script("missing_packages --dev", PATH=str(tmp_path)).stdout.split()
    assert told == ["python3", "python3-venv", "ffmpeg", "nodejs", "npm", "curl", "util-linux", "chromium"]


def test_without_rights_the_one_line_to_type_is_printed():
    done = packages_script("missing_packages() { echo ffmpeg; echo curl; }", "id() { echo 1000; }",
                           "have() { [ \"$1\" = apt-get ]; }", "install_packages")
    assert done.returncode == 1
    assert ("sudo bash -c 'apt-get update && apt-get install -y --no-install-recommends ffmpeg curl'"
            in done.stderr.splitlines()[3])


@pytest.mark.parametrize(("version", "code"), [("18.20.4", 0), ("20.1.0", 0), ("18.19.9", 1), ("16.20.0", 1)])
def test_a_node_that_is_too_old_is_refused(tmp_path, version, code):
    node = tmp_path / "node"
    node.write_text(f"""#!/bin/sh
[ "$1" = --version ] && echo v{version} && exit
exec {subprocess.check_output(["which", "node"], text=True).strip()} -e "
  Object.defineProperty(process, 'versions', {{value: {{node: '{version}'}}}}); $2"
""")
    node.chmod(0o755)
    done = packages_script("check_node", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (done.returncode, "18.20" in done.stderr) == (code, bool(code))


def test_a_step_runs_once_until_its_inputs_change(tmp_path):
    script = f"set -eu; . scripts/lib.sh; once {tmp_path}/stamp $1 echo ran"
    told = [run("bash", "-c", script, "-", inputs).stdout for inputs in ("a", "a", "b", "b", "a")]
    assert told == ["ran\n", "", "ran\n", "", "ran\n"]


def test_a_step_that_fails_leaves_no_stamp(tmp_path):
    done = run("bash", "-c", f"set -eu; . scripts/lib.sh; once {tmp_path}/stamp a false")
    assert (done.returncode != 0, (tmp_path / "stamp").exists()) == (True, False)


def test_a_quiet_step_prints_nothing_unless_it_fails():
    script = "set -eu; . scripts/lib.sh; told=$(mktemp); quietly Pages bash -c 'echo much; exit {}'; echo next"
    fine, failed = (run("bash", "-c", script.replace("{}", code)) for code in ("0", "3"))
    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "next\n", "")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "much\n\nFastClip: Pages failed; the reason is above.\n"


# --- The doctor before set-up -------------------------------------------------------------------------------

def early_doctor(**environment: str) -> subprocess.CompletedProcess[str]:
    """With the system's own Python, and nothing of ours importable."""
    return run(sys.executable, "-I", "scripts/doctor.py", **environment)


def test_the_doctor_before_set_up_finds_nothing_on_a_machine_that_has_all():
    done = early_doctor(PORT=str(ports.free()))
    assert (done.returncode, done.stderr) == (0, "")
    folder, *checked = done.stdout.splitlines()[:9]
    assert folder.startswith("Data folder: /")
    assert [line[:10].strip() for line in checked] == ["ok"] * 8
    assert "0 errors, 0 warnings before set-up." in done.stdout


def test_the_doctor_before_set_up_names_what_is_missing_with_hints(tmp_path):
    done = early_doctor(PATH=str(tmp_path), PORT="99999")
    found = re.findall(r"^(FC\.\w+) +(.+)\n +-> (.+)$", done.stdout, re.MULTILINE)
    assert [name for name, *_ in found] == ["FC.E001", "FC.E003", "FC.E016", "FC.W204", "FC.W206"]
    assert (done.returncode, "3 errors, 2 warnings" in done.stdout) == (1, True)


def test_the_doctor_before_set_up_sees_a_taken_port_and_a_data_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = early_doctor(PORT=str(port), FASTCLIP_DATA=str(tmp_path / "file" / "data")).stdout
    assert f"FC.W206   Port {port} cannot be used: Address already in use" in told
    assert f"FC.E005   {tmp_path}/file/data cannot be written." in told


@pytest.mark.parametrize(("version", "fine"), [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_the_doctor_before_set_up_judges_the_version_of_python(version, fine):
    assert [finding.name for finding in doctor.python(version)] == ([] if fine else ["FC.E014"])


def test_the_doctor_before_set_up_tells_a_full_disk_and_an_old_node(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: doctor.shutil._ntuple_diskusage(10, 9, 1))
    assert [finding.name for finding in doctor.disk()] == ["FC.E006"]
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v16.20.0\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [finding.name for finding in doctor.node()] == ["FC.E016"]


def test_every_id_of_the_doctor_before_set_up_is_documented():
    names = set(re.findall(r"FC\.[EW]\d+", (ROOT / "scripts" / "doctor.py").read_text()))
    documented = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in names if name not in documented} == set()


# --- Starting and stopping ----------------------------------------------------------------------------------

def test_the_introduction_leaves_nothing_behind_when_it_is_pasted(capsys):
    serve.introduce("http://h:1", {"email": "o@x", "password": "", "api_key": "sk_live_x"})
    told = capsys.readouterr().out
    assert re.findall(r"^  curl .*$", told, re.MULTILINE) == [
        "  curl -s http://h:1/v1/balance -H 'Authorization: Bearer sk_live_x'"]
    assert "docs/api.md" in told and "make demo" in told


def test_an_orphan_that_ended_is_buried():
    """A process of a group that nobody waits for would keep the group, and so the stop of the worker, waiting."""
    script = ("import ctypes, os, subprocess, sys; sys.path.insert(0, 'scripts'); import serve; "
              "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); "
              "subprocess.run(['sh', '-c', 'sleep 0.2 & exit']); os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT); "
              "group = serve.Group(); "
              "before = len(serve._children()); group.reap(); print(before, len(serve._children()))")
    done = run(sys.executable, "-c", script)
    assert (done.stdout, done.stderr) == ("1 0\n", "")


def test_a_taken_port_is_one_clear_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(sys.executable, "scripts/serve.py", PORT=str(port), BIND="127.0.0.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().splitlines() == [
        f"FastClip: port {port} cannot be used (Address already in use). Stop the program that has it, "
        f"or choose another: PORT={port + 1} make run"]


def test_a_port_that_is_no_number_is_one_clear_sentence():
    done = run(sys.executable, "scripts/serve.py", PORT="http")
    assert (done.returncode, done.stderr.strip()) == (1, "FastClip: PORT='http' is not a whole number.")


def test_closing_lines_of_several_runs_are_added_up():
    text = ("\x1b[32m===== \x1b[1m7 passed\x1b[0m, 2 skipped in 1.50s =====\x1b[0m\n"
            "== 1 failed, 3 passed, 1 error in 61.25s (0:01:01) ==\n= no tests ran in 0.01s =\n")
    counts, seconds = summary.total(text)
    assert dict(counts) == {"passed": 10, "skipped": 2, "failed": 1, "errors": 1}
    assert seconds == 62.76


def video(numbers: list[int], *, first: float = 0.0, rate: int = 10) -> demo_media.Video:
    """A video whose frame n is a picture that only n has."""
    return demo_media.Video([Fraction(first) + Fraction(place, rate) for place in range(len(numbers))],
                            np.array([np.full((2, 2), 10 * number) for number in numbers], np.int16))


@pytest.mark.parametrize(("numbers", "fault"), [
    ([5, 6, 7], ""),
    ([5, 6], "2 frames instead of 3"),
    ([4, 5, 6], "frame 0 shows the source's frame 4 instead of 5"),
    ([5, 6, 6], "frame 2 shows the source's frame 6 instead of 7"),
])
def test_the_demo_finds_a_clip_that_is_off_by_one_frame(numbers, fault):
    assert demo_media.difference(video(list(range(20))), video(numbers), 0.5, 0.8) == fault


def test_the_demo_finds_a_clip_of_another_speed():
    fault = demo_media.difference(video(list(range(20))), video([5, 6, 7], rate=12), 0.5, 0.8)
    assert fault == "frame 1 comes at 0.083 s instead of 0.100 s"

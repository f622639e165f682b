"""What `make doctor` can say before `make setup`: only the standard library, any Python 3.

The ids are those of `manage.py doctor`, which takes over once .venv exists; docs/operations.md lists them.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 10  # of the first column, as in `manage.py doctor`
NODE = (18, 20)  # what Debian 12 has
SETUP_BYTES = 6 * 1000**3  # .venv is 3 GB, and pip unpacks beside its downloads
TOOLS = {"curl": "curl", "setpriv": "util-linux", "prlimit": "util-linux"}


class Finding(NamedTuple):
    """`name` is an id like FC.E003 (E stops set-up, W does not)."""

    name: str
    told: str
    hint: str


def python(version: tuple[int, ...] = sys.version_info[:2]) -> list[Finding]:
    """Python is 3.11 to 3.13"""
    if (3, 11) <= version <= (3, 13):
        return []
    return [Finding("FC.E014", f"Python {'.'.join(map(str, version))} cannot run FastClip.",
                    "Install Python 3.11, 3.12 or 3.13 beside it; make setup finds it.")]


def venv() -> list[Finding]:
    """Python can make environments"""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if not missing:
        return []
    major, minor = sys.version_info[:2]
    return [Finding("FC.E015", f"Python lacks: {', '.join(missing)}",
                    f"make setup installs it, or: apt-get install python{major}.{minor}-venv")]


def media_tools() -> list[Finding]:
    """ffmpeg and ffprobe are there"""
    return [Finding(name, f"{tool} is missing.", "make setup installs it, or: apt-get install ffmpeg")
            for tool, name in (("ffmpeg", "FC.E001"), ("ffprobe", "FC.E003")) if not shutil.which(tool)]


def node() -> list[Finding]:
    """Node and npm are there"""
    missing = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if missing:
        return [Finding("FC.E016", f"Missing, to build the pages: {' and '.join(missing)}",
                        "make setup installs it, or: apt-get install nodejs npm")]
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    if version >= NODE:
        return []
    return [Finding("FC.E016", f"Node {told.strip()} is too old to build the pages.",
                    f"Install Node {'.'.join(map(str, NODE))} or newer.")]


def tools() -> list[Finding]:
    """system packages are installed"""
    missing = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool)})
    if not missing:
        return []
    return [Finding("FC.W204", f"Missing system packages: {' '.join(missing)}",
                    f"make setup, or: apt-get install --no-install-recommends {' '.join(missing)}")]


def port() -> list[Finding]:
    """the port is free"""
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        return [Finding("FC.W206", f"PORT={text!r} is not a port.", "Unset PORT, or choose a number like 9000.")]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("BIND", "127.0.0.1"), int(text)))
        except OSError as fault:
            return [Finding("FC.W206", f"Port {text} cannot be used: {fault.strerror}",
                            f"Stop the program that has it, or: PORT={int(text) + 1} make run")]
    return []


def disk() -> list[Finding]:
    """enough disk is free for set-up"""
    free = shutil.disk_usage(ROOT).free
    if free >= SETUP_BYTES:
        return []
    return [Finding("FC.E006", f"Only {free / 1000**3:.1f} GB of the disk is free.",
                    f"Set-up needs about {SETUP_BYTES // 1000**3} GB here for Python packages.")]


def data_folder() -> list[Finding]:
    """the data folder can be written"""
    wanted = Path(os.environ.get("FASTCLIP_DATA") or ROOT / "var").absolute()
    there = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return []
    return [Finding("FC.E005", f"{wanted} cannot be written.",
                    "Give the user that runs FastClip this folder, or set FASTCLIP_DATA.")]


CHECKS = (python, venv, media_tools, node, tools, port, disk, data_folder)


def main() -> int:
    """Print every check; 1 where an error was found."""
    found: list[Finding] = []
    print(f"Data folder: {Path(os.environ.get('FASTCLIP_DATA') or ROOT / 'var').absolute()}")
    for check in CHECKS:
        findings = check()
        found += findings
        if not findings:
            print(f"{'ok':<{WIDTH}}{check.__doc__}")
        for finding in findings:
            print(f"{finding.name:<{WIDTH}}{finding.told}\n{'':<{WIDTH}}-> {finding.hint}")
    errors = sum(finding.name.startswith("FC.E") for finding in found)
    print(f"\n{errors} errors, {len(found) - errors} warnings before set-up. "
          "After `make setup` the doctor looks at the rest: packages, pages, database, queue.")
    return int(bool(errors))


if __name__ == "__main__":
    sys.exit(main())

"""What watches the corpus does see: a call, a look at a file, a child that is left."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.hostile.conftest import REPOSITORY

LOOK = """
import pathlib, socket, subprocess, sys
from tests.hostile import drive
canary = pathlib.Path(sys.argv[1])
listener, watch = drive.Listener(), drive.Watch(canary)
print(listener.calls(), watch.seen(), len(drive._tools()))
socket.create_connection(("127.0.0.1", listener.port)).close()
socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", listener.port))
canary.read_text()
child = subprocess.Popen(["sleep", "600"])
print(listener.calls(), watch.seen(), len(drive._tools()))
child.kill()
print(listener.calls(), watch.seen())
"""


def test_the_watchers_of_the_corpus_see_what_happens_once(tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("x")
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LOOK, str(canary)], cwd=REPOSITORY, env=env,
                          capture_output=True, text=True)
    assert done.stdout.split("\n") == ["0 False 0", "2 True 1", "0 False", ""], done.stdout + done.stderr

"""Real processes that do one thing at the same moment, on the database of the running test.

A test calls `at_once`; that starts this module as a process of its own, which sets Django up once, forks a
child per call, lets all of them connect, and then opens the gate. Threads would share a connection pool
and a lock of the interpreter, and prove less.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def at_once(actor: str, *calls: list[Any]) -> list[Any]:
    """The results of `tests.races.actors.<actor>(*call)` for each call, all of them run at once.

    An exception in an actor is its result: the name of its class and its message.
    """
    from django.db import connection

    order = {"database": str(connection.settings_dict["NAME"]), "actor": actor, "calls": calls}
    done = subprocess.run([sys.executable, "-m", "tests.races.crowd"], input=json.dumps(order), text=True,
                          capture_output=True, cwd=ROOT, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _child(order: dict[str, Any], call: list[Any], ready: int, gate: int, answer: Path) -> None:
    from django.db import connection

    from tests.races import actors

    try:
        connection.ensure_connection()
        os.write(ready, b".")
        os.read(gate, 1)  # returns when the parent closes the other end
        result = getattr(actors, order["actor"])(*call)
    except Exception as fault:
        result = f"{type(fault).__name__}: {fault}"
    answer.write_text(json.dumps(result))
    connection.close()
    os._exit(0)


def _run(order: dict[str, Any]) -> list[Any]:
    ready, tell_ready = os.pipe()
    gate, open_gate = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        answers = [Path(folder) / str(number) for number in range(len(order["calls"]))]
        children = []
        for call, answer in zip(order["calls"], answers, strict=True):
            child = os.fork()
            if child == 0:
                os.close(open_gate)
                _child(order, call, tell_ready, gate, answer)
            children.append(child)
        for _ in children:
            os.read(ready, 1)
        os.close(open_gate)
        for child in children:
            os.waitpid(child, 0)
        return [json.loads(answer.read_text()) for answer in answers]


def main() -> None:
    import django

    order = json.load(sys.stdin)
    django.setup()
    from django.db import connections

    connections.settings["default"]["NAME"] = order["database"]
    json.dump(_run(order), sys.stdout)


if __name__ == "__main__":
    main()

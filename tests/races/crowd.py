"""Real processes that do one thing at the same moment, on the database of the running test.

A test calls `at_once`. The first call starts this module as a process of its own, which sets Django up and imports
what the actors need; for each order it forks a child per call, lets all of them connect, and then opens the gate.
Threads would share a connection pool and a lock of the interpreter, and prove less.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 100.0  # seconds that all calls of one order may take


@cache
def _crowd() -> subprocess.Popen[str]:
    """The process that forks; it ends when its standard input does, with this one."""
    return subprocess.Popen([sys.executable, "-m", "tests.races.crowd"], text=True, cwd=ROOT, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)


def at_once(actor: str, *calls: list[Any], **settings: Any) -> list[Any]:
    """The results of `tests.races.actors.<actor>(*call)` for each call, all of them run at once, with `settings`.

    An exception in an actor is its result: the name of its class and its message.
    """
    from django.db import connection

    crowd = _crowd()
    assert crowd.stdin is not None and crowd.stdout is not None
    order = {"database": str(connection.settings_dict["NAME"]), "actor": actor, "calls": calls,
             "settings": settings}
    print(json.dumps(order), file=crowd.stdin, flush=True)
    told = select.select([crowd.stdout], [], [], PATIENCE)[0] and crowd.stdout.readline()
    if not told:
        crowd.kill()
        _crowd.cache_clear()
    assert told, f"{actor}: no answer; what the processes said stands in standard error"
    return json.loads(told)


def _child(order: dict[str, Any], call: list[Any], ready: int, gate: int, answer: Path) -> None:
    from django.db import connection
    from django.test import override_settings

    from tests.races import actors

    try:
        connection.ensure_connection()
        os.write(ready, b".")
        os.read(gate, 1)  # returns when the parent closes the other end
        with override_settings(**order["settings"]):
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

    django.setup()
    from django.db import connections
    from django.urls import get_resolver

    from tests.races import actors  # noqa: F401

    assert get_resolver().url_patterns, "every view is imported here, not in each child"
    for line in sys.stdin:
        order = json.loads(line)
        connections.settings["default"]["NAME"] = order["database"]
        print(json.dumps(_run(order)), flush=True)


if __name__ == "__main__":
    main()

"""A handler that tests tell what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.handlers import Handler, Outcome
from jobs.models import Job
from jobs.run import Run


@dataclass
class Script:
    """What the handler does on each attempt (`act`), and the ids of the jobs it was asked about."""

    act: Callable[[Job, Run], Outcome] = lambda job, run: Outcome(cost=2, result={"made": True})
    length: float = 1.0  # seconds of output
    ran: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


script = Script()


def _run(job: Job, run: Run) -> Outcome:
    script.ran.append(job.pk)
    return script.act(job, run)


handler = Handler(run=_run, done=lambda job, outcome: script.done.append(job.pk),
                  failed=lambda job: script.failed.append(job.pk), seconds=lambda job: script.length)

"""What a kind of job is made of. Each app registers its handlers in settings.JOB_HANDLERS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from jobs.models import Job
    from jobs.run import Run


class JobFailed(Exception):
    """The job cannot be done and a retry would not help. `code` is one of C049's job error codes."""

    def __init__(self, code: str, sentence: str, detail: str = "") -> None:
        self.code, self.sentence, self.detail = code, sentence, detail
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler delivers: the final `cost` in cents (at most the hold) and the `result` that the job keeps.

    `rows` is for the handler's `done` alone: what it writes elsewhere, and no poll should have to read.
    """

    cost: int = 0
    result: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handler:
    """One kind of job.

    run      does the work in a worker, outside any transaction; safe to be killed and run again
    done     writes the rows of success (Clip, events) in the finishing transaction, after `run`
    failed   writes the rows of failure in the failing transaction; also called for a cancel
    seconds  length of the output in seconds, from which the deadline is made (120 + 40 x seconds)
    """

    run: Callable[[Job, Run], Outcome]
    done: Callable[[Job, Outcome], None]
    failed: Callable[[Job], None]
    seconds: Callable[[Job], float]


@cache
def handler_of(kind: str) -> Handler:
    """The handler of a job's kind. Raises KeyError for an unknown kind."""
    return cast(Handler, import_string(settings.JOB_HANDLERS[kind]))

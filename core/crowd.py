"""Work inside a request that only a few may do at once, so that it never takes all threads of the web server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from core.errors import Unavailable


class Turns:
    """`at_once` requests of this process may work, and `waiting` more wait for up to `patience` seconds.

    Whoever else comes is refused at once: a crowd that waits would leave no thread for anybody.
    """

    def __init__(self, *, at_once: int, waiting: int, patience: float, refusal: str) -> None:
        self._working, self._inside = BoundedSemaphore(at_once), BoundedSemaphore(at_once + waiting)
        self._patience, self._refusal = patience, refusal

    @contextmanager
    def take(self) -> Iterator[None]:
        """A turn for as long as the block runs. Raises `Unavailable` (503) with the sentence `refusal`."""
        if not self._inside.acquire(blocking=False):
            raise self._refused()
        try:
            if not self._working.acquire(timeout=self._patience):
                raise self._refused()
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._inside.release()

    def _refused(self) -> Unavailable:
        return Unavailable(self._refusal, headers={"Retry-After": "2"})

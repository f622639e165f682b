"""Rate limits (G19): counted per account, on public routes per address, in Django's cache.

A count is one number per window, raised by the cache's own atomic `incr`: requests that come at the same
moment, in threads or in processes that share Redis, are all counted. A window begins with its first request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.addresses import client_address
from core.errors import TooMany

if TYPE_CHECKING:
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD", "OPTIONS")


def _count(key: str, seconds: int) -> tuple[int, float]:
    """Count one more; returns the number of this window and when the window ends, by time.time()."""
    ends: float | None = cache.get(key)
    if ends is None:
        mine = time.time() + seconds
        cache.add(key, mine, seconds)
        ends = float(cache.get(key, mine))  # of two that began at once the faster one's window counts
    counter = f"{key}:{ends}"
    cache.add(counter, 0, 2 * seconds)  # outlives its window, so that `incr` always finds it
    return cache.incr(counter), ends


class AccountThrottle(SimpleRateThrottle):
    """Requests of one account, or of one address where nobody is signed in."""

    setting = ""
    num_requests: int
    duration: int

    def get_rate(self) -> str:
        return str(getattr(settings, self.setting))

    def get_cache_key(self, request: Request, view: APIView | None) -> str:
        if request.user and request.user.is_authenticated:
            return f"rate:{self.setting}:{request.user.pk}"
        return f"rate:{self.setting}:address:{client_address(request)}"

    def allow_request(self, request: Request, view: APIView | None) -> bool:
        try:
            count, ends = _count(self.get_cache_key(request, view), self.duration)
        except RedisError as fault:
            log.error("rate_limits_uncounted", fault=str(fault))  # better than refusing everybody
            count, ends = 0, time.time() + self.duration
        self._reset = max(1, ceil(ends - time.time()))
        self._note(request, max(0, self.num_requests - count))
        return count <= self.num_requests

    def wait(self) -> int:
        """Seconds until the window ends; DRF asks after a refusal."""
        return self._reset

    def _note(self, request: Request, left: int) -> None:
        """Leave the tightest limit on the request; `core.middleware` turns it into RateLimit-* headers."""
        before = getattr(request._request, "rate_limit", None)
        if before is None or left < before[1]:
            request._request.rate_limit = (self.num_requests, left, self._reset)  # type: ignore[attr-defined]


class ReadThrottle(AccountThrottle):
    setting = "RATE_READS"

    def allow_request(self, request: Request, view: APIView | None) -> bool:
        return request.method not in SAFE or super().allow_request(request, view)


class WriteThrottle(AccountThrottle):
    setting = "RATE_WRITES"

    def allow_request(self, request: Request, view: APIView | None) -> bool:
        return request.method in SAFE or super().allow_request(request, view)


class JobPostThrottle(WriteThrottle):
    """Posts that start paid work; used beside the write limit."""

    setting = "RATE_JOB_POSTS"


class PreviewThrottle(AccountThrottle):
    """Previews that follow a slider: many, but each is over in milliseconds. Counted apart from other writes."""

    setting = "RATE_PREVIEWS"


class PublicThrottle(AccountThrottle):
    setting = "RATE_PUBLIC"


def spend(kind: type[AccountThrottle], request: HttpRequest) -> None:
    """Count a request of somebody signed in that comes by a page, with those of the API.

    Raises `TooMany` (429) with Retry-After.
    """
    throttle, asked = kind(), Request(request)
    asked.user = request.user
    if not throttle.allow_request(asked, None):
        seconds = throttle.wait()
        raise TooMany(f"Too many requests; try again in {seconds} s.", headers={"Retry-After": str(seconds)})


def counted(kind: type[AccountThrottle]) -> Callable[[View], View]:
    """For a page's view behind `login_required`: `spend` before it does anything."""
    def around(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            spend(kind, request)
            return view(request, *args, **kwargs)
        return run
    return around


JOB_POST = [ReadThrottle, WriteThrottle, JobPostThrottle]

"""Rate limits (G19): counted per account, on public routes per address, in Django's cache."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.addresses import client_address

if TYPE_CHECKING:
    from rest_framework.views import APIView

SAFE = ("GET", "HEAD", "OPTIONS")


class AccountThrottle(SimpleRateThrottle):
    """Requests of one account, or of one address where nobody is signed in."""

    setting = ""
    num_requests: int
    duration: int
    now: float
    history: list[float]

    def get_rate(self) -> str:
        return str(getattr(settings, self.setting))

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.user and request.user.is_authenticated:
            return f"rate:{self.setting}:{request.user.pk}"
        return f"rate:{self.setting}:address:{client_address(request)}"

    def allow_request(self, request: Request, view: APIView) -> bool:
        allowed = super().allow_request(request, view)
        self._note(request)
        return bool(allowed)

    def _note(self, request: Request) -> None:
        """Leave the tightest limit on the request; `core.middleware` turns it into RateLimit-* headers."""
        left = max(0, self.num_requests - len(getattr(self, "history", [])))
        before = getattr(request._request, "rate_limit", None)
        if before is None or left < before[1]:
            oldest = self.history[-1] if getattr(self, "history", []) else self.now
            reset = max(1, ceil(oldest + self.duration - self.now))
            request._request.rate_limit = (self.num_requests, left, reset)  # type: ignore[attr-defined]


class ReadThrottle(AccountThrottle):
    setting = "RATE_READS"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method not in SAFE or super().allow_request(request, view)


class WriteThrottle(AccountThrottle):
    setting = "RATE_WRITES"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE or super().allow_request(request, view)


class JobPostThrottle(WriteThrottle):
    """Posts that start paid work; used beside the write limit."""

    setting = "RATE_JOB_POSTS"


class PublicThrottle(AccountThrottle):
    setting = "RATE_PUBLIC"


JOB_POST = [ReadThrottle, WriteThrottle, JobPostThrottle]

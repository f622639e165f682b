"""One address that does what its body says, to watch `replayable` with every kind of ending."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.http import Http404
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing import ledger
from billing.errors import InsufficientBalance
from core import errors
from core.idempotency import replayable
from core.models import Idempotency

ENDINGS = {
    "validation": ValidationError({"start": ["Must be a number."]}),
    "bad": errors.BadRequest(),
    "missing": Http404(),
    "poor": InsufficientBalance(4, 3),
    "forbidden": errors.Forbidden(),
    "conflict": errors.Conflict(),
    "gone": errors.Gone(),
    "media": errors.Unprocessable(),
    "busy": errors.TooMany(),
    "down": errors.Unavailable(),
    "bug": ZeroDivisionError(),
}


class Wish(APIView):
    @replayable
    def post(self, request: Request) -> Response:
        """Give the caller a cent for every run, then end as the body's `end` says."""
        done = Idempotency.objects.count()
        key = f"promo:{request.user.pk}:{request.data.get('number', 0)}:{request.idempotency_key}"
        ledger.post(ledger.wallet_of(request.user), kind="promo", cents=1, key=key)
        if request.data.get("end") == "slow":  # so slow that another request takes the claim over
            Idempotency.objects.update(created_at=F("created_at") + timedelta(seconds=61))
        if request.data.get("end") in ENDINGS:
            raise ENDINGS[request.data["end"]]
        body = {"zeta": 1.0, "alpha": "é", "rows": done, "request_key": request.idempotency_key}
        return Response(body, status=201)


class OtherWish(Wish):
    """The same at another address."""


urlpatterns = [path("v1/wish", Wish.as_view()), path("v1/other", OtherWish.as_view())]

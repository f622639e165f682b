"""Money over HTTP; dollars begin here (G06)."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import SessionOnly, account_of
from billing import deposits, queries, schemas
from core.idempotency import replayable
from core.money import dollars


class BalanceView(APIView):
    """`GET /v1/balance` (C133)."""

    @schemas.balance
    def get(self, request: Request) -> Response:
        return Response(queries.balance(account_of(request)))


class SignupCreditView(APIView):
    """`POST /v1/account/signup-credit`, session only, once per account (C145)."""

    permission_classes = [SessionOnly]

    @schemas.signup_credit
    @replayable
    def post(self, request: Request) -> Response:
        account = account_of(request)
        cents = deposits.grant_signup_credit(account)
        return Response({"granted": True, "credited": dollars(cents),
                         "balance": dollars(queries.available_cents(account))})

"""An account with money, and a paid job per spec: `python -m tests.chaos.submit '[{"seconds": 1}]'`.

With `--cancel` and a job's id, that job is cancelled.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from accounts.models import Account  # noqa: E402
from billing import ledger  # noqa: E402
from jobs.queue import cancel, submit  # noqa: E402

account = Account.objects.filter(email="alice@example.com").first()
if account is None:
    account = Account.objects.create_user("alice@example.com")
    ledger.adjust(account, cents=1000, ticket="chaos", reason="chaos")
if sys.argv[1] == "--cancel":
    cancel(account, job_id=sys.argv[2])
else:
    for spec in json.loads(sys.argv[1]):
        print(submit(account, kind="clip", spec=spec, cents=2).pk)

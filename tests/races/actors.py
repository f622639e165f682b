"""What the processes of a race do. Arguments and results are JSON."""

from __future__ import annotations

import io
from typing import Any

from django.db import transaction
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.models import Account
from billing import ledger
from billing.errors import InsufficientBalance
from billing.models import Hold, Payment
from captions import fonts, presets, transcript_services
from captions.transcript_edits import Edit
from core.errors import Conflict, FastClipError
from jobs import endings, queue, tasks
from jobs.handlers import Outcome
from jobs.models import Job
from tests.captions import font_bank
from uploads import services
from uploads.models import Upload
from webhooks.emit import emit


def spend(account: int, name: str, times: int, cents: int) -> int:
    """How many of `times` holds could be paid."""
    owner, paid = Account.objects.get(pk=account), 0
    for number in range(times):
        try:
            ledger.reserve(owner, cents=cents, purpose=f"race:{name}:{number}")
            paid += 1
        except InsufficientBalance:
            continue
    return paid


def settle(hold: int, cost: int) -> bool:
    return ledger.settle(Hold.objects.get(pk=hold), cost=cost)


def credit(payment: str) -> bool:
    return ledger.credit(Payment.objects.get(pk=payment))


def charge_back(payment: str) -> bool:
    found = Payment.objects.get(pk=payment)
    return ledger.charge_back(found, cents=found.cents, dispute_id=f"dp_{payment}")


def announce(account: int, times: int) -> None:
    owner = Account.objects.get(pk=account)
    for _ in range(times):
        emit(owner, "upload.ready", subject="upl_000000000000", data={})


def breathe(account: int, name: str, rounds: int) -> int:
    """Request and end a job over and over: reserve, which may announce a low balance; then announce the
    end and settle, in one transaction, as a worker does."""
    owner, done = Account.objects.get(pk=account), 0
    for number in range(rounds):
        hold = ledger.reserve(owner, cents=2, purpose=f"race:{name}:{number}")
        with transaction.atomic():
            emit(owner, "clip.failed", subject=hold.purpose, data={})
            done += ledger.settle(hold, cost=0)
    return done


def post(account: int, path: str, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, Any]:
    """Status and code (of an error) of a POST in a signed-in session."""
    client = APIClient(SERVER_NAME="localhost")
    client.force_login(Account.objects.get(pk=account))
    reply = client.post(path, body, format="json", headers=headers)
    return reply.status_code, reply.json().get("code")


def submit(account: int, times: int, request_key: str | None) -> list[str]:
    """The ids of the jobs that the queue took of `times` (2 cents each)."""
    owner, taken = Account.objects.get(pk=account), []
    for _ in range(times):
        try:
            taken.append(queue.submit(owner, kind="clip", spec={}, cents=2, request_key=request_key).pk)
        except queue.QueueRefused:
            continue
    return taken


def claim(job: str) -> int | None:
    """The fence that this worker won."""
    attempt = tasks._claim(job)
    return attempt.job.fence if attempt else None


@override_settings(JOB_HANDLERS={"clip": "tests.chaos.handlers.clip"})
def end(account: int, job: str, how: str) -> str | None:
    """Finish the job as the worker with fence 1, or cancel it as its owner; how it was ended, if by us."""
    if how == "complete":
        return how if endings.complete(job, fence=1, outcome=Outcome(cost=1)) else None
    try:
        queue.cancel(Account.objects.get(pk=account), job_id=job)
    except Conflict:
        return None
    return how


def end_uploads(account: int, how: str, uploads: list[str]) -> int:
    """How many of these one-shot uploads, or of their clips, this process brought to an end, one after another:

    `abort` the upload, `cancel` the clip that waits for it, or finish the `validate` job that makes it ready.
    """
    owner, ended = Account.objects.get(pk=account), 0
    for upload in Upload.objects.filter(pk__in=uploads).order_by("pk"):
        try:
            if how == "abort":
                services.abort(owner, file_id=upload.pk)
                ended += 1
            elif how == "cancel":
                queue.cancel(owner, job_id=upload.clip_job)
                ended += 1
            else:
                job = Job.objects.get(kind="validate", source=upload.pk)
                made = {"sha256": "0" * 64, "key": f"sources/{upload.pk}/x", "pin": {"size": 1}, "probe": {},
                        "poster": ""}
                ended += endings.complete(job.pk, fence=0, outcome=Outcome(result=made))
        except Conflict:
            continue
    return ended


def save_presets(account: int, times: int) -> int:
    """How many of `times` presets there was room for."""
    owner, made = Account.objects.get(pk=account), 0
    for number in range(times):
        try:
            presets.create(owner, name=f"race {number}")
            made += 1
        except Conflict:
            continue
    return made


def upload_fonts(account: int, times: int) -> int:
    """How many of `times` fonts there was room for."""
    owner, made, data = Account.objects.get(pk=account), 0, font_bank.ttf()
    for _ in range(times):
        try:
            fonts.create(owner, filename="a.ttf", size=len(data), stream=io.BytesIO(data))
            made += 1
        except Conflict:
            continue
    return made


def use_or_delete(account: int, how: str, font_ids: list[str]) -> list[str]:
    """What became of each font: `used` by a new preset, `deleted`, or the code of the refusal."""
    owner, told = Account.objects.get(pk=account), []
    for font_id in font_ids:
        try:
            if how == "use":
                presets.create(owner, name="race", font_source="upload", font_id=font_id)
            else:
                fonts.delete(owner, font_id=font_id)
            told.append("used" if how == "use" else "deleted")
        except FastClipError as fault:
            told.append(fault.code)
    return told


def change_preset(account: int, preset_id: str, changes: list[dict[str, Any]]) -> list[int]:
    """The status of each change, sent by a signed-in session."""
    client = APIClient(SERVER_NAME="localhost")
    client.force_login(Account.objects.get(pk=account))
    return [client.patch(f"/v1/caption-presets/{preset_id}", change, format="json").status_code for change in changes]


def edit_transcript(account: int, file_id: str, text: str) -> int:
    """The version that a correction of the first word made, or the status of its refusal."""
    owner = Account.objects.get(pk=account)
    try:
        return transcript_services.edit(owner, file_id=file_id, base_version=1, edits=[Edit(0, 0, text)]).version
    except FastClipError as fault:
        return fault.status

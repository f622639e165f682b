"""Every finding is found, and a healthy site has none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.models import Hold
from jobs.handlers import Outcome
from jobs.models import Job
from jobs.queue import submit
from jobs.reconcile import findings
from tests.jobs import scripted
from webhooks.emit import emit

LONG_AGO = timedelta(hours=25)


@pytest.fixture(autouse=True)
def own_scratch(settings, tmp_path):
    settings.SCRATCH_ROOT = tmp_path
    settings.RECONCILERS = ["jobs.reconcile.findings"]


@pytest.fixture
def announced(job, script, work, monkeypatch):
    """A job of alice's that ended well and was announced once."""

    class Emitting(list):
        def append(self, pk):
            emit(job.account, "clip.complete", subject=pk, data={})

    monkeypatch.setattr(scripted.script, "done", Emitting())
    script.act = lambda job, attempt: Outcome(cost=2)
    work()
    return job


def test_a_healthy_site_has_no_findings(announced, rich, script):
    submit(rich, kind="clip", spec={}, cents=2)
    submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    submit(rich, kind="validate", spec={})
    assert list(findings()) == []


def test_an_ended_job_with_an_open_hold_is_found(announced):
    Hold.objects.update(status="open", cost=None)
    assert list(findings()) == [f"{announced.pk} is complete, but its hold is open."]


def test_an_old_hold_without_an_open_job_is_found(job):
    Hold.objects.update(created_at=timezone.now() - LONG_AGO)
    assert list(findings()) == []
    Job.objects.update(hold=None)
    assert list(findings()) == [f"The hold job:{job.pk} is open for more than 24 h without an open job."]


def test_a_job_announced_never_or_twice_is_found(announced, rich, script, work):
    emit(rich, "clip.failed", subject=announced.pk, data={})
    script.done = []  # a handler that forgets its event
    silent = submit(rich, kind="clip", spec={}, cents=2)
    work()
    assert sorted(findings()) == sorted([f"{announced.pk} has ended and has 2 closing events instead of one.",
                                         f"{silent.pk} has ended and has 0 closing events instead of one."])


def test_other_events_about_a_job_and_other_kinds_do_not_count(announced, rich, script, work):
    emit(rich, "clip.expired", subject=announced.pk, data={})
    script.act = lambda job, attempt: Outcome()
    submit(rich, kind="validate", spec={})
    work()
    assert list(findings()) == []


def test_a_dead_workers_folder_is_found(job, tmp_path):
    (tmp_path / f"{job.pk}.3").mkdir()
    assert list(findings()) == [f"The scratch folder {job.pk}.3 was left by a dead worker."]


def test_the_command_prints_findings_and_with_check_exits_1(announced, capsys):
    call_command("reconcile", "--check")
    assert capsys.readouterr().out == "Everything fits.\n"
    Hold.objects.update(status="open", cost=None)
    call_command("reconcile")
    assert capsys.readouterr().out == f"{announced.pk} is complete, but its hold is open.\n1 finding.\n"
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--check")
    assert ended.value.code == 1

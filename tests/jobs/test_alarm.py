"""Findings are said aloud by the worker, once they last, and nothing is repaired."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from jobs import alarm

found: list[list[str]] = []


def scripted() -> list[str]:
    """A reconciler that finds what the test says, look by look."""
    return found.pop(0)


@pytest.fixture(autouse=True)
def looks(settings, monkeypatch):
    """Set `looks.found` to what each look finds; `looks.paused` counts the pauses between."""
    settings.RECONCILERS = ["tests.jobs.test_alarm.scripted"]
    monkeypatch.setattr(alarm, "SECOND_LOOK_SECONDS", 0)
    found.clear()
    return found


def alarms(entries: list[dict]) -> list[str]:
    return [entry["finding"] for entry in entries if entry["event"] == "reconcile_finding"]


def test_a_healthy_site_is_looked_at_once_and_nothing_is_said(looks):
    looks.append([])
    with capture_logs() as entries:
        assert alarm.look() == []
    assert (entries, looks) == ([], [])


def test_a_finding_that_lasts_is_an_alarm_each(looks):
    looks += [["a", "b"], ["b", "a", "c"]]
    with capture_logs() as entries:
        assert alarm.look() == ["b", "a"]
    assert alarms(entries) == ["b", "a"]
    assert {entry["log_level"] for entry in entries} == {"error"}


def test_what_is_gone_at_the_second_look_was_the_world_going_on(looks):
    looks += [["a"], []]
    with capture_logs() as entries:
        assert alarm.look() == []
    assert entries == []


def test_a_real_finding_is_reported_and_left_as_it_is(looks, settings, alice):
    from billing import ledger
    from billing.models import Wallet

    settings.RECONCILERS = ["billing.reconcile.findings"]
    ledger.adjust(alice, cents=10, ticket="t", reason="test")
    Wallet.objects.update(available=7)
    with capture_logs() as entries:
        [finding] = alarm.look()
    assert "7 cents available; its entries sum up to 10" in finding
    assert (alarms(entries), Wallet.objects.get().available) == ([finding], 7)

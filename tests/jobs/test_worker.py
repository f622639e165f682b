"""The supervisor's parts that need no real queue; tests/chaos has the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ
from structlog.testing import capture_logs

from core.storage import StorageUnavailable
from jobs import tasks, worker
from jobs.killpoint import killpoint
from jobs.models import Job, WorkerBeat
from jobs.worker import Cluster, Watchdog
from tests.patience import PATIENCE, until


@pytest.fixture
def clock(monkeypatch):
    """The watchdog's clock, moved by hand: clock.seconds += 61."""

    class Clock:
        seconds = 1000.0

    monkeypatch.setattr(worker.time, "monotonic", lambda: Clock.seconds)
    return Clock


@pytest.fixture
def dog(db, clock) -> Watchdog:
    return Watchdog(patience=60, workers=2)


def answer() -> None:
    tasks.beat(tasks.host())


def test_a_new_watchdog_rings_one_beat(dog):
    [bell] = OrmQ.objects.all()
    assert (bell.task["func"], bell.task["args"]) == ("jobs.tasks.beat", (tasks.host(),))


def test_the_queue_is_ready_with_its_first_sign_of_life(dog):
    assert (dog.hangs(), dog.ready) == (False, False)
    answer()
    assert (dog.hangs(), dog.ready) == (False, True)


def test_a_beat_that_is_answered_is_rung_again_after_20_s(dog, clock):
    answer()
    dog.hangs()
    assert OrmQ.objects.count() == 1
    clock.seconds += 21
    dog.hangs()
    dog.hangs()
    assert OrmQ.objects.count() == 2


def test_a_beat_that_is_unread_is_not_rung_again(dog, clock):
    clock.seconds += 59
    assert not dog.hangs()
    assert OrmQ.objects.count() == 1


def test_a_minute_without_a_beat_and_with_idle_workers_is_a_hang(dog, clock):
    clock.seconds += 61
    assert dog.hangs()


def test_busy_workers_owe_no_beat(dog, clock, rich, script):
    held = [Job.objects.create(account=rich, kind="clip", worker=tasks.worker_name(),
                               lease_until=timezone.now() + timedelta(hours=1)) for _ in range(2)]
    clock.seconds += 3600
    assert not dog.hangs()
    Job.objects.filter(pk=held[0].pk).update(lease_until=None)
    assert not dog.hangs()  # it may have become idle just now
    clock.seconds += 61
    assert dog.hangs()


def test_a_dead_workers_lease_makes_nobody_busy(dog, clock, rich, script):
    dead = subprocess.Popen(["true"])
    dead.wait()
    for _ in range(2):
        Job.objects.create(account=rich, kind="clip", worker=f"{tasks.host()}:{dead.pid}",
                           lease_until=timezone.now() + timedelta(hours=1))
    clock.seconds += 61
    assert dog.hangs()


def test_a_worker_that_vanished_must_be_followed_by_a_beat_within_a_quarter_of_the_time(dog, clock):
    answer()
    dog.hangs()
    dog.suspect()
    assert OrmQ.objects.count() == 2, "it is asked at once"
    clock.seconds += 14
    assert not dog.hangs()
    clock.seconds += 2
    assert dog.hangs()


def test_deaths_one_after_the_other_do_not_put_the_suspicion_off(dog, clock):
    answer()
    dog.hangs()
    for _ in range(4):
        dog.suspect()
        clock.seconds += 4
    assert dog.hangs()


def test_a_beat_after_a_worker_vanished_ends_the_suspicion(dog, clock):
    answer()
    dog.hangs()
    dog.suspect()
    clock.seconds += 14
    answer()
    assert not dog.hangs()
    clock.seconds += 40
    assert not dog.hangs()


def test_a_worker_that_vanishes_before_the_queue_is_ready_is_part_of_its_start(dog, clock):
    dog.suspect()
    clock.seconds += 30
    assert not dog.hangs()


def test_busy_workers_and_an_absent_database_delay_a_suspicion(dog, clock):
    answer()
    dog.hangs()
    dog.suspect()
    clock.seconds += 14
    dog.excuse()
    clock.seconds += 14
    assert not dog.hangs()
    clock.seconds += 2
    assert dog.hangs()


def test_a_beat_of_another_host_is_handed_on_until_it_reaches_its_own(dog, settings):
    OrmQ.objects.all().delete()
    WorkerBeat.objects.create(pk="elsewhere")
    tasks.beat("elsewhere", 3)
    [bell] = OrmQ.objects.all()
    assert bell.task["args"] == ("elsewhere", 4)
    assert WorkerBeat.objects.get(pk="elsewhere").seen_at is None
    settings.WORKER_NAME = "elsewhere"
    tasks.beat(*bell.task["args"])
    assert WorkerBeat.objects.get(pk="elsewhere").seen_at is not None


def test_a_beat_that_nobody_claims_does_not_travel_for_ever(dog):
    OrmQ.objects.all().delete()
    tasks.beat("elsewhere", tasks.HOPS)
    assert OrmQ.objects.count() == 0


def test_other_hosts_jobs_do_not_make_this_one_busy(dog, clock, rich):
    for _ in range(2):
        Job.objects.create(account=rich, kind="clip", worker=f"{tasks.host()}2:1",
                           lease_until=timezone.now() + timedelta(hours=1))
    clock.seconds += 61
    assert dog.hangs()


def test_a_job_that_is_taken_is_a_sign_of_life_too(dog, clock, monkeypatch):
    monkeypatch.setattr(tasks, "_last_sign", float("-inf"))
    clock.seconds += 59
    tasks.run("job_000000000000")
    clock.seconds += 59
    assert not dog.hangs()


def test_a_queue_that_starts_slowly_on_a_busy_machine_is_left_to_it(db, clock):
    impatient = Watchdog(patience=4, workers=2)
    clock.seconds += 59
    assert not impatient.hangs()
    answer()
    assert (impatient.hangs(), impatient.ready) == (False, True)
    clock.seconds += 5
    assert impatient.hangs(), "once it answered, it has to go on doing so"


def test_a_queue_that_never_answers_is_restarted(db, clock):
    impatient = Watchdog(patience=4, workers=2)
    clock.seconds += 61
    assert impatient.hangs()


def test_a_database_that_was_away_is_no_hang(dog, clock):
    clock.seconds += 61
    dog.excuse()
    assert not dog.hangs()


def test_a_restarted_queue_owes_no_beat_and_is_asked_anew(dog, clock):
    clock.seconds += 61
    again = Watchdog(patience=60, workers=2)
    assert not again.hangs()
    assert (OrmQ.objects.count(), WorkerBeat.objects.count()) == (2, 1)


def test_a_fault_of_one_sweep_does_not_stop_the_others(db, settings, monkeypatch):
    stopping = threading.Event()
    done = []
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker.connection, "close", lambda: None, raising=False)
    monkeypatch.setattr(worker, "import_string", {
        "broken": lambda: 1 / 0, "fine": lambda: done.append(1), "last": stopping.set}.__getitem__)
    settings.SWEEPS = ["missing", "broken", "fine", "last"]
    worker.repeat_until(stopping, settings.SWEEPS, 1)
    assert done == [1]


def test_a_store_that_is_away_is_one_warning_and_anything_else_an_error_with_its_traceback():
    with capture_logs() as told:
        worker.tell_sweep_failed("a.sweep", StorageUnavailable())
        worker.tell_sweep_failed("a.sweep", ZeroDivisionError())
    assert [(line["log_level"], "exc_info" in line) for line in told] == [("warning", False), ("error", True)]


def test_the_sweep_that_brings_jobs_back_waits_for_no_other(settings):
    (first, pause), (others, _), (alarm, five_minutes) = worker.rounds()
    assert (first, pause) == (["jobs.sweep.sweep_jobs"], settings.JOB_SWEEP_SECONDS)
    assert first + others == settings.SWEEPS and len(others) > 3
    assert (alarm, five_minutes) == (["jobs.alarm.look"], 300)


def _cluster_of(command: str) -> Cluster:
    """A cluster whose main process is a small Python program instead of the queue."""
    cluster = Cluster()
    cluster._main = subprocess.Popen([sys.executable, "-c", command], stdout=subprocess.PIPE,
                                     start_new_session=True)
    cluster._main.stdout.readline()  # it is up
    cluster._main.stdout.close()
    return cluster


def test_a_queue_that_ends_in_time_is_not_killed():
    cluster = _cluster_of("import signal, sys; signal.signal(15, lambda *a: sys.exit(7)); print(flush=True); "
                          "signal.pause()")
    main = cluster._main
    cluster.stop(grace=PATIENCE)
    assert (main.returncode, cluster.running()) == (7, False)


def test_a_queue_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr(worker, "RELEASE_SECONDS", 0.1)
    cluster = _cluster_of("import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); "
                          "signal.pause()")
    main = cluster._main
    cluster.stop(grace=0.1)
    assert (main.returncode, cluster.running()) == (-signal.SIGKILL, False)


def test_stopping_what_never_started_is_fine():
    cluster = Cluster()
    cluster.stop(grace=PATIENCE)
    cluster.kill()
    assert not cluster.running()


def test_a_kill_point_kills_only_where_it_is_armed_and_only_once(settings, tmp_path, monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    killpoint("after_claim", "job_1")
    settings.KILLPOINT = str(tmp_path)
    for armed in ("after_claim.job_1", "nowhere.job_1", ".job_1"):
        (tmp_path / armed).touch()
    for name in ("in_commit", "nowhere", "", "after_claim", "after_claim"):
        killpoint(name, "job_2")
        killpoint(name, "job_1")
    assert killed == [(os.getpid(), signal.SIGKILL)]


def test_a_kill_point_may_kill_every_worker_that_comes(settings, tmp_path, monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(number))
    settings.KILLPOINT = str(tmp_path)
    (tmp_path / "in_commit.job_1").write_text("always")
    for _ in range(3):
        killpoint("in_commit", "job_1")
    assert killed == [signal.SIGKILL] * 3


def test_a_fault_of_work_is_returned_not_raised():
    assert tasks.fault_of(lambda: None) is None
    assert isinstance(tasks.fault_of(lambda: 1 / 0), ZeroDivisionError)
    assert isinstance(tasks.fault_of(lambda: sys.exit(1)), SystemExit)


def test_the_sign_of_life_is_written_at_most_every_5_s(dog, clock, monkeypatch):
    monkeypatch.setattr(tasks, "_last_sign", float("-inf"))
    tasks.sign_of_life(tasks.host())
    first = WorkerBeat.objects.get().seen_at
    tasks.sign_of_life(tasks.host())
    assert (first is not None, WorkerBeat.objects.get().seen_at) == (True, first)


def test_a_watchdog_fault_is_survived(db, monkeypatch):
    said = []
    supervisor = worker.Supervisor(say=said.append)
    monkeypatch.setattr(supervisor._cluster, "running", lambda: True)
    monkeypatch.setattr(worker.connection, "close", lambda: None, raising=False)

    def broken(**about):
        raise DatabaseError

    monkeypatch.setattr(worker, "Watchdog", broken)
    supervisor._tend()
    assert said == []


def test_a_queue_that_keeps_dying_is_restarted_with_growing_pauses(db, clock, monkeypatch):
    supervisor = worker.Supervisor(say=print)
    started, pauses = [], []
    monkeypatch.setattr(supervisor._cluster, "start", lambda: started.append(clock.seconds))
    monkeypatch.setattr(supervisor._stopping, "wait", pauses.append)
    for lived in (0, 1, 1, 1, 1, 1, 1, 61, 1):
        clock.seconds += lived
        supervisor._tend()
    assert (pauses, len(started)) == ([0.0, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 0.0, 1.0], 9)


def test_the_members_of_a_cluster_are_its_children_and_theirs():
    cluster = _cluster_of("import signal, subprocess as s; s.Popen(['sh', '-c', 'sleep 600 & wait']); "
                          "print(flush=True); signal.pause()")
    main = cluster._main
    until(lambda: len(cluster.members()) >= 2, "the child and its own")
    found = cluster.members()
    cluster.kill()
    assert len(found) == 2 and main.pid not in found
    assert cluster.members() == frozenset()

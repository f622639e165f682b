"""`make chaos` ends with one table that a person can read."""

from __future__ import annotations

import json

from scripts import chaos_table

RUN = {"what": "random kills", "database": "sqlite", "seed": 3, "deaths": 12, "killed": {"busy worker": 8, "queue": 4},
       "states": {"complete": 24}, "attempts": {"1": 16, "2": 8}, "ledger": "exact"}


def test_a_run_is_a_row_with_its_seed_its_kills_its_ends_and_its_attempts():
    assert chaos_table.row(RUN) == (
        "| random kills | sqlite | seed 3, deaths 12, killed 8 busy worker, 4 queue | 24 complete | 16 in 1, 8 in 2 "
        "| exact |")


def test_the_table_has_every_run_in_order_and_the_machine_below():
    lines = chaos_table.table("\n".join(json.dumps(RUN | {"what": name}) for name in ("one", "two"))).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| one", "| two"]
    assert lines[4] == "" and "cores" in lines[5]
    assert {line.count("|") for line in lines[:4]} == {7}


def test_seconds_are_a_list():
    assert "seconds 3.1, 9" in chaos_table.row(RUN | {"seconds": [3.1, 9]})

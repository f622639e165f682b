"""The triggers that keep entries as they were written, on both databases.

A constraint cannot say "never changed", so the database gets triggers: UPDATE, DELETE and (on PostgreSQL)
TRUNCATE of an entry fail, whoever asks. A migration that rebuilds the table on SQLite must call `install`
again; `billing.reconcile` reports when they are missing.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "ledger entries are never changed"

_INSTALL = {
    "sqlite": [
        "CREATE TRIGGER IF NOT EXISTS billing_entry_no_update BEFORE UPDATE ON billing_entry "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        "CREATE TRIGGER IF NOT EXISTS billing_entry_no_delete BEFORE DELETE ON billing_entry "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION billing_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE OR REPLACE TRIGGER billing_entry_no_update BEFORE UPDATE OR DELETE ON billing_entry "
        "FOR EACH ROW EXECUTE FUNCTION billing_entry_refuse()",
        "CREATE OR REPLACE TRIGGER billing_entry_no_delete BEFORE TRUNCATE ON billing_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION billing_entry_refuse()",
    ],
}
_REMOVE = {
    "sqlite": ["DROP TRIGGER IF EXISTS billing_entry_no_update",
               "DROP TRIGGER IF EXISTS billing_entry_no_delete"],
    "postgresql": ["DROP TRIGGER IF EXISTS billing_entry_no_update ON billing_entry",
                   "DROP TRIGGER IF EXISTS billing_entry_no_delete ON billing_entry"],
}
_COUNT = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'billing_entry_no_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'billing_entry_no_%'",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make entries append-only; harmless where they are already."""
    _execute(connection, _INSTALL[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Let entries be deleted again: for tests that empty their tables, and to undo the migration."""
    _execute(connection, _REMOVE[connection.vendor])


def is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether both triggers are there."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT[connection.vendor])
        return bool(cursor.fetchone()[0] == len(_REMOVE[connection.vendor]))


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

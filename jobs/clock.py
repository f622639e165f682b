"""The clock that leases are measured by: one for all workers."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """The present moment by the database's clock on PostgreSQL, by this host's on SQLite.

    Several hosts have several clocks, but SQLite lives on one. The value is a moment old when a
    statement uses it, and that errs to the safe side: leases end earlier, nothing lapses too soon.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment

"""Structured logs: one line per event with the request's and the job's id, never a key or a query string."""

from __future__ import annotations

import logging.config
from typing import Any

import structlog

# What every line gets, whether it came from our code or through the standard library.
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter(*, as_json: bool) -> structlog.stdlib.ProcessorFormatter:
    """Writes a record, ours or another library's, as one line."""
    last: list[Any] = [structlog.dev.ConsoleRenderer()]
    if as_json:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last], foreign_pre_chain=_SHARED)


class ForeignHost(logging.Filter):
    """Make one line of a request for a host that is not ours: anybody can send them, and a traceback helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def configure(*, level: str, as_json: bool) -> None:
    """Send all logs to standard error, as JSON lines or, for people, as coloured text."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "as_json": as_json}},
        "filters": {"foreign_host": {"()": ForeignHost}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        # RequestLog says what these would say again, without the request's id or with its query string.
        "loggers": {"django.request": {"level": "CRITICAL"}, "django.server": {"level": "ERROR"},
                    "django.security.DisallowedHost": {"filters": ["foreign_host"]}},
        "root": {"handlers": ["stderr"], "level": level},
    })

"""Typed readers of the process environment.

Every setting comes through one of these, so a wrong value stops the start with a sentence
that names the variable. A secret may be given as `NAME` or as the path `NAME_FILE`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class BadEnvironment(Exception):
    """An environment variable has a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable as text, or `default` where it is unset."""
    return os.environ.get(name, default)


def integer(name: str, default: int, *, least: int = 0) -> int:
    """The variable as a whole number of at least `least`. Raises `BadEnvironment`."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise BadEnvironment(f"{name}={raw!r} is not a whole number.") from None
    if value < least:
        raise BadEnvironment(f"{name}={value} is below {least}.")
    return value


def flag(name: str, default: bool) -> bool:
    """The variable as yes or no: 1/0, true/false, yes/no, on/off. Raises `BadEnvironment`."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    known = {"1": True, "true": True, "yes": True, "on": True,
             "0": False, "false": False, "no": False, "off": False, "": False}
    if raw.strip().lower() not in known:
        raise BadEnvironment(f"{name}={raw!r} is neither yes nor no.")
    return known[raw.strip().lower()]


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """The variable as a list split at commas; blanks are dropped."""
    raw = os.environ.get(name)
    if raw is None:
        return list(default)
    return [word.strip() for word in raw.split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """The variable as an absolute path."""
    return Path(os.environ.get(name) or default).expanduser().resolve()


def secret(name: str) -> str:
    """The variable, or the stripped content of the file that `NAME_FILE` points to, or ""."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as fault:
            raise BadEnvironment(f"{name}_FILE={path!r} cannot be read: {fault}") from fault
    return os.environ.get(name, "")


def file_storage(location: Path) -> dict[str, object]:
    """Django's STORAGES entry for media: `STORAGE=local` below `location`, `STORAGE=s3` by the S3_ variables."""
    kind = text("STORAGE", "local")
    if kind == "local":
        return {"BACKEND": "core.storage_disk.DiskStore", "OPTIONS": {"location": location, "base_url": None}}
    if kind != "s3":
        raise BadEnvironment(f"STORAGE={kind!r} is neither local nor s3.")
    bucket, endpoint = text("S3_BUCKET"), text("S3_ENDPOINT_URL")
    if not bucket:
        raise BadEnvironment("STORAGE=s3 needs S3_BUCKET, the name of the bucket.")
    return {
        "BACKEND": "core.storage_s3.ObjectStore",
        "OPTIONS": {
            "bucket_name": bucket,
            "region_name": text("S3_REGION") or "us-east-1",
            "endpoint_url": endpoint or None,
            "public_endpoint_url": text("S3_PUBLIC_ENDPOINT_URL"),
            "access_key": text("S3_ACCESS_KEY_ID") or None,  # None: the machine's own role, as boto3 finds it
            "secret_key": secret("S3_SECRET_ACCESS_KEY") or None,
            "addressing_style": text("S3_ADDRESSING_STYLE") or ("path" if endpoint else "virtual"),
        },
    }


def shared_cache(name: str) -> dict[str, Any]:
    """Django's CACHES entry: Redis at the variable's address, else the memory of each process.

    That memory's 300 entries by default would forget counts as soon as 300 people come by.
    """
    if not secret(name):
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    return {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": redis_address(name), "KEY_PREFIX": "fastclip",
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2}}


def redis_address(name: str) -> str:
    """The variable as `redis://...` or `rediss://...`. Raises `BadEnvironment`."""
    address = secret(name)
    if urlsplit(address).scheme not in ("redis", "rediss"):
        raise BadEnvironment(f"{name} is not of the form redis://:password@host:port/number.")
    return address


def broker(name: str, redis: str) -> dict[str, object]:
    """Where the queue's messages lie: `orm`, the product's own database, or `redis`, at that variable's address."""
    kind = text(name, "orm")
    if kind == "orm":
        return {"orm": "default"}
    if kind != "redis":
        raise BadEnvironment(f"{name}={kind!r} is neither orm nor redis.")
    return {"redis": redis_address(redis)}


def database(name: str, default: Path) -> dict[str, object]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name`, else SQLite at `default`.

    SQLite gets WAL, IMMEDIATE transactions and a 20 s timeout: with DEFERRED ones a tenth of
    parallel ledger operations failed as "database is locked" whatever the timeout.
    """
    raw = os.environ.get(name, "")
    if not raw:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": default,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(raw)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadEnvironment(f"{name} is not of the form postgres://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # a restart of the server costs no request of its first minute
    }

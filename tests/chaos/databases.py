"""A database per site: a SQLite file below its folder, or one of its own on FASTCLIP_TEST_DATABASE_URL's server."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

SERVER = os.environ.get("FASTCLIP_TEST_DATABASE_URL", "")


def create(root: Path, *, like: str = "", server: str = SERVER) -> str:
    """The URL of a new database, a copy of the one at `like` if given; "" means SQLite below `root`.

    SQLite needs no copying here: its file lies in the folder that the caller copies.
    """
    if not server:
        return ""
    name, pattern = f"chaos_{token_hex(6)}", urlsplit(like).path.strip("/")
    _order(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{pattern}"' if pattern else ""))
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def drop(url: str) -> None:
    """Remove a database that `create` made, whoever is still connected; "" is fine."""
    if url:
        _order(SERVER or url.rpartition("/")[0] + "/postgres",
               f'DROP DATABASE "{urlsplit(url).path.strip("/")}" WITH (FORCE)')


def _order(server: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql)


def rows(root: Path, url: str, query: str) -> list[tuple[Any, ...]]:
    """What the query finds now, past the product."""
    if url:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            return connection.execute(query).fetchall()
    with sqlite3.connect(f"file:{root}/main/fastclip.sqlite3?mode=ro", uri=True, timeout=20) as database:
        return database.execute(query).fetchall()

"""The services that some suites need: `make services` starts them, `make test-services` insists on them."""

from __future__ import annotations

import os
import socket
from secrets import token_hex
from unittest import mock
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
from botocore.config import Config
from psycopg import sql

from fastclip_site import env

S3 = os.environ.get("FASTCLIP_TEST_S3", "http://127.0.0.1:7503")
REDIS = os.environ.get("FASTCLIP_TEST_REDIS", "redis://127.0.0.1:7379/0")
POSTGRESQL = os.environ.get("FASTCLIP_TEST_POSTGRESQL", "postgres://postgres@127.0.0.1:7432")
S3_KEY, S3_SECRET = "test:tester", "testing"
INSISTS = os.environ.get("FASTCLIP_TEST_SERVICES", "") == "1"


def needs(name: str, url: str) -> None:
    """Skip the test by the service's name where it is not running; fail where services were promised."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except OSError:
        told = f"{name} is not running at {url}: make services"
        if INSISTS:
            pytest.fail(told)
        pytest.skip(told)


def needs_postgresql() -> None:
    """Skip what only PostgreSQL can show; its run is part of `make test-services`."""
    from django.db import connection

    if connection.vendor != "postgresql":
        if INSISTS and os.environ.get("FASTCLIP_TEST_DATABASE_URL"):
            pytest.fail("the tests were to run on PostgreSQL")
        pytest.skip("PostgreSQL is not the tests' database: make test-services")


def redis_url() -> str:
    needs("Redis", REDIS)
    return REDIS


def new_database() -> str:
    """The address of a fresh database on the tests' PostgreSQL."""
    needs("PostgreSQL", POSTGRESQL)
    name = f"tests_{token_hex(8)}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{POSTGRESQL}/{name}"


def new_bucket() -> str:
    """The name of a fresh bucket in the test's S3."""
    needs("S3 (Swift)", S3)
    name = f"tests-{token_hex(8)}"
    client = boto3.client("s3", endpoint_url=S3, region_name="us-east-1", aws_access_key_id=S3_KEY,
                          aws_secret_access_key=S3_SECRET, config=Config(s3={"addressing_style": "path"}))
    client.create_bucket(Bucket=name)
    client.close()
    return name


def s3_variables(bucket: str, *, endpoint: str = S3) -> dict[str, str]:
    """The environment of a FastClip that keeps its media in this bucket."""
    return {"STORAGE": "s3", "S3_BUCKET": bucket, "S3_ENDPOINT_URL": endpoint, "S3_ACCESS_KEY_ID": S3_KEY,
            "S3_SECRET_ACCESS_KEY": S3_SECRET}


def s3_entry(bucket: str, *, endpoint: str = S3) -> dict:
    """What settings.STORAGES["default"] would be for that environment."""
    from django.conf import settings

    with mock.patch.dict(os.environ, s3_variables(bucket, endpoint=endpoint)):
        return env.file_storage(settings.MEDIA_ROOT)

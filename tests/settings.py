"""The product's own settings, read from an environment made for tests."""

# ruff: noqa: E402, F403, F405

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_root = os.environ.setdefault("FASTCLIP_TEST_ROOT", tempfile.mkdtemp(prefix="fastclip-tests-"))
os.environ["FASTCLIP_DATA"] = str(Path(_root) / _worker)
os.environ["STATIC_MANIFEST"] = "0"  # live_server answers 404 to hashed names
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["NUMBA_DISABLE_JIT"] = "1"  # Whisper's alignment of a few words is done before it would be compiled
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in the tests' thread
for name in ("DATABASE_URL", "REDIS_URL", "QUEUE", "STORAGE", "PUBLIC_SITE_URL", "PUBLIC_API_URL", "PORT",
             "SECRET_KEY"):
    if not os.environ.get(f"FASTCLIP_TEST_{name}"):
        os.environ.pop(name, None)
    else:
        os.environ[name] = os.environ[f"FASTCLIP_TEST_{name}"]

from fastclip_site.settings import *
from fastclip_site.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a missing folder
if os.environ.get("REDIS_URL"):
    # Emptying the cache of one test process must not reach the counters of another.
    _number = int(_worker.removeprefix("gw")) if _worker != "main" else 0
    CACHES["default"]["LOCATION"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{_number + 1}"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: other processes and threads of a test see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_root) / f"{_worker}-tests.sqlite3")}
SYNC_WAIT_SECONDS = 0  # no worker runs beside most tests

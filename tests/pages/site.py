"""A whole site for browsers: static files as in production, gunicorn, a worker, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import migrated
from tests.patience import PATIENCE, until
from tests.spec.site import Running

PEOPLE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Account
from billing import ledger
store = import_module(settings.SESSION_ENGINE).SessionStore
for name in ("alice", "bob", "carol", "dan", "lena", "nora"):
    account = Account.objects.create_user(f"{name}@example.com", "correct horse battery")
    ledger.adjust(account, cents=1000, ticket=name, reason="for the browser")
    session = store()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    print("SESSION", name, session.session_key)
"""


@dataclass
class BrowserSite:
    """Where the site listens, the session key of each person, its data folder, and its management commands."""

    url: str
    sessions: dict[str, str]
    data: Path
    manage: Callable[..., str]

    def cookies(self, who: str) -> list[dict[str, str]]:
        """The cookie of somebody who has signed in, as a browser context takes it."""
        return [{"name": "sessionid", "value": self.sessions[who], "url": self.url}]


def start(data: Path, *, front: Callable[[str], str] | None = None) -> tuple[Running, BrowserSite]:
    """Collect static files, make six people with ten dollars each, start server and worker.

    `front` puts something before the server: it gets the server's address and gives the one that browsers use.
    """
    running = Running(data)
    public = front(running.url) if front else running.url
    running.env["PUBLIC_SITE_URL"] = public
    migrated.sqlite(data / "fastclip.sqlite3")
    running.manage("collectstatic", "--noinput", "-v0")
    printed = running.manage("shell", "-v0", "-c", PEOPLE)
    sessions = dict(line.split()[1:3] for line in printed.splitlines() if line.startswith("SESSION "))
    running.start("gunicorn", "-m", "gunicorn", "fastclip_site.wsgi", "-b", running.url.removeprefix("http://"),
                  "-k", "fastclip_site.server.PatientWorker", "--threads", "8")
    running.start("worker", "manage.py", "worker")
    site = BrowserSite(public, sessions, data, running.manage)
    until(lambda: _answers(site.url), "the server's first answer")
    return running, site


def _answers(url: str) -> bool:
    from urllib.request import urlopen

    try:
        with urlopen(f"{url}/healthz", timeout=PATIENCE) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False

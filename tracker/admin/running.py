"""The reports and queries that run right now: how many at most, who began each, and how it is stopped."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from flask import abort, current_app
from flask_login import current_user
from sqlalchemy import URL

from tracker.reports.sandbox import Sandbox
from tracker.reports.stop import Stop

AT_ONCE = 4
SECONDS = 30.0
DOWNLOAD_SECONDS = 300.0


@dataclass
class Runs:
    """What runs in this server: the name of who began it, and the way to stop it, by a key that nobody can guess."""

    going: dict[str, tuple[str, Stop]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self, stop: Stop) -> str | None:
        """The key of a run that may go on; None where too many do already."""
        key = secrets.token_urlsafe(16)
        with self.lock:
            if len(self.going) >= AT_ONCE:
                return None
            self.going[key] = (current_user.username, stop)
        return key

    def end(self, key: str) -> None:
        """Forget a run."""
        with self.lock:
            self.going.pop(key, None)

    def stop(self, key: str) -> bool:
        """Stop a run of who is signed in; False where there is none (any more)."""
        with self.lock:
            username, stop = self.going.get(key, ("", None))
        if stop is None or username != current_user.username:
            return False
        stop.stop()
        return True


def runs() -> Runs:
    """Those of this app."""
    found: Runs = current_app.extensions["report_runs"]
    return found


@contextmanager
def running(seconds: float = SECONDS) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox for one run, and its key; 429 where too many run already."""
    url: URL = current_app.config["REPORTS_URL"]
    box = Sandbox(url, seconds)
    here = runs()
    key = here.begin(box.stop)
    if key is None:
        abort(429, "Too many reports run at once. Wait until one of them is done, or stop one.")
    try:
        yield box, key
    finally:
        here.end(key)

"""Whether this server lives and can serve: for whoever watches it, and for itself before it answers a request."""

import time
from dataclasses import dataclass, field
from threading import Lock

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from tracker.db import reading
from tracker.serving import trouble

# Seconds for which a look at the databases holds for requests; who asks for readiness gets a fresh one.
HOLDS = 5.0
MISMATCH = "The records were upgraded, and this server was not restarted since. Nothing was saved. Try again soon."
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
blueprint = Blueprint("health", __name__)


@dataclass
class Health:
    """The revisions that this code knows, the engines to look with, and what was seen last."""

    heads: dict[str, str]
    engines: dict[str, Engine]
    stopping: bool = False
    _seen: list[str] = field(default_factory=list)
    _until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> list[str]:
        """What keeps this server from serving, in words; nothing where it can."""
        if self.stopping:
            return ["the server is stopping"]
        return [told for name in self.heads for told in self._trouble(name)]

    def mismatch(self) -> bool:
        """Whether a database is at another revision than this code, as looked at a moment ago."""
        now = time.monotonic()
        with self._lock:
            if now < self._until:
                return bool(self._seen)
            self._until = now + HOLDS
        self._seen = [name for name in self.heads if self._revision(name) not in (self.heads[name], None)]
        return bool(self._seen)

    def _trouble(self, name: str) -> list[str]:
        found = self._revision(name)
        if found is None:
            return [f"{name}: does not answer"]
        return [f"{name}: at another revision than this server"] if found != self.heads[name] else []

    def _revision(self, name: str) -> str | None:
        try:
            with reading(self.engines[name]).connect() as connection:
                return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        except (DBAPIError, TimeoutError):
            return None


def watch(app: Flask, health: Health) -> None:
    """Answer those who watch, and refuse to serve on databases of another revision."""
    app.extensions["health"] = health
    app.register_blueprint(blueprint)
    app.before_request(_refuse_mismatch)


@blueprint.get("/healthz")
def live() -> ResponseReturnValue:
    """Whether the process answers; it asks no database, so that a slow one gets nobody killed."""
    return "alive\n", 200, PLAIN


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether requests can be served: both databases answer and are at the revision of this code."""
    health: Health = current_app.extensions["health"]
    troubles = health.look()
    return "".join(f"{told}\n" for told in troubles or ["ready"]), 503 if troubles else 200, PLAIN


def _refuse_mismatch() -> ResponseReturnValue | None:
    health: Health = current_app.extensions["health"]
    if request.blueprint == blueprint.name or request.endpoint == "static" or not health.mismatch():
        return None
    return trouble.page(MISMATCH), 503, {"Retry-After": "30"}

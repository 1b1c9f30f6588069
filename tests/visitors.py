"""People at a real server: signed in, over HTTP, as many as a test needs, and cheap enough to be many."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session as OrmSession

from tests.admin.conftest import fields_of
from tracker.app import create_app
from tracker.auth import sessions, signin
from tracker.config import Config
from tracker.db import create_engine
from tracker.models.users import User

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Answer:
    """What a server answered."""

    status: int
    location: str
    text: str


@dataclass
class Visitor:
    """A browser with one connection and the cookie of its session."""

    port: int
    cookie: str
    host: str = "127.0.0.1"
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)

    def ask(self, method: str, address: str, body: str | None = None) -> Answer:
        """One request; the session's cookie goes along and is renewed."""
        headers = {"Cookie": f"tracker={self.cookie}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        renewed = re.match(r"tracker=([^;]+)", response.headers.get("Set-Cookie", ""))
        self.cookie = renewed.group(1) if renewed else self.cookie
        return Answer(response.status, response.headers.get("Location", ""), text)

    def get(self, address: str) -> Answer:
        """Read a page."""
        return self.ask("GET", address)

    def fill(self, address: str, typed: Mapping[str, str]) -> Answer:
        """Open a form and send it with what it holds and what is typed over that."""
        page = self.get(address)
        if page.status != 200:
            return page
        return self.ask("POST", address, urlencode(fields_of(page.text) | dict(typed), doseq=True))

    def close(self) -> None:
        """Leave."""
        self.connection.close()


def cookies(config: Config, username: str, number: int) -> list[str]:
    """So many cookies with which somebody is signed in, without the toil of checking a password."""
    app = create_app(config)
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    engine = create_engine(config.accounts_url)
    with OrmSession(engine) as accounts:
        user = accounts.query(User).filter_by(username=username).one()
        tokens = [sessions.start(accounts, user.id, "127.0.0.1", "test") for _ in range(number)]
        content = {"_user_id": user.fs_uniquifier, "_fresh": True}
        accounts.commit()
    engine.dispose()
    app.extensions["security"].datastore.engine.dispose()
    return [str(signer.dumps(content | {signin.TOKEN: token})) for token in tokens]

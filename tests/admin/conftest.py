"""A web app over the shared cast, three people with accounts, and a browser that knows about tokens."""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session as OrmSession
from werkzeug.test import TestResponse

from tests import cast
from tests.conftest import TESTER
from tracker.app import create_app
from tracker.auth import sessions, signin
from tracker.config import Config
from tracker.db import Session, create_engine, reading
from tracker.models.users import ROLES, User

PASSWORD = "a long enough password"
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed as cheaply as argon2 can; what it costs in earnest is not what these tests are about."""
    signin.SETTINGS["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {"argon2__rounds": 1, "argon2__memory_cost": 32}
    yield
    del signin.SETTINGS["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made as cheaply as argon2 can."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def add_people(config: Config, password_hash: str) -> None:
    """An account for each role, named by it."""
    engine = create_engine(config.accounts_url)
    with OrmSession(engine) as accounts:
        accounts.add_all(
            User(username=role, password=password_hash, role=role, active=True, fs_uniquifier=secrets.token_hex(16))
            for role in ROLES
        )
        accounts.commit()
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each app of each test would compile the same templates anew."""
    Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    yield
    del Flask.jinja_options["bytecode_cache"]


@pytest.fixture(scope="session")
def web_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """An instance folder with the shared cast and an account for each role, on SQLite."""
    instance = tmp_path_factory.mktemp("web") / "instance"
    shutil.copytree(sqlite_template, instance)
    fill(Config.load({"TRACKER_INSTANCE": str(instance)}), password_hash)
    return instance


@pytest.fixture
def sqlite_web_config(web_template: Path, tmp_path: Path) -> Config:
    """Settings for a fresh instance with the shared cast and an account for each role, on SQLite."""
    instance = tmp_path / "instance"
    shutil.copytree(web_template, instance)
    return Config.load({"TRACKER_INSTANCE": str(instance)})


@pytest.fixture
def postgres_web_config(postgres_config: Config, password_hash: str) -> Config:
    """The same on PostgreSQL."""
    fill(postgres_config, password_hash)
    return postgres_config


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def web_config(request: pytest.FixtureRequest) -> Config:
    """The same on each engine."""
    name = {"sqlite": "sqlite_web_config", "postgresql": "postgres_web_config"}[request.param]
    found: Config = request.getfixturevalue(name)
    return found


def fill(config: Config, password_hash: str) -> None:
    """The shared cast and an account for each role."""
    add_people(config, password_hash)
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        cast.meeting_of_2024(session)
    engine.dispose()


def close(app: Flask) -> None:
    """Let go of the databases of an app."""
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()
    app.extensions["security"].datastore.engine.dispose()


@pytest.fixture
def app(web_config: Config) -> Iterator[Flask]:
    """The app over these settings."""
    app = create_app(web_config)
    yield app
    close(app)


@dataclass
class Browser:
    """A test client that sends the token of the page that it saw last."""

    client: FlaskClient
    token: str = ""

    def get(self, address: str, **keywords: Any) -> TestResponse:
        return self._seen(self.client.get(address, base_url=BASE, **keywords))

    def post(self, address: str, data: Mapping[str, Any] | None = None, **keywords: Any) -> TestResponse:
        sent = {"csrf_token": self.token} | dict(data or {})
        return self._seen(self.client.post(address, data=sent, base_url=BASE, **keywords))

    def fill(self, address: str, **typed: Any) -> TestResponse:
        """Open a form and send it with what it holds and what is typed over that."""
        return self.post(address, fields_of(self.get(address).text) | typed)

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        self.get("/login")
        return self.post("/login", {"username": username, "password": password})

    def _seen(self, response: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.text)
        self.token = found.group(1) if found else self.token
        response.close()
        return response


def fields_of(html: str) -> dict[str, Any]:
    """What the last form of a page would send if it were sent untouched."""
    form = re.findall(r"<form[^>]*method=\"post\"[^>]*>(.*?)</form>", html, re.DOTALL)[-1]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' in tag and " checked" not in tag:
            continue
        if name and isinstance(fields.get(name.group(1)), list):
            # A line that adds one more to the boxes.
            fields[name.group(1)].append(value.group(1) if value else "")
        elif name and 'type="checkbox"' not in tag:
            fields[name.group(1)] = value.group(1) if value else ""
        elif name and "checked" in tag:
            # Boxes come after a hidden empty value of the same name.
            before = fields.get(name.group(1), [])
            fields[name.group(1)] = [
                *([before] if isinstance(before, str) else before),
                value.group(1) if value else "",
            ]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL):
        fields[name] = text
    for tag, options in re.findall(r"(<select[^>]*>)(.*?)</select>", form, re.DOTALL):
        chosen = re.findall(r'<option selected value="([^"]*)"', options)
        name = re.search(r'name="([^"]+)"', tag)
        assert name
        fields[name.group(1)] = (chosen or [""])[0]
    return fields


SignedIn = Callable[[str], Browser]


def sign_in_to(app: Flask, role: str) -> Browser:
    """A browser in which the person of this role is signed in, without the toil of checking a password."""
    store = app.extensions["security"].datastore
    account = store.find_user(username=role)
    with OrmSession(store.engine) as accounts:
        token = sessions.start(accounts, account.id, "127.0.0.1", "test")
        accounts.commit()
    browser = Browser(app.test_client())
    with browser.client.session_transaction(base_url=BASE) as cookie:
        cookie |= {"_user_id": account.fs_uniquifier, "_fresh": True, signin.TOKEN: token}
    # A page with a token that costs little.
    assert browser.get("/account/password").status_code == 200
    return browser


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """Browsers in which the person of a role is signed in."""
    return partial(sign_in_to, app)


@pytest.fixture
def editor(signed_in: SignedIn) -> Browser:
    """A browser in which an editor is signed in."""
    return signed_in("editor")


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def records(web_config: Config) -> Iterator[Session]:
    """A session on the records of the app, to see what a request has left there."""
    engine = create_engine(web_config.database_url)
    # For reading: it must not keep the app from writing.
    with Session(reading(engine)) as session:
        yield session
    engine.dispose()


@pytest.fixture
def accounts(web_config: Config) -> Iterator[Engine]:
    """The engine of the accounts of the app."""
    engine = create_engine(web_config.accounts_url)
    yield engine
    engine.dispose()

"""The shared cast: a migrated database on each engine, copied afresh for each test."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import psycopg
import pytest
from sqlalchemy import URL, Engine, make_url

from tests import locks
from tests.servers import Lender, Server
from tracker.auditing import Origin
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.schema import trees

POSTGRES = make_url(
    os.environ.get("TRACKER_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
)
TESTER = Origin("tester", "cli")

sys.addaudithook(locks.watch)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of what both engines run, `make test` runs a fixed quarter on PostgreSQL; the rest of it is long."""
    names = {item.nodeid for item in items}
    for item in items:
        other = item.nodeid.replace("postgresql", "sqlite")
        if other != item.nodeid and other in names and crc32(item.nodeid.encode()) % 4:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The server; without one the tests on it are skipped, or fail under CI."""
    server = Server(POSTGRES)
    try:
        server.run("SELECT 1")
    except psycopg.OperationalError as error:
        message = f"no PostgreSQL at {POSTGRES.render_as_string()}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with both databases migrated."""
    instance = tmp_path_factory.mktemp("template")
    for tree in trees(Config.load({"TRACKER_INSTANCE": str(instance)})):
        tree.upgrade()
    return instance


@pytest.fixture(scope="session")
def postgres_template(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A database on the server with both schemas migrated."""
    url = postgres.create()
    for tree in trees(Config(instance=tmp_path_factory.mktemp("unused"), database_url=url)):
        tree.upgrade()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Settings for a database that does not hold a table yet, on each engine."""
    config = Config.load({"TRACKER_INSTANCE": str(tmp_path / "instance")})
    config.instance.mkdir()
    if request.param == "sqlite":
        yield config
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create()
    yield replace(config, database_url=url)
    server.drop(url)


@pytest.fixture
def sqlite_config(sqlite_template: Path, tmp_path: Path) -> Config:
    """Settings for a fresh migrated instance on SQLite."""
    instance = tmp_path / "instance"
    shutil.copytree(sqlite_template, instance)
    return Config.load({"TRACKER_INSTANCE": str(instance)})


@pytest.fixture(scope="session")
def lender(postgres: Server, postgres_template: URL) -> Iterator[Lender]:
    """The database on the server that test after test gets, as good as new."""
    lender = Lender(postgres, postgres_template)
    yield lender
    lender.close()


@pytest.fixture
def postgres_config(lender: Lender, tmp_path: Path) -> Iterator[Config]:
    """Settings for a fresh migrated database on PostgreSQL."""
    instance = tmp_path / "instance"
    instance.mkdir(exist_ok=True)
    yield Config(instance=instance, database_url=lender.lent)
    lender.take_back()


@pytest.fixture(params=["sqlite", "postgresql"])
def config(request: pytest.FixtureRequest) -> Config:
    """Settings for a fresh migrated database, on each engine."""
    name = {"sqlite": "sqlite_config", "postgresql": "postgres_config"}[request.param]
    found: Config = request.getfixturevalue(name)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Config]:
    """Settings for a migrated database without rows beside that of `config`, on each engine."""
    found = Config.load({"TRACKER_INSTANCE": str(tmp_path / "target")})
    shutil.copytree(sqlite_template, found.instance)
    if request.param == "sqlite":
        yield found
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create(template=request.getfixturevalue("postgres_template").database)
    yield replace(found, database_url=url)
    server.drop(url)


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    """The engine of the records."""
    engine = create_engine(config.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the records; what a test commits is gone with its database."""
    with Session(engine, info={"origin": TESTER}) as session:
        yield session

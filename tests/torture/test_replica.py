"""Reports on a streaming replica: a primary and a standby of our own, made here and gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url, select

from tests import edition_cast
from tests.admin.conftest import Browser, add_people, close
from tests.browser.conftest import free_port
from tests.cast import update
from tests.conftest import TESTER
from tests.report_roles import Roles, made_roles
from tests.torture.processes import wait
from tests.visitors import cookies
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Commitment
from tracker.reports import catalog, roles, runner
from tracker.reports.sandbox import Sandbox
from tracker.schema import trees

pytestmark = pytest.mark.long
TODAY = date(2026, 1, 15)
COUNT = "SELECT COUNT(*) AS n FROM status_update"


def programs() -> Path | None:
    """Where the programs of the server are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    here = shutil.which("initdb")
    return Path(here).resolve().parent if here else found[-1].parent if found else None


@dataclass
class Cluster:
    """A server of our own in a folder."""

    folder: Path
    port: int
    programs: Path

    def run(self, program: str, *words: str) -> None:
        """One of the server's programs; they refuse to run as root."""
        account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*account, str(self.programs / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-D", str(self.folder), "-l", f"{self.folder}.log", "-o", settings)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.folder))


@pytest.fixture
def primary() -> Iterator[Cluster]:
    """A server with an empty database `tracker`."""
    found = programs()
    if found is None:
        pytest.skip("the programs of the PostgreSQL server are not installed")
    with tempfile.TemporaryDirectory() as name:
        parent = Path(name)
        if os.geteuid() == 0:
            shutil.chown(parent, "postgres")
        cluster = Cluster(parent / "primary", free_port(), found)
        cluster.run("initdb", "-D", str(cluster.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        cluster.start()
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{cluster.port}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE tracker")
        yield cluster
        cluster.stop()


@pytest.fixture
def standby(primary: Cluster) -> Iterator[Cluster]:
    """A second server that follows the first."""
    cluster = Cluster(primary.folder.with_name("standby"), free_port(), primary.programs)
    words = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "-X", "stream", "-R"]
    cluster.run("pg_basebackup", "-D", str(cluster.folder), "-c", "fast", *words)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def records(primary: Cluster, tmp_path: Path) -> Config:
    """Settings for records on the first server."""
    url = make_url(f"postgresql+psycopg://postgres@127.0.0.1:{primary.port}/tracker")
    config = Config(instance=tmp_path, database_url=url)
    for tree in trees(config):
        tree.upgrade()
    engine = create_engine(url)
    edition_cast.fill(engine)
    engine.dispose()
    return config


@pytest.fixture
def made(records: Config) -> Iterator[Roles]:
    """The roles of these records."""
    yield from made_roles(records)


@pytest.fixture
def there(made: Roles, standby: Cluster) -> URL:
    """The address of the report role at the second server."""
    url = made.report.set(port=standby.port)
    arrived(url)
    return url


def arrived(url: URL) -> None:
    """Wait until the second server has what was made at the first."""
    wait(lambda: not str(roles.objection(url) or "").startswith("cannot be tried"))


def rows(box: Sandbox, name: str) -> list[object]:
    report = catalog.find(name)
    given = {p.name: "IJ-2024-01" for p in report.parameters if p.name == "commitment"}
    with runner.run(box, report, given, TODAY) as result:
        return list(result.rows)


def counted(box: Sandbox) -> int:
    with box.query(COUNT) as found:
        return int(next(iter(found.rows))[0])


def test_reports_run_on_a_replica(records: Config, made: Roles, there: URL) -> None:
    here, replica = Sandbox(made.report), Sandbox(there)
    assert roles.objection(there) is None
    before = counted(here)
    wait(lambda: counted(replica) == before)
    for name in catalog.paths():
        assert rows(replica, name) == rows(here, name), name
    engine = create_engine(records.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        commitment = session.scalars(select(Commitment).limit(1)).one()
        commitment.status_updates.append(update("stalled", date(2025, 10, 1)))
        session.commit()
    engine.dispose()
    wait(lambda: counted(replica) == before + 1)


def test_the_desk_goes_on_when_the_replica_is_gone(records: Config, there: URL, standby: Cluster) -> None:
    add_people(records, "no password")
    app = create_app(replace(records, reports_database_url=there))
    browser = Browser(app.test_client())
    browser.client.set_cookie("tracker", cookies(records, "admin", 1)[0], domain="127.0.0.1")
    assert browser.get("/reports/overdue").status_code == 200
    standby.stop()
    assert browser.get("/reports/overdue").status_code == 503
    assert browser.get("/commitments/").status_code == 200
    standby.start()
    arrived(there)
    assert browser.get("/reports/overdue").status_code == 200
    close(app)

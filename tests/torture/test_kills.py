"""Killed at any moment, whatever writes leaves things as they were before or as they are after, never between."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, make_url, select, text

from tests.benchmarks.tables import write as write_table
from tests.cast import update
from tests.conftest import TESTER, Server
from tests.keeping_cast import digests, execute, fill, run
from tests.seed_folder import FILES, MEETING, write
from tests.torture.processes import AMOUNTS, FORKS, Killing, Running, gone, start, times, wait
from tracker.config import Config
from tracker.db import Session, create_engine, sqlite
from tracker.keeping.bundle import verify
from tracker.models import AuditBatch, AuditEvent, Base, Commitment, Country, SeedOrigin, Statement, StatusUpdate
from tracker.schema import trees
from tracker.seeding.bulk import WRITTEN
from tracker.seeding.importer import ROWS

# More than one flush.
COMMITMENTS = WRITTEN + 20
TOPICS = 600
FRANCE = "INSERT INTO country (code, name) VALUES ('FR', 'France')"


def counts(config: Config, *tables: type[Base]) -> list[int]:
    """How many rows each table holds; on SQLite the file is whole, too."""
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        found = [connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    engine.dispose()
    return found


@pytest.fixture
def emptied(config: Config, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Makes the databases as good as new."""
    if config.database_url.get_backend_name() == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        return lambda: server.empty(config.database_url)
    template: Path = request.getfixturevalue("sqlite_template")

    def renew() -> None:
        shutil.rmtree(config.instance)
        shutil.copytree(template, config.instance)

    return renew


def many(folder: Path, count: int = COMMITMENTS) -> Path:
    """Seeds with enough commitments for a load to take a while, and more than one flush."""
    first = FILES[MEETING].partition("  - public_id: IJ-2024-02")[0]
    second = FILES[MEETING].removeprefix(first)
    more = "".join(second.replace("IJ-2024-02", f"IJ-2025-{n}") for n in range(count - 2))
    return write(folder, {MEETING: FILES[MEETING] + more})


def loading(folder: Path, count: int) -> list[str]:
    """The command that loads so many commitments."""
    return ["seeds", "load", str(many(folder, count))]


def importing(folder: Path, count: int) -> list[str]:
    """The command that imports as many rows."""
    table, mapping = write_table(count, folder)
    # A history would take the most of the time, and is written like all else.
    mapping.write_text(mapping.read_text(encoding="utf-8").partition("      status_updates:")[0], encoding="utf-8")
    return ["seeds", "import", str(table), "--map", str(mapping)]


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize(("door", "flush"), [(loading, WRITTEN), (importing, ROWS)], ids=["load", "import"])
def test_a_killed_load_or_import_leaves_nothing_or_everything(
    config: Config,
    emptied: Callable[[], None],
    tmp_path: Path,
    door: Callable[[Path, int], list[str]],
    flush: int,
    amount: str,
) -> None:
    # More than are written at a time, where there is time.
    count = flush + 20 if amount == "many" else 60
    words = door(tmp_path / "files", count)
    killing = Killing(lambda: start(config, *words), emptied)
    for killed in killing.many(times(config, amount)):
        gone(config)
        found = counts(config, Commitment, Statement, SeedOrigin, AuditBatch, AuditEvent)
        assert found[0] in (0, count), found
        assert (found[0] == 0) == (sum(found) == 0), found
        assert found[0] == count or "created" not in killed.told(), "what it acknowledged is not there"
        if found[0]:
            emptied()
    start(config, *words).end()
    assert counts(config, Commitment) == [count]
    assert run(config, "db", "check").exit_code == 0


def writes(config: Config) -> bool:
    """Whether another process has a transaction open that writes."""
    if config.database_url.get_backend_name() == "postgresql":
        others = "pid <> pg_backend_pid() AND datname = current_database() AND backend_xid IS NOT NULL"
        engine = create_engine(config.database_url)
        with engine.connect() as connection:
            found = bool(connection.scalar(text(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {others})")))
        engine.dispose()
        return found
    with closing(sqlite.connect(str(config.database_url.database), timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite.OperationalError:
            return True
        return False


def test_an_interrupted_load_leaves_nothing(config: Config, tmp_path: Path) -> None:
    running = start(config, "seeds", "load", str(many(tmp_path / "seeds")))
    # Twice, since whoever closes a connection holds the database for a moment, too.
    wait(lambda: writes(config) and not time.sleep(0.05) and writes(config))
    os.kill(running.process.pid or 0, signal.SIGINT)
    running.process.join()
    assert running.process.exitcode == 1
    assert running.said.read_text().strip() == "Error: interrupted; nothing was changed"
    assert counts(config, Commitment, AuditBatch) == [0, 0]


def record(address: str, acknowledge: Pipe) -> None:
    """Record one status update after the other, and tell each time that it was kept."""
    engine = create_engine(make_url(address))
    for number in range(100_000):
        with Session(engine, info={"origin": TESTER}) as session:
            commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
            day = date(2024, 9, 1) + timedelta(days=number % 500)
            # Not appended to the collection, which would be read whole first.
            session.add(update(("stalled", "in_progress")[number % 2], day, commitment=commitment))
            session.commit()
        acknowledge.send(number)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_no_acknowledged_status_update_is_lost(config: Config, amount: str) -> None:
    fill(config)
    address = config.database_url.render_as_string(hide_password=False)
    random, acknowledged = Random(20240820), 0
    (before,) = counts(config, StatusUpdate)
    for killed in range(1, times(config, amount) + 1):
        heard, told = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=record, args=(address, told))
        process.start()
        told.close()
        assert heard.poll(60)
        time.sleep(random.uniform(0, 0.15))
        process.kill()
        process.join()
        acknowledged += drained(heard)
        gone(config)
        # One more may have been committed in the moment before its acknowledgement.
        assert before + acknowledged <= counts(config, StatusUpdate)[0] <= before + acknowledged + killed
    print(f"{killed} kills, {acknowledged} acknowledged updates, 0 lost")
    assert run(config, "db", "check").exit_code == 0


def drained(heard: Pipe) -> int:
    """How many messages the dead have left."""
    number = 0
    try:
        while heard.poll(0):
            heard.recv()
            number += 1
    except EOFError:
        pass
    heard.close()
    return number


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_killed_backup_leaves_the_last_one_whole(config: Config, tmp_path: Path, amount: str) -> None:
    fill(config)
    folder = tmp_path / "backups"
    file = folder / "backup.zip"
    for _ in Killing(lambda: start(config, "backup", str(file), "--force")).many(times(config, amount)):
        assert verify(file).databases["records"].rows["commitment"] == 2
        gone(config)
    start(config, "backup", str(file), "--force").end()
    assert list(folder.iterdir()) == [file], "the next backup clears away what the killed ones left"


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_killed_restore_leaves_what_was_or_what_is_to_be(
    config: Config, request: pytest.FixtureRequest, tmp_path: Path, amount: str
) -> None:
    server = request.getfixturevalue("postgres") if config.database_url.get_backend_name() == "postgresql" else None
    fill(config)
    file = tmp_path / "backup.zip"
    start(config, "backup", str(file)).end()
    wanted = digests(config)
    execute(config, FRANCE)
    other = digests(config)

    def begin() -> Running:
        wait(lambda: server is None or server.is_free(config.database_url))
        return start(config, "restore", str(file), "--force")

    for _ in Killing(begin).many(times(config, amount)):
        gone(config)
        found = digests(config)
        assert found in (wanted, other)
        if found == wanted:
            execute(config, FRANCE)
    begin().end()
    assert digests(config) == wanted
    assert run(config, "db", "check").exit_code == 0
    assert [path.name for path in config.instance.glob(".*")] == []
    beside = server.beside(config.database_url) if server else []
    for name in beside:
        server.drop(config.database_url.set(database=name))
    assert [name for name in beside if "_before_" not in name] == []


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_killed_copy_leaves_nothing_or_everything(
    sqlite_config: Config, target: Config, request: pytest.FixtureRequest, amount: str
) -> None:
    fill(sqlite_config)
    values = ", ".join(f"('t{n}', 'Topic {n}')" for n in range(TOPICS))
    execute(sqlite_config, f"INSERT INTO topic (slug, label) VALUES {values}")
    expected, empty = digests(sqlite_config), digests(target)
    address = target.database_url.render_as_string(hide_password=False)
    killing = Killing(lambda: start(sqlite_config, "db", "copy", "--to", address), lambda: renew(target, request))
    for _ in killing.many(times(target, amount)):
        gone(target)
        counts(target)
        found = digests(target)
        for name in found:
            assert found[name] in (empty[name], expected[name])
        if found != empty:
            renew(target, request)
    assert run(sqlite_config, "db", "copy", "--to", address).exit_code == 0
    assert digests(target) == expected


def renew(target: Config, request: pytest.FixtureRequest) -> None:
    """Take the copy away again."""
    if target.database_url.get_backend_name() == "sqlite":
        shutil.rmtree(target.instance)
        shutil.copytree(request.getfixturevalue("sqlite_template"), target.instance)
    else:
        server: Server = request.getfixturevalue("postgres")
        server.drop(target.database_url)
        server.create(request.getfixturevalue("postgres_template").database, target.database_url.database)


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_killed_upgrade_leaves_one_revision_or_the_other(config: Config, amount: str) -> None:
    execute(config, FRANCE)
    accounts = trees(config)[1]
    accounts.downgrade("0001")
    before = counts(config, Country)
    killing = Killing(lambda: start(config, "db", "upgrade"), lambda: accounts.downgrade("0001"))
    for _ in killing.many(times(config, amount)):
        gone(config)
        reached = accounts.current()
        assert reached in ("0001", accounts.head())
        assert counts(config, Country) == before
        if reached != "0001":
            accounts.downgrade("0001")
    assert run(config, "db", "upgrade").exit_code == 0
    assert run(config, "db", "check").exit_code == 0


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_killed_first_upgrade_leaves_nothing_or_everything(empty_config: Config, amount: str) -> None:

    def back() -> None:
        for tree in trees(empty_config):
            tree.downgrade("base")

    for _ in Killing(lambda: start(empty_config, "db", "upgrade"), back).many(times(empty_config, amount)):
        gone(empty_config)
        for tree in trees(empty_config):
            reached = tree.current()
            assert reached in (None, tree.head())
            if reached:
                tree.downgrade("base")
    assert run(empty_config, "db", "upgrade").exit_code == 0
    assert run(empty_config, "db", "check").exit_code == 0

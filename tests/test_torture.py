"""Killed at any moment, whatever writes leaves things as they were before or as they are after, never between."""

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, make_url, select

from tests.cast import update
from tests.conftest import TESTER, Server
from tests.keeping_cast import digests, execute, fill, run
from tests.test_concurrency import COMMITMENTS, prepare
from tests.test_seeding_kill import connected, start, wait
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.keeping.bundle import verify
from tracker.models import AuditBatch, Commitment, Country, StatusUpdate
from tracker.schema import trees

# A few kills each time, and as many as convince where there is time.
KILLS = [1, pytest.param(50, marks=pytest.mark.long)]
TOPICS = 600


def kill(begin: Callable[[], subprocess.Popen[bytes]], kills: int) -> Iterator[None]:
    """Start it and kill it at random moments, from its first to about its last; the caller looks after each."""
    begun = time.monotonic()
    done = begin()
    _, said = done.communicate(timeout=120)
    assert done.returncode == 0, said
    seconds = time.monotonic() - begun
    random = Random(20240820)
    yield
    for _ in range(kills):
        process = begin()
        time.sleep(random.uniform(seconds * 0.3, seconds * 1.1))
        process.kill()
        process.communicate()
        yield


def gone(config: Config) -> None:
    """Wait until the server has noticed that nobody is there any more."""
    engine = create_engine(config.database_url)
    wait(lambda: not connected(engine))
    engine.dispose()


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_backup_leaves_the_last_one_whole(config: Config, tmp_path: Path, kills: int) -> None:
    fill(config)
    file = tmp_path / "backup.zip"
    for _ in kill(lambda: start(config, "backup", str(file), "--force"), kills):
        assert verify(file).databases["records"].rows["commitment"] == 2
        gone(config)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """Settings for a migrated database without rows on each engine."""
    if request.param == "sqlite":
        found = Config.load({"TRACKER_INSTANCE": str(tmp_path / "target")})
        for tree in trees(found):
            tree.upgrade()
        yield found
        return
    server: Server = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    url = server.create(template=template.database)
    yield Config(instance=tmp_path / "target", database_url=url)
    server.drop(url)


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_copy_leaves_nothing_or_everything(sqlite_config: Config, target: Config, kills: int) -> None:
    fill(sqlite_config)
    values = ", ".join(f"('t{n}', 'Topic {n}')" for n in range(TOPICS))
    execute(sqlite_config, f"INSERT INTO topic (slug, label) VALUES {values}")
    expected, empty = digests(sqlite_config), digests(target)
    address = target.database_url.render_as_string(hide_password=False)
    for _ in kill(lambda: start(sqlite_config, "db", "copy", "--to", address), kills):
        gone(target)
        found = digests(target)
        for name in found:
            assert found[name] in (empty[name], expected[name])
        for tree in trees(target):
            tree.downgrade("base")
            tree.upgrade()
    assert run(sqlite_config, "db", "copy", "--to", address).exit_code == 0
    assert digests(target) == expected


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_upgrade_leaves_one_revision_or_the_other(config: Config, kills: int) -> None:
    execute(config, "INSERT INTO country (code, name) VALUES ('FR', 'France')")
    accounts = trees(config)[1]
    accounts.downgrade("0001")
    before = countries(config)
    for _ in kill(lambda: start(config, "db", "upgrade"), kills):
        gone(config)
        assert accounts.current() in ("0001", accounts.head())
        assert countries(config) == before
        accounts.upgrade()
        accounts.downgrade("0001")
    assert run(config, "db", "upgrade").exit_code == 0
    assert run(config, "db", "check").exit_code == 0


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_first_upgrade_leaves_nothing_or_everything(empty_config: Config, kills: int) -> None:
    for _ in kill(lambda: start(empty_config, "db", "upgrade"), kills):
        gone(empty_config)
        for tree in trees(empty_config):
            assert tree.current() in (None, tree.head())
            tree.upgrade()
            tree.downgrade("base")
    assert run(empty_config, "db", "upgrade").exit_code == 0
    assert run(empty_config, "db", "check").exit_code == 0


def countries(config: Config) -> int:
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(Country))
    engine.dispose()
    return found or 0


RECORD = """
import sys
from datetime import date, timedelta
from sqlalchemy import make_url, select
from tests.cast import update
from tests.conftest import TESTER
from tracker.db import Session, create_engine
from tracker.models import Commitment

engine = create_engine(make_url(sys.argv[1]))
for n in range(100_000):
    with Session(engine, info={"origin": TESTER}) as session:
        commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
        day = date(2024, 9, 1) + timedelta(days=n % 500)
        commitment.status_updates.append(update(("stalled", "in_progress")[n % 2], day))
        session.commit()
    print(n, flush=True)
"""


@pytest.mark.parametrize("kills", KILLS)
def test_no_acknowledged_status_update_is_lost(config: Config, kills: int) -> None:
    fill(config)
    address = config.database_url.render_as_string(hide_password=False)
    random, acknowledged = Random(20240820), 0
    before = updates(config)
    for killed in range(1, kills + 1):
        process = subprocess.Popen([sys.executable, "-c", RECORD, address], stdout=subprocess.PIPE)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(random.uniform(0, 0.5))
        process.kill()
        rest, _ = process.communicate()
        acknowledged += (first + rest).count(b"\n")
        gone(config)
        # One more may have been committed in the moment before its acknowledgement.
        assert before + acknowledged <= updates(config) <= before + acknowledged + killed
    assert run(config, "db", "check").exit_code == 0


def updates(config: Config) -> int:
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        found = session.scalar(select(func.count()).select_from(StatusUpdate)) or 0
    engine.dispose()
    return found


def record(url: str, process: int, rounds: int) -> int:
    """Record status updates, one transaction each; return how many."""
    engine = create_engine(make_url(url))
    for number in range(rounds):
        with Session(engine, info={"origin": TESTER}) as session:
            public_id = COMMITMENTS[(process + number) % len(COMMITMENTS)]
            commitment = session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()
            day = date(2024, 9, 1) + timedelta(days=number)
            commitment.status_updates.append(update(("stalled", "in_progress")[number % 2], day))
            session.commit()
    engine.dispose()
    return rounds


@pytest.mark.long
def test_sixteen_processes_lose_no_update(config: Config) -> None:
    prepare(config.database_url)
    before = updates(config)
    address = config.database_url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(16, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert sum(pool.map(record, [address] * 16, range(16), [500] * 16)) == 16 * 500
    assert updates(config) == before + 16 * 500
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditBatch)) == 2 + 16 * 500
    engine.dispose()
    assert run(config, "db", "check").exit_code == 0

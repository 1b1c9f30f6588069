"""A load that is killed leaves the database as it was before or as it is after, never between."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, func, select, text

from tests.seed_folder import FILES, MEETING, write
from tracker.config import Config
from tracker.db import create_engine, sqlite
from tracker.models import AuditBatch, AuditEvent, Commitment, SeedOrigin, Statement
from tracker.seeding.load import WRITTEN

COMMITMENTS = WRITTEN + 20
# About as long as such a load writes.
SECONDS = 1.5
OTHERS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def many(folder: Path) -> Path:
    """Seeds with enough commitments for a load to take a while, and more than one flush."""
    first = FILES[MEETING].partition("  - public_id: IJ-2024-02")[0]
    second = FILES[MEETING].removeprefix(first)
    more = "".join(second.replace("IJ-2024-02", f"IJ-2025-{n}") for n in range(COMMITMENTS - 2))
    return write(folder, {MEETING: FILES[MEETING] + more})


def start(config: Config, *words: str) -> subprocess.Popen[bytes]:
    """The command `tracker` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from tracker.cli import main; main()", *words],
        env={
            **os.environ,
            "TRACKER_INSTANCE": str(config.instance),
            "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def writes(engine: Engine) -> bool:
    """Whether another process has a transaction open that writes."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return bool(connection.scalar(text(f"SELECT EXISTS ({OTHERS} AND backend_xid IS NOT NULL)")))
    # With the same library as the engine: two of them in one process break each other's locks.
    with closing(sqlite.connect(str(engine.url.database), timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite.OperationalError:
            return True
        return False


def connected(engine: Engine) -> bool:
    """Whether the server still serves another process, which may be dead already."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.scalar(text(f"SELECT EXISTS ({OTHERS})")))


def wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def counts(engine: Engine) -> list[int]:
    tables = (Commitment, Statement, SeedOrigin, AuditBatch, AuditEvent)
    with engine.connect() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def kill_often(config: Config, folder: Path, kills: int) -> None:
    """Kill a load at random moments of its writing, then let one come to its end."""
    random = Random(20240820)
    engine = create_engine(config.database_url)
    for _ in range(kills):
        process = start(config, "seeds", "load", str(folder))
        wait(lambda: writes(engine))
        time.sleep(random.uniform(0, SECONDS))
        process.kill()
        process.communicate()
        wait(lambda: not connected(engine))
        found = counts(engine)
        assert found[0] in (0, COMMITMENTS), found
        assert (found[0] == 0) == (sum(found) == 0), found
        if found[0]:
            break
    process = start(config, "seeds", "load", str(folder))
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert counts(engine)[0] == COMMITMENTS
    assert counts(engine)[3] == 1
    engine.dispose()


def test_a_killed_load_leaves_nothing_or_everything(config: Config, tmp_path: Path) -> None:
    kill_often(config, many(tmp_path / "seeds"), kills=2)


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_a_load_killed_often_leaves_nothing_or_everything(config: Config, tmp_path: Path, part: int) -> None:
    kill_often(config, many(tmp_path / "seeds"), kills=20)


def test_an_interrupted_load_leaves_nothing(config: Config, tmp_path: Path) -> None:
    engine = create_engine(config.database_url)
    process = start(config, "seeds", "load", str(many(tmp_path / "seeds")))
    wait(lambda: writes(engine))

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.strip() == b"Aborted!"
    assert counts(engine) == [0, 0, 0, 0, 0]
    engine.dispose()

"""A log that is damaged, as by a power cut in the middle of a write, leaves each transaction whole or undone."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, make_url, select

from tests.cast import update
from tests.conftest import TESTER
from tests.keeping_cast import fill
from tests.torture.processes import FORKS
from tracker import db
from tracker.auditing import verify_chain
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.examining.records import drifted
from tracker.models import AuditBatch, Commitment, StatusUpdate

SAVED = 12
DAMAGES = [6, pytest.param(150, marks=pytest.mark.long)]


def write(address: str, mode: str, told: Pipe) -> None:
    """Save some updates without a checkpoint, begin one more, and wait to be killed."""
    # As where this machine's SQLite has the bug for which the rollback journal is used.
    db.journal_mode = lambda version: mode
    engine = create_engine(make_url(address))
    for number in range(SAVED + 1):
        with Session(engine, info={"origin": TESTER}) as session:
            session.connection().exec_driver_sql("PRAGMA wal_autocheckpoint = 0")
            commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
            day = date(2024, 9, 1) + timedelta(days=number)
            commitment.status_updates.append(update(("stalled", "in_progress")[number % 2], day))
            session.flush()
            if number == SAVED:
                told.send("begun")
                time.sleep(600)
            session.commit()


def killed(config: Config, mode: str) -> dict[str, bytes]:
    """The files that a process leaves which is killed in the middle of a transaction."""
    heard, told = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=write, args=(str(config.database_url), mode, told))
    process.start()
    assert heard.recv() == "begun"
    process.kill()
    process.join()
    return {name: file.read_bytes() for name in ("", "-wal", "-journal") if (file := beside(config, name)).exists()}


def beside(config: Config, suffix: str) -> Path:
    return Path(f"{config.database_url.database}{suffix}")


def cut(log: bytearray, random: Random) -> None:
    del log[random.randrange(len(log)) :]


def turn_a_bit(log: bytearray, random: Random) -> None:
    log[random.randrange(len(log))] ^= 1 << random.randrange(8)


def blank(log: bytearray, random: Random) -> None:
    start = random.randrange(len(log))
    end = min(len(log), start + random.randrange(1, 8192))
    log[start:end] = bytes(end - start)


def scribble(log: bytearray, random: Random) -> None:
    start = random.randrange(len(log))
    end = min(len(log), start + random.randrange(1, 8192))
    log[start:end] = random.randbytes(end - start)


def grow(log: bytearray, random: Random) -> None:
    log += random.randbytes(random.randrange(1, 8192))


def lose(log: bytearray, random: Random) -> None:
    log.clear()


WAYS: tuple[Callable[[bytearray, Random], None], ...] = (cut, turn_a_bit, blank, scribble, grow, lose)


def damaged(config: Config, files: dict[str, bytes], log: str, times: int) -> Iterator[str]:
    """Put the files there with the log damaged in one way after the other."""
    random = Random(20240820)
    for number in range(times):
        for suffix in ("", "-wal", "-shm", "-journal"):
            beside(config, suffix).unlink(missing_ok=True)
        way = WAYS[number % len(WAYS)]
        content = bytearray(files[log])
        way(content, random)
        for suffix, held in (files | {log: bytes(content)}).items():
            beside(config, suffix).write_bytes(held)
        yield way.__name__


def sound(config: Config) -> int:
    """How many updates there are; the test fails where anything is half there."""
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        connection = session.connection()
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert verify_chain(connection) == []
        assert connection.execute(drifted()).all() == []
        found, batches = (session.scalar(select(func.count()).select_from(t)) for t in (StatusUpdate, AuditBatch))
        assert batches is not None
        # Work goes on.
        commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
        commitment.status_updates.append(update("stalled", date(2026, 1, 1)))
        session.commit()
    engine.dispose()
    return found or 0


@pytest.mark.parametrize("times", DAMAGES)
@pytest.mark.parametrize(("mode", "log"), [("wal", "-wal"), ("delete", "-journal")])
def test_a_damaged_log_leaves_each_save_whole_or_undone(
    sqlite_config: Config, monkeypatch: pytest.MonkeyPatch, mode: str, log: str, times: int
) -> None:
    fill(sqlite_config)
    monkeypatch.setattr(db, "journal_mode", lambda version: mode)
    before = sound(sqlite_config) + 1
    files = killed(sqlite_config, mode)
    found = [sound(sqlite_config) - before for _ in damaged(sqlite_config, files, log, times)]
    print(f"figures: {times} damaged {mode} logs, {min(found)} to {max(found)} of {SAVED} saves kept, none by half")
    if mode == "delete":
        # The database itself holds every save by then; the log was for the one that had not ended.
        assert set(found) == {SAVED}
    else:
        assert set(found) <= set(range(SAVED + 1))
        assert len(set(found)) > 1, "the damage was without effect"

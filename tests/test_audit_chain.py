"""Tampering with the file behind everybody's back: every kind of it is found, with a checkpoint in hand."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, select, text

from tests.conftest import TESTER
from tracker import auditing
from tracker.auditing import NO_HASH, Checkpoint, checkpoint, verify_chain
from tracker.cli import main
from tracker.config import Config
from tracker.db import create_engine
from tracker.models import AuditBatch

BATCHES = 40
SEEDS = 20


@pytest.fixture(scope="session")
def long_trail(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """An instance with an audit trail of forty batches, and no triggers: as for whoever holds the file."""
    instance = tmp_path_factory.mktemp("trail") / "instance"
    shutil.copytree(sqlite_template, instance)
    config = Config.load({"TRACKER_INSTANCE": str(instance)})
    engine = create_engine(config.database_url)
    with engine.begin() as connection:
        for n in range(BATCHES):
            events = [
                auditing.event("updated", "country", f"C{n}", {"name": [f"Old {n}.{k}", f"New {n}.{k} ō"]})
                for k in range(n % 3 + 1)
            ]
            auditing.append(connection, TESTER, events)
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    engine.dispose()
    return config


def change_a_row(connection: Connection, chance: random.Random) -> None:
    table, column, key = chance.choice(
        [
            ("audit_event", "changes", "id"),
            ("audit_event", "record_key", "id"),
            ("audit_event", "action", "id"),
            ("audit_batch", "actor", "position"),
            ("audit_batch", "recorded_at", "position"),
            ("audit_batch", "address", "position"),
        ]
    )
    value = {
        "changes": '{"name": ["x", "y"]}',
        "action": "deleted",
        "recorded_at": "2020-01-01 00:00:00.000000",
    }.get(column, "somebody else")
    row = chance.choice(list(connection.execute(text(f"SELECT {key} FROM {table}")).scalars()))
    connection.execute(text(f"UPDATE {table} SET {column} = :value WHERE {key} = :row"), {"value": value, "row": row})


def take_out(connection: Connection, chance: random.Random) -> None:
    position = chance.randrange(1, BATCHES)
    if chance.random() < 0.5:
        connection.execute(text("DELETE FROM audit_event WHERE batch_position = :p AND ordinal = 1"), {"p": position})
    else:
        _remove(connection, f"position = {position}", f"batch_position = {position}")


def cut_the_end_off(connection: Connection, chance: random.Random) -> None:
    last = chance.randrange(0, BATCHES)
    _remove(connection, f"position > {last}", f"batch_position > {last}")


def forge_from_somewhere_on(connection: Connection, chance: random.Random) -> None:
    """As somebody would who knows how: cut, say something else, and hash all of it anew."""
    first = chance.randrange(1, BATCHES + 1)
    lost = [
        [auditing.event("updated", "country", f"C{n}", {"name": ["Old", f"Forged {chance.random()}"]})]
        for n in range(first, BATCHES + 1)
    ]
    _remove(connection, f"position >= {first}", f"batch_position >= {first}")
    for events in lost:
        auditing.append(connection, replace(TESTER, actor="forger"), events)


def put_in(connection: Connection, chance: random.Random) -> None:
    position = chance.choice([0, chance.randrange(1, BATCHES), BATCHES + 5])
    connection.execute(
        text(
            "INSERT INTO audit_event (batch_position, ordinal, action, record, record_key, changes) "
            "VALUES (:p, 99, 'updated', 'country', 'IN', '{}')"
        ),
        {"p": position},
    )


def _remove(connection: Connection, batches: str, events: str) -> None:
    connection.execute(text(f"DELETE FROM audit_event WHERE {events}"))
    connection.execute(text(f"DELETE FROM audit_batch WHERE {batches}"))


@pytest.mark.parametrize("tamper", [change_a_row, take_out, cut_the_end_off, forge_from_somewhere_on, put_in])
def test_tampering_is_found(long_trail: Config, tamper: Callable[[Connection, random.Random], None]) -> None:
    engine = create_engine(long_trail.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        kept = checkpoint(connection)
        assert verify_chain(connection, [kept]) == []
        for seed in range(SEEDS):
            with connection.begin_nested() as attempt:
                tamper(connection, random.Random(seed))
                assert verify_chain(connection, [kept]), seed
                attempt.rollback()
        connection.rollback()
    engine.dispose()


def audit(config: Config, *arguments: str) -> Result:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, ["audit", *arguments], env=environment)


def test_a_checkpoint_kept_elsewhere_proves_the_trail(config: Config, tmp_path: Path) -> None:
    assert audit(config, "checkpoint").output == f"0:{NO_HASH}\n"
    engine = create_engine(config.database_url)
    kept = tmp_path / "checkpoints.txt"
    for name in ("one", "two", "three"):
        with engine.begin() as connection:
            auditing.append(connection, TESTER, [auditing.event("created", "country", name, {"name": [None, name]})])
        kept.write_text((kept.read_text() if kept.exists() else "") + audit(config, "checkpoint").output)
        if name == "one":
            assert audit(config, "verify").output == "1 batch with 1 event is as it was written\n"
    engine.dispose()
    found = audit(config, "verify", "--against", str(kept))
    assert (found.exit_code, found.output) == (
        0,
        "3 batches with 3 events are as they were written, and the checkpoints hold\n",
    )
    strange = audit(config, "verify", "--against", f"2:{'0' * 64}")
    assert strange.exit_code == 1
    assert "batch 2 is not the one of the checkpoint" in strange.output
    short = audit(config, "verify", "--against", f"9:{'0' * 64}")
    assert "the chain ends at batch 3, but a checkpoint was made at 9: its end was cut off" in short.output


@pytest.mark.parametrize("given", ["nonsense", "1:abc", "x:" + "0" * 64, "no/such/file"])
def test_what_is_no_checkpoint_is_told(sqlite_config: Config, given: str) -> None:
    result = audit(sqlite_config, "verify", "--against", given)
    assert result.exit_code == 1
    assert "--against" in result.output
    assert "Traceback" not in result.output


def test_a_checkpoint_reads_what_it_writes() -> None:
    one = Checkpoint(12, "a" * 64)
    assert Checkpoint.read(f" {one}\n") == one


def test_a_row_that_cannot_be_read_is_a_broken_batch(long_trail: Config) -> None:
    engine = create_engine(long_trail.database_url)
    for value in ("{", "[1, 2", "", "null"):
        with engine.connect() as connection:
            connection.execute(text("UPDATE audit_event SET changes = :v WHERE batch_position = 4"), {"v": value})
            assert verify_chain(connection) == ["batch 4 or its events were changed after they were written"]
            connection.rollback()
    with engine.connect() as connection:
        connection.execute(text("UPDATE audit_batch SET recorded_at = 'soon' WHERE position = 2"))
        assert verify_chain(connection) == ["batch 2 or its events were changed after they were written"]
        connection.rollback()
        assert connection.scalar(select(AuditBatch.hash).where(AuditBatch.position == 1))
    engine.dispose()

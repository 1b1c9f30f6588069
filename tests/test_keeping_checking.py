"""The check of the databases finds what is wrong, and the repair sets right what follows from the history."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, select, text

from tests.cast import first_commitment
from tracker import search
from tracker.auditing import verify_chain
from tracker.cli import main
from tracker.config import Config
from tracker.db import Session, sqlite
from tracker.models import AuditEvent, Meeting


def run(config: Config, *words: str) -> Result:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, ["db", "check", *words], env=environment)


def trigger(connection: Connection, name: str, table: str, on: bool) -> None:
    """Switch a trigger off, as somebody with every right may do, and on again."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {name}"))
    elif on:
        connection.exec_driver_sql(connection.info.pop(name))
    else:
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
        connection.info[name] = found.scalar_one()
        connection.execute(text(f"DROP TRIGGER {name}"))


def past_the_guard(engine: Engine, name: str, table: str, statement: str) -> None:
    with engine.begin() as connection:
        trigger(connection, name, table, on=False)
        connection.execute(text(statement))
        trigger(connection, name, table, on=True)


def forge(engine: Engine) -> None:
    past_the_guard(
        engine,
        "commitment_update_guard",
        "commitment",
        "UPDATE commitment SET status = 'stalled', target_on = '2030-01-01' WHERE public_id = 'IJ-2024-01'",
    )


def test_sound_databases_have_nothing_to_find_and_it_says_where_it_looked(config: Config, session: Session) -> None:
    first_commitment(session)
    session.commit()
    done = run(config)
    assert done.exit_code == 0, done.output
    for looked_at in (
        "records are at revision",
        "triggers hold",
        "history makes of it",
        "audit trail is as it was",
        "search indexes hold",
    ):
        assert looked_at in done.stdout
    engine_s_own = "agree with their indexes" if session.bind.dialect.name == "sqlite" else "lead to rows"
    assert done.stdout.count(engine_s_own) == 2
    assert done.stdout.splitlines()[-1].endswith("0 errors")


def test_a_status_that_is_not_of_the_history_is_found_and_repaired(
    config: Config, engine: Engine, session: Session
) -> None:
    commitment = first_commitment(session)
    before = (commitment.status, commitment.target_on, commitment.version)
    session.commit()
    forge(engine)
    found = run(config)
    assert found.exit_code == 1
    assert "the status or target of IJ-2024-01 is not what the history makes of it" in found.stdout
    assert "tracker db check --repair" in found.stdout

    repaired = run(config, "--repair")

    assert repaired.exit_code == 0, repaired.output
    assert repaired.stdout.startswith("repaired: the status and target of IJ-2024-01")
    session.expire_all()
    assert (commitment.status, commitment.target_on, commitment.version) == before
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert event.record_key == "IJ-2024-01"
    assert event.changes == {"status": ["stalled", "in_progress"], "target_on": ["2030-01-01", "2025-12-31"]}
    assert verify_chain(session.connection()) == []


def test_a_repair_of_sound_records_changes_nothing(config: Config, session: Session) -> None:
    first_commitment(session)
    events = session.scalars(select(AuditEvent.id)).all()
    session.commit()
    done = run(config, "--repair")
    assert done.exit_code == 0
    assert "repaired" not in done.stdout
    assert session.scalars(select(AuditEvent.id)).all() == events


def test_a_guard_that_is_gone_is_found(config: Config, engine: Engine) -> None:
    with engine.begin() as connection:
        trigger(connection, "commitment_update_guard", "commitment", on=False)
    done = run(config)
    assert done.exit_code == 1
    assert "1 trigger missing or off: commitment_update_guard" in done.stdout


def test_an_audit_row_that_was_changed_is_found(config: Config, engine: Engine, session: Session) -> None:
    first_commitment(session)
    session.commit()
    name = "audit_batch_append_only" if engine.dialect.name == "postgresql" else "audit_batch_no_update"
    past_the_guard(engine, name, "audit_batch", "UPDATE audit_batch SET actor = 'nobody' WHERE position = 1")
    done = run(config)
    assert done.exit_code == 1
    assert "the audit trail is broken: batch 1 or its events were changed" in done.stdout


def test_rows_that_refer_to_nothing_are_found(config: Config, engine: Engine) -> None:
    statement = "INSERT INTO office (slug, label, organization_id) VALUES ('x', 'X', 99)"
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
    else:
        with sqlite.connect(str(engine.url.database)) as raw:
            raw.execute(statement)
        raw.close()
    done = run(config)
    assert done.exit_code == 1
    assert "1 row of the records refer to rows that are not there (office)" in done.stdout


def test_an_index_that_does_not_agree_with_its_table_is_found(sqlite_config: Config) -> None:
    with sqlite.connect(str(sqlite_config.database_url.database)) as raw:
        raw.execute("INSERT INTO country (code, name) VALUES ('IN', 'India')")
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = replace(sql, '(sort_name)', '(name)') WHERE name LIKE 'ix_min%'")
        raw.execute(
            "INSERT INTO minister (slug, name, sort_name, country_code) VALUES ('a', 'Ada Byron', 'Byron, Ada', 'IN')"
        )
    raw.close()
    done = run(sqlite_config)
    assert done.exit_code == 1
    assert "the tables of the records are damaged: " in done.stdout


@pytest.mark.parametrize("words", [(), ("--repair",)])
def test_an_empty_database_is_told_in_words(empty_config: Config, words: tuple[str, ...]) -> None:
    done = run(empty_config, *words)
    assert done.exit_code == 1
    assert "run 'tracker db upgrade'" in done.output


def test_a_search_that_misses_something_is_found_and_repaired(config: Config, engine: Engine, session: Session) -> None:
    first_commitment(session)
    session.close()
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO search_meeting(search_meeting) VALUES ('delete-all')"))
        else:
            connection.execute(text("DROP INDEX search_meeting"))
    found = run(config)
    assert found.exit_code == 1
    assert "the search does not find all that the records say (meeting)" in found.stdout

    repaired = run(config, "--repair")

    assert repaired.exit_code == 0, repaired.output
    assert repaired.stdout.startswith("repaired: the search finds each meeting again")
    assert search.find(session, Meeting, "third", 5).count == 1

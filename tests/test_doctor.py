"""The examination: it finds what is wrong, says what to do about it, and never falls over itself."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, make_url, select, text

from tests.cast import first_commitment
from tests.keeping_cast import execute
from tracker import db
from tracker.auditing import verify_chain
from tracker.cli import main
from tracker.config import Config
from tracker.db import Session, create_engine, sqlite
from tracker.examining import examine, installation, storage
from tracker.examining.finding import Finding
from tracker.models import Citation, Country, Source, Verification
from tracker.models.users import User


def run(config: Config, color: bool = False) -> Result:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, ["doctor"], env=environment, color=color)


def find(config: Config, words: str) -> Finding:
    """The one finding that holds these words."""
    [found] = [finding for finding in examine(config) if words in finding.what]
    return found


def marked(config: Config, mark: str) -> list[str]:
    return [finding.what for finding in examine(config) if finding.mark == mark]


def test_a_sound_installation_has_no_errors_and_ends_with_0(config: Config, session: Session) -> None:
    first_commitment(session)
    session.commit()
    done = run(config)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("ok       Python 3.")
    assert "ok       the status of 2 commitments is what the history makes of it" in lines
    assert "ok       the audit trail is as it was written" in lines
    assert lines[-1].endswith(" 0 errors")


def test_what_is_not_ok_has_its_remedy_on_the_next_line(config: Config) -> None:
    lines = run(config).stdout.splitlines()
    at = lines.index("warning  nobody can sign in yet")
    assert lines[at + 1] == "         remedy: run 'tracker users link' for a one-time link to the first account"
    assert all(finding.remedy for finding in examine(config) if finding.mark != "ok")


def test_colours_are_for_terminals_alone(sqlite_config: Config) -> None:
    assert "\x1b" not in run(sqlite_config).stdout
    assert "\x1b" in run(sqlite_config, color=True).stdout


def test_an_empty_database_is_an_error(empty_config: Config) -> None:
    done = run(empty_config)
    assert done.exit_code == 1
    assert "error    the records database is empty or does not exist" in done.stdout
    assert "error    the accounts database is empty or does not exist" in done.stdout
    assert "remedy: run 'tracker db upgrade'" in done.stdout


def test_a_missing_folder_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    config = Config.load({"TRACKER_INSTANCE": str(tmp_path / "none")})
    assert find(config, "the instance folder").mark == "error"
    assert not config.instance.exists()


def test_a_server_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    url = make_url("postgresql+psycopg://ada:secret@127.0.0.1:1/records")
    done = run(Config(instance=tmp_path, database_url=url))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "error    the records (postgresql+psycopg://ada:***@127.0.0.1:1/records) cannot be opened" in done.stdout
    assert "secret" not in done.stdout


def test_a_file_that_is_no_database_is_an_error(sqlite_config: Config) -> None:
    (sqlite_config.instance / "tracker.db").write_bytes(b"no database at all\n" * 500)
    done = run(sqlite_config)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "cannot be opened: file is not a database" in done.stdout
    assert "ok       the accounts are at revision" in done.stdout


def test_a_wrong_setting_is_an_error(tmp_path: Path) -> None:
    environment = {"TRACKER_INSTANCE": str(tmp_path), "TRACKER_PORT": "many"}
    done = CliRunner().invoke(main, ["doctor"], env=environment)
    assert done.exit_code == 1
    assert done.stdout.startswith("error    the settings cannot be used: TRACKER_PORT")


def test_another_revision_is_an_error(config: Config, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert find(config, "the records are at revision 0000").mark == "error"


def test_rows_that_refer_to_nothing_are_an_error(sqlite_config: Config) -> None:
    with sqlite.connect(sqlite_config.instance / "tracker.db") as connection:
        connection.execute("INSERT INTO office (slug, label, organization_id) VALUES ('x', 'X', 99)")
    connection.close()
    finding = find(sqlite_config, "refer to rows that are not there")
    assert (finding.mark, finding.what) == ("error", "1 row of the records refer to rows that are not there (office)")


def test_a_damaged_file_is_an_error(sqlite_config: Config) -> None:
    file = sqlite_config.instance / "tracker.db"
    with sqlite.connect(file) as connection:
        connection.execute("INSERT INTO topic (slug, label) VALUES ('a', 'A')")
        [page] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'topic'").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with file.open("r+b") as opened:
        # Where the page says at which of its bytes its first row stands.
        opened.seek((page - 1) * size + 8)
        opened.write(b"\xff\xff")
    # What such a page makes SQLite say depends on what lay in its memory before.
    assert find(sqlite_config, "the file of the records").mark == "error"


def test_a_status_that_is_not_its_history_is_an_error(config: Config, session: Session, engine: Engine) -> None:
    first_commitment(session)
    session.commit()
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER commitment_update_guard"))
        else:
            connection.execute(text("ALTER TABLE commitment DISABLE TRIGGER commitment_update_guard"))
        connection.execute(text("UPDATE commitment SET status = 'fulfilled' WHERE public_id = 'IJ-2024-01'"))
    finding = find(config, "is not what the history makes of it")
    assert (finding.mark, "IJ-2024-01" in finding.what) == ("error", True)


def unguard(engine: Engine, table: str) -> None:
    """Take away what keeps the rows of a table from being changed, as somebody with the file can."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_no_update"))
            connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only"))


def trail(session: Session) -> None:
    """Four batches in the audit trail, the third of two events."""
    for countries in (["FR"], ["DE"], ["IT", "ES"], ["PT"]):
        session.add_all(Country(code=code, name=f"Land {code}") for code in countries)
        session.commit()


@pytest.mark.parametrize(
    ("table", "forgery", "problem"),
    [
        ("audit_event", "UPDATE audit_event SET record_key = 'XX' WHERE batch_position = 2", ["batch 2 or its events"]),
        ("audit_event", "DELETE FROM audit_event WHERE batch_position = 3 AND ordinal = 2", ["batch 3 or its events"]),
        ("audit_batch", "UPDATE audit_batch SET actor = 'nobody' WHERE position = 1", ["batch 1 or its events"]),
        ("audit_batch", "UPDATE audit_batch SET hash = 'x' WHERE position = 4", ["batch 4 or its events"]),
    ],
)
def test_a_changed_audit_row_breaks_the_chain(
    config: Config, session: Session, engine: Engine, table: str, forgery: str, problem: list[str]
) -> None:
    trail(session)
    with engine.connect() as connection:
        assert verify_chain(connection) == []
    unguard(engine, table)
    with engine.begin() as connection:
        connection.execute(text(forgery))
        assert verify_chain(connection) == [f"{start} were changed after they were written" for start in problem]
    assert find(config, "the audit trail is broken").mark == "error"


def test_a_batch_that_was_taken_out_is_missed(session: Session, engine: Engine) -> None:
    trail(session)
    unguard(engine, "audit_event")
    unguard(engine, "audit_batch")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event WHERE batch_position = 2"))
        connection.execute(text("DELETE FROM audit_batch WHERE position = 2"))
        assert verify_chain(connection) == [
            "batches 2 to 2 are missing",
            "batch 3 does not follow from the one before it",
        ]


def test_secrets_that_others_can_read_are_found(sqlite_config: Config) -> None:
    key = sqlite_config.instance / "secret_key"
    key.write_text("k")
    key.chmod(0o644)
    (sqlite_config.instance / "accounts.db").chmod(0o600)
    sqlite_config.instance.chmod(0o755)
    finding = find(sqlite_config, f"{key} can be read by other accounts")
    assert (finding.mark, finding.remedy) == ("error", f"chmod 600 '{key}'")
    key.chmod(0o600)
    assert find(sqlite_config, "no other account of this machine can read").mark == "ok"
    key.chmod(0o644)
    sqlite_config.instance.chmod(0o700)
    assert find(sqlite_config, "no other account of this machine can read").mark == "ok"


def test_sources_and_citations_that_need_somebody_are_named(config: Config, session: Session) -> None:
    first_commitment(session)
    session.add(Source(slug="bare", title="Bare", classification="other"))
    session.commit()
    unnamed, missing = find(config, "without sha256"), find(config, "without archived text")
    assert (unnamed.mark, unnamed.what) == ("note", "1 source without sha256: bare")
    assert (missing.mark, missing.what) == ("note", "1 source without archived text: paper")
    assert find(config, "1 citation verified, 0 quotes found").mark == "ok"

    cited = session.scalars(select(Citation)).one()
    cited.verifications.append(Verification(result="not_found"))
    session.add(Citation(source=cited.source, statement=cited.statement, ordinal=2))
    session.commit()
    assert find(config, "1 quote not found").mark == "warning"
    assert find(config, "1 citation never verified").mark == "note"


def test_a_damaged_archived_text_is_an_error(config: Config, session: Session) -> None:
    first_commitment(session)
    session.commit()
    config.documents.mkdir()
    (config.documents / f"{'a' * 64}.txt").write_text("forged")
    finding = find(config, "its SHA-256 is another")
    assert (finding.mark, finding.remedy) == ("error", "remove it and add the document again")


def test_accounts_are_counted(config: Config) -> None:
    engine = create_engine(config.accounts_url)
    with engine.begin() as connection:
        row = {"username": "ada", "role": "admin", "fs_uniquifier": "u", "active": True}
        connection.execute(insert(User), row)
    engine.dispose()
    assert find(config, "1 account").mark == "ok"


def test_low_disk_space_is_told(sqlite_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "LOW_SPACE", 10**18)
    assert find(sqlite_config, "MB free").mark == "warning"
    monkeypatch.setattr(installation, "NO_SPACE", 10**18)
    assert find(sqlite_config, "MB free").mark == "error"


@pytest.mark.skipif(not db.wal_reset_bug(sqlite3.sqlite_version_info), reason="this Python's SQLite has no such bug")
def test_the_wal_reset_bug_of_pythons_own_sqlite_is_told(
    sqlite_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "sqlite", sqlite3)
    finding = find(sqlite_config, "has the WAL-reset bug")
    assert (finding.mark, "rollback journal" in finding.what) == ("note", True)
    assert find(sqlite_config, "the records are in journal mode").what == "the records are in journal mode delete"


def test_an_old_server_is_a_warning(postgres_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "OLDEST_POSTGRESQL", 99)
    assert find(postgres_config, "is older than 99").mark == "warning"


def test_a_server_that_acknowledges_too_early_is_a_warning(postgres_config: Config) -> None:
    database = postgres_config.database_url.database
    execute(postgres_config, f"ALTER DATABASE {database} SET synchronous_commit = off")
    try:
        finding = find(postgres_config, "synchronous_commit is off")
        assert (finding.mark, finding.remedy) == ("warning", "set synchronous_commit = on")
    finally:
        execute(postgres_config, f"ALTER DATABASE {database} RESET synchronous_commit")


def test_an_encoding_that_cannot_hold_every_name_is_an_error(postgres_config: Config) -> None:
    # Not template1: whoever is connected to it keeps others from making databases.
    server = replace(postgres_config, database_url=postgres_config.database_url.set(database="postgres"))
    latin = f"{postgres_config.database_url.database}_latin"
    engine = create_engine(server.database_url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {latin} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"))
    try:
        config = replace(postgres_config, database_url=postgres_config.database_url.set(database=latin))
        assert find(config, "encoded in LATIN1").mark == "error"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {latin} WITH (FORCE)"))
        engine.dispose()


def test_nothing_is_marked_without_a_cause(config: Config) -> None:
    assert marked(config, "error") == []


def test_a_sqlite_without_full_text_search_is_an_error(sqlite_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "has_full_text", lambda: False)
    assert find(sqlite_config, "was made without FTS5").mark == "error"

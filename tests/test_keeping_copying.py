"""A copy is equal to its source, table by table, or it is not there."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.cast import update
from tests.conftest import TESTER, Server
from tests.keeping_cast import digests, execute, fill, run
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import AuditBatch, Commitment, Country, StatusUpdate, Topic
from tracker.schema import trees


@pytest.fixture
def empty_target(target: Config, request: pytest.FixtureRequest) -> Config:
    """Settings for a database without tables."""
    if target.database_url.get_backend_name() == "sqlite":
        for file in target.instance.iterdir():
            file.unlink()
    else:
        server: Server = request.getfixturevalue("postgres")
        server.drop(target.database_url)
        server.create(name=target.database_url.database)
    return target


def copy(source: Config, target: Config) -> str:
    """Copy and return what was said; the test fails where the command does."""
    done = run(source, "db", "copy", "--to", address(target))
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(source: Config, target: Config) -> str:
    done = run(source, "db", "copy", "--to", address(target))
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit)
    return done.output


def address(config: Config) -> str:
    return config.database_url.render_as_string(hide_password=False)


def count(config: Config, table: type) -> int:
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = connection.scalar(select(func.count()).select_from(table))
    engine.dispose()
    return found or 0


def test_a_copy_there_and_back_is_equal(config: Config, target: Config, tmp_path: Path) -> None:
    fill(config)
    before = digests(config)
    said = copy(config, target)
    assert digests(target) == before
    for name, digest in before.items():
        assert f"{name}: " in said
        assert f"digest {digest}" in said
    assert f"documents stay in {config.documents}" in said
    assert run(target, "db", "check").exit_code == 0

    back = Config.load({"TRACKER_INSTANCE": str(tmp_path / "back")})
    copy(target, back)
    assert digests(back) == before
    assert run(back, "db", "check").exit_code == 0


def test_work_goes_on_in_the_copy(sqlite_config: Config, target: Config) -> None:
    fill(sqlite_config)
    copy(sqlite_config, target)
    engine = create_engine(target.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
        commitment.status_updates.append(update("in_progress", date(2024, 9, 1)))
        session.add(Topic(slug="new", label="New"))
        session.commit()
        assert commitment.status == "in_progress"
    engine.dispose()
    assert run(target, "db", "check").exit_code == 0


def test_an_empty_source_is_copied_too(sqlite_config: Config, target: Config) -> None:
    copy(sqlite_config, target)
    assert digests(target) == digests(sqlite_config)


def test_an_empty_target_is_migrated_first(sqlite_config: Config, empty_target: Config) -> None:
    fill(sqlite_config)
    copy(sqlite_config, empty_target)
    assert digests(empty_target) == digests(sqlite_config)


def test_a_target_with_rows_of_its_own_is_refused_and_left_alone(sqlite_config: Config, target: Config) -> None:
    fill(sqlite_config)
    execute(target, "INSERT INTO country (code, name) VALUES ('FR', 'France')")
    before = digests(target)
    assert "the target holds rows already (country); give an empty database" in refused(sqlite_config, target)
    assert digests(target) == before


def test_a_target_with_the_same_rows_is_left_as_it_is(sqlite_config: Config, target: Config) -> None:
    fill(sqlite_config)
    copy(sqlite_config, target)
    copy(sqlite_config, target)
    assert digests(target) == digests(sqlite_config)


def test_a_copy_that_lost_its_records_half_goes_on(sqlite_config: Config, target: Config, tmp_path: Path) -> None:
    """As after a crash between the two commits: the accounts are there, the records are not."""
    fill(sqlite_config)
    copy(sqlite_config, target)
    records, _ = trees(target)
    records.downgrade("base")
    records.upgrade()
    copy(sqlite_config, target)
    assert digests(target) == digests(sqlite_config)


def test_a_database_of_something_else_is_refused(sqlite_config: Config, empty_target: Config) -> None:
    execute(empty_target, "CREATE TABLE invoice (id INTEGER)")
    assert "tables of something else (invoice)" in refused(sqlite_config, empty_target)


def test_an_older_target_is_refused(sqlite_config: Config, target: Config) -> None:
    trees(target)[1].downgrade("0001")
    assert "the accounts of the target are at revision 0001" in refused(sqlite_config, target)


def test_a_status_that_is_not_of_the_history_stops_the_copy_and_nothing_is_kept(
    sqlite_config: Config, target: Config
) -> None:
    fill(sqlite_config)
    execute(
        sqlite_config,
        "DROP TRIGGER commitment_update_guard",
        "UPDATE commitment SET status = 'stalled' WHERE public_id = 'IJ-2024-02'",
    )
    said = refused(sqlite_config, target)
    assert "not equal to its source (commitment)" in said
    assert "tracker db check" in said
    for table in (Commitment, StatusUpdate, AuditBatch, Country):
        assert count(target, table) == 0


def test_a_value_that_the_target_cannot_hold_is_told_with_its_table(sqlite_config: Config, target: Config) -> None:
    execute(sqlite_config, "INSERT INTO country (code, name) VALUES ('FR', 'France')")
    execute(
        sqlite_config, "INSERT INTO source (slug, title, classification, published_on) VALUES ('a','A','other','soon')"
    )
    assert "a row of source cannot be carried: " in refused(sqlite_config, target)
    assert count(target, Country) == 0


def test_a_text_that_raw_sql_left_unclean_arrives_as_it_is(sqlite_config: Config, target: Config) -> None:
    execute(sqlite_config, "INSERT INTO country (code, name) VALUES ('FR', '  Frañce\u200b ')")
    copy(sqlite_config, target)
    assert digests(target) == digests(sqlite_config)


@pytest.mark.parametrize("to", ["nonsense", "mysql://host/db", "sqlite://"])
def test_an_address_that_cannot_be_used_is_told(sqlite_config: Config, to: str) -> None:
    done = run(sqlite_config, "db", "copy", "--to", to)
    assert done.exit_code == 2
    assert "Invalid value for --to" in done.output
    assert "TRACKER_DATABASE_URL" not in done.output


def test_a_server_that_does_not_answer_is_told_without_the_password(sqlite_config: Config) -> None:
    done = run(sqlite_config, "db", "copy", "--to", "postgresql+psycopg://ada:secret@127.0.0.1:1/records")
    assert done.exit_code == 1
    assert "connection" in done.output
    assert "secret" not in done.output


def test_a_source_that_is_not_ready_is_told(empty_config: Config, tmp_path: Path) -> None:
    target = replace(empty_config, instance=tmp_path / "other")
    assert "run 'tracker db upgrade' first" in refused(empty_config, target)

"""Raw SQL that tries to forge the record: none of it may succeed, on either engine, through any client."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.cast import first_commitment
from tests.conftest import TESTER
from tests.report_roles import Roles, made_roles
from tracker.config import Config
from tracker.db import Session, create_engine, sqlite

UPDATE = "INSERT INTO status_update (commitment_id, key, status, effective_on, recorded_by, reason"
GUARDED = ("status_update", "citation", "verification", "audit_batch", "audit_event")

FORGERIES = [
    # a status or a target without its history
    "UPDATE commitment SET status = 'fulfilled'",
    "UPDATE commitment SET status = 'unreviewed' WHERE public_id = 'IJ-2024-01'",
    "UPDATE commitment SET status = 'superseded', title = 'quietly' WHERE id = 1",
    "UPDATE commitment SET target_on = '2030-01-01', target_precision = 'day'",
    "UPDATE commitment SET target_on = NULL, target_precision = NULL WHERE id = 1",
    "UPDATE commitment SET original_target_on = '2030-01-01' WHERE id = 1",
    "UPDATE commitment SET original_target_on = NULL, original_target_precision = NULL WHERE id = 1",
    "UPDATE commitment SET original_target_precision = 'day' WHERE id = 1",
    "UPDATE commitment SET id = 99 WHERE id = 1",
    "UPDATE commitment SET public_id = 'IJ-2024-99' WHERE id = 1",
    "INSERT INTO commitment (public_id, meeting_id, kind, title, status) VALUES ('X-1', 1, 'report', 'x', 'fulfilled')",
    "INSERT INTO commitment (public_id, meeting_id, kind, title, target_on, target_precision) "
    "VALUES ('X-1', 1, 'report', 'x', '2030-01-01', 'day')",
    "DELETE FROM commitment",
    "DELETE FROM commitment WHERE id = 1",
    "INSERT INTO commitment (id, public_id, meeting_id, kind, title) VALUES (1, 'IJ-2024-01', 1, 'report', 'x') "
    "ON CONFLICT (id) DO UPDATE SET status = 'fulfilled'",
    # history that lacks what it must have, or says what nobody can know
    f"{UPDATE}) VALUES (1, 'k', 'fulfilled', '2024-10-01', 'me', 'done')",
    f"{UPDATE}) VALUES (1, 'k', 'not_fulfilled', '2024-10-01', 'me', 'no')",
    f"{UPDATE}, first_citation) VALUES (1, 'k', 'fulfilled', '2024-10-01', 'me', 'done', 1)",
    f"{UPDATE}) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', NULL)",
    f"{UPDATE}) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', '  ')",
    f"{UPDATE}) VALUES (1, 'k', 'stalled', '2999-01-01', 'me', 'soon')",
    f"{UPDATE}) VALUES (1, 'k', 'stalled', 'next week', 'me', 'soon')",
    f"{UPDATE}) VALUES (1, 'k', 'stalled', '2024-02-31', 'me', 'soon')",
    f"{UPDATE}) VALUES (1, 'k', 'done', '2024-10-01', 'me', 'no such status')",
    f"{UPDATE}) VALUES (77, 'k', 'stalled', '2024-10-01', 'me', 'no such commitment')",
    f"{UPDATE}, recorded_at) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', 'x', '2999-01-01 00:00:00.000000')",
    f"{UPDATE}, recorded_at) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', 'x', '2024-09-01 00:00:00.000000')",
    f"{UPDATE}, corrects_id) VALUES (2, 'k', 'stalled', '2024-10-01', 'me', 'another commitment''s', 1)",
    f"{UPDATE}, id, corrects_id) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', 'itself', 50, 50)",
    f"{UPDATE}, new_target_on) VALUES (1, 'k', 'stalled', '2024-10-01', 'me', 'x', '2027-01-01')",
    f"{UPDATE}, id) SELECT 1, 'k2', 'stalled', '2024-10-01', 'me', 'twice', id FROM status_update",
    # statements without a source
    "INSERT INTO statement (slug, meeting_id, minister_id, summary) VALUES ('x', 1, 1, 'unproved')",
    "INSERT INTO statement (slug, meeting_id, minister_id, summary, first_citation) VALUES ('x', 1, 1, 'x', 2)",
    "INSERT INTO statement (slug, meeting_id, minister_id, attribution, summary) VALUES ('x', 1, 1, 'both', 'x')",
    "INSERT INTO statement (slug, meeting_id, summary) VALUES ('x', 1, 'nobody said it')",
    "UPDATE statement SET first_citation = 7",
    "UPDATE statement SET first_citation = NULL",
    "DELETE FROM statement",
    "DELETE FROM source",
    # history, evidence and audit rows
    *(f"DELETE FROM {table}" for table in GUARDED),
    "UPDATE status_update SET status = 'fulfilled'",
    "UPDATE status_update SET reason = 'other'",
    "UPDATE status_update SET effective_on = '2020-01-01'",
    "UPDATE status_update SET recorded_by = 'somebody else'",
    "UPDATE status_update SET commitment_id = 2",
    "UPDATE citation SET exact = 'words never said'",
    "UPDATE citation SET source_id = source_id",
    "UPDATE citation SET statement_id = NULL, status_update_id = 1",
    "UPDATE verification SET result = 'verbatim'",
    "UPDATE audit_batch SET actor = 'somebody else'",
    "UPDATE audit_event SET changes = '{}'",
    "INSERT INTO citation SELECT * FROM citation",
    "INSERT INTO audit_event SELECT * FROM audit_event",
    "INSERT INTO status_update SELECT * FROM status_update ON CONFLICT (id) DO UPDATE SET status = 'fulfilled'",
    "INSERT INTO citation SELECT * FROM citation WHERE 1 = 1 ON CONFLICT (id) DO UPDATE SET exact = 'x'",
]
SQLITE_FORGERIES = [
    *(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in (*GUARDED, "commitment")),
    *(f"REPLACE INTO {table} SELECT * FROM {table}" for table in (*GUARDED, "commitment")),
    "UPDATE OR REPLACE status_update SET id = id + 1",
    "UPDATE OR REPLACE commitment SET id = 1 WHERE id = 2",
    "UPDATE OR REPLACE commitment SET public_id = 'IJ-2024-01' WHERE id = 2",
    "UPDATE OR IGNORE commitment SET status = 'fulfilled'",
    "UPDATE OR FAIL status_update SET status = 'fulfilled'",
    "INSERT OR REPLACE INTO commitment (id, public_id, meeting_id, kind, title) VALUES (1, 'Y-1', 1, 'report', 'x')",
    "INSERT OR REPLACE INTO commitment (public_id, meeting_id, kind, title) VALUES ('IJ-2024-01', 1, 'report', 'x')",
    "INSERT OR REPLACE INTO status_update (id, commitment_id, key, status, effective_on, recorded_by, reason) "
    "VALUES (1, 1, 'k', 'stalled', '2024-10-01', 'me', 'x')",
    "INSERT OR REPLACE INTO status_update (commitment_id, key, status, effective_on, recorded_by, reason) "
    "SELECT commitment_id, key, 'stalled', effective_on, 'me', 'same key' FROM status_update",
    "INSERT OR IGNORE INTO status_update (commitment_id, key, status, effective_on, recorded_by, reason) "
    "VALUES (1, 'k', 'stalled', '2999-10-01', 'me', 'x')",
    "INSERT OR REPLACE INTO citation (statement_id, ordinal, source_id, exact) VALUES (1, 1, 1, 'words never said')",
    "INSERT OR REPLACE INTO audit_event (batch_position, ordinal, action, record, record_key, changes) "
    "VALUES (1, 1, 'created', 'x', 'x', '{}')",
    "INSERT OR REPLACE INTO audit_batch (position, recorded_at, actor, door, previous_hash, hash) "
    "SELECT 99, recorded_at, 'me', door, previous_hash, hash FROM audit_batch",
]
# What SQLite lets pass where a client leaves the foreign keys off, as its own shell does: no such row counts for a
# status, and `tracker doctor` reports it.
NEEDS_FOREIGN_KEYS = {
    f"{UPDATE}, first_citation) VALUES (1, 'k', 'fulfilled', '2024-10-01', 'me', 'done', 1)",
    *(attempt for attempt in FORGERIES if "INTO statement (slug" in attempt and "minister_id, summary" in attempt),
    "UPDATE statement SET first_citation = 7",
    "DELETE FROM statement",
    "DELETE FROM source",
}
POSTGRES_FORGERIES = [
    *(f"TRUNCATE {table} CASCADE" for table in (*GUARDED, "commitment", "statement", "meeting")),
    *(f"DELETE FROM ONLY {table}" for table in GUARDED),
    "UPDATE ONLY status_update SET status = 'fulfilled' WHERE false",
    "WITH gone AS (DELETE FROM citation RETURNING *) SELECT * FROM gone",
    "WITH x AS (UPDATE commitment SET status = 'fulfilled' RETURNING id) SELECT * FROM x",
    "MERGE INTO status_update t USING commitment c ON t.commitment_id = c.id "
    "WHEN MATCHED THEN UPDATE SET status = 'fulfilled'",
    "MERGE INTO citation t USING source s ON t.source_id = s.id WHEN MATCHED THEN DELETE",
    "MERGE INTO commitment t USING kind k ON t.kind = k.name WHEN MATCHED THEN UPDATE SET status = 'fulfilled'",
    "SET CONSTRAINTS ALL DEFERRED; DELETE FROM status_update",
    "SET CONSTRAINTS ALL IMMEDIATE; "
    f"{UPDATE}, first_citation) VALUES (1, 'k', 'fulfilled', '2024-10-01', 'me', 'x', 1)",
    "DO $$ BEGIN UPDATE commitment SET status = 'fulfilled'; END $$",
    "DO $$ BEGIN DELETE FROM audit_event; EXCEPTION WHEN division_by_zero THEN NULL; END $$",
]


@pytest.fixture
def roles(forged: Config) -> Iterator[Roles]:
    """Roles as `tracker db init-roles` makes them."""
    yield from made_roles(forged)


@pytest.fixture
def forged(config: Config) -> Config:
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        first_commitment(session)
    engine.dispose()
    return config


def contents(connection: Any) -> dict[str, list[Any]]:
    tables = (*GUARDED, "statement", "source")
    rows = {table: list(connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()) for table in tables}
    projected = "SELECT id, public_id, status, target_on, target_precision, original_target_on FROM commitment"
    return rows | {"commitment": list(connection.execute(f"{projected} ORDER BY 1").fetchall())}


def clients(config: Config, attempt: str) -> Iterator[Any]:
    """The ways in, one after the other: the project's own engine, and a client that knows nothing of it."""
    own = create_engine(config.database_url)
    pooled = own.raw_connection()
    yield pooled.driver_connection
    pooled.detach()
    if config.database_url.get_backend_name() == "postgresql":
        dsn = config.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
        yield psycopg.connect(dsn)
    elif attempt not in NEEDS_FOREIGN_KEYS:
        yield sqlite3.connect(str(config.database_url.database))


def refused(connection: Any, attempt: str) -> bool:
    try:
        connection.execute("BEGIN")
        connection.execute(attempt)
        connection.commit()
    except (sqlite3.Error, psycopg.Error, sqlite.Error):
        connection.rollback()
        return True
    return False


def try_all(config: Config, attempts: list[str]) -> None:
    passed = []
    for attempt in attempts:
        for connection in clients(config, attempt):
            before = contents(connection)
            connection.rollback()
            answered = refused(connection, attempt)
            if contents(connection) != before or not answered:
                passed.append(attempt)
            connection.close()
    assert passed == []


def test_forgeries_are_refused(forged: Config) -> None:
    try_all(forged, FORGERIES)


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_forgeries_in_the_words_of_sqlite_are_refused(forged: Config) -> None:
    try_all(forged, SQLITE_FORGERIES)


@pytest.mark.parametrize("config", ["postgresql"], indirect=True)
def test_forgeries_in_the_words_of_postgresql_are_refused(forged: Config) -> None:
    try_all(forged, POSTGRES_FORGERIES)


# What only the owner of the tables may do, and the application is not.
OWNERS = [
    "ALTER TABLE status_update DISABLE TRIGGER ALL; DELETE FROM status_update",
    "SET session_replication_role = replica; DELETE FROM status_update",
    "DROP TRIGGER audit_event_append_only ON audit_event; DELETE FROM audit_event",
    "DROP FUNCTION refuse_change() CASCADE; DELETE FROM audit_event",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "DELETE FROM audit_event",
    "DROP TABLE audit_event CASCADE",
    "ALTER TABLE citation ALTER COLUMN exact SET DEFAULT 'x'; UPDATE citation SET exact = DEFAULT",
    "CREATE RULE quiet AS ON DELETE TO audit_event DO INSTEAD NOTHING",
    "GRANT UPDATE ON audit_event TO CURRENT_USER; UPDATE audit_event SET record_key = 'x'",
    "UPDATE accounts.account_event SET actor = 'somebody else'",
    "DELETE FROM accounts.account_event",
]


@pytest.mark.parametrize("config", ["postgresql"], indirect=True)
def test_the_application_s_role_can_forge_nothing(forged: Config, roles: Roles) -> None:
    dsn = roles.app.set(drivername="postgresql").render_as_string(hide_password=False)
    owner = psycopg.connect(forged.database_url.set(drivername="postgresql").render_as_string(hide_password=False))
    passed = []
    attempts = [*FORGERIES, *POSTGRES_FORGERIES, *OWNERS]
    for attempt in attempts:
        with psycopg.connect(dsn) as connection:
            before = contents(owner)
            owner.rollback()
            answered = refused(connection, attempt)
        if contents(owner) != before or not answered:
            passed.append(attempt)
        owner.rollback()
    owner.close()
    assert passed == []
    assert len(attempts) >= 71
    assert len([*FORGERIES, *SQLITE_FORGERIES]) >= 69

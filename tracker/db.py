"""The one place where databases are opened: the engine, and the session that keeps the rules."""

import fcntl
import os
import re
import sqlite3
import time
from contextlib import closing
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.session import SessionTransaction
from sqlalchemy.orm.util import identity_key

from tracker import auditing
from tracker.models import Base, Commitment, RuleError, StatusUpdate
from tracker.models.base import Versioned
from tracker.models.searching import sqlite_word_lists


def _sqlite_module() -> ModuleType:
    try:
        return import_module("pysqlite3")
    except ImportError:  # no wheel for this machine: the standard library's serves
        return sqlite3


sqlite = _sqlite_module()

BUSY_SECONDS = 30
# What the name of a database is followed by in that of the file at which its writers queue.
QUEUE = "-queue"
# Connections that one process keeps open; as many again come and go.
POOL = 10
# A setting in the options of an address: -cname=value
SETTING = re.compile(r"-c ?([a-z_.]+)=([\w.,-]+)")
# What triggers write behind the session's back.
PROJECTED = ("status", "target_on", "target_precision")
PROJECTION_MOVED = "projection_moved"


def wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may corrupt a database in WAL mode (3.7.0 to 3.51.2, but for two repaired branches)."""
    repaired = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return version >= (3, 7) and not repaired


def journal_mode(version: tuple[int, ...]) -> str:
    """WAL, or the rollback journal where this SQLite's WAL has the bug."""
    return "delete" if wal_reset_bug(version) else "wal"


@cache
def has_full_text() -> bool:
    """Whether this SQLite was made with FTS5, which the search stands on."""
    with closing(sqlite.connect(":memory:")) as connection:
        return ("fts5",) in connection.execute("SELECT name FROM pragma_module_list").fetchall()


def create_engine(url: URL) -> Engine:
    """An engine for the records or the accounts, as both engines need it to lose nothing."""
    if url.get_backend_name() != "sqlite":
        return _postgresql(url)
    engine = sa.create_engine(
        url,
        module=sqlite,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
        pool_size=POOL,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    """As a pooler in front that lends a connection for one transaction can bear it.

    So nothing is kept on a connection: no prepared statements, and what the address sets by `options`, as a search path
    or a time limit, is set anew in each transaction.
    """
    # To compile a query takes longer than any page may.
    settings = {"jit": "off"} | dict(SETTING.findall(str(url.query.get("options", ""))))
    engine = sa.create_engine(
        url.difference_update_query(["options"]),
        connect_args={"prepare_threshold": None},
        pool_size=POOL,
        pool_timeout=BUSY_SECONDS,
        pool_recycle=1_800,
        pool_pre_ping=True,
        # Parameters are what people wrote; logs are no place for it.
        hide_parameters=True,
    )
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"SELECT {calls}"))
    return engine


def limited(url: URL, seconds: int) -> URL:
    """The same address with a time limit for each statement, where the engine has one."""
    if url.get_backend_name() == "sqlite":
        return url
    options = f"{url.query.get('options', '')} -cstatement_timeout={seconds * 1000} -clock_timeout={seconds * 1000}"
    return url.update_query_dict({"options": options.strip()})


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: on SQLite they take no write lock."""
    return engine.execution_options(tracker_reads=True)


def _prepare_sqlite(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute(f"PRAGMA journal_mode = {journal_mode(sqlite.sqlite_version_info)}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Without it REPLACE would delete rows past their delete triggers.
    cursor.execute("PRAGMA recursive_triggers = ON")
    if has_full_text():
        for statement in sqlite_word_lists():
            cursor.execute(statement)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN takes the write lock at the first write, too late: what was read by then may be old.
    if connection.get_execution_options().get("tracker_reads"):
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """Take the write lock in the order of coming.

    SQLite's own patience looks ever more rarely, at last ten times a second, so that newcomers get ahead: with sixteen
    writers at once one of them waited for more than thirty seconds. So writers queue for the right to be patient.
    """
    raw: Any = connection.connection.driver_connection
    deadline = time.monotonic() + BUSY_SECONDS
    descriptor = os.open(f"{connection.engine.url.database}{QUEUE}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # In order, and the system ends it for who is killed.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        left = max(0, int((deadline - time.monotonic()) * 1000))
        raw.execute(f"PRAGMA busy_timeout = {left}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        os.close(descriptor)
        raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


class Session(OrmSession):
    """A session on the records: checks the rules before it writes, and leaves an audit batch when it commits.

    Who changes things is told by `info={"origin": auditing.Origin(...)}`.
    """


@event.listens_for(Session, "before_flush")
def _check_rules(session: OrmSession, context: UOWTransaction, instances: object) -> None:
    changed = [*session.new, *(record for record in session.dirty if session.is_modified(record))]
    problems = []
    with session.no_autoflush:
        for record in changed:
            if isinstance(record, StatusUpdate) and record.citations and record.first_citation is None:
                record.first_citation = record.citations[0].ordinal
            if isinstance(record, Base):
                problems += record.problems()
    if problems:
        raise RuleError(problems)


@event.listens_for(Session, "before_flush")
def _count_links(session: OrmSession, context: UOWTransaction, instances: object) -> None:
    """Count the version up where only links (topics, statements) changed: that writes no row of the record itself."""
    for record in session.dirty:
        if isinstance(record, Versioned) and _only_links_changed(record):
            table = sa.inspect(type(record)).local_table
            seen = (table.c[key.name] == getattr(record, key.name) for key in table.primary_key)
            count_up = sa.update(table).where(*seen, table.c.version == record.version)
            done: Any = session.execute(count_up.values(version=record.version + 1))
            if done.rowcount != 1:
                raise StaleDataError(f"{record} was changed by somebody else")
            set_committed_value(record, "version", record.version + 1)


def _only_links_changed(record: Versioned) -> bool:
    state = sa.inspect(record)
    if any(state.attrs[attribute.key].history.has_changes() for attribute in state.mapper.column_attrs):
        return False
    links = [one.key for one in state.mapper.relationships if one.secondary is not None]
    return any(state.attrs[key].history.has_changes() for key in links if key not in state.unloaded)


@event.listens_for(Session, "after_flush")
def _note_changes(session: OrmSession, context: UOWTransaction) -> None:
    auditing.note(session)
    concerned = {
        identity_key(Commitment, record.commitment_id if isinstance(record, StatusUpdate) else record.id)
        for record in [*session.new, *session.dirty]
        if isinstance(record, StatusUpdate | Commitment)
    }
    session.info[PROJECTION_MOVED] = concerned


@event.listens_for(Session, "after_flush_postexec")
def _forget_projection(session: OrmSession, context: UOWTransaction) -> None:
    for key in session.info.pop(PROJECTION_MOVED, ()):
        if key in session.identity_map:
            session.expire(session.identity_map[key], PROJECTED)


@event.listens_for(Session, "before_commit")
def _write_audit(session: OrmSession) -> None:
    session.flush()
    # The end of a savepoint is no commit: the batch is that of the whole transaction.
    if not session.in_nested_transaction():
        auditing.write(session)


@event.listens_for(Session, "after_soft_rollback")
def _drop_audit(session: OrmSession, previous: SessionTransaction) -> None:
    auditing.drop(session)

"""Runs revisions: each line in one transaction, under a lock, with the foreign keys checked before it commits."""

from alembic import context
from sqlalchemy import Connection, MetaData, make_url, text

from tracker.config import Config
from tracker.db import create_engine
from tracker.models import Base
from tracker.models.users import AccountsBase

MIGRATION_LOCK = 7_230_142
METADATA: dict[str, MetaData] = {"records": Base.metadata, "accounts": AccountsBase.metadata}

tree = context.config.attributes.get("tree", "records")
url = context.config.attributes.get("url") or Config.load().database_url


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA[tree],
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_sqlite(connection: Connection) -> None:
    # Off while tables are rebuilt, or dropping the old one would delete or refuse the rows that refer to it.
    # Takes effect outside a transaction only, hence past the engine's own BEGIN.
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection.begin():
            run(connection)
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} broken references: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def run_postgresql(connection: Connection) -> None:
    with connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        if tree == "accounts":
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS accounts"))
        run(connection)


if context.is_offline_mode():
    context.configure(
        url=url,
        target_metadata=METADATA[tree],
        literal_binds=True,
        transactional_ddl=True,
        # With that of psycopg each % would be doubled.
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.execute(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        if tree == "accounts":
            context.execute("CREATE SCHEMA IF NOT EXISTS accounts")
            context.execute("SET LOCAL search_path = accounts")
        context.run_migrations()
else:
    engine = create_engine(make_url(url))
    try:
        with engine.connect() as online:
            (run_sqlite if online.dialect.name == "sqlite" else run_postgresql)(online)
    finally:
        engine.dispose()

"""Whether the search indexes hold what the records say, and making those anew that do not."""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from tracker.config import Config
from tracker.db import create_engine
from tracker.examining.finding import Finding, error, number, ok
from tracker.examining.records import DERIVED
from tracker.models.searching import PREFIX, SEARCHED, postgresql_search_indexes, sqlite_search_tables

# Those that the server itself would not use, or would not keep.
VALID = (
    "SELECT relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE indisvalid AND indisready AND relnamespace = current_schema()::regnamespace"
)


def search(config: Config) -> Iterator[Finding]:
    """The search indexes against the records."""
    engine = create_engine(config.database_url)
    try:
        # SQLite looks only when it may write; it waits until others have done so.
        with engine.connect() as connection:
            wrong = astray(connection)
    finally:
        engine.dispose()
    if wrong:
        named = ", ".join(table.replace("_", " ") for table in wrong)
        yield error(f"the search does not find all that the records say ({named})", DERIVED)
    else:
        yield ok(f"{number(len(SEARCHED), 'search index')[:-1]}es hold what the records say")


def astray(connection: Connection) -> list[str]:
    """The tables whose search index is missing or does not hold what their rows say."""
    if connection.dialect.name == "sqlite":
        return [table for table in SEARCHED if not _agrees(connection, f"{PREFIX}{table}")]
    valid = set(connection.scalars(text(VALID)))
    return [table for table in SEARCHED if f"{PREFIX}{table}" not in valid]


def _agrees(connection: Connection, index: str) -> bool:
    try:
        connection.exec_driver_sql(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as failure:
        if "locked" in str(failure.orig):
            raise
        return False
    return True


def rebuild(connection: Connection) -> list[str]:
    """Make the search indexes anew that do not hold what the records say; the tables concerned."""
    tables = astray(connection)
    for table in tables:
        index = f"{PREFIX}{table}"
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}")
            connection.exec_driver_sql(sqlite_search_tables()[index])
            connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
        else:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {index}")
            connection.exec_driver_sql(postgresql_search_indexes()[index].replace("%", "%%"))
    return tables

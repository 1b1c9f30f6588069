"""Checks of the two databases as such: reachable, whole, migrated."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from tracker import db
from tracker.config import Config
from tracker.examining.finding import Finding, error, first_line, note, number, ok, warning
from tracker.schema import Tree, trees

OLDEST_POSTGRESQL = 14
UPGRADE = "run 'tracker db upgrade'"
RESTORE = "stop the server, keep a copy of the file, and restore the last backup"
# How many of many like findings are named.
NAMED = 3
# Settings of a server without which a power cut costs something, and what.
DURABLE = {
    "fsync": "a power cut can damage the whole database",
    "full_page_writes": "a power cut can leave pages half written",
    "synchronous_commit": "a power cut loses what was saved in the second before it",
}
# Seconds to wait for a server.
PATIENCE = 5


@contextmanager
def opened(url: URL) -> Iterator[Connection]:
    """A connection that only reads."""
    engine = db.create_engine(url)
    try:
        with db.reading(engine).connect() as connection:
            yield connection
    finally:
        engine.dispose()


def databases(config: Config) -> tuple[Tree, ...]:
    """The records and the accounts, with a time limit for a server that does not answer."""
    if not _on_server(config):
        return trees(config)
    return tuple(
        replace(tree, url=tree.url.update_query_dict({"connect_timeout": str(PATIENCE)})) for tree in trees(config)
    )


def current_trees(config: Config) -> list[str]:
    """The names of the databases whose tables are there as the code knows them."""
    return [tree.name for tree in databases(config) if _revision(tree) == tree.head()]


def _revision(tree: Tree) -> str | None:
    """The revision that the database is at; None too where it cannot be read."""
    try:
        return tree.current()
    except DBAPIError:
        return None


def migrations(config: Config) -> Iterator[Finding]:
    """The migration state of both databases."""
    for tree in databases(config):
        address = tree.url.set(query={}).render_as_string()
        try:
            current, head = tree.current(), tree.head()
        except DBAPIError as failure:
            remedy = "see that the server runs" if _on_server(config) else "see that the file can be read; " + RESTORE
            yield error(f"the {tree.name} ({address}) cannot be opened: {first_line(failure)}", remedy)
            continue
        if current == head:
            yield ok(f"the {tree.name} are at revision {head}, the newest ({address})")
        elif current is None:
            yield error(f"the {tree.name} database is empty or does not exist ({address})", UPGRADE)
        else:
            yield error(f"the {tree.name} are at revision {current}, the newest is {head} ({address})", UPGRADE)


def _on_server(config: Config) -> bool:
    return config.database_url.get_backend_name() == "postgresql"


def files(config: Config) -> Iterator[Finding]:
    """The SQLite files."""
    for tree in databases(config):
        if tree.url.get_backend_name() != "sqlite" or not Path(tree.url.database or "").exists():
            continue
        try:
            with opened(tree.url) as connection:
                yield from _file(tree.name, connection)
        except DBAPIError as failure:
            yield error(f"the file of the {tree.name} cannot be read: {first_line(failure)}", RESTORE)


def _file(name: str, connection: Connection) -> Iterator[Finding]:
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode == "wal" and db.wal_reset_bug(db.sqlite.sqlite_version_info):
        yield error(
            f"the {name} are in WAL mode, and this SQLite has the WAL-reset bug",
            "stop every program that has the file open, then run any tracker command: it sets the rollback journal",
        )
    else:
        yield ok(f"the {name} are in journal mode {mode}")
    damage = [
        " ".join(row[0].split()) for row in connection.exec_driver_sql(f"PRAGMA quick_check({NAMED})") if row[0] != "ok"
    ]
    if damage:
        yield error(f"the file of the {name} is damaged: {'; '.join(damage)}", RESTORE)
        return
    astray = [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    if astray:
        tables = ", ".join(sorted(set(astray)))
        yield error(f"{number(len(astray), 'row')} of the {name} refer to rows that are not there ({tables})", RESTORE)
    else:
        yield ok(f"the file of the {name} is whole")


def server(config: Config) -> Iterator[Finding]:
    """The PostgreSQL server."""
    if not _on_server(config):
        return
    records, _ = databases(config)
    with opened(records.url) as connection:
        version = connection.exec_driver_sql("SHOW server_version").scalar()
        number_ = int(connection.exec_driver_sql("SHOW server_version_num").scalar() or 0)
        encoding, collation = connection.exec_driver_sql(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
        ).one()
    if number_ < OLDEST_POSTGRESQL * 10_000:
        yield warning(f"PostgreSQL {version} is older than {OLDEST_POSTGRESQL}", "move to a newer server")
    else:
        yield ok(f"PostgreSQL {version}")
    if encoding != "UTF8":
        yield error(
            f"the database is encoded in {encoding}, which cannot hold every name",
            "create one with ENCODING 'UTF8' TEMPLATE template0 and move to it",
        )
    else:
        yield ok("the database is encoded in UTF8")
    if collation in ("C", "POSIX", "C.UTF-8", "C.utf8"):
        yield ok(f"the database sorts by {collation}, as SQLite does")
    else:
        yield note(f"the database sorts by {collation}; SQLite would sort by code point", "nothing, if that is meant")


def durability(config: Config) -> Iterator[Finding]:
    """Whether the PostgreSQL server keeps what it has acknowledged through a power cut."""
    if not _on_server(config):
        return
    records, _ = databases(config)
    with opened(records.url) as connection:
        off = [
            name for name, without in DURABLE.items() if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off"
        ]
    for name in off:
        yield warning(f"{name} is off: {DURABLE[name]}", f"set {name} = on")
    if not off:
        yield ok("what the server acknowledges is on its disk")


STORAGE = (migrations, files, server, durability)

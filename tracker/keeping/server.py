"""PostgreSQL by the server's own tools: pg_dump writes a backup, pg_restore reads it into a database beside."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, text

from tracker.config import Config
from tracker.keeping.bundle import BackupError, Database
from tracker.keeping.copying import snapshot
from tracker.schema import trees

IN_USE = "others are connected to the database; stop the server first"
# How many tenths of a second the server may still list those who have just hung up.
LEAVING = 10
MARK = r"\d{14}_[0-9a-f]{4}"
SCHEMAS = {"records": "current_schema()", "accounts": "'accounts'"}


def dump(config: Config, file: Path) -> dict[str, Database]:
    """Write the whole database as pg_dump does; the revision and rows of both parts at the very same moment."""
    with snapshot(trees(config)[0]) as connection:
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        held = contents(connection)
        _run("pg_dump", config.database_url, "--format=custom", f"--snapshot={moment}", f"--file={file}")
    _run("pg_restore", config.database_url, "--list", str(file))
    return held


def contents(connection: Connection) -> dict[str, Database]:
    """The revision and the rows of the records and of the accounts, as far as they are there."""
    found = {}
    for name, schema in SCHEMAS.items():
        query = f"SELECT tablename, schemaname FROM pg_tables WHERE schemaname = {schema} ORDER BY tablename"
        tables = connection.execute(text(query)).all()
        rows = {
            table: connection.scalar(text(f'SELECT COUNT(*) FROM "{within}"."{table}"')) or 0
            for table, within in tables
        }
        if rows.pop("alembic_version", 0):
            within = tables[0].schemaname
            revision = connection.scalar(text(f'SELECT version_num FROM "{within}".alembic_version'))
            found[name] = Database(str(revision), rows)
    return found


def restore(config: Config, file: Path, expected: dict[str, Database], keep: bool) -> str | None:
    """Restore beside the database, compare, and swap the two names in one transaction.

    With `keep` the database that was there stays under the name that is returned; otherwise it is dropped. One restore
    at a time: what one that was killed has left behind is dropped first.
    """
    url = config.database_url
    name, mark = str(url.database), f"{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(2)}"
    beside, before = f"{name}_restore_{mark}", f"{name}_before_{mark}"
    with _maintenance(url) as connection:
        _begin_alone(connection, name)
        _require_unused(connection, name)
        _create_like(connection, beside, name)
        try:
            _run("pg_restore", url.set(database=beside), "--no-owner", "--exit-on-error", str(file), into=beside)
            with snapshot(trees(_on(config, beside))[0]) as restored:
                if contents(restored) != expected:
                    raise BackupError(f"{file.name}: what was restored is not what the manifest tells")
            with connection.transaction():
                _rename(connection, name, before)
                _rename(connection, beside, name)
        except psycopg.errors.ObjectInUse as error:
            raise BackupError(IN_USE) from error
        finally:
            # Under this name nothing is left once the swap was made.
            _drop(connection, beside)
        if not keep:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(before)))
    return before if keep else None


def half_restored(name: str) -> re.Pattern[str]:
    """What a database is called while it is restored to take the place of the one of this name."""
    return re.compile(f"{re.escape(name)}_restore_{MARK}")


def kept_before(name: str) -> re.Pattern[str]:
    """What a database of this name is called once a restore has taken its place."""
    return re.compile(f"{re.escape(name)}_before_{MARK}")


def _on(config: Config, database: str) -> Config:
    return Config(instance=config.instance, database_url=config.database_url.set(database=database))


@contextmanager
def _maintenance(url: URL) -> Iterator[psycopg.Connection]:
    address = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise BackupError(f"the server refused: {str(error).strip().splitlines()[0]}") from error


def _begin_alone(connection: psycopg.Connection, name: str) -> None:
    (alone,) = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone() or (
        False,
    )
    if not alone:
        raise BackupError("another restore is at work on this database; wait for its end")
    for (found,) in connection.execute("SELECT datname FROM pg_database").fetchall():
        if half_restored(name).fullmatch(found):
            _drop(connection, found)


def _require_unused(connection: psycopg.Connection, name: str) -> None:
    """Told before the long work, not after it; whoever comes meanwhile still keeps the names from being swapped."""
    for _ in range(LEAVING):
        if not connection.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s LIMIT 1", (name,)).fetchone():
            return
        sleep(0.1)
    raise BackupError(IN_USE)


def _drop(connection: psycopg.Connection, name: str) -> None:
    # By force: a pg_restore whose tracker was killed may still be connected.
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create_like(connection: psycopg.Connection, new: str, name: str) -> None:
    """A new empty database that sorts like the one that it is to replace."""
    row = connection.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if row is None:
        raise BackupError(f"the server has no database {name}; create it first")
    statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(new), *map(sql.Literal, row)))


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _run(tool: str, url: URL, *words: str, into: str | None = None) -> None:
    """Run one of the server's tools; where to connect and the password go by its environment."""
    program = shutil.which(tool)
    if program is None:
        raise BackupError(f"{tool} is not in PATH; install the client programs of PostgreSQL")
    command = [program, *([f"--dbname={into}"] if into else []), *words]
    done = subprocess.run(command, env=_environment(url), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise BackupError(f"{tool}: {said[0].removeprefix(f'{tool}: ').removeprefix('error: ')}")


def _environment(url: URL) -> dict[str, str]:
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}

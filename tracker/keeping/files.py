"""Whole SQLite files: copied at one moment, looked into, replaced."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from tracker.db import sqlite
from tracker.keeping.bundle import BackupError, Database
from tracker.models.searching import PREFIX
from tracker.schema import Tree

PATIENCE = 30


def copy_file(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, while others write to it; BackupError where either is damaged.

    A target that exists is replaced in one transaction: whoever has it open sees all of it or nothing.
    """
    try:
        target.touch(mode=0o600)
        with (
            closing(sqlite.connect(str(source), timeout=PATIENCE)) as reader,
            closing(sqlite.connect(str(target), timeout=PATIENCE, isolation_level=None)) as writer,
        ):
            writer.execute("PRAGMA synchronous = FULL")
            reader.backup(writer)
    except sqlite.DatabaseError as error:
        raise BackupError(f"{source} cannot be copied to {target}: {error}") from error


def settle(file: Path) -> None:
    """Let a copy that nobody else has open be one file, without a log beside it."""
    with closing(sqlite.connect(str(file), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def examine(name: str, file: Path) -> Database:
    """The revision and the rows of a database; BackupError where the file is damaged."""
    try:
        with closing(sqlite.connect(str(file), timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            damage = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            damage += [f"rows of {row[0]} lead nowhere" for row in connection.execute("PRAGMA foreign_key_check")][:3]
            if damage:
                raise BackupError(f"the {name} are damaged: {'; '.join(damage)}; run 'tracker db check'")
            # What the search is found by follows from the records.
            tables = [each for each in _names(connection, "table") if not each.startswith(PREFIX)]
            rows = {each: connection.execute(f'SELECT COUNT(*) FROM "{each}"').fetchone()[0] for each in tables}
            if rows.pop("alembic_version", 0) != 1:
                raise BackupError(f"the {name} are no database of the tracker")
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite.DatabaseError as error:
        raise BackupError(f"the {name} cannot be read: {error}; run 'tracker db check'") from error
    return Database(str(revision), rows)


def _names(connection: Any, kind: str) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    return [row[0].replace('"', '""') for row in connection.execute(query, (kind,))]


def strange_rules(tree: Tree, file: Path, folder: Path) -> list[str]:
    """Triggers and views of a database that are not those of its revision, found by making one afresh in `folder`.

    A file from elsewhere may bring rules of its own, which would run with the next change.
    """
    fresh = folder / f"fresh-{tree.name}.db"
    replace(tree, url=URL.create("sqlite", database=str(fresh))).upgrade(examine(tree.name, file).revision)
    expected, found = _rules(fresh), _rules(file)
    return sorted(name for name in expected | found if expected.get(name) != found.get(name))


def _rules(file: Path) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    with closing(sqlite.connect(str(file))) as connection:
        return {name: " ".join(sql.split()) for name, sql in connection.execute(query)}

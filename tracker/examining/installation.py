"""Checks of the machine: Python, the packages, SQLite, the instance folder."""

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

from tracker import __version__, db
from tracker.config import Config
from tracker.examining.finding import Finding, error, note, ok, warning

OLDEST_PYTHON = (3, 11)
PACKAGES = ("alembic", "flask", "flask-admin", "psycopg", "sqlalchemy")
# Bytes of free disk space: below the first nothing can be trusted to be written, below the second it is time to act.
NO_SPACE = 50_000_000
LOW_SPACE = 500_000_000
# Files in the instance folder that nobody else may read: the keys, the password hashes, the database address.
SECRETS = ("secret_key", "second_factor_key", "accounts.db", "accounts.db-wal", "config.toml")


def python(config: Config) -> Iterator[Finding]:
    """The versions of Python and of the packages."""
    found = f"Python {platform.python_version()}"
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        yield error(f"{found} is too old", f"install Python {oldest} or newer and install the tracker for it")
    else:
        yield ok(found)
    yield ok(f"tracker {__version__}, " + ", ".join(f"{name} {_version(name)}" for name in PACKAGES))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def sqlite(config: Config) -> Iterator[Finding]:
    """The SQLite that is used, and the one that other programs may use."""
    told = f"SQLite {db.sqlite.sqlite_version} by {_module(db.sqlite)}"
    if db.wal_reset_bug(db.sqlite.sqlite_version_info):
        yield note(
            f"{told} has the WAL-reset bug; the rollback journal is used in its place, so writers wait for readers",
            "install pysqlite3, or a Python with SQLite 3.51.3 or newer",
        )
    else:
        yield ok(f"{told}, without the WAL-reset bug")
    if not db.has_full_text():
        yield error(
            f"{told} was made without FTS5, by which the search finds and without which nothing can be saved",
            "install pysqlite3, or a Python whose SQLite has FTS5",
        )
    if db.sqlite is not sqlite3 and db.wal_reset_bug(sqlite3.sqlite_version_info):
        yield note(
            f"SQLite {sqlite3.sqlite_version} of Python's own sqlite3 has the WAL-reset bug; "
            "other programs on this machine may use it",
            "let no other program write to the tracker's files",
        )


def _module(module: ModuleType) -> str:
    return "Python's own sqlite3" if module is sqlite3 else module.__name__.split(".")[0]


def instance(config: Config) -> Iterator[Finding]:
    """The instance folder."""
    folder = config.instance
    if not folder.is_dir():
        yield error(f"the instance folder {folder} does not exist", "run 'tracker db upgrade', or set TRACKER_INSTANCE")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            yield ok(f"the instance folder {folder} is writable")
    except OSError as failure:
        yield error(
            f"the instance folder {folder} is not writable: {failure.strerror}",
            "give it to the account that runs the tracker",
        )
    yield from _space(folder)


def _space(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    told = f"{free / 1_000_000:,.0f} MB free for {folder}"
    remedy = "make room on this disk; the database cannot grow without it"
    if free < NO_SPACE:
        yield error(told, remedy)
    else:
        yield warning(told, remedy) if free < LOW_SPACE else ok(told)


def secrets(config: Config) -> Iterator[Finding]:
    """The file permissions of secrets."""
    # Windows keeps permissions in other ways.
    present = [config.instance / name for name in SECRETS if (config.instance / name).exists()]
    if os.name != "posix" or not present:
        return
    closed = not config.instance.stat().st_mode & 0o011
    exposed = [file for file in present if not closed and file.stat().st_mode & 0o044]
    for file in exposed:
        finding = error if file.name.endswith("_key") else warning
        yield finding(f"{file} can be read by other accounts of this machine", f"chmod 600 '{file}'")
    if not exposed:
        yield ok(f"no other account of this machine can read {', '.join(file.name for file in present)}")


INSTALLATION = (python, sqlite, instance, secrets)

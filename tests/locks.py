"""Keeps the tests from breaking SQLite's locks, which would corrupt a database.

Linux drops every lock that a process holds on a file as soon as the process closes any descriptor of it, and a second
SQLite library in the process knows nothing of the locks of the first (https://www.sqlite.org/howtocorrupt.html, 2.2).
Measured: both libraries got the write lock at once, and a commit that had been acknowledged was gone.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from tracker import db

DESCRIPTORS = Path("/proc/self/fd")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to open a database past the library that has it open; an audit hook of Python."""
    if event == "open" and str(arguments[0]).endswith((".db", ".db-shm")) and is_open(arguments[0]):
        raise AssertionError(f"{arguments[0]} is opened as a plain file while a connection has it open")
    # The engine's own library raises no such event, unless it is Python's own.
    if event == "sqlite3.connect" and db.sqlite is not sqlite3 and is_open(arguments[0]):
        raise AssertionError(f"{arguments[0]} is opened by a second SQLite library while the first has it open")


def is_open(file: str | os.PathLike[str]) -> bool:
    """Whether this process has the file open already."""
    try:
        wanted = os.stat(file)
    except (OSError, ValueError):
        return False
    found = [known(number) for number in os.listdir(DESCRIPTORS)] if DESCRIPTORS.exists() else []
    return (wanted.st_dev, wanted.st_ino) in found


def known(number: str) -> tuple[int, int] | None:
    """Which file a descriptor is of; None where it is closed by now."""
    try:
        held = os.stat(DESCRIPTORS / number)
    except OSError:
        return None
    return held.st_dev, held.st_ino

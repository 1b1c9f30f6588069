"""Folders to work in. Whoever works next clears away what somebody who was killed has left behind."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# As tempfile makes them.
RANDOM = r"[a-z0-9_]{8}"


@contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder for its owner's eyes only, gone at the end; those of dead processes beside it go first."""
    with _locked(parent):
        for folder in left_behind(parent, prefix):
            shutil.rmtree(folder, ignore_errors=True)
        made = tempfile.TemporaryDirectory(prefix=prefix, dir=parent)
        descriptor = os.open(made.name, os.O_RDONLY)
        # The system lets go of it when the process ends, however that comes about.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with made as name:
            yield Path(name)
    finally:
        os.close(descriptor)


def left_behind(parent: Path, prefix: str) -> list[Path]:
    """The folders of that prefix in which nobody works any more."""
    named = re.compile(re.escape(prefix) + RANDOM)
    folders = [Path(entry) for entry in os.scandir(parent) if named.fullmatch(entry.name) and entry.is_dir()]
    return [folder for folder in folders if not _at_work(folder)]


def _at_work(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        # Who worked there has ended meanwhile, and cleared it away.
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; a folder that was made and not yet locked would look like one left behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

"""Backups: the records, the accounts and the archived documents in one file, verified as soon as it is written."""

import hashlib
import json
import os
import secrets
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import inspect, text

from tracker import __version__
from tracker.config import Config
from tracker.db import sqlite
from tracker.documents import archive
from tracker.keeping import server
from tracker.keeping.copying import snapshot
from tracker.schema import Tree, trees

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
CHUNK = 1_000_000


class BackupError(ValueError):
    """A backup that cannot be made, read or restored; the message says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the revision and rows of each database, and the size and SHA-256 of each member."""

    format: int
    made_by: str
    made_at: str
    engine: str
    revisions: dict[str, str]
    rows: dict[str, dict[str, int]]
    members: dict[str, tuple[int, str]]

    def told(self) -> str:
        """A line for people."""
        counts = (f"{sum(rows.values()):,} rows of the {name}" for name, rows in self.rows.items())
        return f"{', '.join(counts)}, {sum(name.startswith('documents/') for name in self.members):,} documents"


def write(config: Config, file: Path, *, documents: bool = True, overwrite: bool = False) -> Manifest:
    """Write a backup whole or not at all, and read it again to verify it. Others may write meanwhile.

    Raises BackupError where `file` exists and is not to be overwritten, and where the backup is not sound.
    """
    if file.exists() and not overwrite:
        raise BackupError(f"{file} exists; name another file, or overwrite it with --force")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
            manifest = _write(config, part, Path(folder), documents)
        verify(part)
        if overwrite:
            part.replace(file)
        else:
            _place(part, file)
        _sync(file.parent)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _place(part: Path, file: Path) -> None:
    """Give the file its name unless somebody took it meanwhile."""
    try:
        os.link(part, file)
    except FileExistsError as error:
        raise BackupError(f"{file} exists by now; name another file, or overwrite it with --force") from error


def _write(config: Config, part: Path, folder: Path, documents: bool) -> Manifest:
    rows, revisions, members = {}, {}, {}
    for tree, holder in _databases(config, folder):
        revisions[tree.name] = holder[0]
        rows[tree.name] = holder[1]
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            for path in sorted(folder.iterdir()):
                members[path.name] = _add(bundle, path.name, path)
            for path in _documents(config.documents) if documents else ():
                members[f"documents/{path.name}"] = _add(bundle, f"documents/{path.name}", path)
            engine = config.database_url.get_backend_name()
            manifest = Manifest(FORMAT, __version__, f"{datetime.now(UTC):%FT%TZ}", engine, revisions, rows, members)
            bundle.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        opened.flush()
        os.fsync(opened.fileno())
    return manifest


def _databases(config: Config, folder: Path) -> Iterator[tuple[Tree, tuple[str, dict[str, int]]]]:
    """Put the databases into the folder, and tell the revision and the rows of each."""
    if config.database_url.get_backend_name() == "sqlite":
        for tree in trees(config):
            target = folder / f"{tree.name}.db"
            copy_sqlite(Path(tree.url.database or ""), target)
            yield tree, inspect_sqlite(target)
    else:
        counted = server.dump(config.database_url, folder / DUMP, trees(config))
        yield from zip(trees(config), counted, strict=True)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy one SQLite database as it is at one moment, while others write to it.

    A target that exists is replaced in one transaction of its own, seen at once by whoever has it open.
    """
    with closing(sqlite.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as reader:
        with closing(sqlite.connect(str(target), timeout=30, isolation_level=None)) as writer:
            reader.backup(writer)
            if target.parent != source.parent:
                writer.execute("PRAGMA journal_mode = DELETE")



"""Backups: the records, the accounts and the archived documents in one file, verified as soon as it is written."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tracker import __version__
from tracker.config import Config
from tracker.documents import archive
from tracker.documents.archive import DocumentError
from tracker.keeping import files, server
from tracker.keeping.bundle import FORMAT, BackupError, Database, Manifest, pack, verify
from tracker.keeping.workplace import workplace
from tracker.schema import trees

TEXT = re.compile(r"[0-9a-f]{64}\.txt")
# What the name of the folder begins with in which a backup is made, beside where it is to be.
WORKPLACE = ".tracker-backup-"
# The folder within the instance for backups that are taken unasked, and how many of them are kept.
ASIDE = "backups"
KEPT = 5


def write(config: Config, file: Path, *, documents: bool = True, overwrite: bool = False) -> Manifest:
    """Write a backup whole or not at all, and read it again to verify it. Others may write meanwhile.

    Raises BackupError where `file` exists and is not to be overwritten, and where something is not sound.
    """
    if file.exists() and not overwrite:
        raise BackupError(f"{file} exists; name another file, or overwrite it with --force")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with workplace(file.parent, WORKPLACE) as folder:
            databases = _databases(config, folder)
            copies = [(path.name, path) for path in sorted(folder.iterdir())]
            texts, damaged = _documents(config.documents) if documents else ([], [])
            engine = config.database_url.get_backend_name()
            made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            part = folder / "backup.part"
            pack(part, Manifest(FORMAT, __version__, made_at, engine, databases, {}, damaged), [*copies, *texts])
            verified = verify(part)
            part.replace(file)
        sync(file.parent)
    except OSError as error:
        raise BackupError(f"{error.filename or file}: {error.strerror or error}") from error
    return verified


def keep_aside(config: Config, why: str) -> Path:
    """A backup of the databases in the instance folder before something happens to them; older ones make room."""
    folder = config.instance / ASIDE
    file = folder / f"{why}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}.zip"
    write(config, file, documents=False)
    for old in sorted(folder.glob(f"{why}-*.zip"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return file


def look(config: Config) -> dict[str, Database]:
    """The revision and rows of each SQLite file that is there; BackupError where one is damaged."""
    paths = {tree.name: Path(tree.url.database or "") for tree in trees(config)}
    return {name: files.examine(name, path) for name, path in paths.items() if path.exists() and path.stat().st_size}


def sync(folder: Path) -> None:
    """Make the new names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _databases(config: Config, folder: Path) -> dict[str, Database]:
    """Put the databases into the folder."""
    if config.database_url.get_backend_name() == "postgresql":
        return server.dump(config, folder / "database.dump")
    found = {}
    for tree in trees(config):
        source, target = Path(tree.url.database or ""), folder / f"{tree.name}.db"
        if source.exists():
            files.copy_file(source, target)
            files.settle(target)
            found[tree.name] = files.examine(tree.name, target)
    return found


def _documents(folder: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    """The archived texts with their names in a backup, and the names of those that are damaged."""
    sound, damaged = [], []
    for path in sorted(_texts(folder)):
        try:
            archive.read(folder, path.stem)
        except DocumentError:
            damaged.append(path.name)
        else:
            sound.append((f"documents/{path.name}", path))
    return sound, damaged


def _texts(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("*.txt") if TEXT.fullmatch(path.name))

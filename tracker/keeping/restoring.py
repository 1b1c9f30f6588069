"""Restoring: a backup is unpacked beside, looked through, and swapped in."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from tracker.config import Config
from tracker.keeping import backup, files, server
from tracker.keeping.bundle import BackupError, Database, Manifest, unpack
from tracker.keeping.copying import snapshot
from tracker.keeping.workplace import workplace
from tracker.models.lookups import lookup_rows
from tracker.schema import Tree, trees

WORKPLACE = ".tracker-restore-"
OTHER_ENGINE = "restore it to a database of its own engine, and carry that over with 'tracker db copy'"


@dataclass(frozen=True)
class Restored:
    """What was restored, and where that is which was there before."""

    manifest: Manifest
    before: str | None


def restore(config: Config, file: Path, *, force: bool = False) -> Restored:
    """Bring back what a backup holds; BackupError, and nothing is changed, where it is not sound.

    Where there are rows already it is refused, unless forced: then what was there is kept aside first. Archived
    documents are added to those that are there.
    """
    config.instance.mkdir(parents=True, exist_ok=True)
    with workplace(config.instance, WORKPLACE) as folder:
        manifest = unpack(file, folder)
        engine = config.database_url.get_backend_name()
        if manifest.engine != engine:
            raise BackupError(f"{file} is of {manifest.engine}, the settings name {engine}; {OTHER_ENGINE}")
        for tree in trees(config):
            _require_known(tree, manifest.databases.get(tree.name))
        occupied = _occupied(config)
        if occupied and not force:
            raise BackupError("there are records or accounts already; restore over them with --force")
        bring = _bring_files if engine == "sqlite" else _bring_server
        before = bring(config, folder, manifest, occupied)
        _bring_documents(config, folder)
    return Restored(manifest, before)


def _require_known(tree: Tree, held: Database | None) -> None:
    if held is not None and held.revision > tree.head():
        raise BackupError(f"the {tree.name} are at revision {held.revision}, of a newer tracker; update this one first")


def _occupied(config: Config) -> bool:
    """Whether there is anything to lose; a database that cannot be read counts."""
    if config.database_url.get_backend_name() == "postgresql":
        with snapshot(trees(config)[0]) as connection:
            return holds_rows(server.contents(connection))
    try:
        return holds_rows(backup.look(config))
    except BackupError:
        return True


def holds_rows(databases: dict[str, Database]) -> bool:
    """Whether there is a row besides the words that a migration brings."""
    return any(count for held in databases.values() for name, count in held.rows.items() if name not in lookup_rows())


def _bring_files(config: Config, folder: Path, manifest: Manifest, occupied: bool) -> str | None:
    for tree in trees(config):
        if tree.name in manifest.databases:
            file = folder / f"{tree.name}.db"
            if not file.exists() or files.examine(tree.name, file) != manifest.databases[tree.name]:
                raise BackupError(f"the {tree.name} in the backup are not what its manifest tells")
            if strange := files.strange_rules(tree, file, folder):
                raise BackupError(f"the {tree.name} in the backup bring rules of their own ({', '.join(strange[:3])})")
    before = _set_aside(config) if occupied else None
    # The accounts first: whoever signs in finds records that are older at most.
    for tree in reversed(trees(config)):
        if tree.name in manifest.databases:
            _path(tree).parent.mkdir(parents=True, exist_ok=True)
            files.copy_file(folder / f"{tree.name}.db", _path(tree))
    return before


def _set_aside(config: Config) -> str:
    """Keep what is there: as a backup, or, where it is too damaged for one, the files as they are."""
    try:
        return str(backup.keep_aside(config, "replaced"))
    except BackupError:
        aside = config.instance / backup.ASIDE / f"damaged-{secrets.token_hex(4)}"
        aside.mkdir(parents=True)
        for tree in trees(config):
            for suffix in ("", "-wal", "-shm", "-journal"):
                file = Path(f"{_path(tree)}{suffix}")
                if file.exists():
                    file.rename(aside / file.name)
        return str(aside)


def _bring_server(config: Config, folder: Path, manifest: Manifest, occupied: bool) -> str | None:
    dump = folder / "database.dump"
    if not dump.exists():
        raise BackupError("the backup holds no database")
    try:
        return server.restore(config, dump, manifest.databases, keep=occupied)
    except DBAPIError as error:
        raise BackupError(f"the restored database cannot be read: {error.orig}") from error


def _bring_documents(config: Config, folder: Path) -> None:
    unpacked = sorted((folder / "documents").iterdir())
    if unpacked:
        config.documents.mkdir(parents=True, exist_ok=True)
        for path in unpacked:
            os.replace(path, config.documents / path.name)
        backup.sync(config.documents)


def _path(tree: Tree) -> Path:
    return Path(tree.url.database or "").absolute()

"""The file of a backup: a zip of databases, documents and a manifest that names each with its SHA-256."""

import hashlib
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

FORMAT = 1
MANIFEST = "manifest.json"
# Nothing else may stand in a backup; so no name leads anywhere else.
MEMBER = re.compile(r"(records|accounts)\.db|database\.dump|documents/[0-9a-f]{64}\.txt")
LARGEST_MANIFEST = 50_000_000
CHUNK = 1_000_000


class BackupError(ValueError):
    """A backup that cannot be made, read or restored; the message names the file and the remedy."""


@dataclass(frozen=True)
class Member:
    """One file in a backup: its bytes and their SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Database:
    """One database in a backup: its revision and the rows of each table."""

    revision: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `left_out` names documents that were damaged already."""

    format: int
    made_by: str
    made_at: str
    engine: str
    databases: dict[str, Database]
    members: dict[str, Member]
    left_out: list[str]

    def told(self) -> str:
        """A line for people."""
        rows = [f"{sum(held.rows.values()):,} rows of the {name}" for name, held in self.databases.items()]
        return f"{', '.join(rows)}, {sum(name.startswith('documents/') for name in self.members):,} documents"


ADAPTER = TypeAdapter(Manifest)


def pack(file: Path, manifest: Manifest, contents: Iterable[tuple[str, Path]]) -> Manifest:
    """Write a new file for its owner's eyes only; the manifest as it was given, with the members filled in."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
            for name, path in contents:
                bundle.write(path, name)
                with path.open("rb") as content:
                    sha256 = hashlib.file_digest(content, "sha256").hexdigest()
                manifest.members[name] = Member(path.stat().st_size, sha256)
            bundle.writestr(MANIFEST, ADAPTER.dump_json(manifest, indent=1))
        opened.flush()
        os.fsync(opened.fileno())
    return manifest


def verify(file: Path) -> Manifest:
    """Read the whole file and compare it with its manifest; BackupError where they differ."""
    with _opened(file) as bundle:
        manifest = _manifest(file, bundle)
        for name, member in manifest.members.items():
            for _ in _read(file, bundle, name, member):
                pass
    return manifest


def unpack(file: Path, folder: Path) -> Manifest:
    """Put the members into an empty folder, each compared with the manifest; BackupError for whatever is not right."""
    with _opened(file) as bundle:
        manifest = _manifest(file, bundle)
        needed, free = sum(member.size for member in manifest.members.values()), shutil.disk_usage(folder).free
        if needed > free:
            raise BackupError(f"{file}: needs {needed:,} bytes, and {folder} has {free:,}; make room first")
        (folder / "documents").mkdir()
        for name, member in manifest.members.items():
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
                for chunk in _read(file, bundle, name, member):
                    written.write(chunk)
                written.flush()
                os.fsync(written.fileno())
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as bundle:
            yield bundle
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise BackupError(f"{file}: not a backup, or damaged: {error}") from error
    except OSError as error:
        raise BackupError(f"{error.filename or file}: {error.strerror or error}") from error


def _manifest(file: Path, bundle: zipfile.ZipFile) -> Manifest:
    names = bundle.namelist()
    if MANIFEST not in names:
        raise BackupError(f"{file}: not a backup of the tracker: it has no {MANIFEST}")
    if bundle.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BackupError(f"{file}: not a backup of the tracker: its manifest is too large")
    try:
        manifest = ADAPTER.validate_json(bundle.read(MANIFEST))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BackupError(f"{file}: its manifest is damaged: {place}: {first['msg']}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{file}: in format {manifest.format}, of a newer tracker; update this one first")
    strange = [name for name in manifest.members if not MEMBER.fullmatch(name)]
    if strange or sorted(names) != sorted([MANIFEST, *manifest.members]):
        raise BackupError(f"{file}: holds other files than its manifest names or may name; nothing was taken from it")
    for name, member in manifest.members.items():
        if name.startswith("documents/") and name != f"documents/{member.sha256}.txt":
            raise BackupError(f"{file}: {name} is not named by its SHA-256; nothing was taken from it")
    return manifest


def _read(file: Path, bundle: zipfile.ZipFile, name: str, member: Member) -> Iterator[bytes]:
    """The bytes of a member, never more than the manifest tells; BackupError once they differ from it."""
    digest, size = hashlib.sha256(), 0
    with bundle.open(name) as content:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if size > member.size:
                break
            digest.update(chunk)
            yield chunk
    if size != member.size or digest.hexdigest() != member.sha256:
        raise BackupError(f"{file}: damaged: {name} is not what the manifest tells; take another backup")

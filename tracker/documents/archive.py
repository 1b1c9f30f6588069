"""The archive: the text of each source in a file named by its SHA-256, written once and never changed."""

import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

# Bytes. The longest communiques have 100 kB; what is larger is another kind of file.
SIZE_LIMIT = 10_000_000
SHA256 = re.compile("[0-9a-f]{64}")


class DocumentError(ValueError):
    """A file that cannot be archived or read; the message names it and the remedy."""


def keep(folder: Path, content: bytes) -> bool:
    """Keep a text under its SHA-256; False where it is there already. Needs no database."""
    sha256 = hashlib.sha256(content).hexdigest()
    if read(folder, sha256) is not None:
        return False
    _write(folder, sha256, content)
    return True


def read(folder: Path, sha256: str) -> str | None:
    """The archived text with this SHA-256, None where there is none; DocumentError where the file is damaged."""
    file = path(folder, sha256)
    if not os.path.lexists(file):
        return None
    if file.is_symlink():
        raise DocumentError(f"{file}: is a link and not followed; remove it and add the document again")
    content = content_of(file)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentError(f"{file}: damaged, its SHA-256 is another; remove it and add the document again")
    return decode(content, str(file))


def path(folder: Path, sha256: str) -> Path:
    """Where the archive keeps the text with this SHA-256."""
    if not SHA256.fullmatch(sha256):
        raise DocumentError(f"{sha256!r} is not a SHA-256 (64 digits 0-9 and a-f); correct it at its source")
    return folder / f"{sha256}.txt"


def decode(content: bytes, name: str) -> str:
    """UTF-8 text, line ends as they are, without a byte order mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = len(content) - len(error.object) + error.start
        raise DocumentError(
            f"{name}: not UTF-8 text: byte 0x{content[at]:02x} at offset {at}; save it as plain text in UTF-8"
        ) from error
    if "\0" in text:
        at = content.index(b"\0")
        raise DocumentError(f"{name}: not plain text: a NUL byte at offset {at}; save it as plain text in UTF-8")
    return text


def content_of(file: Path) -> bytes:
    """The bytes of a regular file within the size limit."""
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DocumentError(f"{file}: is a folder; name the files in it")
        # Opening a pipe or a device could wait for ever.
        if not stat.S_ISREG(mode):
            raise DocumentError(f"{file}: is not a regular file")
        with file.open("rb") as opened:
            content = opened.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise DocumentError(f"{file}: {error.strerror or error}") from error
    if len(content) > SIZE_LIMIT:
        raise DocumentError(f"{file}: larger than {SIZE_LIMIT // 1_000_000} MB; is it the plain text of one document?")
    return content


def _write(folder: Path, sha256: str, content: bytes) -> None:
    """Write the file whole or not at all: nobody sees a part of it, even after a power cut."""
    final = path(folder, sha256)
    part = folder / f".{sha256}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            part.rename(final)
        finally:
            part.unlink(missing_ok=True)
        if os.name == "posix":
            _sync(folder)
    except OSError as error:
        raise DocumentError(f"{final}: cannot be written: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    """Make the new name in the folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

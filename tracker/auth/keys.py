"""Keys in files: made where there is none, for their owner's eyes only, and made anew by a command."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

# In the instance folder.
SECRET_KEY = "secret_key"
SECOND_FACTOR_KEY = "second_factor_key"


def secret_key(path: Path) -> bytes:
    """The key in this file, which signs cookies."""
    return _kept(path, secrets.token_hex(32))


def rotate(path: Path) -> None:
    """Put another key in its place; servers that run go on with the old one until they are started anew."""
    os.replace(_draft(path, secrets.token_hex(32)), path)


def second_factor_keys(path: Path) -> MultiFernet:
    """The keys in this file, one a line, the newest first; they seal and open the secrets of second factors.

    Read whenever they are needed, so that a new key needs no new start of a server.
    """
    return MultiFernet([Fernet(line) for line in _kept(path, Fernet.generate_key().decode()).split()])


def add_second_factor_key(path: Path) -> MultiFernet:
    """Put another key before those in the file: with it is sealed from now on, the others still open."""
    before = _kept(path, Fernet.generate_key().decode()).decode()
    os.replace(_draft(path, f"{Fernet.generate_key().decode()}\n{before}"), path)
    return second_factor_keys(path)


def keep_newest_second_factor_key(path: Path) -> None:
    """Forget the keys that nothing is sealed with any more."""
    os.replace(_draft(path, path.read_text().split()[0]), path)


def _kept(path: Path, new: str) -> bytes:
    """What is in the file; `new` is written where there is none."""
    if not path.exists():
        # Whole or not at all, also where two processes start at once.
        draft = _draft(path, new)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def _draft(path: Path, content: str) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    return draft

"""The key that signs cookies: made on first run, for its owner's eyes only, and made anew by a command."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(path: Path) -> bytes:
    """The key in this file, which is made where there is none."""
    if not path.exists():
        # Whole or not at all, also where two processes start at once.
        draft = _draft(path)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def rotate(path: Path) -> None:
    """Put another key in its place; servers that run go on with the old one until they are started anew."""
    os.replace(_draft(path), path)


def _draft(path: Path) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    return draft

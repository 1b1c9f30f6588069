"""Random tokens: whoever holds one gets in, the database knows its SHA-256 alone."""

import hashlib
import secrets


def new_token() -> str:
    """A token of 256 random bits that fits into an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The form in which a token is kept: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()

"""One-time links: by one of them somebody chooses a name and a password, or a new password."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from tracker.auth import sessions
from tracker.auth.tokens import digest, new_token
from tracker.models.users import Link, User

LIFETIME = timedelta(hours=24)


class LinkError(ValueError):
    """A link that cannot be used; the message says why."""


def accounts_exist(session: Session) -> bool:
    """Whether anybody can sign in yet."""
    return bool(session.scalar(select(exists().where(User.id.is_not(None)))))


def make(session: Session, purpose: str, role: str, username: str | None = None) -> str:
    """Keep a new link and return its token, which is told once; it ends after 24 hours."""
    token = new_token()
    expires = datetime.now(UTC) + LIFETIME
    session.add(Link(token_hash=digest(token), purpose=purpose, role=role, username=username, expires_at=expires))
    return token


def void(session: Session, username: str) -> None:
    """Make the unused links for this account's password worthless."""
    session.execute(delete(Link).where(Link.username == username, Link.used_at.is_(None)))


def find(session: Session, token: str) -> Link:
    """The link of this token; raises LinkError where it is unknown, used, out of date or no longer needed."""
    link = session.get(Link, digest(token))
    if link is None:
        raise LinkError("This link is not known here.")
    if link.used_at is not None:
        raise LinkError("This link was used before; each works once.")
    if link.expires_at <= datetime.now(UTC):
        raise LinkError("This link is out of date; each works for 24 hours.")
    if link.purpose == "setup" and accounts_exist(session):
        raise LinkError("The first account was made already.")
    return link


def use(session: Session, token: str, username: str, password_hash: str) -> User:
    """Spend the link and return the account that it makes or gives a password; raises LinkError, above all where
    somebody was faster. Whoever was signed in with the old password is no longer.
    """
    link = find(session, token)
    unused = update(Link).where(Link.token_hash == link.token_hash, Link.used_at.is_(None))
    spent = session.execute(unused.values(used_at=datetime.now(UTC)).returning(Link.token_hash)).all()
    if not spent:
        raise LinkError("This link was used before; each works once.")
    if link.username is not None:
        return _give_password(session, link.username, password_hash)
    user = User(
        username=username, password=password_hash, role=link.role, active=True, fs_uniquifier=secrets.token_hex(32)
    )
    session.add(user)
    session.flush()
    return user


def _give_password(session: Session, username: str, password_hash: str) -> User:
    user = session.scalar(select(User).where(User.username == username, User.active))
    if user is None:
        raise LinkError("This account is disabled.")
    user.password, user.fs_uniquifier = password_hash, secrets.token_hex(32)
    sessions.end_all(session, user.id)
    return user

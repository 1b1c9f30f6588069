"""Signed-in browsers: a row each, found by the SHA-256 of the token in the browser's cookie.

A signed cookie alone would let somebody in again after logout; a row that is gone does not.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.auth.tokens import digest, new_token
from tracker.models.users import User, UserSession

LIFETIME = timedelta(hours=12)


def start(session: Session, user_id: int, address: str | None, user_agent: str | None) -> str:
    """Keep a new session of this account and return its token; sessions out of date are cleared away.

    It remembers when the account was last seen before, so that what is new since then can be told.
    """
    now = datetime.now(UTC)
    since = session.scalar(select(User.seen_at).where(User.id == user_id))
    seen(session, user_id)
    session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    token = new_token()
    session.add(
        UserSession(
            token_hash=digest(token),
            user_id=user_id,
            expires_at=now + LIFETIME,
            since=since,
            address=address,
            user_agent=(user_agent or "")[:200] or None,
        )
    )
    return token


def seen(session: Session, user_id: int) -> None:
    """Note that this account was at its desk just now."""
    session.execute(update(User).where(User.id == user_id).values(seen_at=datetime.now(UTC)))


def last_visit(session: Session, token: str) -> datetime | None:
    """When the account of this session was last seen before the session began."""
    return session.scalar(select(UserSession.since).where(UserSession.token_hash == digest(token)))


def of(session: Session, user_id: int) -> Sequence[UserSession]:
    """The open sessions of this account, the newest first."""
    found = select(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at > datetime.now(UTC))
    return session.scalars(found.order_by(UserSession.created_at.desc())).all()


def end_one(session: Session, user_id: int, token_hash: str) -> None:
    """End this session, if it is one of this account's."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash == token_hash))


def end(session: Session, token: str) -> None:
    """End the session of this token, if there is one."""
    session.execute(delete(UserSession).where(UserSession.token_hash == digest(token)))


def end_all(session: Session, user_id: int, but: str | None = None) -> None:
    """End every session of this account, save the one of the token `but`."""
    kept = digest(but) if but else ""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash != kept))


def end_everywhere(session: Session) -> int:
    """End every session of every account, and return how many there were."""
    return len(session.execute(delete(UserSession).returning(UserSession.token_hash)).all())

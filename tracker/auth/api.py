"""API tokens: by one of them a program downloads reports in the name of an account, and does nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.auth.people import AccountError
from tracker.auth.tokens import digest, new_token
from tracker.models.base import clean_text
from tracker.models.users import ApiToken

# So that whoever finds one in a file, or a program that looks for secrets, sees what it is.
PREFIX = "tracker_"
LIFETIMES = (30, 90, 365)
MOST = 20


def make(session: Session, user_id: int, name: str, report: str | None, days: int) -> str:
    """Keep a new token for this report, or for all of them, and return it, told once; ValueError says why not."""
    known_as = clean_text(name)
    if not known_as:
        raise AccountError("give the token a name, so that you know it again")
    if days not in LIFETIMES:
        raise AccountError("choose for how long the token shall work")
    if len(of(session, user_id)) >= MOST:
        raise AccountError(f"{MOST} tokens are enough; revoke one first")
    token = PREFIX + new_token()
    expires = datetime.now(UTC) + timedelta(days=days)
    session.add(
        ApiToken(user_id=user_id, name=known_as[:100], token_hash=digest(token), report=report, expires_at=expires)
    )
    return token


def of(session: Session, user_id: int) -> Sequence[ApiToken]:
    """The tokens of this account that still work, the newest first."""
    found = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > datetime.now(UTC))
    return session.scalars(found.order_by(ApiToken.id.desc())).all()


def use(session: Session, token: str, report: str) -> int | None:
    """The account whose token this is, if it works for this report; notes when it was used."""
    now = datetime.now(UTC)
    working = (
        (ApiToken.token_hash == digest(token))
        & (ApiToken.expires_at > now)
        & (ApiToken.report.is_(None) | (ApiToken.report == report))
    )
    return session.scalar(update(ApiToken).where(working).values(used_at=now).returning(ApiToken.user_id))


def revoke(session: Session, user_id: int, token_id: int) -> None:
    """Make this token worthless, if it is one of this account's."""
    session.execute(delete(ApiToken).where(ApiToken.user_id == user_id, ApiToken.id == token_id))

"""Wrong passwords and codes are few: counted by account and address, in the accounts' database.

So the count holds over any number of server processes, and nobody is locked out by what others do to their account from
elsewhere. A name is counted whether there is an account or not.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import request
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from tracker.auth.accounts import store
from tracker.auth.tokens import digest
from tracker.models.users import LoginAttempt

# How many may fail within the pause: of one account from one address, and of all accounts from one address.
ATTEMPTS = 8
ATTEMPTS_FROM_ADDRESS = 100
PAUSE = timedelta(minutes=15)


def checked(name: str, check: Callable[[], bool], place: str | None = None) -> bool:
    """The answer of `check`, a look at a password or a code; 429 in its place after too many wrong ones.

    Counted by the address that asks, or by `place` where that is given.
    """
    address = place or request.remote_addr or ""
    with store().writing() as accounts:
        wait = begin(accounts, name, address)
    if wait:
        minutes = -(-wait // 60)
        told = f"Too many wrong attempts. Try again in {minutes} minute{'' if minutes == 1 else 's'}."
        raise TooManyRequests(told, retry_after=wait)
    right = check()
    if right:
        with store().writing() as accounts:
            forget(accounts, name, address)
    return right


def begin(session: Session, name: str, address: str) -> int:
    """Count an attempt, before it is known to be wrong; or the seconds to wait, where there were too many."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:address))"), {"address": address})
    now = datetime.now(UTC)
    session.execute(delete(LoginAttempt).where(LoginAttempt.attempted_at <= now - PAUSE))
    here = LoginAttempt.address == address
    same = LoginAttempt.name_hash == digest(name)
    for condition, most in ((here & same, ATTEMPTS), (here, ATTEMPTS_FROM_ADDRESS)):
        count, oldest = session.execute(
            select(func.count(), func.min(LoginAttempt.attempted_at)).where(condition)
        ).one()
        if count >= most:
            return max(1, round((oldest + PAUSE - now).total_seconds()))
    session.add(LoginAttempt(name_hash=digest(name), address=address, attempted_at=now))
    return 0


def forget(session: Session, name: str, address: str) -> None:
    """Forget the attempts of this account from this address: somebody knew the password."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.name_hash == digest(name), LoginAttempt.address == address))

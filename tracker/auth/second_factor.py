"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

The secret of an app is sealed by a key outside the database; of a recovery code the SHA-256 is kept. Each works once.
"""

import secrets
from base64 import b32encode
from collections.abc import Sequence

from cryptography.fernet import InvalidToken, MultiFernet
from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.auth.tokens import digest
from tracker.models.users import RecoveryCode, SecondFactor

ISSUER = "Commitment Tracker"
RECOVERY_CODES = 10


def new_secret() -> str:
    """A secret of 160 random bits, in Base32 as apps take it."""
    return str(TOTP.new().base32_key)


def in_groups(secret: str) -> str:
    """The secret as people type it."""
    return str(TOTP(secret).pretty_key(sep=" "))


def address(secret: str, username: str) -> str:
    """What an app reads from the picture."""
    return str(TOTP(secret).to_uri(label=username, issuer=ISSUER))


def step_of(secret: str, typed: str) -> int | None:
    """Which 30 seconds this code is for, now or just before or after; None where it is wrong."""
    try:
        return int(TOTP(secret).match(typed).counter)
    except TokenError:
        return None


def set_up(session: Session, ring: MultiFernet, user_id: int, secret: str, step: int) -> Sequence[str]:
    """Ask this account for codes from now on, in place of an app that it had; the recovery codes, told once."""
    sealed = ring.encrypt(secret.encode()).decode()
    session.merge(SecondFactor(user_id=user_id, secret=sealed, last_step=step))
    return new_recovery_codes(session, user_id)


def is_set_up(session: Session, user_id: int) -> bool:
    """Whether this account is asked for a code."""
    return session.get(SecondFactor, user_id) is not None


def take_off(session: Session, user_id: int) -> None:
    """Ask this account for no code any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def new_recovery_codes(session: Session, user_id: int) -> Sequence[str]:
    """Recovery codes in place of those before, told once; 80 random bits each."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, code_hash=digest(code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes were not used yet."""
    found = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return session.scalar(found) or 0


def accept(session: Session, ring: MultiFernet, user_id: int, typed: str) -> str | None:
    """What lets this account in, a "code" or a "recovery code", spent by that; None where it is neither."""
    factor = session.get(SecondFactor, user_id)
    if factor is None:
        return None
    step = step_of(opened, typed) if (opened := _open(ring, factor)) else None
    if step is not None:
        # Compared by the database: of two who send the same code at once one comes in.
        fresh = update(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        spent = session.execute(fresh.values(last_step=step).returning(SecondFactor.user_id)).all()
        return "code" if spent else None
    plain = "".join(filter(str.isalnum, typed)).lower()
    same = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == digest(plain))
    return "recovery code" if session.execute(same.returning(RecoveryCode.user_id)).all() else None


def seal_anew(session: Session, ring: MultiFernet) -> int:
    """Seal every secret with the newest key; how many no key opened, so that no code of their apps is taken."""
    lost = 0
    for factor in session.scalars(select(SecondFactor)):
        if opened := _open(ring, factor):
            factor.secret = ring.encrypt(opened.encode()).decode()
        else:
            lost += 1
    return lost


def whose(session: Session) -> set[int]:
    """The accounts that are asked for a code."""
    return set(session.scalars(select(SecondFactor.user_id)))


def _open(ring: MultiFernet, factor: SecondFactor) -> str | None:
    try:
        return ring.decrypt(factor.secret.encode()).decode()
    except InvalidToken:
        return None

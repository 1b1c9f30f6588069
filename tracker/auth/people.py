"""What is done to accounts, by administrators and by the command line alike; each act leaves an event.

Every function works within the session that it is given; whoever calls it commits.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.auth import links, second_factor, sessions
from tracker.models.users import ROLES, AccountEvent, Link, User

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
NAME_RULE = "Use 2 to 40 letters, digits, dots, hyphens and underscores, a letter or digit first."
LAST_ADMIN = "is the last active administrator; make another one first"


class AccountError(ValueError):
    """What cannot be done to an account; the message says why."""


@dataclass(frozen=True)
class Actor:
    """Who does it, through which door (web or cli), from which address."""

    name: str
    door: str
    address: str | None = None


def note(session: Session, actor: Actor, username: str | None, action: str) -> None:
    """Leave an event: who did what to whose account."""
    session.add(
        AccountEvent(actor=actor.name, door=actor.door, address=actor.address, username=username, action=action)
    )


def find(session: Session, username: str) -> User:
    """The account of this name; raises AccountError where there is none."""
    user = session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None:
        raise AccountError(f"there is no account {username!r}")
    return user


def add(session: Session, actor: Actor, username: str, role: str) -> str:
    """Make an account that waits for its password, and return the token of the link by which it is set."""
    _known(role)
    name = username.strip().lower()
    if not NAME.fullmatch(name):
        raise AccountError(f"{username!r} cannot be an account name. {NAME_RULE}")
    if session.scalar(select(User).where(User.username == name)):
        raise AccountError(f"there is an account {name!r} already")
    session.add(User(username=name, role=role, active=True, fs_uniquifier=secrets.token_hex(32)))
    note(session, actor, name, f"made the account, as {role}")
    return links.make(session, "reset", role, name)


def invite(session: Session, actor: Actor, role: str) -> str:
    """Return the token of a link by which somebody makes an account of this role, under a name of their choice."""
    _known(role)
    note(session, actor, None, f"invited somebody, as {role}")
    return links.make(session, "invite", role)


def withdraw(session: Session, actor: Actor, token_hash: str) -> None:
    """Make an invitation or a link for a password worthless before it is used."""
    link = session.get(Link, token_hash)
    if link is not None:
        note(session, actor, link.username, "withdrew a link")
        session.delete(link)


def reset(session: Session, actor: Actor, user: User) -> str:
    """Return the token of a link by which the account gets a new password; the old one holds until then."""
    if not user.active:
        raise AccountError(f"{user.username} is disabled; enable the account first")
    links.void(session, user.username)
    note(session, actor, user.username, "made a link for a new password")
    return links.make(session, "reset", user.role, user.username)


def take_off_second_factor(session: Session, actor: Actor, user: User) -> None:
    """Ask the account for no code any more, as when its owner has lost the app; its sessions end."""
    if not second_factor.is_set_up(session, user.id):
        raise AccountError(f"{user.username} has no second factor")
    second_factor.take_off(session, user.id)
    sessions.end_all(session, user.id)
    note(session, actor, user.username, "took off the second factor")


def set_role(session: Session, actor: Actor, user: User, role: str) -> None:
    """Give the account another role; its sessions end, so that nothing goes on under the old one."""
    _known(role)
    if role == user.role:
        return
    if role != "admin":
        _keep_an_admin(session, user)
    note(session, actor, user.username, f"changed the role from {user.role} to {role}")
    user.role = role
    sessions.end_all(session, user.id)


def disable(session: Session, actor: Actor, user: User) -> None:
    """Let nobody in by this account any more: its sessions and links end; what it recorded keeps its name."""
    if not user.active:
        return
    _keep_an_admin(session, user)
    user.active = False
    sessions.end_all(session, user.id)
    links.void(session, user.username)
    note(session, actor, user.username, "disabled the account")


def enable(session: Session, actor: Actor, user: User) -> None:
    """Let a disabled account in again, with the password that it had."""
    if not user.active:
        user.active = True
        note(session, actor, user.username, "enabled the account")


def open_links(session: Session) -> Sequence[Link]:
    """The links that can still be used, oldest first."""
    usable = select(Link).where(Link.used_at.is_(None), Link.expires_at > datetime.now(UTC))
    return session.scalars(usable.order_by(Link.created_at)).all()


def events(session: Session, username: str | None = None, limit: int = 50) -> Sequence[AccountEvent]:
    """What was done to this account, or to all of them, newest first."""
    found = select(AccountEvent).order_by(AccountEvent.id.desc()).limit(limit)
    return session.scalars(found if username is None else found.where(AccountEvent.username == username)).all()


def _known(role: str) -> None:
    if role not in ROLES:
        raise AccountError(f"there is no role {role!r}; there are {', '.join(ROLES)}")


def _keep_an_admin(session: Session, user: User) -> None:
    # Locked where several could go at the same moment; SQLite lets one write at a time anyway.
    admins = session.scalars(select(User).where(User.role == "admin", User.active).with_for_update()).all()
    if [admin.id for admin in admins] == [user.id]:
        raise AccountError(f"{user.username} {LAST_ADMIN}")

"""The accounts as Flask-Security and Flask-Login see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask_login import AnonymousUserMixin
from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tracker.auth.access import READER
from tracker.auth.tokens import digest
from tracker.db import reading
from tracker.models.users import ROLES, User, UserSession


class Role(RoleMixin):
    """One of the three roles; they stand in code, not in a table."""

    def __init__(self, name: str) -> None:
        self.name = name


class Account(UserMixin, User):  # type: ignore[misc] # the mixin's hints for type checkers contradict our columns
    """A user, with what Flask-Login asks of one."""

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override] # one column of ours, not rows to be changed
        return [Role(self.role)]

    def may(self, role: str) -> bool:
        """Whether this account's role is that one or a higher one; every account reads."""
        return role == READER or ROLES.index(self.role) >= ROLES.index(role)


class Visitor(AnonymousUserMixin):  # type: ignore[misc] # Flask-Login is not typed
    """Somebody who is not signed in: they read where the records are public, and own nothing."""

    id = 0
    username = ""
    role = "visitor"

    def may(self, role: str) -> bool:
        """Whether they may do what readers may."""
        return role == READER and bool(current_app.config["PUBLIC_RECORDS"])


class AccountStore(UserDatastore):
    """Finds and saves accounts, each time in a short transaction of its own.

    So that no lock is held on the accounts while a password is hashed or a page is made.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(Account, Role)
        self.engine = engine
        self.reader = reading(engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on the accounts that only reads."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session on the accounts that commits at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        ((name, value),) = kwargs.items()
        column = getattr(Account, name)
        found = func.lower(column) == func.lower(value) if case_insensitive else column == value
        with self.reading() as session:
            return session.scalar(select(Account).where(found))

    def signed_in(self, uniquifier: str, token: str) -> Account | None:
        """The active account whose session this token opens; None where that session has ended."""
        found = (
            select(Account)
            .join(UserSession, UserSession.user_id == Account.id)
            .where(
                UserSession.token_hash == digest(token),
                UserSession.expires_at > datetime.now(UTC),
                User.fs_uniquifier == uniquifier,
                User.active,
            )
        )
        with self.reading() as session:
            return session.scalar(found)

    def put(self, model: Any) -> Any:
        with self.writing() as session:
            session.merge(model)
        return model

    def commit(self) -> None:
        """Nothing is left to do: each change commits by itself."""


def store() -> AccountStore:
    """The accounts of this app."""
    found: AccountStore = current_app.extensions["security"].datastore
    return found

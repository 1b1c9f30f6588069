"""The accounts: in a database of their own, so that no reader of the records can reach a secret."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tracker.models.base import NAMING_CONVENTION, BigId, CleanText, RowId, UtcDateTime, one_of, utcnow

ROLES = ("viewer", "editor", "admin")
LINK_PURPOSES = ("setup", "invite", "reset")


class AccountsBase(DeclarativeBase):
    """Every table of the accounts."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class User(AccountsBase):
    """A person who may sign in; records name them by `username`. `fs_uniquifier` is what Flask-Security signs."""

    __tablename__ = "user"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("username = lower(username) AND username NOT LIKE '% %'", name="username_shape"),
    )

    id: Mapped[RowId]
    username: Mapped[str] = mapped_column(CleanText, unique=True)
    email: Mapped[str | None] = mapped_column(CleanText, unique=True)
    password: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sessions: Mapped[list["UserSession"]] = relationship(back_populates="user", cascade="all, delete-orphan")


class UserSession(AccountsBase):
    """A browser that is signed in; the cookie carries the token, this row its SHA-256.

    `since` is when its user was last seen before it began: what changed after that is new to them.
    """

    __tablename__ = "session"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship(back_populates="sessions")


class Link(AccountsBase):
    """A one-time link by which somebody sets a password; kept by the SHA-256 of its token."""

    __tablename__ = "link"
    __table_args__ = (one_of("purpose", LINK_PURPOSES), one_of("role", ROLES))

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    username: Mapped[str | None] = mapped_column(CleanText)
    role: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Watch(AccountsBase):
    """A commitment that somebody follows; named by its public id, since no key spans the two databases."""

    __tablename__ = "watch"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), primary_key=True)
    public_id: Mapped[str] = mapped_column(Text, primary_key=True, index=True)


class WorkingNote(AccountsBase):
    """What somebody noted for themselves about a commitment; with the accounts, where no report can read it."""

    __tablename__ = "working_note"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), primary_key=True)
    public_id: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(CleanText)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow(), onupdate=utcnow())

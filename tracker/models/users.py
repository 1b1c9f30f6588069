"""The accounts: in a database of their own, so that no reader of the records can reach a secret."""

from datetime import datetime

from sqlalchemy import DDL, Boolean, CheckConstraint, ForeignKey, Index, MetaData, Table, Text, UniqueConstraint, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tracker.models.base import NAMING_CONVENTION, BigId, CleanText, RowId, UtcDateTime, one_of, utcnow

ROLES = ("viewer", "editor", "admin")
LINK_PURPOSES = ("setup", "invite", "reset")
# What stands in a user agent -> what it means; the first that fits counts.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
ACCOUNT_DOORS = ("web", "cli")


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

    @property
    def state(self) -> str:
        """Whether somebody can come in by it."""
        if not self.active:
            return "disabled"
        return "active" if self.password else "waits for its password"

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

    @property
    def browser(self) -> str:
        """The browser as people call it, as far as its own words tell."""
        told = self.user_agent or ""
        names = (name for mark, name in BROWSERS if mark in told)
        systems = (name for mark, name in SYSTEMS if mark in told)
        return f"{next(names, 'Unknown browser')} on {next(systems, 'an unknown system')}"


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


class ApiToken(AccountsBase):
    """What a program downloads reports with; `report` is the one that it is for, or None for all of them."""

    __tablename__ = "api_token"

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(CleanText)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    report: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactor(AccountsBase):
    """An authenticator app; `secret` is sealed by a key outside the database, `last_step` the code used last."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())


class RecoveryCode(AccountsBase):
    """What lets somebody in once whose app is lost; gone when it was used."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"), index=True)


class SavedView(AccountsBase):
    """What a list was narrowed to and how it was ordered, as its address says it, under a name.

    `list` is the name of the list in addresses; `shared` offers it to everybody, with its author.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "list", "name"),)

    id: Mapped[RowId]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id"))
    list: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(CleanText)
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(Boolean, default=False)


class LoginAttempt(AccountsBase):
    """A password or a code that was checked and not found right, so far.

    The name is kept as a hash: what is typed there may be a password, typed into the wrong field.
    """

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_name_address", "name_hash", "address"),)

    id: Mapped[RowId]
    name_hash: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    attempted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AccountEvent(AccountsBase):
    """What was done to an account, by whom and from where; append-only. It names people and holds no secret."""

    __tablename__ = "account_event"
    __table_args__ = (one_of("door", ACCOUNT_DOORS),)

    id: Mapped[RowId]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=utcnow())
    actor: Mapped[str] = mapped_column(CleanText)
    door: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    username: Mapped[str | None] = mapped_column(CleanText, index=True)
    action: Mapped[str] = mapped_column(CleanText)


APPEND_ONLY = (
    (
        "sqlite",
        "CREATE TRIGGER account_event_no_update BEFORE UPDATE ON account_event "
        "BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
    ),
    (
        "sqlite",
        "CREATE TRIGGER account_event_no_delete BEFORE DELETE ON account_event "
        "BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
    ),
    (
        "sqlite",
        # As REPLACE would, in a client that has recursive_triggers off.
        "CREATE TRIGGER account_event_no_replace BEFORE INSERT ON account_event "
        "WHEN EXISTS (SELECT 1 FROM account_event o WHERE o.id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
    ),
    (
        "postgresql",
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN RAISE EXCEPTION '%%: append-only', TG_TABLE_NAME USING ERRCODE = '23000'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER account_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
)
_events: Table = AccountEvent.__table__  # type: ignore[assignment] # a mapped class has a whole table
for _engine, _statement in APPEND_ONLY:
    event.listen(_events, "after_create", DDL(_statement).execute_if(dialect=_engine))  # type: ignore[no-untyped-call] # so in SQLAlchemy


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

"""How commands open the databases: one session or connection a command, errors told in words."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session as OrmSession

from tracker.auditing import Origin
from tracker.config import Config, ConfigError
from tracker.db import Session, create_engine, reading
from tracker.models import RuleError
from tracker.schema import Tree, trees

NOT_READY = "run 'tracker db upgrade' first"


def load_config() -> Config:
    """The settings; one that cannot be used ends the command."""
    try:
        return Config.load()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def account() -> str:
    """Who runs this command: the name that the operating system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@contextmanager
def writing(config: Config, door: str) -> Iterator[Session]:
    """A session on the records that commits at the end, and changes nothing if the command fails."""
    with (
        _engine(config, trees(config)[0]) as engine,
        Session(engine, info={"origin": Origin(account(), door)}) as session,
    ):
        yield session
        session.commit()


@contextmanager
def looking(config: Config) -> Iterator[Session]:
    """A session on the records that only reads."""
    with _engine(config, trees(config)[0]) as engine, Session(reading(engine)) as session:
        yield session


@contextmanager
def querying(config: Config) -> Iterator[Connection]:
    """A connection to the records that only reads."""
    with _engine(config, trees(config)[0]) as engine, reading(engine).connect() as connection:
        yield connection


@contextmanager
def accounts(config: Config) -> Iterator[OrmSession]:
    """A session on the accounts that commits at the end."""
    with _engine(config, trees(config)[1]) as engine, OrmSession(engine) as session:
        yield session
        session.commit()


@contextmanager
def _engine(config: Config, tree: Tree) -> Iterator[Engine]:
    engine = create_engine(tree.url)
    try:
        require_current(tree)
        yield engine
    except RuleError as error:
        raise click.ClickException("\n".join(error.problems)) from error
    except (OperationalError, ProgrammingError) as error:
        raise click.ClickException(f"{tree.name} ({tree.url.render_as_string()}): {first_line(error)}") from error
    finally:
        engine.dispose()


def require_current(tree: Tree) -> None:
    """End the command unless the database is at the revision that the code knows."""
    current, head = tree.current(), tree.head()
    if current is None:
        raise click.ClickException(f"the {tree.name} database is empty or does not exist; {NOT_READY}")
    if current != head:
        raise click.ClickException(f"the {tree.name} database is at revision {current}, not {head}; {NOT_READY}")


def number(count: int, noun: str) -> str:
    """Such as "1 citation" or "2 citations"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def first_line(error: DBAPIError) -> str:
    """What the database said, without the statement and the parameters."""
    return str(error.orig).strip().splitlines()[0] if error.orig else str(error)

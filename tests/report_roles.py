"""The roles that `tracker db init-roles` prints, made on a database of the tests and gone afterwards."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy import URL

from tracker.config import Config
from tracker.models import Base
from tracker.models.triggers import APPEND_ONLY
from tracker.models.views import VIEWS
from tracker.reports import roles


@dataclass(frozen=True)
class Roles:
    """The address of the records for each role."""

    owner: URL
    app: URL
    report: URL


def made_roles(config: Config) -> Iterator[Roles]:
    """Make the roles under names of their own, run what is printed, and drop them at the end."""
    prefix = f"test_{uuid.uuid4().hex[:8]}"
    names = {name: f"{prefix}_{name}" for name in ("owner", "app", "report")}
    printed = roles.script(
        config.database_url.database or "", list(Base.metadata.tables), list(VIEWS), APPEND_ONLY, prefix
    )
    run(config.database_url, printed)
    yield Roles(**{name: config.database_url.set(username=role) for name, role in names.items()})
    for role in names.values():
        run(config.database_url, f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")


def run(url: URL, sql: str) -> None:
    """Run statements as who owns the database."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[call-overload] # made here, never typed

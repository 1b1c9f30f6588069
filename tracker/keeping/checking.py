"""Whether the databases hold what they should, and the repair of what follows from the history."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, ForeignKeyConstraint, MetaData, Select, exists, func, select, text, update

from tracker import auditing
from tracker.auditing import Origin
from tracker.config import Config
from tracker.examining import examine
from tracker.examining.finding import Finding, error, number, ok
from tracker.examining.records import UNTOUCHED, audit, drifted, projection
from tracker.examining.storage import NAMED, RESTORE, files, migrations, opened
from tracker.keeping.searching import search
from tracker.models import Base, Commitment
from tracker.models.searching import sqlite_search_triggers
from tracker.models.triggers import postgresql_triggers, sqlite_triggers
from tracker.models.users import AccountsBase
from tracker.schema import trees

METADATA: dict[str, MetaData] = {"records": Base.metadata, "accounts": AccountsBase.metadata}
GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT tgisinternal AND tgenabled <> 'D' AND relnamespace = current_schema()::regnamespace",
}


def check(config: Config) -> Iterator[Finding]:
    """Everything that was looked at, and what was found there."""
    return examine(config, (migrations, files), (contents, guards, references, projection, audit, search), ())


def contents(config: Config) -> Iterator[Finding]:
    """The tables of the SQLite files against their indexes and rules."""
    for tree in trees(config):
        if tree.url.get_backend_name() != "sqlite" or not Path(tree.url.database or "").exists():
            continue
        with opened(tree.url) as connection:
            told = connection.exec_driver_sql(f"PRAGMA integrity_check({NAMED})").scalars().all()
        if told == ["ok"]:
            yield ok(f"the tables of the {tree.name} agree with their indexes and rules")
        else:
            yield error(f"the tables of the {tree.name} are damaged: {'; '.join(map(str, told))}", RESTORE)


def guards(config: Config) -> Iterator[Finding]:
    """The triggers that hold the rules of the records."""
    with opened(config.database_url) as connection:
        engine = connection.dialect.name
        expected = set(sqlite_triggers() | sqlite_search_triggers() if engine == "sqlite" else postgresql_triggers())
        missing = sorted(expected - set(connection.scalars(text(GUARDS[engine]))))
    if missing:
        yield error(f"{number(len(missing), 'trigger')} missing or off: {', '.join(missing[:NAMED])}", UNTOUCHED)
    else:
        yield ok(f"{number(len(expected), 'trigger')} hold the rules of the records")


def references(config: Config) -> Iterator[Finding]:
    """The references between rows on PostgreSQL, which a superuser can switch off."""
    for tree in trees(config):
        if tree.url.get_backend_name() == "sqlite":  # looked at with its file
            continue
        keys = [key for table in METADATA[tree.name].sorted_tables for key in table.foreign_key_constraints]
        with opened(tree.url) as connection:
            counts = Counter[str]()
            for key in keys:
                counts[key.table.name] += connection.scalar(_astray(key)) or 0
        astray = +counts
        if astray:
            told = f"{number(astray.total(), 'row')} of the {tree.name} refer to rows that are not there"
            yield error(f"{told} ({', '.join(sorted(astray))})", RESTORE)
        else:
            yield ok(f"{number(len(keys), 'kind')} of reference in the {tree.name} lead to rows that are there")


def _astray(key: ForeignKeyConstraint) -> Select[int]:
    """Counts the rows that refer by this key to a row that is not there."""
    target = key.referred_table.alias("target")
    pairs = [(element.parent, target.c[element.column.name]) for element in key.elements]
    given = [column.is_not(None) for column, _ in pairs]
    found = exists().where(*(theirs == column for column, theirs in pairs)).correlate(key.table)
    return select(func.count()).select_from(key.table).where(*given, ~found)


def repair(connection: Connection, origin: Origin) -> list[str]:
    """Set what follows from the history again wherever it does not agree with it; the commitments concerned.

    One audit batch in the transaction of `connection` tells what was there before.
    """
    rows = connection.execute(drifted()).all()
    fields = ("status", "target_on", "target_precision")
    events = []
    for row in rows:
        made = {field: getattr(row, f"made_{field}") for field in fields}
        connection.execute(update(Commitment).where(Commitment.id == row.id).values(made))
        changes = {field: [getattr(row, field), made[field]] for field in fields if getattr(row, field) != made[field]}
        events.append(auditing.event("updated", "commitment", row.public_id, changes))
    if events:
        auditing.append(connection, origin, events)
    return [row.public_id for row in rows]

"""Copying: every row of the records and the accounts, as it is, into another database of either engine.

The triggers of the target stay in force: commitments go in as unreviewed, and their history makes of them what it
made in the source. So a copy also proves that the status of each commitment follows from its history.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, Transaction, bindparam, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from tracker.config import Config
from tracker.db import PROJECTED, create_engine, reading
from tracker.examining.finding import first_line
from tracker.keeping.checking import METADATA
from tracker.keeping.digests import BATCH, Digest, as_kept, digests, rows
from tracker.models.lookups import lookup_rows
from tracker.models.triggers import APPEND_ONLY
from tracker.schema import Tree, trees

Advance = Callable[[int], object]
EMPTY = "give an empty database"


class CopyError(ValueError):
    """A copy that cannot be made or is not equal; nothing of it was kept."""


def copy(source: Config, target: Config, advance: Advance = lambda n: None) -> dict[str, dict[str, Digest]]:
    """Copy both databases and return the digest of each table, equal on both sides; or CopyError, and no row stays.

    Each database is one transaction. The accounts are committed first: after a crash between the two, another copy
    finds them there, equal, and goes on with the records.
    """
    for tree in trees(target):
        prepare(tree)
    found, transactions = {}, []
    with ExitStack() as stack:
        for origin, tree in zip(trees(source), trees(target), strict=True):
            reader = stack.enter_context(snapshot(origin))
            writer, transaction = stack.enter_context(_writing(tree))
            transactions.append(transaction)
            found[tree.name] = carry(reader, writer, METADATA[tree.name], advance)
        for transaction in reversed(transactions):
            transaction.commit()
    return found


def size(config: Config) -> int:
    """The number of rows that a copy reads."""
    count = 0
    for tree in trees(config):
        with snapshot(tree) as connection:
            count += sum(_counts(connection, METADATA[tree.name]).values())
    return count


def prepare(tree: Tree) -> None:
    """Bring an empty database to the newest revision; CopyError for one that is neither empty nor there."""
    current = tree.current()
    if current is None:
        strange = _tables(tree)
        if strange:
            raise CopyError(f"the target holds tables of something else ({', '.join(strange[:3])}); {EMPTY}")
        tree.upgrade()
    elif current != tree.head():
        raise CopyError(f"the {tree.name} of the target are at revision {current}, not {tree.head()}; {EMPTY}")


def _tables(tree: Tree) -> list[str]:
    if tree.url.get_backend_name() == "sqlite" and not Path(tree.url.database or "").exists():
        return []
    with snapshot(tree) as connection:
        return inspect(connection).get_table_names()


@contextmanager
def snapshot(tree: Tree) -> Iterator[Connection]:
    """A connection that sees the database at one moment, whatever others write meanwhile."""
    engine = create_engine(tree.url)
    try:
        reader = reading(engine)
        if tree.url.get_backend_name() == "postgresql":
            reader = reader.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reader.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _writing(tree: Tree) -> Iterator[tuple[Connection, Transaction]]:
    engine = create_engine(tree.url)
    try:
        with engine.connect() as connection:
            yield connection, connection.begin()
    finally:
        engine.dispose()


def carry(source: Connection, target: Connection, metadata: MetaData, advance: Advance) -> dict[str, Digest]:
    """Write every row of `source` into `target` and compare; a target that holds the very same rows is left alone."""
    held = [name for name, count in _counts(target, metadata).items() if count and name not in lookup_rows()]
    if held:
        expected = digests(source, metadata)
    else:
        _clear_lookups(target, metadata)
        expected = {table.name: _carry(source, target, table, advance) for table in metadata.sorted_tables}
        if target.dialect.name == "postgresql":
            target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            _set_sequences(target, metadata)
    found = digests(target, metadata)
    differing = [name for name, digest in expected.items() if digest != found[name]]
    if differing and held:
        raise CopyError(f"the target holds rows already ({', '.join(held[:3])}); {EMPTY}")
    if differing:
        raise CopyError(
            f"the copy is not equal to its source ({', '.join(differing)}); nothing was kept. "
            "Run 'tracker db check': a status may not follow from its history"
        )
    return found


def _counts(connection: Connection, metadata: MetaData) -> dict[str, int]:
    counted = ((each.name, select(func.count()).select_from(each)) for each in metadata.sorted_tables)
    return {name: connection.scalar(query) or 0 for name, query in counted}


def _clear_lookups(target: Connection, metadata: MetaData) -> None:
    """Make room for the words of the source, which may be more than those that a migration brings."""
    for table in reversed(metadata.sorted_tables):
        if table.name in lookup_rows():
            target.execute(table.delete())


def _carry(source: Connection, target: Connection, table: Table, advance: Advance) -> Digest:
    digest = Digest()
    later = _later(table)
    left_out = {*later, *(PROJECTED if table.name == "commitment" else ())}
    kept = as_kept(table)
    names = [each.name for each in table.columns]
    references: list[dict[str, Any]] = []
    try:
        stream = rows(source, table)
        while batch := list(islice(stream, BATCH)):
            for row in batch:
                digest.add(row)
            full = [dict(zip(names, row, strict=True)) for row in batch]
            target.execute(kept.insert(), [_without(row, left_out) for row in full])
            references += [_keyed(row, later) for row in full if any(row[name] is not None for name in later)]
            advance(len(batch))
        if references:
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in later}
            target.execute(kept.update().where(kept.c.id == bindparam("key")).values(values), references)
    except (DBAPIError, ValueError) as error:
        raise CopyError(f"a row of {table.name} cannot be carried: {first_line(error)}; nothing was kept") from error
    return digest


def _later(table: Table) -> list[str]:
    """The columns that refer to rows of the same table which may come later; in history the order is held."""
    own = [key for key in table.foreign_key_constraints if key.referred_table is table]
    return [name for key in own for name in key.column_keys] if table.name not in APPEND_ONLY else []


def _without(row: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in left_out}


def _keyed(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {"key": row["id"], **{f"new_{name}": row[name] for name in names}}


def _set_sequences(target: Connection, metadata: MetaData) -> None:
    """Let the numbers count on from the highest; rows that bring their number with them do not move a sequence."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            name = _quoted(target, table)
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence(:name, :column), MAX({column.name})) FROM {name} "
                    f"HAVING MAX({column.name}) IS NOT NULL"
                ),
                {"name": name, "column": column.name},
            )


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)

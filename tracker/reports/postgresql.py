"""One query on PostgreSQL: a connection of its own, a read-only transaction, a server cursor, then rollback.

The cursor is the gate: what the server takes for one is a single SELECT. Its rows then come in a stream, which the
server fills while they are used, and which it may plan for all of them.

What its role may read, a query may read. A query that names a table outside the records is refused by its plan;
functions that run SQL of their own are beyond that check, and only a role that can read no more closes them.
"""

import json
import math
import os
import socket
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from threading import Timer
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel, RawCursor, RawServerCursor, errors
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader
from sqlalchemy import URL

from tracker.reports import copied
from tracker.reports.errors import QueryError
from tracker.reports.parameters import Value
from tracker.reports.stop import STOPPED, Stop
from tracker.reports.template import Piece

BATCH = 500
# Below it a floating number that is whole is the same as an integer.
EXACT = 1 << 53
# A reader that pauses keeps its transaction for so much longer than the deadline, and no more.
PAUSE_SECONDS = 5
DECLARE = 'DECLARE "report" CURSOR FOR '
# Types that the driver gives as text or whole numbers by itself.
PLAIN = ("text", "varchar", "bpchar", "name", '"char"', "int2", "int4", "int8", "oid")
SETTINGS = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "bytea_output": "hex",
    "lock_timeout": "5s",
    # Compiling takes longer than what most reports have to compute.
    "jit": "off",
    "work_mem": "32MB",
    "default_transaction_read_only": "on",
}
# The catalogue, as far as it describes the records; pg_statistic and pg_authid hold values and secrets.
CATALOGUE = {
    "pg_attrdef", "pg_attribute", "pg_class", "pg_collation", "pg_constraint", "pg_depend", "pg_description",
    "pg_index", "pg_inherits", "pg_namespace", "pg_proc", "pg_sequence", "pg_trigger", "pg_type",
}  # fmt: skip
READ_ONLY = "this connection only reads: write a SELECT"

Part = TypeVar("Part")


class BooleanLoader(Loader):
    """Yes and no as 1 and 0, as SQLite has them."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class NumberLoader(Loader):
    """Exact and floating numbers as int where they are whole, else as float; what is not finite stays text."""

    def load(self, data: Buffer) -> int | float | str:
        text = bytes(data).decode()
        if text.lstrip("-").isdecimal():
            return int(text)
        number = float(text)
        if not math.isfinite(number):
            return text
        return int(number) if number.is_integer() and abs(number) < EXACT else number


class MomentLoader(Loader):
    """A moment to the microsecond, as SQLite stores it."""

    def load(self, data: Buffer) -> str:
        text = bytes(data).decode()
        whole, _, fraction = text.partition(".")
        return f"{whole}.{fraction:0<6}"


@contextmanager
def query(
    url: URL, pieces: tuple[Piece, ...], values: Mapping[str, Value], seconds: float, stop: Stop
) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]], Iterator[bytes] | None]]:
    """The columns of one statement, its rows, and the same as CSV; raises QueryError where it is refused or fails.

    Only one of the two can be begun; CSV is None where a column is of a type whose form the server does not know.
    """
    with _opened(url, pieces, values, seconds, stop) as (connection, gate):
        sql, bound = _numbered(pieces, values)
        columns = gate.description or ()
        copy = copied.statement(connection, pieces, values, [column.type_code for column in columns])
        # Safe only now, as below.
        rows = _told(RawCursor(connection).stream(sql, bound, size=BATCH), sql, seconds)
        lines = _told(copied.lines(connection, copy), sql, seconds) if copy else None
        # The connection goes first: nobody waits for rows that nobody wants.
        with closing(rows), closing(lines or rows), closing(connection):
            yield [column.name for column in columns], rows, lines


def plan(url: URL, pieces: tuple[Piece, ...], seconds: float, stop: Stop) -> list[str]:
    """How the server would go about one statement, a line each; raises QueryError as `query` does."""
    with _opened(url, pieces, {}, seconds, stop) as (connection, _):
        # Safe, as below: the server has taken it for one SELECT.
        explained = RawCursor(connection).execute(f"EXPLAIN {_numbered(pieces, {})[0]}")
        return [str(row[0]) for row in explained.fetchall()]


@contextmanager
def _opened(
    url: URL, pieces: tuple[Piece, ...], values: Mapping[str, Value], seconds: float, stop: Stop
) -> Iterator[tuple[psycopg.Connection[Any], RawServerCursor[tuple[Any, ...]]]]:
    """A connection with one transaction and the cursor of the statement in it; gone afterwards."""
    sql, bound = _numbered(pieces, values)
    try:
        connection = _connect(url, seconds)
        cursor = RawServerCursor(connection, "report")
        try:
            with _ended_after(seconds, connection):
                stop.bind(connection.cancel_safe)
                # A server that does nothing yet has nothing to cancel.
                if stop.asked:
                    raise QueryError(STOPPED)
                cursor.execute(sql, bound)
                _refuse_other_tables(connection, sql, bound)
                yield connection, cursor
        finally:
            # Without a connection the cursor needs no word to the server, which rolls back by itself.
            connection.close()
            cursor.close()
    except psycopg.Error as error:
        raise _explain(error, sql, seconds) from error


@contextmanager
def _ended_after(seconds: float, connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Cancel what runs at the deadline; hang up where the server waits for a reader who pauses, and hears nothing."""
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        timers = [
            Timer(seconds, connection.cancel_safe),
            Timer(seconds + PAUSE_SECONDS, line.shutdown, [socket.SHUT_RDWR]),
        ]
        for timer in timers:
            timer.start()
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()


def _numbered(pieces: tuple[Piece, ...], values: Mapping[str, Value]) -> tuple[str, list[Value]]:
    """The statement with $1, $2 for its parameters, and their values in that order."""
    names: dict[str, int] = {}
    sql = "".join(
        f"${names.setdefault(piece.text, len(names) + 1)}" if piece.kind == "parameter" else piece.text
        for piece in pieces
    )
    return sql, [values[name] for name in names]


def _connect(url: URL, seconds: float) -> psycopg.Connection[tuple[Any, ...]]:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, connect_timeout=10)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    limits = {
        "statement_timeout": f"{seconds * 1000:.0f}",
        "idle_in_transaction_session_timeout": f"{(seconds + PAUSE_SECONDS) * 1000:.0f}",
    }
    for name, value in (SETTINGS | limits).items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    for kind in connection.adapters.types:
        if kind.name not in PLAIN:
            connection.adapters.register_loader(kind.oid, TextLoader)
        if kind.array_oid:
            connection.adapters.register_loader(kind.array_oid, TextLoader)
    for names, loader in (
        (("bool",), BooleanLoader),
        (("numeric", "float4", "float8"), NumberLoader),
        (("timestamp",), MomentLoader),
    ):
        for name in names:
            connection.adapters.register_loader(name, loader)
    return connection


def _refuse_other_tables(connection: psycopg.Connection[Any], sql: str, bound: list[Value]) -> None:
    # Safe only now: a text that the server took for a cursor is one SELECT, and so is what stands after EXPLAIN.
    cursor = RawCursor(connection)
    cursor.execute(f"EXPLAIN (VERBOSE, FORMAT JSON) {sql}", bound)
    row = cursor.fetchone()
    (own,) = connection.execute("SELECT current_schema()").fetchone() or (None,)
    for schema, table in _tables(json.loads(row[0]) if row else []):
        if schema != own and not (schema == "pg_catalog" and table in CATALOGUE):
            raise QueryError(f"the table {schema}.{table} cannot be read here")


def _tables(plan: Any) -> Iterator[tuple[str, str]]:
    if isinstance(plan, list):
        for step in plan:
            yield from _tables(step)
    elif isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan.get("Schema", ""), plan["Relation Name"]
        for step in plan.values():
            yield from _tables(step)


def _told(parts: Iterator[Part], sql: str, seconds: float) -> Generator[Part, None, None]:
    """The parts as they come; an error on the way is told as one of the query."""
    try:
        yield from parts
    except psycopg.Error as error:
        raise _explain(error, sql, seconds) from error


def _explain(error: psycopg.Error, sql: str, seconds: float) -> QueryError:
    position = int(error.diag.statement_position or 0) - len(DECLARE)
    line = sql.count("\n", 0, position) + 1 if position > 0 else None
    message = (error.diag.message_primary or str(error)).strip()
    if isinstance(error, errors.QueryCanceled | errors.IdleInTransactionSessionTimeout):
        return QueryError(_stopped(seconds))
    if "multiple commands" in message:
        return QueryError("only one statement at a time is allowed here")
    if isinstance(error, errors.SyntaxError) and not sql[: max(position - 1, 0)].strip():
        return QueryError(READ_ONLY)
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return QueryError(f"{message}: {READ_ONLY}", line)
    return QueryError(message, line)


def _stopped(seconds: float) -> str:
    return f"stopped after {seconds:g} seconds; narrow the query with a WHERE or a LIMIT"

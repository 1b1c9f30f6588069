"""Runs one query on a SQLite file in a process of its own, which can read that file and do nothing else.

A program, not a module of the package: `sandbox.py` starts it with the standard library alone. It reads one
request from its input and answers in frames, each a length and a marshalled pair: ("columns", names), any number
of ("rows", rows), then ("end", None); or ("error", what was wrong).
"""

import marshal
import math
import resource
import signal
import sqlite3
import struct
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import chain
from typing import Any

LENGTH = struct.Struct("!I")
BATCH = 500
MEMORY = 1 << 30
HEAP = 3 << 28
# The kernel ends the process this much after SQLite should have stopped by itself.
GRACE = 2
# How many steps of SQLite's machine between two looks at the clock.
STEPS = 20_000
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 4_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 250,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
FUNCTIONS = {
    "->", "->>", "abs", "add_days", "avg", "ceil", "ceiling", "char", "coalesce", "count", "cume_dist",
    "current_date", "current_time", "current_timestamp", "date", "datetime", "days_between", "dense_rank",
    "exp", "first_value", "floor", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json",
    "json_array", "json_array_length", "json_each", "json_extract", "json_group_array", "json_group_object",
    "json_object", "json_type", "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "ln",
    "log", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "percent_rank", "pi", "pow",
    "power", "quote", "random", "rank", "replace", "round", "row_number", "rtrim", "sign", "sqrt", "strftime",
    "substr", "substring", "sum", "time", "total", "trim", "trunc", "typeof", "unhex", "unicode", "unixepoch",
    "upper",
}  # fmt: skip
CATALOGUES = frozenset({"sqlite_schema", "sqlite_master", "json_each", "json_tree"})
# Below it a floating number that is whole is the same as an integer.
EXACT = 1 << 53
PLAIN = frozenset({int, str, type(None)})
REFUSED = {
    sqlite3.SQLITE_PRAGMA: "PRAGMA is not allowed here: the tables and their columns stand in sqlite_schema",
    sqlite3.SQLITE_ATTACH: "ATTACH is not allowed here: a query reads the records and no other file",
    sqlite3.SQLITE_DETACH: "DETACH is not allowed here",
    sqlite3.SQLITE_TRANSACTION: "BEGIN, COMMIT and ROLLBACK are not allowed here: a query is one SELECT",
    sqlite3.SQLITE_SAVEPOINT: "SAVEPOINT is not allowed here: a query is one SELECT",
}
READ_ONLY = "this connection only reads: write a SELECT"
CLEARER = {
    "one statement at a time": "only one statement at a time is allowed here",
    "cannot VACUUM": READ_ONLY,
    "did not supply a value": "nothing gives a value to a parameter here: write the value in its place",
}


class Guard:
    """What SQLite asks before it runs a statement; `reason` is why it last said no."""

    def __init__(self, tables: frozenset[str]) -> None:
        self.tables = tables
        self.reason: str | None = None

    def allows(self, action: int, first: str | None, second: str | None, *rest: str | None) -> int:
        """SQLite's authorizer: SELECT, reading known tables, known functions and recursion; nothing else."""
        reason = self._refusal(action, first, second)
        if reason is None:
            return sqlite3.SQLITE_OK
        self.reason = reason
        return sqlite3.SQLITE_DENY

    def _refusal(self, action: int, first: str | None, second: str | None) -> str | None:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return None
        if action == sqlite3.SQLITE_READ:
            # Without a column it is the name of a common table expression as well as of a table.
            known = not second or first in self.tables
            return None if known else f"the table {first} cannot be read here"
        if action == sqlite3.SQLITE_FUNCTION:
            return None if second in FUNCTIONS else f"the function {second}() is not allowed here"
        return REFUSED.get(action, READ_ONLY)

    def checked(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function for SQLite, which keeps an error's words: NULL in, NULL out."""

        def call(*values: Any) -> Any:
            if None in values:
                return None
            try:
                return function(*values)
            except (ValueError, TypeError, OverflowError) as error:
                self.reason = f"{function.__name__}: {error}"
                raise

        return call


def days_between(first: str, second: str) -> int:
    """Days from the first date to the second."""
    return (_day(second) - _day(first)).days


def add_days(day: str, days: int) -> str:
    """The date so many days after."""
    return (_day(day) + timedelta(days=days)).isoformat()


def _day(value: object) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError(f"{value!r} is not a date")
    return date.fromisoformat(value)


def open_database(uri: str, seconds: float) -> tuple[sqlite3.Connection, Guard]:
    """The file, read-only, within one snapshot, with every limit set."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=min(seconds, 10))
    for pragma in ("query_only = ON", "trusted_schema = OFF", "temp_store = MEMORY", f"hard_heap_limit = {HEAP}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("BEGIN")
    tables = frozenset(row[0] for row in connection.execute("SELECT name FROM sqlite_schema")) | CATALOGUES
    # Its table-valued functions declare themselves at their first use, which the guard would take for a CREATE TABLE.
    connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')")
    guard = Guard(tables)
    for function in (days_between, add_days):
        connection.create_function(function.__name__, 2, guard.checked(function), deterministic=True)
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    return connection, guard


def confine() -> None:
    """From here on no file grows, and memory is bounded."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def plain(cell: Any) -> Any:
    """A cell as both engines give it."""
    if isinstance(cell, float):
        if math.isinf(cell):
            return "Infinity" if cell > 0 else "-Infinity"
        return int(cell) if cell.is_integer() and abs(cell) < EXACT else cell
    return "\\x" + cell.hex() if isinstance(cell, bytes) else cell


def send(kind: str, content: Any) -> None:
    """One frame of the answer."""
    data = marshal.dumps((kind, content))
    sys.stdout.buffer.write(LENGTH.pack(len(data)) + data)
    sys.stdout.buffer.flush()


def answer(connection: sqlite3.Connection, sql: str, values: Mapping[str, Any]) -> None:
    """Run the query and send what it gives."""
    cursor = connection.execute(sql, values)
    if cursor.description is None:
        raise sqlite3.ProgrammingError(READ_ONLY)
    send("columns", [column[0] for column in cursor.description])
    while rows := cursor.fetchmany(BATCH):
        whole = PLAIN.issuperset(map(type, chain.from_iterable(rows)))
        send("rows", rows if whole else [tuple(map(plain, row)) for row in rows])
    send("end", None)


def explain(error: BaseException, guard: Guard | None, seconds: float) -> str:
    """What was wrong, in words."""
    if guard and guard.reason:
        return guard.reason
    if isinstance(error, MemoryError):
        return "the query needs too much memory; narrow it with a WHERE or a LIMIT"
    if str(error) == "interrupted":
        return f"stopped after {seconds:g} seconds; narrow the query with a WHERE or a LIMIT"
    return next((said for words, said in CLEARER.items() if words in str(error)), str(error))


def main() -> None:
    """Answer the one request on the standard input."""
    request = marshal.load(sys.stdin.buffer)
    seconds: float = request["seconds"]
    guard = None
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
        end = time.monotonic() + seconds
        connection, guard = open_database(request["uri"], seconds)
        confine()
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        connection.set_authorizer(guard.allows)
        answer(connection, request["sql"], request["values"])
    except (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError, OverflowError) as error:
        send("error", explain(error, guard, seconds))


if __name__ == "__main__":
    main()

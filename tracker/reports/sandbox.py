"""Where every query of a report or a console runs: on a connection that reads the records and can do nothing else.

On SQLite each query has a process of its own (`worker.py`); on PostgreSQL a connection of its own, with one
read-only transaction and a server cursor, which takes a single SELECT. Nothing is pooled.
"""

import marshal
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from tracker.reports import postgresql
from tracker.reports.errors import QueryError
from tracker.reports.parameters import Value
from tracker.reports.stop import STOPPED, Stop
from tracker.reports.template import Piece
from tracker.reports.worker import LENGTH

WORKER = Path(__file__).with_name("worker.py")
SECONDS = 30.0
NAMED = re.compile(r'near "(.+?)"|no such (?:column|table|function): (\S+)')

Row = tuple[str | int | float | None, ...]


@dataclass(frozen=True)
class Rows:
    """What a query gives: the names of its columns, each once, and its rows as they come.

    Cells are text, numbers or None, alike on both engines: a date is YYYY-MM-DD, yes and no are 1 and 0, a whole
    number has no fraction. `csv` gives the same rows, written as CSV, where the database does that by itself; take
    one of the two.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    csv: Iterator[bytes] | None = None


@dataclass(frozen=True)
class Sandbox:
    """The records at `url`, for reading; a query is stopped after `seconds`, or when somebody asks `stop` for it."""

    url: URL
    seconds: float = SECONDS
    stop: Stop = field(default_factory=Stop, compare=False)

    @contextmanager
    def query(self, statement: str | Iterable[Piece], values: Mapping[str, Value] | None = None) -> Iterator[Rows]:
        """Run one statement; raises QueryError where it is refused, stopped or fails, also while rows come."""
        pieces = (Piece("code", statement, 1),) if isinstance(statement, str) else tuple(statement)
        if self.url.get_backend_name() == "sqlite":
            answer = _sqlite(self.url, pieces, values or {}, self.seconds, self.stop)
        else:
            answer = postgresql.query(self.url, pieces, values or {}, self.seconds, self.stop)
        try:
            with answer as (columns, rows, csv):
                yield Rows(_each_once(columns), rows, csv)
        except QueryError as error:
            if self.stop.asked:
                raise QueryError(STOPPED) from error
            raise

    def plan(self, statement: str) -> list[str]:
        """How the database would go about one statement, a line each; raises QueryError as `query` does."""
        if self.url.get_backend_name() == "sqlite":
            with self.query(f"EXPLAIN QUERY PLAN {statement}") as found:
                return [str(row[-1]) for row in found.rows]
        pieces = (Piece("code", statement, 1),)
        return postgresql.plan(self.url, pieces, self.seconds, self.stop)


@contextmanager
def _sqlite(
    url: URL, pieces: tuple[Piece, ...], values: Mapping[str, Value], seconds: float, stop: Stop
) -> Iterator[tuple[list[str], Iterator[Row], Iterator[bytes] | None]]:
    sql = "".join(f":{piece.text}" if piece.kind == "parameter" else piece.text for piece in pieces)
    path = Path(url.database or "").resolve()
    request = {
        "uri": f"{path.as_uri()}?mode=ro",
        "sql": sql,
        "values": {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()},
        "seconds": seconds,
    }
    command = [sys.executable, "-I", "-S", str(WORKER)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        start_new_session=True,
    ) as process:
        stop.bind(process.kill)
        try:
            frames = _frames(process, marshal.dumps(request), seconds)
            _, columns = next(frames)
            yield columns, chain.from_iterable(rows for _, rows in frames), None
        except QueryError as error:
            raise QueryError(str(error), error.line or _line(str(error), sql)) from error
        finally:
            process.kill()


def _frames(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> Iterator[tuple[str, Any]]:
    assert process.stdin is not None  # a pipe
    assert process.stdout is not None  # a pipe
    pipe = process.stdout
    # A worker that could not even begin is told of below, by its silence.
    with suppress(BrokenPipeError):
        process.stdin.write(request)
        process.stdin.close()
    while True:
        head = pipe.read(LENGTH.size)
        data = pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not data:
            raise QueryError(f"the query was ended: it ran longer than {seconds:g} seconds or took too much memory")
        kind, content = marshal.loads(data)
        if kind == "error":
            raise QueryError(content)
        if kind == "end":
            return
        yield kind, content


def _line(message: str, sql: str) -> int | None:
    """The line of the word that SQLite's error names, if it stands there only once."""
    named = NAMED.search(message)
    word = next(filter(None, named.groups())) if named else ""
    return sql.count("\n", 0, sql.index(word)) + 1 if word and sql.count(word) == 1 else None


def _each_once(columns: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in found:
            number += 1
            name = f"{column}_{number}"
        found.append(name)
    return tuple(found)

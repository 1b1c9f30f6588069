"""The answer of a query on PostgreSQL as lines of CSV that the server writes, faster than rows that all come here.

They are to the byte what `separated.py` makes of the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql

from tracker.reports.parameters import Value
from tracker.reports.separated import FORMULA_STARTS
from tracker.reports.template import Piece

BATCH = 500
TEXT = "CASE WHEN strpos({starts}, left(NULLIF({cell}, ''), 1)) > 0 THEN '''' || {cell} ELSE NULLIF({cell}, '') END"
MOMENT = "split_part({cell}::text, '.', 1) || '.' || rpad(split_part({cell}::text, '.', 2), 6, '0')"
# How a cell of each type becomes what the rows have; of other types the server has forms of its own.
CELLS = {
    "text": TEXT,
    "varchar": TEXT,
    "int2": "{cell}",
    "int4": "{cell}",
    "int8": "{cell}",
    "date": "{cell}",
    "bool": "{cell}::int",
    "timestamp": MOMENT,
}


def statement(
    connection: psycopg.Connection[Any], pieces: Sequence[Piece], values: Mapping[str, Value], types: Sequence[int]
) -> str | None:
    """The COPY for a query whose columns are of these types (OIDs); None where rows have to come here.

    The query must be known for a single SELECT.
    """
    query = "".join(
        _literal(connection, values[piece.text]) if piece.kind == "parameter" else piece.text for piece in pieces
    )
    query = query.rstrip().removesuffix(";")
    known = {kind.oid: CELLS.get(kind.name) for kind in connection.adapters.types}
    forms = [known.get(oid) for oid in types]
    if ";" in query or not forms or None in forms:
        return None
    names = [f"c{number}" for number, _ in enumerate(forms)]
    starts = _literal(connection, FORMULA_STARTS)
    cells = [form.format(cell=name, starts=starts) for form, name in zip(forms, names, strict=True) if form]
    if len(cells) == 1:
        # A line with nothing on it would be taken for no row at all.
        cells = [f"COALESCE(({cells[0]})::text, '')"]
    # The OFFSET keeps the server from computing a cell each time that its form speaks of it.
    inner = f"SELECT * FROM (\n{query}\n) AS asked ({', '.join(names)}) OFFSET 0"
    return f"COPY (SELECT {', '.join(cells)} FROM ({inner}) AS answer) TO STDOUT (FORMAT csv)"


def lines(connection: psycopg.Connection[Any], statement: str) -> Iterator[bytes]:
    """The lines that a COPY sends, many at a time."""
    with connection.cursor().copy(statement.encode()) as copy:
        sent = iter(copy)
        while batch := [bytes(line[:-1]) for line in islice(sent, BATCH)]:
            yield b"\r\n".join([*batch, b""])


def _literal(connection: psycopg.Connection[Any], value: Value) -> str:
    """A value as it stands in SQL, of the type that a bound one has."""
    kind = "::float8" if isinstance(value, float) else ""
    bare = isinstance(value, str | int | float | date)
    assert bare  # several values are spread over as many parameters
    return f"{sql.Literal(value).as_string(connection)}{kind}"

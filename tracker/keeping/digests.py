"""What a table holds, in one number that does not depend on the engine or on the order of the rows."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, MetaData, Table, TableClause, column, select, table
from sqlalchemy.types import TypeDecorator

# Rows that are read or written at a time.
BATCH = 2_000


class Digest:
    """The number of rows, and the sum of the SHA-256 of each."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        """Count one row in."""
        canonical = json.dumps(list(row), default=date.isoformat, sort_keys=True, ensure_ascii=False)
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(canonical.encode()).digest())

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return f"{self._sum % 2**256:064x}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and (self.rows, self.sha256) == (other.rows, other.sha256)

    __hash__ = None  # type: ignore[assignment] # it changes with each row

    def __repr__(self) -> str:
        return f"{self.rows} rows, {self.sha256}"


def digests(connection: Connection, metadata: MetaData) -> dict[str, Digest]:
    """The digest of each table."""
    found = {}
    for each in metadata.sorted_tables:
        found[each.name] = digest = Digest()
        for row in rows(connection, each):
            digest.add(row)
    return found


def together(found: dict[str, Digest]) -> str:
    """One digest over those of all tables."""
    told = "".join(f"{name} {digest!r}\n" for name, digest in sorted(found.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def rows(connection: Connection, of: Table) -> Iterator[Sequence[Any]]:
    """Every row as it is kept, by primary key, a batch in memory at a time."""
    kept = as_kept(of)
    query = select(*kept.c).order_by(*(kept.c[key.name] for key in of.primary_key))
    return iter(connection.execute(query, execution_options={"yield_per": BATCH}))


def as_kept(of: Table) -> TableClause:
    """The table with the types that the database knows: no rule of ours changes what is read or written."""
    plain = (column(each.name, _plain(each.type)) for each in of.columns)
    return table(of.name, *plain)


def _plain(kind: Any) -> Any:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind

"""How a field of a seed record stands in the database: read from a row, written to a row.

Records pass between files and database as plain dicts, the same from either side: text, whole numbers, dates as
they are written (`2024-08`), the names of other records, lists. That form is what is compared and kept.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.orm import RelationshipProperty, object_session, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tracker.models import Base, MinisterName
from tracker.models.people import fold_name

Content = dict[str, Any]
# What to load along with a row; SQLAlchemy has no public name for the type.
Along = _AbstractLoad
# The primary key of a record, and its row, by the table that holds it and the key that files call it by.
Find = Callable[[str, str], Any]
Get = Callable[[str, str], Base]

PARTS = {4: "year", 7: "month", 10: "day"}


def first_day(written: str) -> date:
    """The first day of `2024`, `2024-08` or `2024-08-20`; raises ValueError where there is no such day."""
    return date.fromisoformat((written + "-01-01")[:10])


def last_day(written: str) -> date:
    """The last day of `2024`, `2024-08` or `2024-08-20`."""
    first = first_day(written)
    if len(written) == 4:
        return date(first.year, 12, 31)
    return first if len(written) == 10 else first.replace(day=monthrange(first.year, first.month)[1])


def written(day: date | None, precision: str | None) -> str | None:
    """A date of the database as a file writes it."""
    if day is None:
        return None
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)]


@cache
def relation(table: type[Base], name: str) -> RelationshipProperty[Any]:
    """The relationship of a table that has this name."""
    return inspect(table).relationships[name]


def delete(part: Base) -> None:
    """Delete a part that is in the database."""
    session = object_session(part)
    assert session is not None
    session.delete(part)


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return Base.metadata.tables[model.__tablename__]


@cache
def local_key(table: type[Base], name: str) -> str:
    """The column that holds the key of the record which a relationship leads to."""
    (column,) = relation(table, name).local_columns
    return str(column.key)


@dataclass(frozen=True)
class Part:
    """A row that stands beside the row of its record; `key` is what audit calls it, if audit knows it by itself."""

    table: Table
    values: Content
    key: str = ""


@dataclass(frozen=True)
class Owner:
    """The record that parts belong to: its table, its primary key, and what audit calls it."""

    table: type[Base]
    id: Any
    key: str


@dataclass(frozen=True)
class Column:
    """A field that one column holds as it is; `attribute` where that has another name than the field."""

    attribute: str = ""

    def read(self, row: Any, name: str) -> Any:
        """The field's value in a row, as files give it."""
        return getattr(row, self.attribute or name)

    def values(self, table: type[Base], name: str, value: Any, find: Find) -> Content:
        """The columns of a new row that hold the field."""
        return {self.attribute or name: value}

    def parts(self, owner: Owner, name: str, value: Any, find: Find) -> Iterator[Part]:
        """The rows beside a new row that hold the field."""
        yield from ()

    def told(self, name: str, value: Any) -> Content:
        """What audit tells of the field beyond the columns of the row."""
        return {}

    def write(self, row: Any, name: str, value: Any, get: Get) -> None:
        """Change the field in a row that exists."""
        for column, content in self.values(type(row), name, value, get).items():
            setattr(row, column, content)

    def load(self, table: Any, name: str) -> Iterator[Along]:
        """What must be loaded along with the row."""
        yield from ()


@dataclass(frozen=True)
class Day(Column):
    """A full day."""

    def read(self, row: Any, name: str) -> str | None:
        return written(getattr(row, name), "day")

    def values(self, table: type[Base], name: str, value: str | None, find: Find) -> Content:
        return {name: value and date.fromisoformat(value)}


@dataclass(frozen=True)
class Period(Column):
    """A day, month or year, kept as its first day (or its last: what is due by then) and a precision."""

    precision: str = ""
    last: bool = False

    def read(self, row: Any, name: str) -> str | None:
        return written(getattr(row, name), getattr(row, self.precision))

    def values(self, table: type[Base], name: str, value: str | None, find: Find) -> Content:
        if value is None:
            return {name: None, self.precision: None}
        return {name: last_day(value) if self.last else first_day(value), self.precision: PARTS[len(value)]}


@dataclass(frozen=True)
class RecordedDay(Column):
    """The day, by UTC, of a moment; written as its beginning."""

    def read(self, row: Any, name: str) -> str:
        return str(getattr(row, self.attribute).date().isoformat())

    def values(self, table: type[Base], name: str, value: str | None, find: Find) -> Content:
        day = value and date.fromisoformat(value)
        return {self.attribute: datetime.combine(day, datetime.min.time(), UTC) if day else None}


@dataclass(frozen=True)
class Reference(Column):
    """The name of one other record."""

    record: str = ""

    def read(self, row: Any, name: str) -> str | None:
        other = getattr(row, self.attribute or name)
        return None if other is None else str(other.record_key)

    def values(self, table: type[Base], name: str, value: str | None, find: Find) -> Content:
        return {local_key(table, self.attribute or name): None if value is None else find(self.record, value)}

    def write(self, row: Any, name: str, value: Any, get: Get) -> None:
        setattr(row, self.attribute or name, None if value is None else get(self.record, value))

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, self.attribute or name))


@dataclass(frozen=True)
class References(Reference):
    """The names of other records, in no order."""

    def read(self, row: Any, name: str) -> Any:
        return sorted(other.record_key for other in getattr(row, self.attribute or name))

    def values(self, table: type[Base], name: str, value: Any, find: Find) -> Content:
        return {}

    def parts(self, owner: Owner, name: str, value: list[str] | None, find: Find) -> Iterator[Part]:
        found = relation(owner.table, self.attribute or name)
        ((_, here),) = found.synchronize_pairs
        ((_, there),) = found.secondary_synchronize_pairs or ()
        for key in value or ():
            yield Part(here.table, {str(here.key): owner.id, str(there.key): find(self.record, key)})

    def told(self, name: str, value: list[str] | None) -> Content:
        return {self.attribute or name: [[], value]} if value else {}

    def write(self, row: Any, name: str, value: list[str] | None, get: Get) -> None:
        setattr(row, self.attribute or name, [get(self.record, key) for key in value or ()])


@dataclass(frozen=True)
class OtherNames(Column):
    """Further names of a minister, in no order."""

    def read(self, row: Any, name: str) -> list[str]:
        return sorted(other.name for other in getattr(row, name))

    def values(self, table: type[Base], name: str, value: Any, find: Find) -> Content:
        return {}

    def parts(self, owner: Owner, name: str, value: list[str] | None, find: Find) -> Iterator[Part]:
        for other in value or ():
            values = {"minister_id": owner.id, "name": other, "folded": fold_name(other)}
            yield Part(table_of(MinisterName), values, other)

    def write(self, row: Any, name: str, value: list[str] | None, get: Get) -> None:
        known = {other.name: other for other in getattr(row, name)}
        for other in known.keys() - set(value or ()):
            delete(known[other])
        getattr(row, name).extend(MinisterName(name=other) for other in value or () if other not in known)

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, name))


@dataclass(frozen=True)
class Offsets(Column):
    """Where a quote begins and ends in the text of its source."""

    def read(self, row: Any, name: str) -> Content | None:
        return None if row.start_offset is None else {"start": row.start_offset, "end": row.end_offset}

    def values(self, table: type[Base], name: str, value: Content | None, find: Find) -> Content:
        place = value or {"start": None, "end": None}
        return {"start_offset": place["start"], "end_offset": place["end"]}


@dataclass(frozen=True)
class Corrected(Column):
    """The key of an earlier status update of the same commitment; whoever finds it knows which one that is."""

    def read(self, row: Any, name: str) -> str | None:
        return None if row.corrects is None else row.corrects.key

    def values(self, table: type[Base], name: str, value: str | None, find: Find) -> Content:
        return {"corrects_id": None if value is None else find("status_update", value)}

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(table.corrects)

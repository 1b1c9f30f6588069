"""How a field of a seed record stands in the database: read from a row, written to a row.

Records pass between files and database as plain dicts, the same from either side: text, whole numbers, dates as
they are written (`2024-08`), the names of other records, lists. That form is what is compared and kept.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tracker.models import Base, MinisterName

Content = dict[str, Any]
# What to load along with a row; SQLAlchemy has no public name for the type.
Along = _AbstractLoad
# The row of a record, by the table that holds it and the key that files call it by.
Find = Callable[[str, str], Base]

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


@dataclass(frozen=True)
class Column:
    """A field that one column holds as it is; `attribute` where that has another name than the field."""

    attribute: str = ""

    def read(self, row: Any, name: str) -> Any:
        return getattr(row, self.attribute or name)

    def write(self, row: Any, name: str, value: Any, find: Find) -> None:
        setattr(row, self.attribute or name, value)

    def load(self, table: Any, name: str) -> Iterator[Along]:
        """What must be loaded along with the row."""
        yield from ()


@dataclass(frozen=True)
class Day(Column):
    """A full day."""

    def read(self, row: Any, name: str) -> str | None:
        return written(getattr(row, name), "day")

    def write(self, row: Any, name: str, value: str, find: Find) -> None:
        setattr(row, name, date.fromisoformat(value))


@dataclass(frozen=True)
class Period(Column):
    """A day, month or year, kept as its first day (or its last: what is due by then) and a precision."""

    precision: str = ""
    last: bool = False

    def read(self, row: Any, name: str) -> str | None:
        return written(getattr(row, name), getattr(row, self.precision))

    def write(self, row: Any, name: str, value: str, find: Find) -> None:
        setattr(row, name, last_day(value) if self.last else first_day(value))
        setattr(row, self.precision, PARTS[len(value)])


@dataclass(frozen=True)
class RecordedDay(Column):
    """The day, by UTC, of a moment; written as its beginning."""

    def read(self, row: Any, name: str) -> str:
        return str(getattr(row, self.attribute).date().isoformat())

    def write(self, row: Any, name: str, value: str, find: Find) -> None:
        moment = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
        setattr(row, self.attribute, moment)


@dataclass(frozen=True)
class Reference(Column):
    """The name of one other record."""

    record: str = ""

    def read(self, row: Any, name: str) -> str | None:
        other = getattr(row, self.attribute or name)
        return None if other is None else str(other.record_key)

    def write(self, row: Any, name: str, value: str, find: Find) -> None:
        setattr(row, self.attribute or name, find(self.record, value))

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, self.attribute or name))


@dataclass(frozen=True)
class References(Reference):
    """The names of other records, in no order."""

    def read(self, row: Any, name: str) -> Any:
        return sorted(other.record_key for other in getattr(row, self.attribute or name))

    def write(self, row: Any, name: str, value: Any, find: Find) -> None:
        setattr(row, self.attribute or name, [find(self.record, key) for key in value])


@dataclass(frozen=True)
class OtherNames(Column):
    """Further names of a minister, in no order."""

    def read(self, row: Any, name: str) -> list[str]:
        return sorted(other.name for other in getattr(row, name))

    def write(self, row: Any, name: str, value: list[str], find: Find) -> None:
        setattr(row, name, [MinisterName(name=other) for other in value])

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, name))


@dataclass(frozen=True)
class Offsets(Column):
    """Where a quote begins and ends in the text of its source."""

    def read(self, row: Any, name: str) -> Content | None:
        return None if row.start_offset is None else {"start": row.start_offset, "end": row.end_offset}

    def write(self, row: Any, name: str, value: Content, find: Find) -> None:
        row.start_offset, row.end_offset = value["start"], value["end"]


@dataclass(frozen=True)
class Corrected(Column):
    """The key of an earlier status update of the same commitment."""

    def read(self, row: Any, name: str) -> str | None:
        return None if row.corrects is None else row.corrects.key

    def write(self, row: Any, name: str, value: str, find: Find) -> None:
        row.corrects = find("status_update", f"{row.commitment.public_id}/{value}")

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(table.corrects)

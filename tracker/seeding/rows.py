"""Records as plain dicts, from a file's model or from a database row, and back into a row.

Which column each field stands in is told by the types of `schema.py`; here is what works for every kind of record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from sqlalchemy.orm import selectinload

from tracker.models import Base, Citation
from tracker.seeding.columns import Along, Column, Content, Find
from tracker.seeding.fields import SeedModel


@dataclass(frozen=True)
class Children(Column):
    """Parts of a record that have rows of their own. Citations are numbered; one that was corrected is past."""

    model: type[SeedModel] = SeedModel

    def read(self, row: Any, name: str) -> list[Content]:
        children = getattr(row, self.attribute or name)
        past = {child.corrects_id for child in children} if self.model.table is Citation else set()
        return [describe(child, self.model) for child in children if child.id not in past]

    def write(self, row: Any, name: str, value: list[Content], find: Find) -> None:
        children = [self.model.table() for _ in value]
        for ordinal, (child, content) in enumerate(zip(children, value, strict=True), 1):
            if isinstance(child, Citation):
                child.ordinal = ordinal
            fill(child, self.model, content, find)
        setattr(row, self.attribute or name, children)

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, self.attribute or name)).options(*along(self.model))


@cache
def columns(model: type[SeedModel]) -> dict[str, Column]:
    """The column of each field; records of their own that are nested in this one are left out."""
    found: dict[str, Column] = {}
    for name, field in model.model_fields.items():
        column = next((item for item in field.metadata if isinstance(item, Column)), Column())
        part = part_of(model, name)
        if part is None or type(column) is not Column:
            found[name] = column
        elif not part.nested_in:
            found[name] = Children(column.attribute, part)
    return found


def part_of(model: type[SeedModel], field: str) -> type[SeedModel] | None:
    """The class of the parts that a field holds, if it holds any."""
    pending = [model.model_fields[field].annotation]
    while pending:
        kind = pending.pop()
        if isinstance(kind, type) and issubclass(kind, SeedModel):
            return kind
        pending += get_args(kind)
    return None


def content(model: SeedModel) -> Content:
    """The record of a file as a plain dict; what has no value is left out, lists of names are sorted."""
    values = {name: _plain(getattr(model, name)) for name in columns(type(model))}
    return {name: value for name, value in values.items() if value not in (None, [])}


def describe(row: Base, model: type[SeedModel]) -> Content:
    """The record of the database in the same form."""
    values = {name: column.read(row, name) for name, column in columns(model).items()}
    return {name: value for name, value in values.items() if value not in (None, [])}


def fill(row: Base, model: type[SeedModel], values: Content, find: Find) -> None:
    """Write a record's values to its new row."""
    for name, column in columns(model).items():
        if name in values:
            column.write(row, name, values[name], find)


def along(model: type[SeedModel]) -> list[Along]:
    """What to load along with the rows of a kind, so that describing them asks the database for nothing more."""
    return [option for name, column in columns(model).items() for option in column.load(model.table, name)]


def _plain(value: Any) -> Any:
    if isinstance(value, SeedModel):
        return content(value)
    if isinstance(value, list):
        return [content(part) for part in value] if value and isinstance(value[0], SeedModel) else sorted(value)
    return value

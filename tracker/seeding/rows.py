"""Records as plain dicts, from a file's model or from a database row, and back into a row.

Which column each field stands in is told by the types of `schema.py`; here is what works for every kind of record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from sqlalchemy import inspect
from sqlalchemy.orm import selectinload

from tracker.models import Base, Citation
from tracker.seeding.columns import (
    Along,
    Column,
    Content,
    Find,
    Get,
    Owner,
    Part,
    Period,
    delete,
    first_day,
    relation,
    table_of,
)
from tracker.seeding.fields import SeedModel


@dataclass(frozen=True)
class Children(Column):
    """Parts of a record that have rows of their own."""

    model: type[SeedModel] = SeedModel

    def read(self, row: Any, name: str) -> list[Content]:
        return [describe(child, self.model) for child in getattr(row, self.attribute or name)]

    def values(self, table: type[Base], name: str, value: Any, find: Find) -> Content:
        return {}

    def parts(self, owner: Owner, name: str, value: list[Content] | None, find: Find) -> Iterator[Part]:
        ((_, column),) = relation(owner.table, self.attribute or name).synchronize_pairs
        for ordinal, content in enumerate(value or (), 1):
            values = {str(column.key): owner.id, **self.placed(ordinal), **row_values(self.model, content, find)}
            yield Part(table_of(self.model.table), values, self.named(owner.key, content, ordinal))

    def placed(self, ordinal: int) -> Content:
        """What a row holds to keep its place."""
        return {}

    def named(self, owner: str, content: Content, ordinal: int) -> str:
        """What audit calls a part."""
        fields = self.model.named_by or self.model.identity
        return "/".join([owner, *(str(content[name]) for name in fields if name in content)])

    def write(self, row: Any, name: str, value: list[Content] | None, get: Get) -> None:
        children = getattr(row, self.attribute or name)
        known = {part_key(describe(child, self.model), self.model): child for child in children}
        wanted = {part_key(content, self.model): content for content in value or ()}
        for key, child in known.items():
            if key not in wanted:
                delete(child)
        for key, content in wanted.items():
            if key not in known:
                known[key] = self.model.table()
                children.append(known[key])
            change(known[key], self.model, content, get)

    def load(self, table: Any, name: str) -> Iterator[Along]:
        yield selectinload(getattr(table, self.attribute or name)).options(*along(self.model))


@dataclass(frozen=True)
class Citations(Children):
    """Numbered and never changed: a wrong one is corrected by another one, which stands in its place."""

    def read(self, row: Any, name: str) -> list[Content]:
        return [describe(citation, self.model) for citation in self.standing(row, name)]

    def standing(self, row: Any, name: str) -> list[Citation]:
        """The citations that were not corrected, each where the first of those that it corrects stood."""
        citations: list[Citation] = getattr(row, self.attribute or name)
        by_id = {citation.id: citation for citation in citations}
        past = {citation.corrects_id for citation in citations}

        def first(citation: Citation) -> int:
            while citation.corrects_id in by_id:
                citation = by_id[citation.corrects_id]
            return citation.ordinal

        return sorted((citation for citation in citations if citation.id not in past), key=first)

    def placed(self, ordinal: int) -> Content:
        return {"ordinal": ordinal}

    def named(self, owner: str, content: Content, ordinal: int) -> str:
        return f"{owner}#{ordinal}"

    def write(self, row: Any, name: str, value: list[Content] | None, get: Get) -> None:
        left = {id(citation): citation for citation in self.standing(row, name)}
        fresh = []
        for content in value or ():
            same = next((key for key, citation in left.items() if describe(citation, self.model) == content), None)
            if same is None:
                fresh.append(content)
            else:
                del left[same]
        wrong = list(left.values())
        citations = getattr(row, self.attribute or name)
        ordinal = max((citation.ordinal for citation in citations), default=0)
        for position, content in enumerate(fresh):
            citation = Citation(ordinal=ordinal + position + 1)
            change(citation, self.model, content, get)
            if position < len(wrong):
                citation.corrects = wrong[position]
            citations.append(citation)


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
            sort = Citations if part.table is Citation else Children
            found[name] = sort(column.attribute, part)
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


def part_key(content: Content, model: type[SeedModel]) -> tuple[Any, ...]:
    """What tells a part from the others; 2024 and 2024-01 begin on the same day, and are one to the database."""
    fields = columns(model)
    values = [(name, content.get(name)) for name in model.identity]
    return tuple(first_day(value) if value and isinstance(fields[name], Period) else value for name, value in values)


def content(model: SeedModel) -> Content:
    """The record of a file as a plain dict; what has no value is left out, lists of names are sorted."""
    values = {name: _plain(getattr(model, name)) for name in columns(type(model))}
    return {name: value for name, value in values.items() if value not in (None, [])}


def describe(row: Base, model: type[SeedModel]) -> Content:
    """The record of the database in the same form."""
    values = {name: column.read(row, name) for name, column in columns(model).items()}
    return {name: value for name, value in values.items() if value not in (None, [])}


def row_values(model: type[SeedModel], content: Content, find: Find) -> Content:
    """Every column of a new row that fields stand in."""
    values: Content = {}
    for name, column in columns(model).items():
        values |= column.values(model.table, name, content.get(name), find)
    return values


def change(row: Base, model: type[SeedModel], wanted: Content, get: Get) -> None:
    """Write those fields of a row that differ from what is wanted."""
    found = {} if inspect(row).transient else describe(row, model)
    for name, column in columns(model).items():
        if found.get(name) != wanted.get(name):
            column.write(row, name, wanted.get(name), get)


def along(model: type[SeedModel]) -> list[Along]:
    """What to load along with the rows of a kind, so that describing them asks the database for nothing more."""
    return [option for name, column in columns(model).items() for option in column.load(model.table, name)]


def _plain(value: Any) -> Any:
    if isinstance(value, SeedModel):
        return content(value)
    if isinstance(value, list):
        return [content(part) for part in value] if value and isinstance(value[0], SeedModel) else sorted(value)
    return value

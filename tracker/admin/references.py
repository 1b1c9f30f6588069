"""What refers to a record: so that only what nothing refers to is deleted, and the page can tell what is affected."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from tracker.models.base import Base


def referring_to(session: Session, record: Any) -> list[tuple[str, int]]:
    """Tables with rows that refer to this record and would not go with it, each with their number."""
    mapper = inspect(type(record))
    value = getattr(record, mapper.primary_key[0].name)
    counted = []
    for column in _columns_that_refer_to(mapper.local_table):
        if column not in _columns_of_parts(mapper):
            number = session.scalar(select(func.count()).select_from(column.table).where(column == value)) or 0
            counted.append((column.table.name.replace("_", " "), number))
    return [(name, number) for name, number in counted if number]


def owned_by(record: Any) -> list[tuple[str, int]]:
    """Kinds of records that are part of this one and go with it, each with their number."""
    relations = [relation for relation in inspect(type(record)).relationships if relation.cascade.delete]
    counted = [(relation.key.replace("_", " "), len(getattr(record, relation.key))) for relation in relations]
    return [(name, number) for name, number in counted if number]


def _columns_that_refer_to(table: Any) -> Iterator[Any]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and key.constraint is not None and len(key.constraint.elements) == 1:
                yield key.parent


def _columns_of_parts(mapper: Any) -> set[Any]:
    """By these columns a record's own parts and its associations point to it; they go when it goes."""
    return {
        remote
        for relation in mapper.relationships
        if relation.cascade.delete or relation.secondary is not None
        for _, remote in relation.synchronize_pairs
    }

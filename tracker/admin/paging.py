"""One page of a list: counted as far as it is worth, found by ids first, in an order that the indexes can give.

A few records are gathered and then sorted. Of a great many only the beginning or the end of the order is walked, in
parts that an index gives each by itself: word by word, or those with a date before those without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    Column,
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    case,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.operators import in_op
from sqlalchemy.sql.visitors import replacement_traverse

from tracker.admin.handle import db
from tracker.models.base import Base

PAGE_SIZE = 50
# Counting on would cost more than the number is worth.
COUNTED = 10_000
# As far as one gets from either end of more records than are counted.
FAR = COUNTED // PAGE_SIZE
# Of what belongs to records, as much as mostly belongs to more records than are counted.
PART = 2 * (COUNTED + 1)


@dataclass(frozen=True)
class ByTerm:
    """The order of a column that refers to a lookup table: that of its words."""

    column: InstrumentedAttribute[Any]
    model: Any


Order = Sequence[Any] | ByTerm


@dataclass(frozen=True)
class Part:
    """Rows that stand together in an order: the condition that they share, and the columns that order them."""

    condition: ColumnElement[bool] | None
    columns: Sequence[Any]


def count(selection: Select[Any], key: Any) -> int:
    """The number of rows, but no more than one more than is worth counting."""
    by_part = _counted_by_a_part(selection, key)
    if by_part is not None:
        return by_part
    return db.session.scalar(_capped(selection, key)) or 0


def _capped(selection: Select[Any], key: Any) -> Select[int]:
    rows = selection.with_only_columns(key).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(rows)


def _counted_by_a_part(selection: Select[Any], key: Any) -> int | None:
    """The number of rows that are told by what belongs to them, where a part of that tells it; None where it does not.

    Engines gather all that belongs to any before they look for the first row.
    """
    criteria = selection._where_criteria
    looked_into = [n for n, one in enumerate(criteria) if _inside(one, key) is not None]
    if len(looked_into) != 1:
        return None
    (place,) = looked_into
    part = _inside(criteria[place], key).limit(PART).cte("part").prefix_with("MATERIALIZED")
    by_part = _with_criteria(selection, (*criteria[:place], key.in_(select(part.c[0])), *criteria[place + 1 :]))
    parts = select(func.count()).select_from(part).scalar_subquery()
    found, looked_at = db.session.execute(select(_capped(by_part, key).scalar_subquery(), parts)).one()
    return found if found > COUNTED or looked_at < PART else None


def _inside(criterion: Any, key: Any) -> Any:
    """The query among whose results the key of a row has to be, if that is what this criterion says."""
    asks = isinstance(criterion, BinaryExpression) and criterion.operator is in_op
    if not asks or not isinstance(criterion.right, ScalarSelect):
        return None
    of, name = getattr(criterion.left, "table", None), getattr(criterion.left, "name", "")
    return criterion.right.element if of is key.table and name == key.name else None


def _with_criteria(selection: Select[Any], criteria: Sequence[Any]) -> Select[Any]:
    bare: Select[Any] = selection.with_only_columns(*selection.selected_columns)
    bare._where_criteria = tuple(criteria)
    return bare


def ids_of_few(
    selection: Select[Any], key: Any, order: Order, descending: bool, first: int, size: int = PAGE_SIZE
) -> list[Any]:
    """The keys of the rows from `first` on; all are gathered before they are sorted, so that no engine walks far."""
    return [key for key, _ in _gathered(selection, key, order, descending, first, size)]


def counted(selection: Select[Any], key: Any, order: Order, descending: bool, first: int) -> tuple[int, list[Any]]:
    """How many rows there are, as `count` tells it, and the keys of a page of them, gathered once for both.

    For what takes long to gather. More than are counted are not sorted: the newest come first. Beyond the end no row
    tells the number, which is 0 then.
    """
    rows = _gathered(selection.limit(COUNTED + 1), key, order, descending, first, PAGE_SIZE)
    return (rows[0][1] if rows else 0), [key for key, _ in rows]


def _gathered(
    selection: Select[Any], key: Any, order: Order, descending: bool, first: int, size: int
) -> Sequence[tuple[Any, int]]:
    columns = [_place(order)] if isinstance(order, ByTerm) else list(order)
    labelled = [column.label(f"by_{n}") for n, column in enumerate(columns)]
    found = selection.with_only_columns(key.label("key"), *labelled).cte("found").prefix_with("MATERIALIZED")
    by = [found.c[column.name] for column in labelled]
    number = select(func.count()).select_from(found).scalar_subquery()
    too_many = case((number > COUNTED, found.c.key)).desc()
    ordered = select(found.c.key, number).order_by(
        too_many, *_directed([*by, found.c.key], descending, all_nullable=True)
    )
    return [(row[0], row[1]) for row in db.session.execute(ordered.limit(size).offset(first))]


def ids_of_many(selection: Select[Any], key: Any, order: Order, descending: bool, page: int) -> list[Any]:
    """The keys of a page of a great many rows; a page below 0 counts from the end."""
    parts = parts_of(order, descending)
    if page < 0:
        parts, descending = parts[::-1], not descending
    first = (abs(page) - 1) * PAGE_SIZE
    ids = list(db.session.scalars(_along(selection, key, parts, descending, first, PAGE_SIZE)))
    return ids[::-1] if page < 0 else ids


def first_of_many(selection: Select[Any], key: Any, order: Order, descending: bool, size: int) -> Select[Any]:
    """What gives the keys of the first of a great many rows."""
    parts = parts_of(order, descending)
    return select(_along(selection, key, parts, descending, 0, size).subquery("first_of_many").c.key)


def _along(selection: Select[Any], key: Any, parts: Sequence[Part], descending: bool, first: int, size: int) -> Any:
    if db.session.get_bind().dialect.name == "sqlite" and (len(parts) > 1 or parts[0].columns):
        selection = _walked(selection, key)
    walked = [
        walk(selection, key, part, descending).limit(first + size).subquery(f"part_{n}").select()
        for n, part in enumerate(parts)
    ]
    whole = union_all(*walked) if len(walked) > 1 else walked[0]
    return whole.limit(size).offset(first)


def walk(selection: Select[Any], key: Any, part: Part, descending: bool) -> Select[Any]:
    """The keys of one part of the order; equal rows stand by their key, so that they do so on every page."""
    within = selection.with_only_columns(key.label("key"))
    if part.condition is not None:
        within = within.where(part.condition)
    return within.order_by(*_directed([*part.columns, key], descending))


def parts_of(order: Order, descending: bool) -> list[Part]:
    """The parts of an order, in their order; rows without a value come last either way."""
    if isinstance(order, ByTerm):
        names = _names(order)
        parts = [Part(order.column == name, ()) for name in (names[::-1] if descending else names)]
        return [*parts, Part(order.column.is_(None), ())] if order.column.expression.nullable else parts
    if not order:
        return [Part(None, ())]
    first, *others = order
    if not getattr(first.expression, "nullable", False):
        return [Part(None, order)]
    return [Part(first.is_not(None), order), Part(first.is_(None), others)]


def rows_of(model: type[Base], key: Any, ids: Sequence[Any], loaded: Sequence[Any]) -> list[Any]:
    """The records of these keys, in their order."""
    rows = db.session.scalars(select(model).where(key.in_(ids)).options(*loaded)).all()
    place = {identity: n for n, identity in enumerate(ids)}
    return sorted(rows, key=lambda row: place[getattr(row, key.name)])


def _walked(selection: Select[Any], key: Any) -> Select[Any]:
    """The selection put so that SQLite follows the order, and looks at each row only once it comes to it.

    So many rows meet the conditions that the first in the order are soon there; it would gather them all and then sort
    them, by an index of a condition or by all that belongs to any of them.
    """

    def replace(element: Any, **_: Any) -> Any:
        # Partial indexes are for what was not withdrawn.
        is_ours = isinstance(element, Column) and element.table is key.table and element.name != "withdrawn_on"
        return literal_column(f"+{key.table.name}.{element.name}", element.type) if is_ours else None

    return _with_criteria(
        selection, [replacement_traverse(_asked_of_each(one, key), {}, replace) for one in selection._where_criteria]
    )


def _asked_of_each(criterion: Any, key: Any) -> Any:
    """The criterion asked of each row by itself, where indexes can answer it."""
    inside = _inside(criterion, key)
    if not isinstance(inside, Select) or not all(isinstance(one, Table) for one in inside.columns_clause_froms):
        return criterion
    (column,) = inside.selected_columns
    return inside.where(column == key).correlate(key.table).exists()


def _names(order: ByTerm) -> list[str]:
    return list(db.session.scalars(select(order.model.name).order_by(order.model.position)))


def _place(order: ByTerm) -> ColumnElement[Any]:
    """The place of a row's word, for rows that are sorted as a whole."""
    return case({name: n for n, name in enumerate(_names(order))}, value=order.column, else_=None)


def _directed(columns: Sequence[Any], descending: bool, *, all_nullable: bool = False) -> list[Any]:
    directed = [column.desc() if descending else column.asc() for column in columns]
    # Said only where it matters: an index cannot be walked in an order that it does not know.
    return [one.nulls_last() for one in directed] if all_nullable else directed

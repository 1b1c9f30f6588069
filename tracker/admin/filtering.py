"""The kinds of filters by which lists are narrowed: by words, by terms, by records, by periods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from tracker.admin import finding
from tracker.admin.fields import parse_period
from tracker.admin.handle import db


@dataclass(frozen=True)
class Filter:
    """A way to narrow a list: what it offers, and the condition that a value means.

    Where `options` gives None there are too many to offer: the value is typed, `meant` tells it and how it is shown, or
    raises ValueError; `lookup` names the look-up that helps, and `hint` what can be typed. What a `by_history` filter
    asks follows on a past day from the history of each record by itself.
    """

    name: str
    label: str
    options: Callable[[], Sequence[tuple[str, str]] | None]
    where: Callable[[str], ColumnElement[bool]]
    meant: Callable[[str], tuple[str, str]] | None = None
    lookup: str = ""
    hint: str = ""
    by_history: bool = False

    def read(self, typed: str, offered: Sequence[tuple[str, str]] | None) -> tuple[str, str]:
        """The value that was chosen or typed, and how it is shown; ValueError where it means nothing."""
        for value, label in offered or ():
            if typed == value:
                return value, label
        if self.meant is None:
            raise ValueError(f"there is no {typed[:60]!r} to choose.")
        return self.meant(typed)


def filter_by(name: str, label: str, column: Any, words: Sequence[str]) -> Filter:
    """A filter on a column that holds one of these words."""
    offered = [(word, word.replace("_", " ").capitalize()) for word in words]
    return Filter(name, label, lambda: offered, lambda value: column == value)


def filter_by_term(name: str, label: str, column: Any, model: Any) -> Filter:
    """A filter on a column that refers to a row of this lookup table."""
    offered = select(model.name, model.label).order_by(model.position)
    return Filter(
        name, label, lambda: [(row[0], row[1]) for row in db.session.execute(offered)], lambda value: column == value
    )


def filter_by_record(name: str, label: str, model: Any, where: Callable[[str], Any], lookup: str) -> Filter:
    """A filter on a reference to a record of this model, told by its slug."""

    def meant(typed: str) -> tuple[str, str]:
        record = finding.meant(model, "slug", typed)
        return record.slug, finding.called(record)

    return Filter(name, label, lambda: finding.few(model, "slug"), where, meant, lookup)


def filter_by_period(name: str, label: str, column: Callable[[], Any]) -> Filter:
    """A filter on a date: a day, a month or a year, or a span from one to another."""

    def where(value: str) -> ColumnElement[bool]:
        first, last = span(value)
        bounds = [column() >= first] if first else []
        return and_(*bounds, column() <= last) if last else and_(*bounds)

    def meant(typed: str) -> tuple[str, str]:
        span(typed)
        return typed.replace(" ", ""), typed

    return Filter(name, label, lambda: None, where, meant, hint="2024-08..2025")


def span(text: str) -> tuple[date | None, date | None]:
    """The first and the last day of `2024`, `2024-08..2025-03`, `2024..` or `..2024-08-20`; raises ValueError."""
    begin, dots, end = text.partition("..")
    if not dots:
        end = begin
    first = parse_period(begin)[0] if begin.strip() else None
    last = parse_period(end)[1] if end.strip() else None
    if first is None and last is None:
        raise ValueError("Write a day, a month or a year, or two of them as 2024-08..2025.")
    if first and last and first > last:
        raise ValueError(f"{begin} comes after {end}.")
    return first, last

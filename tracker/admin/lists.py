"""Lists of records: search, filters, order and pages, read from the address and proof against odd ones."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from werkzeug.datastructures import MultiDict

from tracker import search
from tracker.admin.handle import db
from tracker.admin.paging import COUNTED, FAR, PAGE_SIZE, Order, count, ids_of_few, ids_of_many, rows_of
from tracker.models.searching import SEARCHED


@dataclass(frozen=True)
class Filter:
    """A way to narrow a list: the values that it offers, and the condition that one of them means."""

    name: str
    label: str
    options: Callable[[], Sequence[tuple[str, str]]]
    where: Callable[[str], ColumnElement[bool]]


def filter_by(name: str, label: str, column: Any, words: Sequence[str]) -> Filter:
    """A filter on a column that holds one of these words."""
    offered = [(word, word.replace("_", " ").capitalize()) for word in words]
    return Filter(name, label, lambda: offered, lambda value: column == value)


def filter_by_term(name: str, label: str, column: Any, model: Any) -> Filter:
    """A filter on a column that refers to a row of this lookup table."""
    offered = select(model.name, model.label).order_by(model.position)
    return Filter(name, label, lambda: _pairs(offered), lambda value: column == value)


def filter_by_record(name: str, label: str, model: Any, where: Callable[[str], Any], title: Any = None) -> Filter:
    """A filter on a reference to a record of this model, told by its slug."""
    shown = model.name if title is None else title
    offered = select(model.slug, shown).order_by(shown)
    return Filter(name, label, lambda: _pairs(offered), where)


def _pairs(statement: Select[Any]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in db.session.execute(statement)]


@dataclass
class Listing:
    """What a list page shows, and what was asked of it."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    options: dict[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    rows: Sequence[Any] = ()
    count: int = 0
    # What orders the rows that a search found by age.
    newest: Any = None

    @property
    def pages(self) -> int:
        """How many pages there are, as far as they were counted."""
        return max(1, -(-self.count // PAGE_SIZE))

    @property
    def capped(self) -> bool:
        """Whether there are more records than were counted."""
        return self.count > COUNTED

    @property
    def following(self) -> int | None:
        """The next page; None on the last."""
        there = self.page not in (-1, FAR) if self.capped else self.page < self.pages
        return self.page + 1 if there else None

    @property
    def preceding(self) -> int | None:
        """The page before; None on the first."""
        return self.page - 1 if self.page not in (1, -FAR) else None

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter holds records back."""
        return bool(self.search or self.values)

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of this list's address, with some of them changed."""
        arguments: dict[str, Any] = {"q": self.search, **self.values}
        arguments["sort"] = f"-{self.sort}" if self.descending else self.sort
        arguments["page"] = self.page
        arguments |= changes
        if arguments["page"] == 1:
            del arguments["page"]
        return {name: value for name, value in arguments.items() if value}


def read(
    arguments: MultiDict[str, str], filters: Sequence[Filter], sorts: Mapping[str, Any], default_sort: str
) -> Listing:
    """What the address asks for; what makes no sense is left out and told in `problems`."""
    listing = Listing(search=arguments.get("q", "").replace("\0", "").strip()[:200])
    for one in filters:
        listing.options[one.name] = one.options()
        value = arguments.get(one.name, "")
        if value and value in {offered for offered, _ in listing.options[one.name]}:
            listing.values[one.name] = value
        elif value:
            listing.problems.append(f"{one.label}: there is no {value[:60]!r} to choose. All are shown.")
    sort = arguments.get("sort", "")
    sort = sort if sort.removeprefix("-") in sorts else default_sort
    listing.sort, listing.descending = sort.removeprefix("-"), sort.startswith("-")
    page = arguments.get("page", "1")
    listing.page = int(page) if re.fullmatch("-?[1-9][0-9]{0,7}", page) else 1
    return listing


def narrow(listing: Listing, selection: Select[Any], view: Any) -> Select[Any]:
    """The rows that hold every word that the list is searched for."""
    if listing.search and view.model.__tablename__ in SEARCHED:
        selection, listing.newest = search.narrowed(db.session(), selection, view.model, listing.search)
        return selection
    # Small tables that have no search index.
    words = listing.search.split()[:10] if view.searched else ()
    return selection.where(
        *(or_(*(column.icontains(word, autoescape=True) for column in view.searched)) for word in words)
    )


def fill(listing: Listing, selection: Select[Any], view: Any) -> None:
    """Count and fetch what the view shows: the ids of the page first, then their rows, since joins cost most."""
    key = view.model.__mapper__.primary_key[0]
    listing.count = count(selection, key)
    if not listing.capped:
        from_the_end = listing.pages + 1 if listing.page < 0 else 0
        listing.page = min(max(listing.page + from_the_end, 1), listing.pages)
        first = (listing.page - 1) * PAGE_SIZE
        ids = ids_of_few(selection, key, view.sorts[listing.sort], listing.descending, first)
    else:
        order, of = ordered(listing, view)
        _stay_near(listing)
        ids = ids_of_many(selection, of, order, listing.descending, listing.page)
    listing.rows = rows_of(view.model, key, ids, view.loaded)


def ordered(listing: Listing, view: Any) -> tuple[Order, Any]:
    """The order of a great many rows, and the key that ends it: what a search found stands by age alone."""
    if listing.newest is None:
        return view.sorts[listing.sort], view.model.__mapper__.primary_key[0]
    listing.sort, listing.descending = "", True
    listing.problems.append("So many match that they stand by age, the newest first. Narrow them to sort them.")
    return (), listing.newest


def _stay_near(listing: Listing) -> None:
    """Pages are reached from either end; nobody reads those in the midst of a great many."""
    if abs(listing.page) > FAR:
        listing.page = FAR if listing.page > 0 else -FAR
        listing.problems.append(f"Pages beyond {FAR} are not shown. Narrow the list, or export it.")

"""Lists of records: search, filters, order and pages, read from the address and proof against odd ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from werkzeug.datastructures import MultiDict

from tracker.admin.handle import db

PAGE_SIZE = 50
# Counting on would cost more than the number is worth.
COUNTED = 10_000
LAST_PAGE = 1_000_000


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

    @property
    def pages(self) -> int:
        """How many pages there are; one more than counted may exist where the count is capped."""
        return max(1, -(-self.count // PAGE_SIZE))

    @property
    def capped(self) -> bool:
        """Whether there are more records than were counted."""
        return self.count > COUNTED

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
    listing.page = min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 9 else 1
    return listing


def search_condition(columns: Sequence[Any], text: str) -> list[ColumnElement[bool]]:
    """Every word of the text stands in one of the columns, whatever the case."""
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in text.split()[:10]]


def fill(listing: Listing, selection: Select[Any], view: Any) -> None:
    """Count and fetch what the view shows: the ids of the page first, then their rows, since joins cost most."""
    key = view.model.__mapper__.primary_key[0]
    capped = selection.with_only_columns(key).limit(COUNTED + 1).subquery()
    listing.count = db.session.scalar(select(func.count()).select_from(capped)) or 0
    listing.page = listing.page if listing.capped else min(listing.page, listing.pages)
    # The key in the same direction, so that equal rows stand in one order on every page.
    columns = [*view.sorts[listing.sort], key]
    order = [(column.desc() if listing.descending else column.asc()).nulls_last() for column in columns]
    page = selection.with_only_columns(key).order_by(*order).limit(PAGE_SIZE).offset((listing.page - 1) * PAGE_SIZE)
    ids = db.session.scalars(page).all()
    rows = db.session.scalars(select(view.model).where(key.in_(ids)).options(*view.loaded)).all()
    place = {identity: n for n, identity in enumerate(ids)}
    listing.rows = sorted(rows, key=lambda row: place[getattr(row, key.name)])

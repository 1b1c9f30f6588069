"""Lists of records: search, filters, order and pages, read from the address and proof against odd ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, or_
from werkzeug.datastructures import MultiDict

from tracker import search
from tracker.admin.filtering import Filter
from tracker.admin.handle import db
from tracker.admin.paging import (
    COUNTED,
    FAR,
    PAGE_SIZE,
    count,
    counted,
    first_of_many,
    ids_of_few,
    ids_of_many,
    rows_of,
)
from tracker.models.searching import SEARCHED
from tracker.reports.errors import did_you_mean

LONGEST_VALUE = 200
# What an address may say beside the names of filters; the last two ask for a change of many.
OWN_ARGUMENTS = ("q", "sort", "page", "as_of", "known", "all", "change")


@dataclass
class Listing:
    """What a list page shows, and what was asked of it."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    # What of the address means nothing: more may be shown than was asked for.
    misread: list[str] = field(default_factory=list)
    # What each filter offers; None where that is too much. What is typed into one in its stead.
    options: dict[str, Sequence[tuple[str, str]] | None] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    rows: Sequence[Any] = ()
    count: int = 0
    # What orders the rows that a search found by age.
    newest: Any = None
    # Whether its rows take long to gather, so that it is done once for their number and for the page.
    toilsome: bool = False

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

    @property
    def query(self) -> str:
        """What its address says after the question mark, from its first page on."""
        return urlencode(self.address(page=1))

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
    """What the address asks for; what makes no sense is left out and told in `misread`."""
    listing = Listing(search=arguments.get("q", "").replace("\0", "").strip()[:200])
    for one in filters:
        listing.options[one.name] = one.options()
        typed = arguments.get(one.name, "").replace("\0", "").strip()[:LONGEST_VALUE]
        if typed:
            try:
                listing.values[one.name], listing.typed[one.name] = one.read(typed, listing.options[one.name])
            except ValueError as error:
                listing.typed[one.name] = typed
                listing.misread.append(f"{one.label}: {error}")
    listing.misread += _unknown(arguments, [one.name for one in filters])
    sort = arguments.get("sort", "")
    sort = sort if sort.removeprefix("-") in sorts else default_sort
    listing.sort, listing.descending = sort.removeprefix("-"), sort.startswith("-")
    page = arguments.get("page", "1")
    listing.page = int(page) if re.fullmatch("-?[1-9][0-9]{0,7}", page) else 1
    return listing


def _unknown(arguments: MultiDict[str, str], names: Sequence[str]) -> list[str]:
    """What is told of arguments that no filter is called by."""
    unknown = [name for name in arguments if name not in names and name not in OWN_ARGUMENTS]
    told = [f"There is no filter {name[:60]!r}{did_you_mean(name, names)}" for name in unknown[:5]]
    return [one if one.endswith("?") else f"{one}." for one in told]


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


def latest_of(listing: Listing, selection: Select[Any], view: Any) -> Select[Any]:
    """Of what is looked at one by one the first in the list's own order, as many as are counted; says so of more.

    However few of them are then left, no more are looked at.
    """
    key = view.model.__mapper__.primary_key[0]
    listing.toilsome = True
    if count(selection, key) <= COUNTED:
        return selection
    listing.problems.append(
        f"Too many stood then to look through the history of each: these are of the latest {COUNTED:,}. Narrow them by "
        "another filter, or export them."
    )
    order, descending = view.sorts[view.default_sort.removeprefix("-")], view.default_sort.startswith("-")
    return selection.where(key.in_(first_of_many(selection, key, order, descending, COUNTED)))


def fill(listing: Listing, selection: Select[Any], view: Any) -> None:
    """Count and fetch what the view shows: the ids of the page first, then their rows, since joins cost most."""
    key, order = view.model.__mapper__.primary_key[0], view.sorts[listing.sort]
    ids: list[Any] = []
    first = (listing.page - 1) * PAGE_SIZE
    if (listing.newest is not None or listing.toilsome) and 0 <= first < COUNTED:
        listing.count, ids = counted(_by_age(listing, selection), key, order, listing.descending, first)
    if not ids:
        listing.count = count(selection, key)
    if listing.capped and ids:
        _tell_of_age(listing)
    elif listing.capped:
        _stay_near(listing)
        if listing.newest is None:
            ids = ids_of_many(selection, key, order, listing.descending, listing.page)
        else:
            ids = _ids_by_age(listing, selection, key)
    elif not ids:
        from_the_end = listing.pages + 1 if listing.page < 0 else 0
        listing.page = min(max(listing.page + from_the_end, 1), listing.pages)
        place = (listing.page - 1) * PAGE_SIZE
        ids = ids_of_few(selection, key, order, listing.descending, place) if listing.count else []
    listing.rows = rows_of(view.model, key, ids, view.loaded)


def _ids_by_age(listing: Listing, selection: Select[Any], key: Any) -> list[Any]:
    """A page of those that a search found in great numbers: of as many as are counted (on SQLite the newest)."""
    _tell_of_age(listing)
    listing.page += FAR + 1 if listing.page < 0 else 0
    found = _by_age(listing, selection).limit(COUNTED)
    return ids_of_few(found, key, (), True, (listing.page - 1) * PAGE_SIZE)


def _by_age(listing: Listing, selection: Select[Any]) -> Select[Any]:
    # On PostgreSQL to walk by age until enough are found could take for ever.
    by_age = listing.newest is not None and db.session.get_bind().dialect.name == "sqlite"
    return selection.order_by(listing.newest.desc()) if by_age else selection


def _tell_of_age(listing: Listing) -> None:
    listing.sort, listing.descending = "", True
    listing.problems.append(
        f"Too many match to sort them: {COUNTED:,} of them stand here, the newest first. Narrow them."
    )


def _stay_near(listing: Listing) -> None:
    """Pages are reached from either end; nobody reads those in the midst of a great many."""
    if abs(listing.page) > FAR:
        listing.page = FAR if listing.page > 0 else -FAR
        listing.problems.append(f"Pages beyond {FAR} are not shown. Narrow the list, or export it.")

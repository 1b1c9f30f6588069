"""Verification: every citation against the archived text of its source, and the results that are kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, exists, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.documents.archive import DocumentError, read
from tracker.documents.quotes import Match, Place, Quote, Text
from tracker.documents.versions import get_source
from tracker.models import Citation, Commitment, Document, Source, Statement, StatusUpdate, Verification

# What tells one result of a citation from the one before it; a result that is the same is not kept again.
OUTCOME = ("result", "sha256", "start_offset", "end_offset", "paragraph")


@dataclass(frozen=True)
class Checked:
    """A citation and what looking for its quote gave; `sha256` is that of the text in which it was looked for.

    `known` holds the outcome that was last kept of it.
    """

    citation_id: int
    key: str
    source: str
    locator: str | None
    exact: str | None
    sha256: str | None
    match: Match
    place: Place
    known: tuple[Any, ...]
    problem: str | None = None

    @property
    def row(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "citation_id": self.citation_id,
            "result": self.match.result,
            "sha256": self.sha256,
            "start_offset": self.match.start,
            "end_offset": self.match.end,
            "prefix": self.place.prefix,
            "suffix": self.place.suffix,
            "paragraph": self.place.paragraph,
        }

    @property
    def is_news(self) -> bool:
        """Whether it differs from what was last kept."""
        return tuple(self.row[name] for name in OUTCOME) != self.known


def citations(session: Session, sources: Sequence[str] = ()) -> list[Row[Any]]:
    """The citations that stand, of all sources or of those named by slug, for `check`."""
    for slug in sources:
        get_source(session, slug)
    return selected(session, Source.slug.in_(sources)) if sources else selected(session)


def selected(session: Session, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """The citations that stand and meet these conditions, on citations and their sources, for `check`."""
    return list(session.execute(_citations().where(*conditions)))


def outdated() -> ColumnElement[bool]:
    """The quote was last looked for in another text than the current one of its source, or in none though it is here.

    A condition for `selected`.
    """
    archived = select(Document.source_id)
    held = exists().where(Document.source_id == Source.id, Document.sha256 == Source.sha256)
    return and_(
        Citation.source_id.in_(archived),
        Citation.exact.is_not(None),
        Verification.sha256.is_distinct_from(Source.sha256),
        or_(Verification.sha256.is_not(None), held),
    )


def check(citations: Iterable[Row[Any]], folder: Path) -> Iterator[Checked]:
    """Look for the quote of each; needs no database, so that no transaction is open for as long as it takes."""
    for _, of_source in groupby(citations, key=lambda row: row.slug):
        rows = list(of_source)
        archived, problem = None, None
        try:
            archived = read(folder, rows[0].sha256) if rows[0].sha256 else None
        except DocumentError as error:
            problem = str(error)
        text = None if archived is None else Text(archived)
        for row in rows:
            yield _checked(row, text, problem)


def store(session: Session, results: Iterable[Checked]) -> int:
    """Add a verification for each result that differs from the one last kept; returns how many."""
    rows = [checked.row for checked in results if checked.is_news]
    if rows:
        session.execute(insert(Verification), rows)
    return len(rows)


def tally(session: Session) -> dict[str, Counter[str]]:
    """For each source by slug: how many of its citations that stand have which latest result, or "unchecked"."""
    result = func.coalesce(Verification.result, "unchecked")
    query = _standing(select(Source.slug, result, func.count(Citation.id)).select_from(Citation))
    counts: dict[str, Counter[str]] = {}
    for slug, name, count in session.execute(query.group_by(Source.slug, result)):
        counts.setdefault(slug, Counter())[name] = count
    return counts


def _latest() -> ScalarSelect[int | None]:
    """The id of the latest verification of a citation, found by key."""
    newest = aliased(Verification)
    return select(func.max(newest.id)).where(newest.citation_id == Citation.id).correlate(Citation).scalar_subquery()


def _standing(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The citations that count: neither they nor their status updates were corrected, nor their records withdrawn.

    Each with its latest verification, where it has one.
    """
    later, later_update = aliased(Citation), aliased(StatusUpdate)
    return (
        query.join(Source, Citation.source_id == Source.id)
        .outerjoin(Statement, Citation.statement_id == Statement.id)
        .outerjoin(StatusUpdate, Citation.status_update_id == StatusUpdate.id)
        .outerjoin(Commitment, StatusUpdate.commitment_id == Commitment.id)
        .outerjoin(Verification, Verification.id == _latest())
        .where(~exists().where(later.corrects_id == Citation.id))
        .where(~exists().where(later_update.corrects_id == StatusUpdate.id))
        .where(Statement.withdrawn_on.is_(None), Commitment.withdrawn_on.is_(None))
    )


def _citations() -> Select[*tuple[Any, ...]]:
    columns = (
        Citation.id,
        Citation.exact,
        # Where nobody said what stands around the quote, what stood there when it was last found speaks.
        func.coalesce(Citation.prefix, Verification.prefix).label("prefix"),
        func.coalesce(Citation.suffix, Verification.suffix).label("suffix"),
        Citation.start_offset,
        Citation.end_offset,
        Citation.locator,
        Citation.ordinal,
        Source.slug,
        Source.sha256,
        Statement.slug.label("statement"),
        Commitment.public_id,
        StatusUpdate.key,
        *(getattr(Verification, name).label(f"known_{name}") for name in OUTCOME),
    )
    query = select(*columns).select_from(Citation)
    return _standing(query).order_by(Source.slug, Citation.start_offset, Citation.id)


def _checked(row: Row[Any], text: Text | None, problem: str | None) -> Checked:
    match, place = Match("no_quote"), Place()
    if row.exact and text is None:
        match = Match("no_document")
    elif row.exact and text is not None:
        match = text.find(Quote(row.exact, row.prefix, row.suffix, row.start_offset, row.end_offset))
        place = text.place(match)
    looked_in = row.sha256 if row.exact and text is not None else None
    known = tuple(getattr(row, f"known_{name}") for name in OUTCOME)
    owner = row.statement or f"{row.public_id}/{row.key}"
    return Checked(
        row.id, f"{owner}#{row.ordinal}", row.slug, row.locator, row.exact, looked_in, match, place, known, problem
    )

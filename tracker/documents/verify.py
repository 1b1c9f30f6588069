"""Verification: every citation against the archived text of its source, and the results that are kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from tracker.documents.archive import DocumentError, read
from tracker.documents.quotes import Match, Quote, Text
from tracker.models import Citation, Commitment, Source, Statement, StatusUpdate, Verification


@dataclass(frozen=True)
class Checked:
    """A citation and what looking for its quote gave; `sha256` is that of the text in which it was looked for."""

    citation_id: int
    key: str
    source: str
    locator: str | None
    exact: str | None
    sha256: str | None
    match: Match
    problem: str | None = None

    @property
    def outcome(self) -> tuple[str, str | None, int | None, int | None]:
        """What is kept of it."""
        return self.match.result, self.sha256, self.match.start, self.match.end


def citations(session: Session, sources: Sequence[str] = ()) -> list[Row[Any]]:
    """The citations that stand, of all sources or of those named by slug, for `check`."""
    _require(session, sources)
    query = _citations().where(Source.slug.in_(sources)) if sources else _citations()
    return list(session.execute(query))


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
    """Add a verification for each result that differs from the citation's latest one; returns how many."""
    latest = _latest_outcomes(session)
    rows = [
        {
            "citation_id": checked.citation_id,
            "result": checked.match.result,
            "sha256": checked.sha256,
            "start_offset": checked.match.start,
            "end_offset": checked.match.end,
        }
        for checked in results
        if latest.get(checked.citation_id) != checked.outcome
    ]
    if rows:
        session.execute(insert(Verification), rows)
    return len(rows)


def _latest_outcomes(session: Session) -> dict[int, tuple[str, str | None, int | None, int | None]]:
    """The latest result of each citation, with the SHA-256 and the offsets that go with it."""
    rows = session.execute(
        select(
            Verification.citation_id,
            Verification.result,
            Verification.sha256,
            Verification.start_offset,
            Verification.end_offset,
        ).where(_is_latest())
    )
    return {citation: (result, sha256, start, end) for citation, result, sha256, start, end in rows}


def tally(session: Session) -> dict[str, Counter[str]]:
    """For each source by slug: how many of its citations that stand have which latest result, or "unchecked"."""
    result = func.coalesce(Verification.result, "unchecked")
    query = _standing(select(Source.slug, result, func.count(Citation.id)).select_from(Citation))
    latest = (Verification.citation_id == Citation.id) & _is_latest()
    counts: dict[str, Counter[str]] = {}
    for slug, name, count in session.execute(query.outerjoin(Verification, latest).group_by(Source.slug, result)):
        counts.setdefault(slug, Counter())[name] = count
    return counts


def _is_latest() -> ColumnElement[bool]:
    return Verification.id.in_(select(func.max(Verification.id)).group_by(Verification.citation_id))


def _standing(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The citations that count: neither they nor their status updates were corrected, nor their records withdrawn."""
    later, later_update = aliased(Citation), aliased(StatusUpdate)
    return (
        query.join(Source, Citation.source_id == Source.id)
        .outerjoin(Statement, Citation.statement_id == Statement.id)
        .outerjoin(StatusUpdate, Citation.status_update_id == StatusUpdate.id)
        .outerjoin(Commitment, StatusUpdate.commitment_id == Commitment.id)
        .where(~exists().where(later.corrects_id == Citation.id))
        .where(~exists().where(later_update.corrects_id == StatusUpdate.id))
        .where(Statement.withdrawn_on.is_(None), Commitment.withdrawn_on.is_(None))
    )


def _citations() -> Select[*tuple[Any, ...]]:
    columns = (
        Citation.id,
        Citation.exact,
        Citation.prefix,
        Citation.suffix,
        Citation.start_offset,
        Citation.end_offset,
        Citation.locator,
        Citation.ordinal,
        Source.slug,
        Source.sha256,
        Statement.slug.label("statement"),
        Commitment.public_id,
        StatusUpdate.key,
    )
    query = select(*columns).select_from(Citation)
    return _standing(query).order_by(Source.slug, Citation.start_offset, Citation.id)


def _checked(row: Row[Any], text: Text | None, problem: str | None) -> Checked:
    sha256 = None
    if not row.exact:
        match = Match("no_quote")
    elif text is None:
        match = Match("no_document")
    else:
        match = text.find(Quote(row.exact, row.prefix, row.suffix, row.start_offset, row.end_offset))
        sha256 = row.sha256
    owner = row.statement or f"{row.public_id}/{row.key}"
    return Checked(row.id, f"{owner}#{row.ordinal}", row.slug, row.locator, row.exact, sha256, match, problem)


def _require(session: Session, sources: Sequence[str]) -> None:
    known = session.scalars(select(Source.slug)).all() if sources else []
    for slug in sources:
        if slug not in known:
            close = get_close_matches(slug, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "'tracker documents list' shows them"
            raise DocumentError(f"no source is called {slug!r}; {hint}")

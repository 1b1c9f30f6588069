"""The texts that can be read at the desk, and the commitments that rest on what is cited from one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from sqlalchemy import func, select

from tracker.admin.handle import db
from tracker.admin.passages import passages_of
from tracker.documents.archive import DocumentError
from tracker.documents.reading import Coverage
from tracker.models import Citation, Commitment, CommitmentStatement, Source

PAGE_SIZE = 25


@dataclass(frozen=True)
class Listed:
    """A source whose text was archived: whether it is held here, what of it is cited, and how often it is cited."""

    source: Source
    is_held: bool
    coverage: Coverage | None
    citations: int


def page_number() -> int:
    """The page that the address asks for, from 1."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1


def held(number: int) -> tuple[list[Listed], bool]:
    """The archived sources of this page, the latest first, and whether more follow."""
    archived = (
        select(Source)
        .where(Source.sha256.is_not(None))
        .order_by(Source.published_on.desc().nulls_last(), Source.id.desc())
        .limit(PAGE_SIZE + 1)
        .offset((number - 1) * PAGE_SIZE)
    )
    sources = db.session.scalars(archived).all()
    shown = sources[:PAGE_SIZE]
    counted = select(Citation.source_id, func.count()).where(Citation.source_id.in_([one.id for one in shown]))
    counts = {row[0]: row[1] for row in db.session.execute(counted.group_by(Citation.source_id))}
    return [_listed(source, counts.get(source.id, 0)) for source in shown], len(sources) > PAGE_SIZE


def _listed(source: Source, citations: int) -> Listed:
    try:
        passages = passages_of(source)
    except DocumentError:
        passages = None
    return Listed(source, passages is not None, passages.coverage if passages else None, citations)


def carried_by(citations: Iterable[Citation]) -> dict[int, list[Commitment]]:
    """The commitments that stand on the statements of these citations, by the statement's id."""
    statements = [one.statement_id for one in citations if one.statement_id is not None]
    found = (
        select(CommitmentStatement.statement_id, Commitment)
        .join(Commitment, Commitment.id == CommitmentStatement.commitment_id)
        .where(CommitmentStatement.statement_id.in_(statements), Commitment.withdrawn_on.is_(None))
        .order_by(Commitment.public_id)
    )
    carried: defaultdict[int, list[Commitment]] = defaultdict(list)
    for statement_id, commitment in db.session.execute(found):
        carried[statement_id].append(commitment)
    return dict(carried)

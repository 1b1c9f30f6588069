"""Commitments of earlier editions of a series that are most like some words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.documents.likeness import ALIKE, Corpus
from tracker.models import Citation, Commitment, CommitmentStatement, Meeting, Statement

# How many editions and commitments are looked at, the latest first: however large the database is, this costs the same.
EDITIONS = 12
COMMITMENTS = 1_000


@dataclass(frozen=True)
class Similar:
    """An earlier commitment, and how like it is, from 0 to 1."""

    commitment: Commitment
    likeness: float


def editions_before(session: Session, meeting: Meeting) -> Sequence[Meeting]:
    """The meetings of the same series before this one, the latest first."""
    if meeting.series_id is None or meeting.start_date is None:
        return []
    earlier = select(Meeting).where(
        Meeting.series_id == meeting.series_id, Meeting.start_date < meeting.start_date, Meeting.id != meeting.id
    )
    return session.scalars(earlier.order_by(Meeting.start_date.desc(), Meeting.id.desc()).limit(EDITIONS)).all()


def similar(
    session: Session, meeting: Meeting, words: str, most: int = 3, also: Sequence[Commitment] = ()
) -> list[Similar]:
    """The commitments of earlier editions, and these others, that are most like the words, the likest first."""
    texts = texts_of(session, editions_before(session, meeting), [one.id for one in also])
    found = [pair for pair in Corpus(texts).nearest(words)[:most] if pair[1] >= ALIKE]
    loaded = {
        one.id: one
        for one in session.scalars(
            select(Commitment).where(Commitment.id.in_([identity for identity, _ in found])).options(*COMPARED)
        )
    }
    return [Similar(loaded[identity], likeness) for identity, likeness in found]


# What comparing a commitment with another one reads of it.
COMPARED = (
    selectinload(Commitment.meeting),
    selectinload(Commitment.status_term),
    selectinload(Commitment.kind_term),
    selectinload(Commitment.strength_term),
    selectinload(Commitment.statements)
    .selectinload(Statement.citations)
    .options(selectinload(Citation.source), selectinload(Citation.verifications)),
)


def texts_of(session: Session, meetings: Sequence[Meeting], also: Sequence[int] = ()) -> dict[int, str]:
    """Title and quotes of each commitment of these meetings that stands, and of those with these ids, by its id."""
    of_meetings = Commitment.meeting_id.in_([meeting.id for meeting in meetings])
    chosen = (
        select(Commitment.id, Commitment.title)
        .join(Commitment.meeting)
        .where(or_(of_meetings, Commitment.id.in_(also)), Commitment.withdrawn_on.is_(None))
        .order_by(Commitment.id.in_(also).desc(), Meeting.start_date.desc(), Commitment.id)
        .limit(COMMITMENTS)
    )
    titles = {row.id: row.title for row in session.execute(chosen)}
    quoted = (
        select(CommitmentStatement.commitment_id, Citation.exact)
        .join(Citation, Citation.statement_id == CommitmentStatement.statement_id)
        .where(CommitmentStatement.commitment_id.in_(titles), Citation.exact.is_not(None))
    )
    quotes: defaultdict[int, list[str]] = defaultdict(list)
    for identity, exact in session.execute(quoted):
        quotes[identity].append(exact or "")
    return {identity: " ".join([title, *quotes[identity]]) for identity, title in titles.items()}

"""What the page of a commitment tells beyond its columns: lateness, its chain across meetings, who changed what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from markupsafe import Markup
from sqlalchemy import null, or_, select
from sqlalchemy.orm import selectinload

from tracker.admin import as_of
from tracker.admin.evidence import CITED
from tracker.admin.handle import db
from tracker.admin.history import belongs_to
from tracker.models import (
    Attendance,
    AuditBatch,
    AuditEvent,
    Citation,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Meeting,
    Minister,
    OfficeTerm,
    Statement,
    StatusUpdate,
)

# The relations by which one commitment takes up another, from meeting to meeting.
CHAINED = ("continues", "restates", "supersedes")
LONGEST_CHAIN = 50
SHOWN_CHANGES = 50
# What the page shows of other records.
LOADED = (
    selectinload(Commitment.statements).options(
        selectinload(Statement.meeting),
        selectinload(Statement.minister),
        selectinload(Statement.citations).options(*CITED),
    ),
    selectinload(Commitment.parties).options(
        selectinload(CommitmentParty.country),
        selectinload(CommitmentParty.organization),
        selectinload(CommitmentParty.office),
    ),
    selectinload(Commitment.links).selectinload(CommitmentLink.target),
    selectinload(Commitment.linked_from).selectinload(CommitmentLink.commitment),
)


@dataclass(frozen=True)
class Link:
    """A commitment in a chain, with the relation by which it takes up an earlier one."""

    commitment: Commitment
    relations: Sequence[CommitmentLink]

    @property
    def day(self) -> date | None:
        """When it was promised, as far as known."""
        return self.commitment.promised_on or self.commitment.meeting.start_date

    @property
    def precision(self) -> str | None:
        """How exactly that is known."""
        commitment = self.commitment
        return commitment.promised_precision if commitment.promised_on else commitment.meeting.date_precision


def history_of(commitment: Commitment) -> list[StatusUpdate]:
    """The status updates of a commitment with their evidence, newest first."""
    found = (
        select(StatusUpdate)
        .where(StatusUpdate.commitment_id == commitment.id)
        .order_by(StatusUpdate.effective_on.desc(), StatusUpdate.recorded_at.desc(), StatusUpdate.id.desc())
        .options(
            selectinload(StatusUpdate.status_term),
            selectinload(StatusUpdate.corrects),
            selectinload(StatusUpdate.corrected_by),
            selectinload(StatusUpdate.citations).selectinload(Citation.source),
            selectinload(StatusUpdate.citations).selectinload(Citation.verifications),
        )
    )
    return as_of.shown(db.session.scalars(found))


def days_late(commitment: Commitment, history: Sequence[StatusUpdate]) -> int:
    """Days from the original target to today, or to the day on which it was closed; 0 where it is in time."""
    if commitment.original_target_on is None:
        return 0
    standing = [update for update in history if update.corrected_by is None]
    closed = not commitment.status_term.is_open
    ended = standing[0].effective_on if closed and standing else as_of.day()
    return max(0, (ended - commitment.original_target_on).days)


def chain_of(commitment: Commitment) -> list[Link]:
    """This commitment and those that it takes up or is taken up by, however far off, from the oldest on."""
    seen = frontier = {commitment.id}
    links: dict[int, CommitmentLink] = {}
    while frontier and len(seen) < LONGEST_CHAIN:
        found = db.session.scalars(
            select(CommitmentLink).where(
                CommitmentLink.relation.in_(CHAINED),
                or_(CommitmentLink.from_id.in_(frontier), CommitmentLink.to_id.in_(frontier)),
            )
        ).all()
        links |= {link.id: link for link in found}
        ends = {identity for link in found for identity in (link.from_id, link.to_id)}
        frontier = ends - seen
        seen = seen | ends
    there = as_of.there(seen)
    if len(there) <= 1:
        return []
    kept = [link for link in links.values() if link.from_id in there and link.to_id in there]
    # At once, not from link to link.
    members = select(Commitment).where(Commitment.id.in_(there)).options(selectinload(Commitment.meeting))
    chained = [Link(one, [link for link in kept if link.from_id == one.id]) for one in db.session.scalars(members)]
    return sorted(chained, key=lambda link: (link.day or date.min, link.commitment.public_id))


def changes_of(public_id: str) -> list[tuple[AuditBatch, list[AuditEvent]]]:
    """Who changed the commitment and what belongs to it, in one batch each, newest first."""
    found = (
        select(AuditEvent)
        .join(AuditEvent.batch)
        .where(or_(AuditEvent.record_key == public_id, belongs_to(db.session(), public_id)))
        .order_by(AuditBatch.position.desc(), AuditEvent.ordinal)
        .limit(SHOWN_CHANGES)
        .options(selectinload(AuditEvent.batch))
    )
    if (past := as_of.past()) is not None:
        found = found.where(AuditBatch.recorded_at < past.known_by)
    return [(batch, list(events)) for batch, events in groupby(db.session.scalars(found), attrgetter("batch"))]


@dataclass
class Answering:
    """Who answers for an office that is party to a commitment: who held it at the meeting, and who since."""

    then: list[Minister] = field(default_factory=list)
    since: list[Minister] = field(default_factory=list)


@dataclass(frozen=True)
class Held:
    """That a minister held an office: at a meeting, or from a day on."""

    day: date
    meeting_id: int | None
    minister: Minister


def held_from(day: date | None, office_ids: Collection[int]) -> dict[int, list[Held]]:
    """Who held each of these offices on that day and after it, as meetings and dated terms tell."""
    found: dict[int, list[Held]] = {identity: [] for identity in office_ids}
    if day is None:
        return found
    attended = (
        select(Attendance.office_id, Meeting.start_date, Meeting.id, Minister)
        .join(Attendance.meeting)
        .join(Attendance.minister)
        .where(Attendance.office_id.in_(found), Meeting.start_date >= day)
        .order_by(Meeting.start_date, Attendance.id)
    )
    begun = (
        select(OfficeTerm.office_id, OfficeTerm.start_date, null(), Minister)
        .join(OfficeTerm.minister)
        .where(OfficeTerm.office_id.in_(found), OfficeTerm.start_date > day)
        .order_by(OfficeTerm.start_date)
    )
    for query in (attended, begun):
        for office_id, since, meeting_id, minister in db.session.execute(query):
            found[office_id].append(Held(since, meeting_id, minister))
    return found


def answering(meeting: Meeting, held: Mapping[int, Sequence[Held]]) -> dict[int, Answering]:
    """Who held each of these offices at the meeting and who since, by those who held it from some day before."""
    found = {identity: Answering() for identity in held}
    for office_id, one in ((identity, one) for identity, several in held.items() for one in several):
        told, then = found[office_id], one.meeting_id == meeting.id
        # Of another meeting on that day nobody can tell which came first.
        known = then or (meeting.start_date is not None and one.day > meeting.start_date)
        if known and one.minister not in told.then and one.minister not in told.since:
            (told.then if then else told.since).append(one.minister)
    return found


def reference_to(commitment: Commitment, address: str) -> Markup:
    """A line by which others can cite the commitment as it stands on the day of the page."""
    who = "; ".join(dict.fromkeys(str(one.minister or one.attribution) for one in commitment.statements))
    day = commitment.promised_on or commitment.meeting.start_date
    said = f"{commitment.meeting}{f', {day.year}' if day else ''}"
    sources = dict.fromkeys(source_line(one) for statement in commitment.statements for one in statement.citations)
    rests = f" Rests on: {'; '.join(sources)}." if sources else ""
    unbroken = Markup('<span class="id">{}</span>')
    line = Markup("{}: {} ({}). {}. Status as of {}: {}.{} {}")
    named, day_of_status = unbroken.format(commitment.public_id), unbroken.format(as_of.day().isoformat())
    status = commitment.status_term.label.lower()
    return line.format(who, commitment.title, named, said, day_of_status, status, rests, address)


def source_line(citation: Any) -> str:
    """Publisher, title and day of the source, and where in it."""
    source = citation.source
    parts = (source.publisher, source.title, source.published_on and source.published_on.isoformat(), citation.locator)
    return ", ".join(part for part in parts if part)

"""What to look at next, and why: open commitments in the order in which they want somebody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import selectinload

from tracker.admin.as_of import today
from tracker.admin.filters import mine
from tracker.admin.handle import db
from tracker.models import Commitment, CommitmentLink, Kind, Meeting, Status, StatusUpdate
from tracker.models.lookups import UNREVIEWED

# As many as a page shows; each question asks for no more.
SHOWN = 50
# How long before the next meeting of a series its open commitments are looked at again.
BEFORE_MEETING = timedelta(days=45)

Question = tuple[ColumnElement[bool], Any, Callable[[Commitment], str]]


@dataclass(frozen=True)
class Due:
    """A commitment that wants somebody, the reasons in their order, and who looked last."""

    commitment: Commitment
    reasons: list[str]
    last: StatusUpdate | None


def due(*, only_mine: bool = False, public_id: str | None = None) -> list[Due]:
    """The first SHOWN of the queue: those of which one reason ranks before all others first."""
    narrowed = [Commitment.withdrawn_on.is_(None), _is_open()]
    narrowed += [mine()] if only_mine else []
    narrowed += [Commitment.public_id == public_id] if public_id else []
    reasons: dict[int, list[Callable[[Commitment], str]]] = {}
    for condition, order, reason in questions():
        wanted = select(Commitment.id).where(*narrowed, condition).order_by(order, Commitment.id).limit(SHOWN)
        # A full queue is only asked for its further reasons.
        full = len(reasons) >= SHOWN
        for identity in db.session.scalars(wanted.where(Commitment.id.in_(reasons)) if full else wanted):
            reasons.setdefault(identity, []).append(reason)
    return _loaded(dict(list(reasons.items())[:SHOWN]))


def _loaded(reasons: Mapping[int, Sequence[Callable[[Commitment], str]]]) -> list[Due]:
    found = db.session.scalars(
        select(Commitment)
        .where(Commitment.id.in_(reasons))
        .options(
            selectinload(Commitment.meeting),
            selectinload(Commitment.kind_term),
            selectinload(Commitment.status_term),
            selectinload(Commitment.linked_from).selectinload(CommitmentLink.commitment),
        )
    )
    commitments = {one.id: one for one in found}
    looks = last_looks(list(commitments))
    return [
        Due(commitments[identity], [reason(commitments[identity]) for reason in told], looks.get(identity))
        for identity, told in reasons.items()
    ]


def _is_open() -> ColumnElement[bool]:
    """The status leaves something to be done; wrapped, since by the index of statuses all that are open are sorted."""
    names = db.session.scalars(select(Status.name).where(Status.is_open)).all()
    return func.coalesce(Commitment.status, "").in_(names)


def questions() -> list[Question]:
    """Each reason for which a commitment may want somebody: the condition, what comes first, and how it is told."""
    day, looked = today(), _last_look()
    superseded = select(CommitmentLink.id).where(
        CommitmentLink.to_id == Commitment.id, CommitmentLink.relation == "supersedes"
    )
    unset_or_come = or_(Commitment.review_due_on.is_(None), Commitment.review_due_on <= day)
    return [
        (and_(superseded.exists(), unset_or_come), Commitment.id, _superseded),
        (
            Commitment.review_due_on <= day,
            Commitment.review_due_on,
            lambda one: f"Its review was due on {one.review_due_on}.",
        ),
        (
            and_(
                Commitment.target_on < day, or_(looked.is_(None), func.date(looked) <= func.date(Commitment.target_on))
            ),
            # Those that passed last come first: of the others somebody has mostly looked since.
            Commitment.target_on.desc(),
            lambda one: f"Its target, {one.target_on}, has passed, and nobody has looked since.",
        ),
        _before_meeting(day, looked),
        _lapsed(looked),
        (_never(scored=True), Commitment.id.desc(), lambda one: "Nobody has looked yet."),
        (_never(scored=False), Commitment.id.desc(), lambda one: "Nobody has looked yet."),
    ]


def last_looks(ids: Sequence[int]) -> dict[int, StatusUpdate]:
    """The update of each commitment that was recorded last, corrected ones left out."""
    found = select(StatusUpdate).where(StatusUpdate.commitment_id.in_(ids)).order_by(StatusUpdate.id)
    updates = db.session.scalars(found.options(selectinload(StatusUpdate.corrected_by))).all()
    return {update.commitment_id: update for update in updates if update.corrected_by is None}


def _last_look() -> Any:
    """When somebody last recorded what became of the commitment."""
    looked = select(func.max(StatusUpdate.recorded_at)).where(StatusUpdate.commitment_id == Commitment.id)
    return looked.correlate(Commitment).scalar_subquery()


def _superseded(commitment: Commitment) -> str:
    later = [link.commitment.public_id for link in commitment.linked_from if link.relation == "supersedes"]
    return f"{' and '.join(later)} supersedes it, and it is still open."


def _before_meeting(day: date, looked: Any) -> Question:
    """The series meets again soon, and nobody has looked since that was so."""
    coming = {
        row.series_id: row.start_date
        for row in db.session.execute(
            select(Meeting.series_id, Meeting.start_date)
            .where(Meeting.series_id.is_not(None), Meeting.start_date.between(day, day + BEFORE_MEETING))
            .where(Meeting.status.in_(("planned", "postponed")))
            .order_by(Meeting.start_date.desc())
        )
    }
    since = datetime.combine(day, datetime.min.time(), UTC) - BEFORE_MEETING
    meetings = select(Meeting.id).where(Meeting.series_id.in_(coming))
    unseen = and_(Commitment.meeting_id.in_(meetings), or_(looked.is_(None), looked <= since))
    condition = unseen if coming else false()
    return condition, Commitment.id, lambda one: f"Its series meets again on {coming.get(one.meeting.series_id)}."


def _lapsed(looked: Any) -> Question:
    """No day was set, and the interval of its kind has passed since somebody looked."""
    now = datetime.now(UTC)
    intervals = {row.name: row.review_days for row in db.session.execute(select(Kind.name, Kind.review_days))}
    # One comparison, since of several the engine would gather all that meet one before it takes the first.
    moment = StatusUpdate.recorded_at.type
    cutoffs = [
        (Commitment.kind == kind, literal(now - timedelta(days=days), moment))
        for kind, days in intervals.items()
        if days
    ]
    unset = and_(Commitment.review_due_on.is_(None), Commitment.status != UNREVIEWED)
    condition = and_(unset, looked <= case(*cutoffs, else_=None)) if cutoffs else false()
    return condition, Commitment.id, lambda one: f"Nobody has looked for more than {intervals[one.kind]} days."


def _never(*, scored: bool) -> ColumnElement[bool]:
    """Nobody has looked, though its kind is one that is looked at (and that scorecards count), and no day was set."""
    reviewed = select(Kind.name).where(Kind.review_days.is_not(None), Kind.is_scored.is_(scored))
    return and_(Commitment.status == UNREVIEWED, Commitment.review_due_on.is_(None), Commitment.kind.in_(reviewed))

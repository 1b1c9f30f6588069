"""The ways to narrow the list of commitments; home and reports lead to lists by the same words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union
from sqlalchemy.orm import aliased

from tracker.admin import as_of, finding
from tracker.admin.as_of import today
from tracker.admin.filtering import Filter, filter_by_period, filter_by_record, filter_by_term
from tracker.admin.handle import db
from tracker.auth import desk
from tracker.auth.accounts import store
from tracker.auth.roles import may
from tracker.models import (
    Attendance,
    Citation,
    Commitment,
    CommitmentParty,
    CommitmentStatement,
    CommitmentTopic,
    Country,
    Kind,
    Meeting,
    MeetingSeries,
    Minister,
    Organization,
    Statement,
    Status,
    StatusUpdate,
    Strength,
    Topic,
    Verification,
)
from tracker.models.lookups import UNREVIEWED

SOON = timedelta(days=60)
CHECKED, NOT_FOUND = ("verbatim", "normalised"), "not_found"
VERIFICATIONS = (
    ("verified", "All verified"),
    ("not_found", "One not found"),
    ("unchecked", "One never checked"),
)


def is_open() -> ColumnElement[bool]:
    """The status is one of those that leave something to be done."""
    # Most are: to go by an index on the status would read them all before what narrows them more.
    return as_of.status().concat("").in_(select(Status.name).where(Status.is_open))


def overdue() -> ColumnElement[bool]:
    """Open, and the target date has passed."""
    return and_(is_open(), as_of.target_on() < as_of.day())


def due_soon() -> ColumnElement[bool]:
    """Open, and the target date comes within 60 days."""
    return and_(is_open(), as_of.target_on().between(as_of.day(), as_of.day() + SOON))


def review_due() -> ColumnElement[bool]:
    """Open, and to be looked at again by today: on the day that was set, or when its kind's interval has passed."""
    looked = select(func.max(StatusUpdate.recorded_at)).where(StatusUpdate.commitment_id == Commitment.id)
    intervals = db.session.execute(select(Kind.name, Kind.review_days))
    now = datetime.now(UTC)
    lapsed = [
        and_(Commitment.kind == kind, looked.scalar_subquery() <= now - timedelta(days=days))
        for kind, days in intervals
        if days
    ]
    unset = and_(Commitment.review_due_on.is_(None), or_(false(), *lapsed))
    return and_(is_open(), or_(Commitment.review_due_on <= today(), unset))


def unreviewed() -> ColumnElement[bool]:
    """Nobody has looked yet."""
    return as_of.status() == UNREVIEWED


def unverified() -> ColumnElement[bool]:
    """A quote that it rests on was not found in an archived text, or not looked for."""
    return _rests_on(~_checked(CHECKED))


def not_found() -> ColumnElement[bool]:
    """A quote that it rests on was looked for in an archived text and never found."""
    return _rests_on(
        Citation.id.in_(select(Verification.citation_id).where(Verification.result == NOT_FOUND)), ~_checked(CHECKED)
    )


def unchecked() -> ColumnElement[bool]:
    """A quote that it rests on was never looked for in an archived text."""
    return _rests_on(~_checked((*CHECKED, NOT_FOUND)))


def verified() -> ColumnElement[bool]:
    """Every quote that it rests on was found in an archived text."""
    # Asked of each: mostly they are, and all that rest on another would be gathered before the first is shown.
    return ~_quoted(~_checked(CHECKED)).where(CommitmentStatement.commitment_id == Commitment.id).exists()


def _rests_on(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A statement that carries it has a quote of this sort."""
    return Commitment.id.in_(_quoted(*conditions))


def _quoted(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The commitments that rest on a quote of this sort."""
    carried = select(CommitmentStatement.commitment_id)
    cited = carried.join(Citation, Citation.statement_id == CommitmentStatement.statement_id)
    return cited.where(Citation.exact.is_not(None), *conditions)


def _checked(results: Sequence[str]) -> ColumnElement[bool]:
    """Checking the quote gave one of these."""
    return exists().where(Verification.citation_id == Citation.id, Verification.result.in_(results))


def mine() -> ColumnElement[bool]:
    """Open, and who is signed in owns or watches it."""
    with store().reading() as accounts:
        watched = desk.watched_by(accounts, current_user.id)
    return and_(is_open(), or_(Commitment.owner == current_user.username, Commitment.public_id.in_(watched)))


NEEDS = (
    ("overdue", "Overdue", overdue),
    ("soon", "Due in 60 days", due_soon),
    ("review", "Review due", review_due),
    ("unreviewed", "Never reviewed", unreviewed),
    ("unverified", "Quotes not verified", unverified),
    ("mine", "Mine", mine),
)
# What can be told of a past day as well.
TOLD_OF_THE_PAST = ("overdue", "soon", "unreviewed")


def needs() -> list[tuple[str, str, Callable[[], ColumnElement[bool]]]]:
    """Name, label and condition of each list that may need somebody on the day that the page tells of."""
    told = NEEDS if as_of.past() is None else [need for need in NEEDS if need[0] in TOLD_OF_THE_PAST]
    return [need for need in told if need[0] != "mine" or may("viewer")]


def _show(value: str) -> ColumnElement[bool]:
    conditions = {name: condition for name, _, condition in NEEDS} | {
        "open": is_open,
        "closed": lambda: ~is_open(),
        "withdrawn": lambda: Commitment.withdrawn_on.is_not(None),
    }
    return conditions[value]()


def _show_options() -> Sequence[tuple[str, str]]:
    offered = [("open", "Open"), ("closed", "Closed"), *((name, label) for name, label, _ in needs())]
    return offered if as_of.past() else [*offered, ("withdrawn", "Withdrawn")]


def _meeting(slug: str) -> ColumnElement[bool]:
    return Commitment.meeting_id == select(Meeting.id).where(Meeting.slug == slug).scalar_subquery()


def _series(slug: str) -> ColumnElement[bool]:
    return Meeting.series_id == select(MeetingSeries.id).where(MeetingSeries.slug == slug).scalar_subquery()


def _topic(slug: str) -> ColumnElement[bool]:
    """About this topic or one below it."""
    tree = select(Topic.id).where(Topic.slug == slug).cte("tree", recursive=True)
    tree = tree.union(select(Topic.id).join(tree, Topic.parent_id == tree.c.id))
    within = db.session.scalars(select(tree.c.id)).all()
    return Commitment.id.in_(select(CommitmentTopic.commitment_id).where(CommitmentTopic.topic_id.in_(within)))


def _parties() -> Sequence[tuple[str, str]] | None:
    countries, organizations = finding.few(Country, "code"), finding.few(Organization, "slug")
    several = None if countries is None or organizations is None else [*countries, *organizations]
    return several if several is None or len(several) <= finding.FEW else None


def _party_meant(typed: str) -> tuple[str, str]:
    """A country or an organisation; a country where a word may mean either."""
    try:
        record = finding.meant(Country, "code", typed)
    except ValueError:
        record = finding.meant(Organization, "slug", typed)
    return record.record_key, finding.called(record)


def _party(value: str) -> ColumnElement[bool]:
    # Asked for by itself: of either the one or the other an index alone can tell.
    organization = db.session.scalar(select(Organization.id).where(Organization.slug == value))
    is_country = CommitmentParty.country_code == value
    named = is_country if organization is None else CommitmentParty.organization_id == organization
    return Commitment.id.in_(select(CommitmentParty.commitment_id).where(named))


def _minister(slug: str) -> ColumnElement[bool]:
    """Carried by a statement of theirs, or made where they held an office that answers for it."""
    minister = select(Minister.id).where(Minister.slug == slug).scalar_subquery()
    said = (
        select(CommitmentStatement.commitment_id)
        .join(Statement, Statement.id == CommitmentStatement.statement_id)
        .where(Statement.minister_id == minister)
    )
    made = aliased(Commitment)
    answers = (
        select(made.id)
        .join(Attendance, Attendance.meeting_id == made.meeting_id)
        .join(CommitmentParty, CommitmentParty.commitment_id == made.id)
        .where(Attendance.minister_id == minister, CommitmentParty.office_id == Attendance.office_id)
    )
    return Commitment.id.in_(union(said, answers).subquery().select())


def _owners() -> Sequence[tuple[str, str]] | None:
    """Each owner once, found by leaps along the index."""
    if not may("viewer"):
        # Whose account follows what is the team's business.
        return []
    owner = select(func.min(Commitment.owner).label("name")).cte("owner", recursive=True)
    after = select(func.min(Commitment.owner)).where(Commitment.owner > owner.c.name).scalar_subquery()
    owner = owner.union_all(select(after).where(owner.c.name.is_not(None)))
    names = db.session.scalars(select(owner.c.name).limit(finding.FEW + 2)).all()
    return None if len(names) > finding.FEW + 1 else [(name, name) for name in names if name]


def _verification(value: str) -> ColumnElement[bool]:
    conditions = {"verified": verified, "not_found": not_found, "unchecked": unchecked}
    return conditions[value]()


COMMITMENT_FILTERS = (
    Filter("show", "Show", _show_options, _show, by_history=True),
    replace(
        filter_by_term("status", "Status", None, Status), where=lambda value: as_of.status() == value, by_history=True
    ),
    filter_by_term("kind", "Kind", Commitment.kind, Kind),
    filter_by_term("strength", "Strength", Commitment.strength, Strength),
    filter_by_record("topic", "Topic and those below", Topic, _topic, "topics"),
    filter_by_record("meeting", "Meeting", Meeting, _meeting, "meetings"),
    filter_by_record("series", "Series", MeetingSeries, _series, "series"),
    Filter("party", "Party", _parties, _party, _party_meant, "parties"),
    filter_by_record("minister", "Minister", Minister, _minister, "ministers"),
    Filter("owner", "Owner", _owners, lambda value: Commitment.owner == value, lambda typed: (typed, typed)),
    filter_by_period("made", "Made", lambda: Meeting.start_date),
    replace(filter_by_period("target", "Target", as_of.target_on), by_history=True),
    filter_by_period("review", "Review due", lambda: Commitment.review_due_on),
    Filter("verification", "Quotes", lambda: VERIFICATIONS, _verification),
)

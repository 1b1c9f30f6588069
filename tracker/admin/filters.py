"""The ways to narrow the list of commitments; home and reports lead to lists by the same words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement, and_, false, func, or_, select

from tracker.admin import as_of
from tracker.admin.as_of import today
from tracker.admin.handle import db
from tracker.admin.lists import Filter, filter_by_record, filter_by_term
from tracker.auth import desk
from tracker.auth.accounts import store
from tracker.models import (
    Citation,
    Commitment,
    CommitmentParty,
    Country,
    Kind,
    Meeting,
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
CHECKED = ("verbatim", "normalised")


def is_open() -> ColumnElement[bool]:
    """The status is one of those that leave something to be done."""
    return as_of.status().in_(select(Status.name).where(Status.is_open))


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
    checked = select(Verification.citation_id).where(Verification.result.in_(CHECKED))
    unchecked = and_(Citation.exact.is_not(None), Citation.id.not_in(checked))
    return Commitment.statements.any(Statement.citations.any(unchecked))


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
    return [need for need in NEEDS if as_of.past() is None or need[0] in TOLD_OF_THE_PAST]


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


def _parties() -> Sequence[tuple[str, str]]:
    countries = db.session.execute(select(Country.code, Country.name).order_by(Country.name))
    organizations = db.session.execute(
        select(Organization.slug, Organization.name)
        .where(Organization.id.in_(select(CommitmentParty.organization_id)))
        .order_by(Organization.name)
    )
    return [(row[0], row[1]) for row in (*countries, *organizations)]


def _party(value: str) -> ColumnElement[bool]:
    by_country = CommitmentParty.country_code == value
    return Commitment.parties.any(or_(by_country, CommitmentParty.organization.has(Organization.slug == value)))


def _owners() -> Sequence[tuple[str, str]]:
    owners = select(Commitment.owner).where(Commitment.owner.is_not(None)).distinct().order_by(Commitment.owner)
    return [(owner, owner) for owner in db.session.scalars(owners) if owner]


def _topic(slug: str) -> Any:
    return Commitment.topics.any(or_(Topic.slug == slug, Topic.parent.has(Topic.slug == slug)))


COMMITMENT_FILTERS = (
    Filter("show", "Show", _show_options, _show),
    replace(filter_by_term("status", "Status", None, Status), where=lambda value: as_of.status() == value),
    filter_by_term("kind", "Kind", Commitment.kind, Kind),
    filter_by_term("strength", "Strength", Commitment.strength, Strength),
    filter_by_record("meeting", "Meeting", Meeting, lambda slug: Commitment.meeting.has(Meeting.slug == slug)),
    filter_by_record("topic", "Topic", Topic, _topic, Topic.label),
    Filter("party", "Party", _parties, _party),
    Filter("owner", "Owner", _owners, lambda value: Commitment.owner == value),
)

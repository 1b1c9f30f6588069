"""Home: what needs somebody today, two pictures of where things stand, and what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from flask import session
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView
from flask_login import current_user
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import selectinload

from tracker.admin import as_of
from tracker.admin.filters import needs
from tracker.admin.guarded import Guarded
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.paging import COUNTED, count
from tracker.admin.pictures import Bar, Span, stacked_bars, time_line
from tracker.auth import sessions
from tracker.auth.accounts import store
from tracker.auth.roles import may
from tracker.auth.signin import TOKEN
from tracker.models import AuditBatch, AuditEvent, Commitment, Kind, Meeting, Status, StatusUpdate

SHOWN_MEETINGS = 12
SHOWN_SPANS = 30
SHOWN_BATCHES = 12
# Of one batch; a load may hold a million.
SHOWN_EVENTS = 200


@dataclass(frozen=True)
class News:
    """What one batch changed, from its beginning, and whether it changed more."""

    batch: AuditBatch
    events: Sequence[AuditEvent]
    more: bool


@dataclass(frozen=True)
class Step:
    """A commitment in the time line, with its dates and how exactly they are known."""

    commitment: Commitment
    closed: StatusUpdate | None


class HomeView(Guarded, AdminIndexView):  # type: ignore[misc] # Flask-Admin is not typed
    """The first page."""

    def __init__(self) -> None:
        super().__init__(name="Home", category="Track", endpoint="home", url="/")
        # The library's scripts and styles are not used, and so not served.
        self.static_folder = None

    @page("/")
    def index(self) -> ResponseReturnValue:
        """Numbers that lead to their lists, the pictures with their tables, and what changed."""
        past = as_of.past()
        at_the_desk = past is None and may("viewer")
        since = last_visit() if at_the_desk else None
        bars, steps = status_by_meeting(), in_time()
        spans = [_span(step) for step in steps]
        shown: str = self.render(
            "admin/home.html",
            tiles=tiles(),
            statuses=db.session.scalars(select(Status).order_by(Status.position)).all(),
            bars=bars,
            used={name for _, bar in bars for name, _, _ in bar.parts},
            bar_picture=stacked_bars([bar for _, bar in bars], "bars-title"),
            steps=steps,
            span_picture=time_line(spans, "spans-title", as_of.day()),
            news=news_since(since) if at_the_desk else [],
            since=since,
        )
        return shown


def tiles() -> list[tuple[str, str, str]]:
    """Name, label and number of each list that may need somebody; no number where counting would take too long."""
    return [(name, label, _number(condition())) for name, label, condition in needs()]


def _number(condition: ColumnElement[bool]) -> str:
    standing = select(Commitment).where(*as_of.standing())
    if as_of.past() and count(standing, Commitment.id) > COUNTED:
        # What stood on a past day follows from each history by itself; of so many it would take seconds.
        return ""
    found = count(standing.where(condition), Commitment.id)
    return str(found) if found <= COUNTED else f"{COUNTED:,}+"


def last_visit() -> datetime | None:
    """When who is signed in was last here before this session; notes that they are here now."""
    with store().writing() as accounts:
        sessions.seen(accounts, current_user.id)
        return sessions.last_visit(accounts, session[TOKEN])


def latest_meetings(limit: int, *conditions: ColumnElement[bool]) -> Sequence[Meeting]:
    """The latest meetings with a commitment that stands and for which this holds; undated ones come last."""
    made = exists().where(Commitment.meeting_id == Meeting.id, *as_of.standing(), *conditions)
    found = select(Meeting).where(*as_of.existing(Meeting), made).limit(limit)
    # By themselves, since only so the index of the dates gives their order.
    dated = found.where(Meeting.start_date.is_not(None)).order_by(Meeting.start_date.desc(), Meeting.id.desc())
    latest = list(db.session.scalars(dated))
    undated = found.where(Meeting.start_date.is_(None)).order_by(Meeting.id.desc())
    return latest if len(latest) == limit else [*latest, *db.session.scalars(undated.limit(limit - len(latest)))]


def status_by_meeting() -> list[tuple[Meeting, Bar]]:
    """The latest meetings with commitments, each with how many of them stand at each status."""
    meetings = latest_meetings(SHOWN_MEETINGS)
    ids = [meeting.id for meeting in meetings]
    of_these = select(Commitment.meeting_id, as_of.status().label("status"))
    stood = of_these.where(Commitment.meeting_id.in_(ids), *as_of.standing()).subquery()
    counted = db.session.execute(
        select(stood.c.meeting_id, Status.name, Status.label, func.count())
        .join(Status, Status.name == stood.c.status)
        .group_by(stood.c.meeting_id, Status.name, Status.label, Status.position)
        .order_by(Status.position)
    ).all()
    return [
        (one, Bar(one.name, [(name, label, number) for of, name, label, number in counted if of == one.id]))
        for one in meetings
    ]


def in_time() -> list[Step]:
    """Commitments of the latest meetings, of the kinds that scorecards count, dated ones, from the oldest on."""
    # Not by the index of the kinds, which would be asked for each meeting.
    scored = Commitment.kind.concat("").in_(db.session.scalars(select(Kind.name).where(Kind.is_scored)).all())
    meetings = latest_meetings(SHOWN_SPANS, scored)
    promised = func.coalesce(Commitment.promised_on, Meeting.start_date)
    found = db.session.scalars(
        select(Commitment)
        .join(Commitment.meeting)
        .where(Commitment.meeting_id.in_([one.id for one in meetings]))
        .where(*as_of.standing(), scored, promised.is_not(None))
        .order_by(promised.desc(), Commitment.public_id.desc())
        .limit(SHOWN_SPANS)
        .options(
            selectinload(Commitment.meeting),
            selectinload(Commitment.status_term),
            selectinload(Commitment.status_updates).selectinload(StatusUpdate.corrected_by),
        )
    ).all()
    as_of.put_back(found)
    return [Step(one, closing(one)) for one in reversed(found)]


def closing(commitment: Commitment) -> StatusUpdate | None:
    """The status update that closed the commitment, if it is closed."""
    if commitment.status_term.is_open:
        return None
    standing = [update for update in as_of.shown(commitment.status_updates) if update.corrected_by is None]
    return standing[-1] if standing else None


def _span(step: Step) -> Span:
    one = step.commitment
    begun = one.promised_on or one.meeting.start_date
    assert begun is not None  # asked for in the query
    ended = step.closed.effective_on if step.closed else None
    return Span(f"{one.public_id} {one.title}", str(one), one.status, begun, one.original_target_on, ended)


def news_since(since: datetime | None) -> list[News]:
    """The latest changes since that moment, or the latest of all on a first visit."""
    latest = select(AuditBatch).order_by(AuditBatch.position.desc()).limit(SHOWN_BATCHES)
    # Looked at here: no index leads to a moment, and to look for older ones would go through all that was ever changed.
    batches = [one for one in db.session.scalars(latest) if since is None or one.recorded_at > since]
    begun = select(AuditEvent).where(
        AuditEvent.batch_position.in_([batch.position for batch in batches]), AuditEvent.ordinal <= SHOWN_EVENTS + 1
    )
    events = db.session.scalars(begun.order_by(AuditEvent.batch_position, AuditEvent.ordinal)).all()
    by_batch = {position: list(of_it) for position, of_it in groupby(events, attrgetter("batch_position"))}
    found = [(batch, by_batch.get(batch.position, [])) for batch in batches]
    return [News(batch, of_it[:SHOWN_EVENTS], len(of_it) > SHOWN_EVENTS) for batch, of_it in found]

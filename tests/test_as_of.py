"""How the record stood on a past day agrees with what a reader of the history would say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.history_cast import FIRST, LAST, series_with_a_past
from tracker.db import Session
from tracker.models import Commitment, StatusUpdate
from tracker.models.as_of import AsOf
from tracker.models.views import latest
from tracker.reports import catalog

PAST_DAYS = st.builds(AsOf, st.dates(FIRST, LAST), st.booleans())


@dataclass(frozen=True)
class Stood:
    """How a commitment stood on a day, worked out by hand."""

    status: str
    target_on: date | None


def worked_out(commitments: list[Commitment], day: date, known: bool) -> dict[str, Stood]:
    """The commitments that there were on that day, by public id: from the rows of the history, step by step."""
    end = datetime.combine(day, time(), UTC) + timedelta(days=1)
    found = {}
    for one in commitments:
        held = one.meeting.start_date
        if (held is not None and held > day) or (one.withdrawn_on is not None and one.withdrawn_on <= day):
            continue
        heard = [update for update in one.status_updates if not known or update.recorded_at < end]
        corrected = {update.corrects_id for update in heard}
        counted = [update for update in heard if update.effective_on <= day and update.id not in corrected]
        counted.sort(key=lambda update: (update.effective_on, update.recorded_at, update.id))
        status, target = "unreviewed", one.original_target_on
        for update in counted:
            status, target = update.status, update.new_target_on or target
        found[one.public_id] = Stood(status, target)
    return found


def all_commitments(session: Session) -> list[Commitment]:
    return list(session.scalars(select(Commitment).order_by(Commitment.public_id)))


def test_every_day_agrees_with_the_history(session: Session) -> None:
    series_with_a_past(session)
    commitments = all_commitments(session)
    seen: set[Stood] = set()

    @settings(max_examples=200, deadline=None)
    @example(AsOf(FIRST))
    @example(AsOf(LAST, known=True))
    @given(PAST_DAYS)
    def agrees(as_of: AsOf) -> None:
        columns = (Commitment.public_id, as_of.status(), as_of.target_on())
        rows = session.execute(select(*columns).where(*as_of.stands(Commitment)))
        stood = {public_id: Stood(status, target) for public_id, status, target in rows}
        assert stood == worked_out(commitments, as_of.day, as_of.known)
        seen.update(stood.values())

    agrees()
    assert len({stood.status for stood in seen}) == 6


def test_today_as_of_is_today(session: Session) -> None:
    series_with_a_past(session)
    as_of = AsOf(datetime.now(UTC).date(), known=True)
    told = (as_of.status(), as_of.target_on(), as_of.target_precision())
    kept = (Commitment.status, Commitment.target_on, Commitment.target_precision)
    rows = session.execute(select(*told, *kept)).all()
    assert len(rows) == 20
    assert [row[:3] for row in rows] == [row[3:] for row in rows]


def test_the_report_uses_the_same_definition() -> None:
    """Reports import nothing, so the words are compared."""
    sql = " ".join(catalog.find("record-as-of").statement.split())
    for column in ("status", "new_target_on"):
        assert latest(column, until=":as_of") in sql
        assert latest(column, until=":as_of", known="add_days(:as_of, 1)") in sql
    assert "c.withdrawn_on IS NULL OR c.withdrawn_on > :as_of" in sql
    assert "m.start_date IS NULL OR m.start_date <= :as_of" in sql


def test_status_updates_are_there_once_they_are_true_and_known(session: Session) -> None:
    series_with_a_past(session)
    updates = session.scalars(select(StatusUpdate)).all()
    for as_of in (AsOf(date(2018, 3, 1)), AsOf(date(2018, 3, 1), known=True)):
        found = session.scalars(select(StatusUpdate).where(*as_of.stands(StatusUpdate))).all()
        assert set(found) == {update for update in updates if as_of.shows(update)}
        assert 0 < len(found) < len(updates)

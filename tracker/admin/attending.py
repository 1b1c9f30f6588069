"""Who may be expected at a meeting: the offices of the last edition of its series, with who holds them on its day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.as_of import today
from tracker.admin.handle import db
from tracker.admin.show import spoken
from tracker.models import Attendance, Country, Meeting, MeetingSeries, Minister, Office, OfficeTerm

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
            "Twelfth")  # fmt: skip
ORDINAL = re.compile(rf"\b({'|'.join(ORDINALS)})\b")


@dataclass(frozen=True)
class Expected:
    """Somebody who may attend, and why we think so; nobody where the holder of the office is not known."""

    minister: Minister | None
    country: Country
    office: Office | None
    why: str


def last_edition(series: MeetingSeries, before: date | None = None) -> Meeting | None:
    """The latest meeting of the series, before that day if one is given."""
    found = select(Meeting).where(Meeting.series_id == series.id, Meeting.start_date.is_not(None))
    found = found.where(Meeting.start_date < before) if before else found
    return db.session.scalars(found.order_by(Meeting.start_date.desc()).limit(1)).first()


def next_name(name: str) -> str:
    """The name of the edition after the one of this name, where it counts in words."""
    return ORDINAL.sub(lambda found: (*ORDINALS, found.group())[ORDINALS.index(found.group()) + 1], name, count=1)


def expected(meeting: Meeting) -> list[Expected]:
    """One for each who attended the last edition of the series, in the same office; none without one."""
    last = last_edition(meeting.series, meeting.start_date) if meeting.series else None
    if last is None or last.start_date is None:
        return []
    day = meeting.start_date or today()
    attended = select(Attendance).where(Attendance.meeting_id == last.id).order_by(Attendance.id)
    then = db.session.scalars(
        attended.options(
            selectinload(Attendance.minister).selectinload(Minister.office_terms),
            selectinload(Attendance.country),
            selectinload(Attendance.office),
        )
    ).all()
    latest = _latest_terms([one.office_id for one in then if one.office_id], day)
    return [_expected(one, latest.get(one.office_id), last.start_date, day) for one in then]


def _latest_terms(offices: Sequence[int], day: date) -> dict[int | None, OfficeTerm]:
    """The latest term in each of these offices of which it is known that it had begun by that day."""
    begun = select(OfficeTerm).where(OfficeTerm.office_id.in_(offices), OfficeTerm.start_date <= day)
    begun = begun.order_by(OfficeTerm.start_date, OfficeTerm.id).options(selectinload(OfficeTerm.minister))
    return {term.office_id: term for term in db.session.scalars(begun)}


def _expected(then: Attendance, latest: OfficeTerm | None, last: date, day: date) -> Expected:
    ends = _end(then, latest)
    minister: Minister | None = then.minister
    why = "As at the last edition."
    if latest is not None and latest.start_date and latest.start_date > last and latest.minister != then.minister:
        minister, why = (
            latest.minister,
            f"In office since {spoken(latest.start_date)}; at the last edition it was {minister}.",
        )
        ends = latest.end_date
    if ends is not None and ends < day:
        minister, why = None, f"{minister} left the office on {spoken(ends)}; nothing is known of who came after."
    return Expected(minister, then.country, then.office, why)


def _end(then: Attendance, latest: OfficeTerm | None) -> date | None:
    """When the one who attended left the office, as far as known."""
    if latest is not None and latest.minister == then.minister:
        return latest.end_date
    own = [term.end_date for term in then.minister.office_terms if term.office_id == then.office_id and term.end_date]
    return max(own, default=None)

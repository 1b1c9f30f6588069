"""What the page of a minister tells: which commitments they answer for, by whom they were taken over, and from whom."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import selectinload

from tracker.admin import as_of
from tracker.admin.commitment_page import answering, held_from
from tracker.admin.handle import db
from tracker.admin.sections import SHOWN, Section, section
from tracker.models import Attendance, Commitment, CommitmentParty, Meeting, Minister, Office

# Of those for which an office answers.
LOOKED_AT = 2_000


def answered_for(minister: Minister) -> list[tuple[Commitment, Office, list[Minister]]]:
    """The first commitments of meetings that they attended in an office that answers, each with who held it since.

    One more than is shown tells that there are more.
    """
    found = db.session.execute(
        select(Commitment, Office)
        .join(Commitment.parties)
        .join(Office, Office.id == CommitmentParty.office_id)
        .join(Attendance, _attended(minister, CommitmentParty.office_id))
        .where(Attendance.meeting_id == Commitment.meeting_id, *as_of.standing())
        .order_by(Commitment.public_id)
        .options(selectinload(Commitment.meeting), selectinload(Commitment.status_term))
        .limit(SHOWN + 1)
    ).all()
    days = [one.meeting.start_date for one, _ in found if one.meeting.start_date]
    held = held_from(min(days, default=None), {office.id for _, office in found})
    return [
        (one, office, answering(one.meeting, {office.id: held[office.id]})[office.id].since) for one, office in found
    ]


def taken_over(minister: Minister) -> Section:
    """Commitments of earlier meetings for which an office answers that they held at a later one, the latest of many."""
    offices = (
        select(Attendance.office_id, func.max(Meeting.start_date))
        .join(Attendance.meeting)
        .where(Attendance.minister_id == minister.id, Attendance.office_id.is_not(None))
        .group_by(Attendance.office_id)
    )
    last = {row[0]: row[1] for row in db.session.execute(offices)}
    party = (
        select(CommitmentParty.commitment_id, CommitmentParty.office_id)
        .where(CommitmentParty.office_id.in_(last))
        .order_by(CommitmentParty.commitment_id.desc())
        .limit(LOOKED_AT)
        .cte("party")
        .prefix_with("MATERIALIZED")
    )
    before = [and_(party.c.office_id == office, Meeting.start_date < day) for office, day in last.items()]
    was_there = exists().where(
        Attendance.meeting_id == Commitment.meeting_id,
        Attendance.minister_id == minister.id,
        Attendance.office_id == party.c.office_id,
    )
    found = (
        select(Commitment.id)
        .join(party, party.c.commitment_id == Commitment.id)
        .join(Commitment.meeting)
        .where(or_(false(), *before), ~was_there, *as_of.standing())
        .distinct()
        .limit(SHOWN + 1)
    )
    ids = db.session.scalars(found.order_by(Commitment.id.desc())).all()
    columns = ("public_id", "title", "status", "meeting")
    latest = select(Commitment).where(Commitment.id.in_(ids[:SHOWN]))
    of_many = section("Taken over with an office", Commitment, latest, (Commitment.public_id,), columns)
    return replace(of_many, more=len(ids) > SHOWN)


def _attended(minister: Minister, office_id: Any) -> ColumnElement[bool]:
    return and_(Attendance.minister_id == minister.id, Attendance.office_id == office_id)

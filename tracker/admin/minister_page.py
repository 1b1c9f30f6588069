"""What the page of a minister tells: which commitments they answer for, by whom they were taken over, and from whom."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, selectinload

from tracker.admin import as_of
from tracker.admin.commitment_page import answering
from tracker.admin.handle import db
from tracker.models import Attendance, Commitment, CommitmentParty, Meeting, Minister, Office


def answered_for(minister: Minister) -> list[tuple[Commitment, Office, list[Minister]]]:
    """Commitments of meetings that they attended in an office that answers, each with who held that office since."""
    found = db.session.execute(
        select(Commitment, Office)
        .join(Commitment.parties)
        .join(Office, Office.id == CommitmentParty.office_id)
        .join(Attendance, _attended(minister, CommitmentParty.office_id))
        .where(Attendance.meeting_id == Commitment.meeting_id, *as_of.standing())
        .order_by(Commitment.public_id)
        .options(selectinload(Commitment.meeting), selectinload(Commitment.status_term))
    ).all()
    return [(one, office, answering(one.meeting, [office.id])[office.id].since) for one, office in found]


def inherited(minister: Minister) -> Sequence[Commitment]:
    """Commitments of earlier meetings for which an office answers that they held at a later one."""
    here, there = aliased(Meeting), aliased(Attendance)
    was_there = exists().where(
        there.meeting_id == Commitment.meeting_id,
        there.minister_id == minister.id,
        there.office_id == CommitmentParty.office_id,
    )
    found = (
        select(Commitment)
        .join(Commitment.meeting)
        .join(Commitment.parties)
        .join(Attendance, _attended(minister, CommitmentParty.office_id))
        .join(here, here.id == Attendance.meeting_id)
        .where(Meeting.start_date < here.start_date, ~was_there, *as_of.standing())
        .distinct()
        .order_by(Commitment.public_id)
    )
    return db.session.scalars(found).all()


def _attended(minister: Minister, office_id: Any) -> ColumnElement[bool]:
    return and_(Attendance.minister_id == minister.id, Attendance.office_id == office_id)

"""Entering a meeting in one flow: the meeting, who attended, then statement after statement with its commitments."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tracker import search
from tracker.admin.attending import last_edition, next_name
from tracker.admin.entering_forms import (
    AttendanceForm,
    CommitmentHere,
    NextEdition,
    StatementHere,
    attendance_of,
    attribution_hint,
    commitment_of,
    statement_at,
)
from tracker.admin.forms import refusals_told
from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.meetings import MeetingForm
from tracker.admin.pages import page, view_of
from tracker.documents.likeness import stems
from tracker.models import Attendance, Commitment, Meeting, MeetingSeries, Statement

SHOWN = 6
# The share of common words from which a title is most likely a second record of the same.
SAME = 0.5


class EnteringView(PageView):
    """One page for a whole meeting; what was typed last is proposed next."""

    def __init__(self) -> None:
        super().__init__(name="Enter a meeting", category="Record", endpoint="entering", url="/entering")

    @page("/", "GET", "POST")
    def index_view(self) -> ResponseReturnValue:
        """The meeting itself, proposed as the next edition of its series."""
        choosing = NextEdition(request.args)
        choosing.validate()
        form = MeetingForm() if request.method == "POST" else _proposed_meeting(choosing.series.data)
        if form.validate_on_submit():
            meeting = view_of(Meeting).create_model(form)
            if meeting:
                return redirect(url_for("entering.meeting_view", key=meeting.slug))
        begun = db.session.scalars(select(Meeting).order_by(Meeting.id.desc()).limit(SHOWN)).all()
        return render_template("entering/start.html", form=form, choosing=choosing, begun=begun)

    @page("/<key>", "GET", "POST")
    def meeting_view(self, key: str) -> ResponseReturnValue:
        """Who attended, then a statement, then the commitments that it carries; and all that was entered so far."""
        meeting = _with_those_who_attended(key) or abort(404)
        step = request.args.get("step", "" if meeting.attendances else "attendance")
        if step == "attendance":
            return self._attendance(meeting)
        view = view_of(Statement)
        statement = view.find(request.args.get("of", ""), view.loaded_for_page)
        if statement is not None and statement.meeting == meeting:
            return self._commitment(meeting, statement)
        return self._statement(meeting)

    @page("/similar")
    def similar_view(self) -> ResponseReturnValue:
        """The commitments on the record that are most like a title, to be shown while it is typed."""
        return render_template("entering/similar.html", similar=like(request.args.get("title", "")[:1000]))

    def _attendance(self, meeting: Meeting) -> ResponseReturnValue:
        form = AttendanceForm() if request.method == "POST" else attendance_of(meeting)
        if form.validate_on_submit():
            known = {one.minister_id for one in meeting.attendances}
            meeting.attendances += [one for one in form.attendances() if one.minister.id not in known]
            with refusals_told(form):
                db.session.commit()
                flash("Attendance saved.", "success")
                return redirect(url_for("entering.meeting_view", key=meeting.slug, step="statement"))
        return self._show(meeting, "entering/attendance.html", form)

    def _statement(self, meeting: Meeting) -> ResponseReturnValue:
        form = StatementHere() if request.method == "POST" else statement_at(meeting)
        form.minister.attended = tuple(one.minister.slug for one in meeting.attendances)
        form.attribution.description = attribution_hint(meeting)
        if form.validate_on_submit():
            last = db.session.scalar(select(func.max(Statement.position)).where(Statement.meeting_id == meeting.id))
            form.meeting.data, form.position.data = meeting, (last or 0) + 1
            statement = view_of(Statement).create_model(form)
            if statement:
                flash("Statement saved.", "success")
                of = None if "next" in request.form else statement.slug
                return redirect(url_for("entering.meeting_view", key=meeting.slug, step="statement", of=of))
        return self._show(meeting, "entering/statement.html", form)

    def _commitment(self, meeting: Meeting, statement: Statement) -> ResponseReturnValue:
        form = CommitmentHere() if request.method == "POST" else commitment_of(statement)
        similar: Sequence[Commitment] = ()
        if form.validate_on_submit():
            form.meeting.data, form.statements.data = meeting, [statement]
            similar = like(form.title.data)
            if _unseen(similar, form.title.data):
                form.place("There is one much like it, shown below. Save again if yours is another.", "title")
            elif view_of(Commitment).create_model(form):
                flash("Commitment saved.", "success")
                of = None if "next" in request.form else statement.slug
                return redirect(url_for("entering.meeting_view", key=meeting.slug, step="statement", of=of))
        return self._show(meeting, "entering/commitment.html", form, statement=statement, similar=similar)

    def _show(self, meeting: Meeting, template: str, form: Any, **more: Any) -> ResponseReturnValue:
        said = select(Statement).where(Statement.meeting_id == meeting.id, Statement.withdrawn_on.is_(None))
        statements = db.session.scalars(said.order_by(Statement.position, Statement.id)).all()
        made = select(Commitment).where(Commitment.meeting_id == meeting.id).order_by(Commitment.id)
        commitments = db.session.scalars(made.options(selectinload(Commitment.statements))).all()
        carried = {one.id: [c for c in commitments if one in c.statements] for one in statements}
        return render_template(template, form=form, meeting=meeting, said=statements, carried=carried, **more)


def _with_those_who_attended(key: str) -> Meeting | None:
    there = selectinload(Meeting.attendances)
    whole = (there.selectinload(part) for part in (Attendance.minister, Attendance.country, Attendance.office))
    return db.session.scalars(select(Meeting).where(Meeting.slug == key).options(*whole)).one_or_none()


def _proposed_meeting(series: MeetingSeries | None) -> MeetingForm:
    last = last_edition(series) if series else None
    proposed: dict[str, Any] = {"series": series, "edition": 1 if series else None}
    if last is not None:
        proposed["name"] = next_name(last.name)
        proposed["classification"] = last.classification
        proposed["edition"] = last.edition + 1 if last.edition else None
    return MeetingForm(formdata=None, data=proposed)


def like(title: str | None) -> list[Commitment]:
    """The commitments on the record whose words are most like this title."""
    standing = Commitment.withdrawn_on.is_(None)
    return search.similar(db.session(), Commitment, title or "", SHOWN, standing) if title else []


def _unseen(similar: Sequence[Commitment], title: str | None) -> bool:
    """Whether one of them is nearly the same and was not shown before the form was sent."""
    seen = request.form.get("seen", "").split()
    mine = set(stems(title or ""))
    return any(
        one.public_id not in seen and len(mine & theirs) >= SAME * len(mine | theirs)
        for one in similar
        if (theirs := set(stems(one.title)))
    )

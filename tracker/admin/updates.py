"""Status updates: the form that records one, and their list. They are never edited; a mistake is corrected."""

from typing import Any, ClassVar

from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from tracker.admin.as_of import today
from tracker.admin.base import ChildView
from tracker.admin.evidence import EvidenceForm, citation_from
from tracker.admin.fields import PeriodField, day, prose
from tracker.admin.filtering import filter_by_term
from tracker.admin.handle import db
from tracker.admin.show import badge, when
from tracker.models import Citation, Commitment, Status, StatusUpdate


class StatusForm(EvidenceForm):
    """What became of a commitment, since when, why, and on which evidence."""

    status = SelectField("Status", choices={}, validators=[InputRequired("Choose a status.")])
    effective_on = day("True since", required=True, default=today)
    reason = prose("Reason", hint="One or two sentences that a reader can check.", rows=2)
    new_target_on = PeriodField("New target, if it moved", "new_target_precision", last=True, hint="")
    corrects = HiddenField()

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.terms = db.session.scalars(select(Status).order_by(Status.position)).all()
        self.status.choices = {"": "Choose"} | {term.name: term.label for term in self.terms}


def update_from(form: StatusForm, commitment: Commitment) -> StatusUpdate:
    """The status update that the form describes."""
    update = StatusUpdate(
        commitment=commitment,
        commitment_id=commitment.id,
        status=form.status.data,
        effective_on=form.effective_on.data,
        reason=form.reason.data,
        recorded_by=current_user.username,
        corrects_id=corrected_id(form, commitment),
    )
    form.new_target_on.populate_obj(update, "new_target_on")
    citation = citation_from(form)
    if citation:
        update.citations.append(citation)
    return update


def corrected_id(form: StatusForm, commitment: Commitment) -> int | None:
    """The id of the update that this one corrects; raises ValueError where it is none of this commitment's."""
    if not form.corrects.data:
        return None
    corrected = next((update for update in commitment.status_updates if update.key == form.corrects.data), None)
    if corrected is None:
        raise ValueError("The update to be corrected is not one of this commitment.")
    if corrected.corrected_by is not None:
        raise ValueError("That update was corrected before; correct the newer one.")
    return corrected.id


class StatusUpdateView(ChildView):
    """What became of commitments, newest first; append-only."""

    noun, plural, parent, group = "status update", "Status updates", "commitment", "Track"
    column_list = ("effective_on", "commitment", "status_term", "reason", "recorded_by", "recorded_at")
    column_details_list = (
        "commitment",
        "status_term",
        "effective_on",
        "reason",
        "new_target",
        "recorded_at",
        "recorded_by",
        "corrects",
        "corrected_by",
    )
    column_labels: ClassVar = {"effective_on": "True since", "status_term": "Status", "recorded_at": "Recorded"}
    column_formatters: ClassVar = {
        "status_term": lambda view, context, model, name: badge(model.status_term),
        "new_target": lambda view, context, model, name: when(model.new_target_on, model.new_target_precision),
    }
    filters = (filter_by_term("status", "Status", StatusUpdate.status, Status),)
    sorts: ClassVar = {"effective_on": (StatusUpdate.effective_on,), "recorded_at": (StatusUpdate.recorded_at,)}
    default_sort = "-effective_on"
    loaded = (
        selectinload(StatusUpdate.commitment),
        selectinload(StatusUpdate.status_term),
        selectinload(StatusUpdate.citations).selectinload(Citation.source),
    )

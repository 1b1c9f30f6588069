"""Commitments: the list, the page, the form, and the form that updates a status."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from tracker.admin import as_of
from tracker.admin.bulk import BulkView
from tracker.admin.commitment_page import (
    LOADED,
    answering,
    chain_of,
    changes_of,
    days_late,
    held_from,
    history_of,
    reference_to,
)
from tracker.admin.fields import PeriodField, RecordField, RecordsField, day, line, prose, word
from tracker.admin.filters import COMMITMENT_FILTERS
from tracker.admin.forms import RecordForm, keep
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.paging import ByTerm, Order
from tracker.admin.show import badge, strength, when
from tracker.admin.updates import StatusForm, update_from
from tracker.auth import desk
from tracker.auth.accounts import store
from tracker.auth.roles import require
from tracker.models import (
    Commitment,
    CommitmentLink,
    CommitmentParty,
    CommitmentTopic,
    Kind,
    Meeting,
    Organization,
    Statement,
    Status,
    StatusUpdate,
    Strength,
    Topic,
)
from tracker.models.lookups import KINDS, STRENGTHS

KIND_NAMES = tuple(kind[0] for kind in KINDS)
STRENGTH_NAMES = tuple(strength[0] for strength in STRENGTHS)


class CommitmentForm(RecordForm):
    title = line("Title", required=True)
    meeting = RecordField("Meeting", Meeting, required=True)
    kind = word("Kind", KIND_NAMES)
    strength = word("Strength", STRENGTH_NAMES, required=False, hint="Of undertakings, tasks and proposals.")
    operative_phrase = line("Operative words", hint="The words in a cited quote that justify the strength.")
    summary = prose("Summary", hint="In your own words.")
    statements = RecordsField(
        "Statements", Statement, required="Choose at least one statement that carries it.", hint="Those that carry it."
    )
    topics = RecordsField("Topics", Topic)
    promised_on = PeriodField("Promised on", "promised_precision")
    original_target_on = PeriodField("Target", "original_target_precision", last=True, hint="Set once; never changes.")
    review_due_on = day("Review due on")
    owner = line("Owner", hint="Who of you follows it: an account name.")


class FirstCommitmentForm(CommitmentForm):
    """A new commitment is given its public id, for good."""

    public_id = line("Public id", hint="As IJ-2024-01. Left empty, it gets the next number of its meeting's year.")


class NoteForm(RecordForm):
    text = prose("Private note", hint="Only you see it.")


class CommitmentView(BulkView):
    """What somebody undertook, proposed, asked or called for, and what became of it."""

    noun, plural, group, key = "commitment", "Commitments", "Track", "public_id"
    form = CommitmentForm
    first_form = FirstCommitmentForm
    list_template = "admin/commitments.html"
    details_template = "admin/commitment.html"
    column_list = ("public_id", "title", "kind", "strength", "status", "target", "meeting")
    column_labels: ClassVar = {"public_id": "Id"}
    column_formatters: ClassVar = {
        "kind": lambda view, context, model, name: model.kind_term.label,
        "strength": lambda view, context, model, name: strength(model.strength_term),
        "status": lambda view, context, model, name: badge(model.status_term),
        "target": lambda view, context, model, name: when(model.target_on, model.target_precision),
    }
    filters = COMMITMENT_FILTERS
    sorts: ClassVar[Mapping[str, Order]] = {
        "public_id": (Commitment.public_id,),
        "title": (Commitment.title,),
        "kind": ByTerm(Commitment.kind, Kind),
        "strength": ByTerm(Commitment.strength, Strength),
        "status": ByTerm(Commitment.status, Status),
        "target": (Commitment.target_on,),
        "meeting": (Meeting.start_date, Commitment.public_id),
    }
    default_sort = "-meeting"
    loaded = (
        selectinload(Commitment.meeting),
        selectinload(Commitment.kind_term),
        selectinload(Commitment.strength_term),
        selectinload(Commitment.status_term),
    )

    loaded_for_page = LOADED

    def selection(self) -> Any:
        joined, past = select(Commitment).join(Commitment.meeting), as_of.past()
        if past is not None:
            # Said of the meeting that orders the list, too: later ones are passed over, not what each of them made.
            return joined.where(past.held())
        everything = request.args.get("show") == "withdrawn"
        return joined if everything else joined.where(Commitment.withdrawn_on.is_(None))

    def sorts_on_offer(self) -> Mapping[str, Order]:
        # Where things stood on a past day is computed for a page of the list; for the whole it would take too long.
        today_alone = () if as_of.past() is None else ("status", "target")
        return {name: columns for name, columns in self.sorts.items() if name not in today_alone}

    def exported(self, matching: Select[Any]) -> tuple[Select[Any], list[Any]]:
        selection, columns = super().exported(matching)
        on_day = {"status": as_of.status, "target_on": as_of.target_on, "target_precision": as_of.target_precision}
        columns = [on_day[one.name]().label(one.name) if one.name in on_day else one for one in columns]
        topics = select(Topic.slug).join(CommitmentTopic, CommitmentTopic.topic_id == Topic.id)
        parties = select(func.coalesce(CommitmentParty.country_code, Organization.slug).label("slug")).outerjoin(
            Organization, Organization.id == CommitmentParty.organization_id
        )
        listed = [
            _listed(topics.where(CommitmentTopic.commitment_id == Commitment.id), "topics"),
            _listed(parties.where(CommitmentParty.commitment_id == Commitment.id), "parties"),
        ]
        return selection, [
            *columns,
            Meeting.name.label("meeting_name"),
            Meeting.start_date.label("meeting_date"),
            *listed,
        ]

    def title(self, record: Commitment) -> str:
        return record.title

    def on_model_change(self, form: RecordForm, model: Commitment, is_created: bool) -> None:
        if is_created and not model.public_id:
            model.public_id = next_public_id(form.meeting.data)

    def show(self, record: Commitment, note_form: NoteForm | None = None) -> ResponseReturnValue:
        as_of.put_back([record])
        history = history_of(record)
        held = held_from(record.meeting.start_date, {party.office_id for party in record.parties if party.office_id})
        with store().reading() as accounts:
            watchers = desk.watchers(accounts, record.public_id)
            note = desk.note_of(accounts, current_user.id, record.public_id)
        shown: str = self.render(
            self.details_template,
            view=self,
            record=record,
            history=history,
            there=as_of.there([link.to_id for link in record.links] + [link.from_id for link in record.linked_from]),
            late=days_late(record, history),
            chain=chain_of(record),
            answering=answering(record.meeting, held),
            changes=changes_of(record.public_id),
            watchers=watchers,
            note=note,
            note_form=note_form or NoteForm(formdata=None, obj=note),
            reference=reference_to(record, request.host_url.rstrip("/") + self.address(record)),
            status_form=StatusForm(formdata=None) if self.is_allowed("status") else None,
        )
        return shown

    @page("/<key>/watch", "POST")
    def watch_view(self, key: str) -> ResponseReturnValue:
        """Watch the commitment, or watch it no longer."""
        record = self.get(key)
        with store().writing() as accounts:
            turn = desk.watch if "watch" in request.form else desk.unwatch
            turn(accounts, current_user.id, record.public_id)
        return redirect(self.address(record))

    @page("/<key>/note", "POST")
    def note_view(self, key: str) -> ResponseReturnValue:
        """Keep a private working note; without a text it is gone."""
        record = self.get(key)
        form = NoteForm()
        if not form.validate():
            return self.show(record, form)
        with store().writing() as accounts:
            desk.keep_note(accounts, current_user.id, record.public_id, form.text.data)
        flash("Note kept. Nobody else sees it.", "success")
        return redirect(self.address(record))

    @page("/<key>/status", "GET", "POST")
    def status_view(self, key: str) -> ResponseReturnValue:
        """Record what became of the commitment, or correct what was recorded."""
        record = self.get(key)
        form = StatusForm(formdata=request.args) if request.method == "GET" and request.args else StatusForm()
        if form.validate_on_submit() and self.record_update(form, record):
            flash("Status recorded.", "success")
            return redirect(self.address(record))
        corrected = next((one for one in record.status_updates if one.key == form.corrects.data), None)
        shown: str = self.render("admin/status.html", view=self, record=record, form=form, corrected=corrected)
        return shown

    def record_update(self, form: StatusForm, commitment: Commitment) -> bool:
        """Add the update that the form describes; False where a rule refuses it, told in the form."""
        require("commitments.status")

        def make() -> StatusUpdate:
            # Whoever records what became of it has looked.
            if commitment.review_due_on is not None and commitment.review_due_on <= as_of.today():
                commitment.review_due_on = commitment.kind_term.next_review(as_of.today())
            return update_from(form, commitment)

        return keep(form, make) is not None

    def affected(self, record: Commitment) -> list[tuple[str, list[Any]]]:
        links = select(CommitmentLink.from_id).where(CommitmentLink.to_id == record.id)
        referring = select(Commitment).where(Commitment.id.in_(links)).order_by(Commitment.public_id)
        return [("Commitments that refer to it", list(db.session.scalars(referring)))]


def _listed(keys: Select[Any], name: str) -> Any:
    """These keys in one cell."""
    sorted_keys = keys.correlate(Commitment).order_by("slug").subquery()
    return select(func.aggregate_strings(sorted_keys.c.slug, " ")).scalar_subquery().label(name)


def next_public_id(meeting: Meeting) -> str:
    """The first free number of the meeting's series and year; without a series the code is X."""
    code = meeting.series.code if meeting.series else "X"
    year = meeting.start_date.year if meeting.start_date else 0
    stem = f"{code}-{year:04}-"
    taken = db.session.scalars(select(Commitment.public_id).where(Commitment.public_id.startswith(stem)))
    numbers = [int(rest) for public_id in taken if (rest := public_id.removeprefix(stem)).isdecimal()]
    return f"{stem}{max(numbers, default=0) + 1:02}"

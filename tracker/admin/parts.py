"""What belongs to a commitment: parties, milestones and links to other commitments."""

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.base import ChildView
from tracker.admin.fields import PeriodField, RecordField, day, line, prose, word
from tracker.admin.filtering import filter_by
from tracker.admin.forms import RecordForm, slug_from_text
from tracker.admin.show import when, words
from tracker.models import (
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Country,
    Milestone,
    Office,
    Organization,
)
from tracker.models.commitments import LINK_BASES, MILESTONE_STATUSES, PARTY_ROLES, RELATIONS


class PartyForm(RecordForm):
    commitment = RecordField("Commitment", Commitment, key="public_id", required=True)
    country = RecordField("Country", Country, key="code")
    organization = RecordField("or organisation", Organization)
    role = word("Role", PARTY_ROLES, default="lead")
    office = RecordField("Office that answers for it", Office)


class PartyView(ChildView):
    """Who is party to commitments, in which role."""

    noun, plural, parent = "party", "Parties", "commitment"
    form = PartyForm
    column_list = ("commitment", "party", "role", "office")
    column_details_list = ("commitment", "party", "role", "office")
    column_formatters: ClassVar = {
        "party": lambda view, context, model, name: model.country or model.organization,
        "role": lambda view, context, model, name: words(model.role),
    }
    filters = (filter_by("role", "Role", CommitmentParty.role, PARTY_ROLES),)
    sorts: ClassVar = {"commitment": (Commitment.public_id,)}
    default_sort = "commitment"
    loaded = (
        selectinload(CommitmentParty.commitment),
        selectinload(CommitmentParty.country),
        selectinload(CommitmentParty.organization),
        selectinload(CommitmentParty.office),
    )

    def selection(self) -> Any:
        return select(CommitmentParty).join(CommitmentParty.commitment)


class MilestoneForm(RecordForm):
    commitment = RecordField("Commitment", Commitment, key="public_id", required=True)
    criterion = prose("Criterion", required=True, hint="What can be observed when it is met.", rows=2)
    due_on = PeriodField("Due", "due_precision", last=True)
    status = word("Status", MILESTONE_STATUSES, default="scheduled")
    met_on = day("Met on")
    slug = line("Slug", hint="Its name within the commitment. Left empty, one is made.")


class MilestoneView(ChildView):
    """Checkable steps of commitments."""

    noun, plural, parent = "milestone", "Milestones", "commitment"
    form = MilestoneForm
    column_list = ("commitment", "criterion", "due", "status")
    column_details_list = ("commitment", "criterion", "due", "status", "met_on", "slug")
    column_formatters: ClassVar = {
        "due": lambda view, context, model, name: when(model.due_on, model.due_precision),
        "status": lambda view, context, model, name: words(model.status),
    }
    filters = (filter_by("status", "Status", Milestone.status, MILESTONE_STATUSES),)
    sorts: ClassVar = {"commitment": (Commitment.public_id,), "due": (Milestone.due_on,)}
    default_sort = "due"
    loaded = (selectinload(Milestone.commitment),)

    def selection(self) -> Any:
        return select(Milestone).join(Milestone.commitment)

    def on_model_change(self, form: RecordForm, model: Milestone, is_created: bool) -> None:
        # Unique within its commitment alone.
        if not model.slug:
            model.slug = slug_from_text(model.criterion, {other.slug for other in form.commitment.data.milestones})


class LinkForm(RecordForm):
    commitment = RecordField("Commitment", Commitment, key="public_id", required=True)
    relation = word("Relation", RELATIONS)
    target = RecordField("to", Commitment, key="public_id", required=True)
    basis = word("Basis", LINK_BASES, default="inferred", hint="Stated by a text, or inferred by us.")
    note = prose("Note", hint="Why, where no text states it.", rows=2)


class LinkView(ChildView):
    """How commitments follow from one another."""

    noun, plural, parent = "link", "Links", "commitment"
    form = LinkForm
    column_list = ("commitment", "relation", "target", "basis")
    column_details_list = ("commitment", "relation", "target", "basis", "note")
    column_formatters: ClassVar = {
        "relation": lambda view, context, model, name: words(model.relation),
        "basis": lambda view, context, model, name: words(model.basis),
    }
    filters = (
        filter_by("relation", "Relation", CommitmentLink.relation, RELATIONS),
        filter_by("basis", "Basis", CommitmentLink.basis, LINK_BASES),
    )
    sorts: ClassVar = {"commitment": (Commitment.public_id,)}
    default_sort = "commitment"
    loaded = (selectinload(CommitmentLink.commitment), selectinload(CommitmentLink.target))

    def selection(self) -> Any:
        return select(CommitmentLink).join(CommitmentLink.commitment)

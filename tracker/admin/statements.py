"""Topics and statements."""

from typing import Any, ClassVar

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.base import RecordView
from tracker.admin.evidence import CITED, EvidenceForm, citation_from
from tracker.admin.fields import PeriodField, RecordField, RecordsField, line, number, prose
from tracker.admin.filtering import Filter, filter_by_record
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.people import SLUG_HINT
from tracker.admin.sections import Section, section
from tracker.admin.show import when
from tracker.admin.withdrawing import WithdrawableView
from tracker.models import (
    Citation,
    Commitment,
    CommitmentStatement,
    CommitmentTopic,
    Meeting,
    Minister,
    Statement,
    Topic,
)


class TopicForm(RecordForm):
    label = line("Label", required=True)
    parent = RecordField("Part of", Topic)
    slug = line("Slug", hint=SLUG_HINT)


class TopicView(RecordView):
    """A tree of subjects."""

    noun, plural, group = "topic", "Topics", "Record"
    form = TopicForm
    column_list = ("label", "parent")
    column_details_list = ("parent", "slug")
    column_labels: ClassVar = {"parent": "Part of"}
    sorts: ClassVar = {"label": (Topic.label,)}
    default_sort = "label"
    loaded = (selectinload(Topic.parent),)

    def sections(self, record: Topic) -> list[Section]:
        parts = select(Topic).where(Topic.parent_id == record.id)
        about = select(CommitmentTopic.commitment_id).where(CommitmentTopic.topic_id == record.id)
        made = select(Commitment).where(Commitment.id.in_(about))
        columns = ("public_id", "title", "status")
        whole = url_for("commitments.index_view", topic=record.slug)
        return [
            section("Parts", Topic, parts, (Topic.label,), ("label",)),
            section("Commitments", Commitment, made, (Commitment.public_id,), columns, whole=whole),
        ]


class StatementForm(RecordForm):
    meeting = RecordField("Meeting", Meeting, required=True)
    minister = RecordField("Said by", Minister, hint="For a joint statement leave this empty and give an attribution.")
    attribution = line("Attribution", hint="Who made a joint statement, as India and Japan.")
    said_on = PeriodField("Said on", "said_precision")
    summary = prose("Summary", required=True, hint="What was said, in your own words.")
    topics = RecordsField("Topics", Topic)
    position = number("Position", "Its place among the statements of the meeting.")
    slug = line("Slug", hint=SLUG_HINT)


class FirstStatementForm(EvidenceForm, StatementForm):
    """A new statement comes with its first citation."""


class StatementView(WithdrawableView):
    """What was said at meetings."""

    noun, plural, group = "statement", "Statements", "Record"
    form = StatementForm
    first_form = FirstStatementForm
    details_template = "admin/statement.html"
    column_list = ("said", "speaker", "summary", "meeting")
    column_details_list = ("speaker", "meeting", "said", "topics", "position", "slug")
    column_labels: ClassVar = {"said": "Said on", "speaker": "Said by"}
    column_formatters: ClassVar = {
        "said": lambda view, context, model, name: when(model.said_on, model.said_precision),
        "speaker": lambda view, context, model, name: model.minister or model.attribution,
    }
    filters = (
        filter_by_record(
            "meeting", "Meeting", Meeting, lambda slug: Statement.meeting.has(Meeting.slug == slug), "meetings"
        ),
        filter_by_record(
            "minister", "Minister", Minister, lambda slug: Statement.minister.has(Minister.slug == slug), "ministers"
        ),
        filter_by_record("topic", "Topic", Topic, lambda slug: Statement.topics.any(Topic.slug == slug), "topics"),
        Filter(
            "state",
            "State",
            lambda: (("standing", "Standing"), ("withdrawn", "Withdrawn")),
            lambda value: Statement.withdrawn_on.is_(None) == (value == "standing"),
        ),
    )
    sorts: ClassVar = {"said": (Statement.said_on,), "summary": (Statement.summary,), "meeting": (Meeting.start_date,)}
    default_sort = "-said"
    loaded = (selectinload(Statement.meeting), selectinload(Statement.minister))

    def selection(self) -> Any:
        return select(Statement).join(Statement.meeting)

    def slug_text(self, record: Statement) -> str:
        return f"{record.meeting.slug[:40]} {record.summary[:50]}"

    def on_model_change(self, form: RecordForm, model: Statement, is_created: bool) -> None:
        super().on_model_change(form, model, is_created)
        model.position = model.position or 0
        if is_created and isinstance(form, FirstStatementForm):
            citation = citation_from(form)
            model.citations = [citation] if citation else []

    loaded_for_page = (selectinload(Statement.citations).options(*CITED),)

    def sections(self, record: Statement) -> list[Section]:
        carried = select(CommitmentStatement.commitment_id).where(CommitmentStatement.statement_id == record.id)
        made = select(Commitment).where(Commitment.id.in_(carried))
        return [section("Carries", Commitment, made, (Commitment.public_id,), ("public_id", "title", "status"))]

    def affected(self, record: Statement) -> list[tuple[str, list[Any]]]:
        return [("Commitments that it carries", carried_by(record))]

    def show(self, record: Statement) -> Any:
        self._template_args["add_citation"] = url_for("citations.create_view", statement=record.slug)
        return super().show(record)


def carried_by(statement: Statement) -> list[Commitment]:
    """The commitments that rest on this statement."""
    found = select(Commitment).where(Commitment.statements.contains(statement)).order_by(Commitment.public_id)
    return list(db.session.scalars(found))


def standing(statement: Statement) -> list[Citation]:
    """The citations of a statement that were not corrected."""
    corrected = {citation.corrects_id for citation in statement.citations}
    return [citation for citation in statement.citations if citation.id not in corrected]

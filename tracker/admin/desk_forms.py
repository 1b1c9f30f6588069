"""The forms that open beside a text, and what they hold before anybody types: proposed by the words selected."""

from datetime import date
from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.admin.as_of import today
from tracker.admin.commitments import KIND_NAMES, STRENGTH_NAMES
from tracker.admin.fields import PeriodField, RecordField, RecordsField, day, line, prose, show_period, word
from tracker.admin.finding import find
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.passages import Passages, sides
from tracker.documents.reading import Span
from tracker.models import Commitment, Meeting, Minister, Statement, Status, Topic
from tracker.models.sources import BEARINGS

NEW_STATEMENT = {"": "A new statement, from these words"}


class SaidForm(RecordForm):
    """Who said the words, when and where."""

    meeting = RecordField("Meeting", Meeting, required=True)
    minister = RecordField("Said by", Minister)
    attribution = line("or jointly by", hint="All sides of a joint statement, as India and Japan.")
    said_on = PeriodField("Said on", "said_precision", hint="")
    locator = line("Where in the text")


class StatementHere(SaidForm):
    """A statement that the selected words show."""

    summary = prose("Summary", required=True, hint="What was said, in your own words.")
    topics = RecordsField("Topics", Topic)


class CommitmentHere(SaidForm):
    """A commitment, and the statement that carries it."""

    title = line("Title", required=True)
    kind = word("Kind", KIND_NAMES)
    strength = word("Strength", STRENGTH_NAMES, required=False)
    operative_phrase = line("Operative words", hint="Those among the selected words that justify the strength.")
    original_target_on = PeriodField("Target", "original_target_precision", last=True, hint="Set once; never changes.")
    leads = SelectMultipleField(
        "Led by", choices={}, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    statement = SelectField("Carried by", choices=NEW_STATEMENT)
    said = prose("What was said", hint="In your own words; left empty, the title stands.", rows=2)
    summary = prose("More about it", rows=2)
    topics = RecordsField("Topics", Topic)
    owner = line("Owner", hint="Who of you follows it: an account name.")

    def offer(self, passages: Passages, span: Span, meeting: Meeting | None) -> None:
        """Offer the countries of the meeting, and the statements that rest on these words already."""
        attended = meeting.attendances if meeting else []
        self.leads.choices = {one.country_code: one.country.name for one in attended}
        resting = statements_at(passages, span)
        self.statement.choices = NEW_STATEMENT | {one.slug: one.summary for one in resting}


class EvidenceHere(RecordForm):
    """What became of a commitment, as the selected words show."""

    commitment = RadioField("Commitment", choices={}, validate_choice=False)
    other = line("Another, by its id", hint="As IJ-2024-01.")
    status = SelectField("Status", choices={}, validators=[InputRequired("Choose a status.")])
    effective_on = day("True since", required=True)
    reason = prose("Reason", required=True, hint="One or two sentences that a reader can check.", rows=2)
    new_target_on = PeriodField("New target, if it moved", "new_target_precision", last=True, hint="")
    bearing = word("Bearing", BEARINGS, default="supports", hint="Of these words on that status.")
    locator = line("Where in the text")

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.terms = db.session.scalars(select(Status).order_by(Status.position)).all()
        self.status.choices = {"": "Choose"} | {term.name: term.label for term in self.terms}
        self.suggested: list[Commitment] = []
        self.chosen: Commitment | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        self.chosen = find(Commitment, "public_id", self.other.data or self.commitment.data or "")
        if self.chosen is None:
            typed = self.other.data
            self.place(f"There is no {typed!r}." if typed else "Choose a commitment, or give an id.", "other")
        return valid and self.chosen is not None


FORMS: dict[str, type[StatementHere | CommitmentHere | EvidenceHere]] = {
    "statement": StatementHere,
    "commitment": CommitmentHere,
    "evidence": EvidenceHere,
}


def form_for(what: str, passages: Passages, span: Span, meeting: Meeting | None) -> Any:
    """The form as it was sent, or a new one with what the words propose."""
    sent = request.method == "POST"
    form = FORMS[what](formdata=request.form if sent else MultiDict(_proposed(what, passages, span, meeting)))
    if isinstance(form, CommitmentHere):
        form.offer(passages, span, form.meeting.data or meeting)
    return form


def _proposed(what: str, passages: Passages, span: Span, meeting: Meeting | None) -> list[tuple[str, str]]:
    proposed: list[tuple[str, str | None]] = [("locator", passages.locator(span))]
    if what == "evidence":
        day_of_source: date = passages.source.published_on or today()
        return _given([*proposed, ("effective_on", day_of_source.isoformat()), ("bearing", "supports")])
    speaker = passages.speaker(span, meeting)
    proposed += [
        ("meeting", meeting.slug if meeting else None),
        ("minister", speaker.person.slug if speaker and speaker.person else None),
        ("attribution", sides(meeting) if _jointly(passages, speaker) else None),
        ("said_on", show_period(meeting.start_date, meeting.date_precision) if meeting else None),
    ]
    if what == "commitment":
        proposed += _commitment(passages, span, meeting, speaker)
    return _given(proposed)


def _commitment(passages: Passages, span: Span, meeting: Meeting | None, speaker: Any) -> list[tuple[str, str | None]]:
    proposal = passages.proposal(span)
    attended = meeting.attendances if meeting else []
    person = speaker.person if speaker else None
    resting = statements_at(passages, span, whole=True)
    return [
        ("kind", proposal.kind if proposal else None),
        ("strength", proposal.strength if proposal else None),
        ("operative_phrase", " ".join(proposal.phrase.split()) if proposal else None),
        ("original_target_on", passages.target(span)),
        ("statement", resting[0].slug if resting else None),
        *(("leads", one.country_code) for one in attended if person in (None, one.minister)),
    ]


def _jointly(passages: Passages, speaker: Any) -> bool:
    """Whether all sides speak: the words say so, or the document is theirs."""
    if speaker is None:
        return passages.source.classification == "joint_statement"
    return speaker.person is None


def _given(pairs: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if value]


def statements_at(passages: Passages, span: Span, *, whole: bool = False) -> list[Statement]:
    """The statements that cite some of these words or, if `whole`, all of them."""
    found = {}
    for citation in passages.citations:
        start, end = passages.spans.get(citation.id, (0, 0))
        touches = start <= span[0] and span[1] <= end if whole else start < span[1] and span[0] < end
        if citation.statement is not None and touches:
            found[citation.statement.id] = citation.statement
    return list(found.values())

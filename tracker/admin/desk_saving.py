"""What the forms beside a text make: statements, commitments with their links, and status updates, each quoting it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask_login import current_user
from sqlalchemy import func, select

from tracker import search
from tracker.admin.commitment_page import CHAINED
from tracker.admin.commitments import next_public_id
from tracker.admin.desk_forms import CommitmentHere, EvidenceHere, SaidForm, StatementHere
from tracker.admin.finding import find
from tracker.admin.forms import slug_from
from tracker.admin.handle import db
from tracker.admin.passages import Passages
from tracker.documents.drift import Drift, drift
from tracker.documents.earlier import Similar, similar
from tracker.documents.quotes import AROUND
from tracker.documents.reading import Span
from tracker.models import (
    Citation,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Meeting,
    Statement,
    StatusUpdate,
)
from tracker.models.base import HIDDEN

# How many of all earlier editions the search adds to those of the latest.
SEARCHED = 30
WHY = "Found alike at the reading desk: the wordings name the same matter."


@dataclass(frozen=True)
class Candidate:
    """An earlier commitment that the new one may take up, what has moved since, and what was chosen in the form."""

    commitment: Commitment
    likeness: float
    drift: Drift
    relation: str
    why: str


def candidates(form: CommitmentHere, passages: Passages, span: Span, meeting: Meeting | None) -> list[Candidate]:
    """The most similar commitments of earlier editions, and any others that the form names."""
    words = passages.text[slice(*span)]
    found = earlier_like(meeting, words)
    likeness = {one.commitment: one.likeness for one in found}
    for name in request.form:
        if name.startswith("relation-") and request.form[name] in CHAINED:
            named = find(Commitment, "public_id", name.removeprefix("relation-"))
            if named is not None:
                likeness.setdefault(named, 0.0)
    return [
        Candidate(
            one,
            score,
            drift(one, form.kind.data, form.strength.data, form.original_target_on.data, words),
            request.form.get(f"relation-{one.public_id}", ""),
            request.form.get(f"why-{one.public_id}", WHY),
        )
        for one, score in likeness.items()
    ]


def earlier_like(meeting: Meeting | None, words: str) -> list[Similar]:
    """The commitments of earlier editions that are most like these words, as the search and their likeness tell."""
    if meeting is None or meeting.series_id is None or meeting.start_date is None:
        return []
    # Long words are rare ones; the search takes no more of them.
    telling = sorted(set(words.split()), key=len, reverse=True)[: search.MOST_WORDS]
    before = select(Meeting.id).where(Meeting.series_id == meeting.series_id, Meeting.start_date < meeting.start_date)
    standing = Commitment.meeting_id.in_(before), Commitment.withdrawn_on.is_(None)
    found = search.similar(db.session(), Commitment, " ".join(telling), SEARCHED, *standing)
    return similar(db.session(), meeting, words, also=found)


def statement_from(form: StatementHere, passages: Passages, span: Span) -> Statement:
    """The statement that the form describes, quoting these words."""
    return _statement(form, form.summary.data or "", passages, span)


def commitment_from(form: CommitmentHere, passages: Passages, span: Span, found: Sequence[Candidate]) -> Commitment:
    """The commitment that the form describes, carried by the statement that it names or by a new one."""
    meeting = form.meeting.data
    commitment = Commitment(
        public_id=next_public_id(meeting),
        meeting=meeting,
        statements=[_carrier(form, passages, span)],
        parties=_leads(form, meeting),
    )
    form.populate_obj(commitment)
    commitment.links = [
        CommitmentLink(target=one.commitment, relation=one.relation, basis="inferred", note=one.why)
        for one in found
        if one.relation in CHAINED
    ]
    return commitment


def update_from(form: EvidenceHere, passages: Passages, span: Span) -> StatusUpdate:
    """The status update that the form describes, resting on these words."""
    assert form.chosen is not None  # seen by the form's check
    update = StatusUpdate(
        commitment=form.chosen,
        commitment_id=form.chosen.id,
        status=form.status.data,
        effective_on=form.effective_on.data,
        reason=form.reason.data,
        recorded_by=current_user.username,
        citations=[citation_of(passages, span, form.locator.data, bearing=form.bearing.data)],
    )
    form.new_target_on.populate_obj(update, "new_target_on")
    return update


def citation_of(
    passages: Passages, span: Span, locator: str | None, *, ordinal: int = 1, bearing: str = "supports"
) -> Citation:
    """The citation of these words; what is invisible in the text is left out of the quote."""
    start, end = span
    return Citation(
        source=passages.source,
        exact=HIDDEN.sub("", passages.text[start:end]),
        prefix=HIDDEN.sub("", passages.text[max(0, start - AROUND) : start]),
        suffix=HIDDEN.sub("", passages.text[end : end + AROUND]),
        start_offset=start,
        end_offset=end,
        locator=locator,
        bearing=bearing,
        ordinal=ordinal,
    )


def _carrier(form: CommitmentHere, passages: Passages, span: Span) -> Statement:
    if not form.statement.data:
        return _statement(form, form.said.data or form.title.data or "", passages, span)
    statement: Statement = find(Statement, "slug", form.statement.data)
    quoted = [passages.spans.get(one.id, (0, 0)) for one in statement.citations]
    if not any(start <= span[0] and span[1] <= end for start, end in quoted):
        ordinal = max(one.ordinal for one in statement.citations) + 1
        statement.citations.append(citation_of(passages, span, form.locator.data, ordinal=ordinal))
    return statement


def _statement(form: SaidForm, summary: str, passages: Passages, span: Span) -> Statement:
    meeting: Meeting = form.meeting.data
    last = db.session.scalar(select(func.max(Statement.position)).where(Statement.meeting_id == meeting.id))
    statement = Statement(
        slug=slug_from(Statement, f"{meeting.slug[:40]} {summary[:50]}"),
        meeting=meeting,
        minister=form.minister.data,
        attribution=form.attribution.data,
        summary=summary,
        topics=list(form["topics"].data),
        position=(last or 0) + 1,
        citations=[citation_of(passages, span, form.locator.data)],
    )
    form.said_on.populate_obj(statement, "said_on")
    return statement


def _leads(form: CommitmentHere, meeting: Meeting) -> list[CommitmentParty]:
    """The countries that undertake it; the speaker's office answers for the speaker's country."""
    leads = []
    for code in form.leads.data or ():
        attended = [one for one in meeting.attendances if one.country_code == code]
        office = next((one.office for one in attended if one.minister == form.minister.data), None)
        leads.append(CommitmentParty(country_code=code, role="lead", office=office))
    return leads

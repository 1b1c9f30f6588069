"""The rules that each record of the seed files keeps, beyond the shape of its fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tracker.models.commitments import stands_in
from tracker.models.lookups import HAS_STRENGTH, NEEDS_CITATION, NO_EVIDENCE_FOUND, UNREVIEWED
from tracker.models.status_updates import FIRST_ZONE
from tracker.seeding.columns import first_day, last_day
from tracker.seeding.fields import SeedModel
from tracker.seeding.problems import Place, Problem, shown
from tracker.seeding.records import Record, Seeds
from tracker.seeding.schema import (
    Citation,
    Commitment,
    Link,
    Meeting,
    Milestone,
    Minister,
    Party,
    Statement,
    StatusUpdate,
)

Found = Iterator[tuple[Place, str]]


@dataclass
class Surroundings:
    """What the rules of one record ask about others."""

    attended: dict[str, set[str]] = field(default_factory=dict)
    quotes: dict[str, list[str]] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def broken_rules(seeds: Seeds) -> Iterator[Problem]:
    """Every rule that a record breaks."""
    around = Surroundings()
    for meeting in seeds.of(Meeting):
        around.attended[meeting.key] = {present.minister for present in meeting.model.attendance}
    for statement in seeds.of(Statement):
        around.quotes[statement.key] = [citation.exact for citation in statement.model.citations if citation.exact]
    for minister in seeds.of(Minister):
        yield from _told(minister, _minister(minister.model))
    for meeting in seeds.of(Meeting):
        yield from _told(meeting, _meeting(meeting))
    for statement in seeds.of(Statement):
        yield from _told(statement, _statement(statement, around))
    for commitment in seeds.of(Commitment):
        yield from _told(commitment, _commitment(commitment.model, around))
    for update in seeds.of(StatusUpdate):
        yield from _told(update, _status_update(update.model, around.now))


def broken_history(updates: list[StatusUpdate]) -> Found:
    """Status updates of one commitment that its history speaks against; given in the order of recording."""
    corrected = {update.corrects for update in updates}
    standing = [
        (update.effective_on, n, update.status) for n, update in enumerate(updates) if update.key not in corrected
    ]
    before = UNREVIEWED
    for _, position, status in sorted(standing):
        if status == NO_EVIDENCE_FOUND and before not in (UNREVIEWED, NO_EVIDENCE_FOUND):
            text = f"something was known before {status}; repeat the status that stands, {before}"
            yield ("status_updates", position, "status"), text
        before = status


def _told(record: Record[SeedModel], found: Found) -> Iterator[Problem]:
    return (record.problem(place, text) for place, text in found)


def _minister(minister: Minister) -> Found:
    for position, term in enumerate(minister.office_terms):
        if term.start_date and term.end_date and first_day(term.start_date) > last_day(term.end_date):
            yield ("office_terms", position, "end_date"), "the term ends before it begins"


def _meeting(meeting: Record[Meeting]) -> Found:
    model = meeting.model
    expected = f"{model.start_date}-{model.slug}" if model.start_date else model.slug
    if meeting.file.is_meeting and meeting.file.stem != expected:
        yield (), f"the file should be named {shown(expected + '.yaml')}, after start_date and slug"
    if model.status == "held" and not model.start_date:
        yield ("start_date",), "is missing; a meeting that was held has a date"
    if model.end_date and not model.start_date:
        yield ("end_date",), "stands without a start_date"
    if model.end_date and model.start_date and first_day(model.start_date) > first_day(model.end_date):
        yield ("end_date",), "the meeting ends before it begins"
    if model.edition is not None and not model.series:
        yield ("edition",), "stands without a series"
    if model.edition == 0:
        yield ("edition",), "editions count from 1"


def _statement(statement: Record[Statement], around: Surroundings) -> Found:
    model = statement.model
    attended = around.attended.get(statement.within)
    if bool(model.minister) == bool(model.attribution):
        yield (), "give either a minister or, for a joint statement, an attribution"
    elif model.minister and attended and model.minister not in attended:
        yield ("minister",), f"{shown(model.minister)} is not in the attendance of the meeting"
    if not model.citations:
        yield ("citations",), "is missing; cite at least one source"
    yield from _citations(model.citations)
    yield from _withdrawal(model.withdrawn_on, model.withdrawn_reason)


def _citations(citations: list[Citation]) -> Found:
    for position, citation in enumerate(citations):
        selector = citation.selector
        place = ("citations", position, "selector")
        if selector is None:
            continue
        if not citation.exact:
            yield place, "stands without the quote that it is for; give exact"
        elif selector.end <= selector.start:
            yield place, "ends before it begins"
        elif selector.end - selector.start != len(citation.exact):
            length = selector.end - selector.start
            yield place, f"spans {length} characters, but the quote has {len(citation.exact)}"


def _withdrawal(day: str | None, reason: str | None) -> Found:
    if bool(day) != bool(reason):
        missing = "withdrawn_reason" if day else "withdrawn_on"
        yield (missing,), "is missing; a withdrawal has a day and a reason"


def _commitment(model: Commitment, around: Surroundings) -> Found:
    quotes = [quote for slug in model.statements for quote in around.quotes.get(slug, ())]
    known = all(slug in around.quotes for slug in model.statements)
    # What a strength is justified by is words that are quoted.
    yield from _strength(model, bool(quotes) or not known)
    if model.operative_phrase and known and not stands_in(model.operative_phrase, quotes):
        yield ("operative_phrase",), f"{shown(model.operative_phrase)} stands in no quote of its statements"
    if not model.statements:
        yield ("statements",), "is missing; name at least one statement that carries it"
    if not model.parties:
        yield ("parties",), "is missing; name at least one country or organisation"
    promised, target = model.promised_on, model.original_target_on
    if promised and target and last_day(target) < first_day(promised):
        yield ("original_target_on",), f"lies before promised_on, {promised}"
    for position, party in enumerate(model.parties):
        yield from _party(party, ("parties", position))
    for position, link in enumerate(model.links):
        yield from _link(link, model.public_id, ("links", position))
    for position, milestone in enumerate(model.milestones):
        yield from _milestone(milestone, ("milestones", position))
    yield from broken_history(model.status_updates)
    yield from _withdrawal(model.withdrawn_on, model.withdrawn_reason)


def _strength(model: Commitment, quoted: bool) -> Found:
    if model.kind in HAS_STRENGTH and not model.strength and quoted:
        yield ("strength",), f"is missing; say how firmly this {model.kind} was put"
    if model.kind not in HAS_STRENGTH and model.strength:
        yield ("strength",), f"a {model.kind} has no strength; leave it out"
    if model.strength and not model.operative_phrase:
        yield ("operative_phrase",), "is missing; give the words that justify the strength"


def _party(party: Party, place: Place) -> Found:
    if bool(party.country) == bool(party.organization):
        yield place, "give either a country or an organization"


def _link(link: Link, own_id: str, place: Place) -> Found:
    if link.to == own_id:
        yield (*place, "to"), "links the commitment to itself"
    if link.basis == "inferred" and not link.note:
        yield (*place, "note"), "is missing; say why you infer it"


def _milestone(milestone: Milestone, place: Place) -> Found:
    if milestone.met_on and milestone.status not in ("met", "partially_met"):
        yield (*place, "met_on"), f"stands with status {milestone.status}; only what was met has a day"


def _status_update(model: StatusUpdate, now: datetime) -> Found:
    if model.status != UNREVIEWED and not model.reason:
        yield ("reason",), f"is missing; status {model.status} needs one"
    if model.status in NEEDS_CITATION and not model.citations:
        yield ("citations",), f"is missing; status {model.status} needs evidence"
    effective = date.fromisoformat(model.effective_on)
    if effective > (now + FIRST_ZONE).date():
        yield ("effective_on",), f"{model.effective_on} has not come yet"
    if model.recorded_on:
        recorded = date.fromisoformat(model.recorded_on)
        if recorded > now.date():
            yield ("recorded_on",), f"{model.recorded_on} has not come yet (by UTC)"
        # Where a new day begins first it was the next one already.
        if recorded < effective - timedelta(days=1):
            yield ("recorded_on",), f"lies before effective_on, {model.effective_on}"
    yield from _citations(model.citations)

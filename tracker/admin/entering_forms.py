"""The forms by which a meeting is entered, and what they hold before anybody types: what was entered last."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, FieldList, Form, FormField, StringField
from wtforms.fields.choices import Choice  # type: ignore[attr-defined] # newer than the published stubs

from tracker.admin.attending import expected
from tracker.admin.commitments import FirstCommitmentForm
from tracker.admin.fields import RecordField, word
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.passages import sides
from tracker.admin.statements import FirstStatementForm
from tracker.models import (
    Attendance,
    Commitment,
    CommitmentParty,
    Country,
    Meeting,
    MeetingSeries,
    Minister,
    Office,
    Organization,
    Statement,
)
from tracker.models.commitments import PARTY_ROLES

SPARE = 2


class NextEdition(Form):
    """The series whose next edition is proposed."""

    series = RecordField("The next edition of", MeetingSeries, id="of-series")


class AttendeeField(RecordField):
    """A minister, those who attended first."""

    attended: tuple[str, ...] = ()

    def iter_choices(self) -> Iterator[Choice]:
        choices = list(super().iter_choices())
        yield from sorted(choices, key=lambda choice: bool(choice.value) and choice.value not in self.attended)


class AttendanceRow(Form):
    """Somebody who attended."""

    here = BooleanField("Attended", default=True)
    minister = RecordField("Minister", Minister)
    country = RecordField("On behalf of", Country, key="code")
    office = RecordField("In the office of", Office)
    why = StringField()


class AttendanceForm(RecordForm):
    """All who attended, a row each; a row without a minister, or not ticked, is nobody."""

    rows = FieldList(FormField(AttendanceRow))

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        seen: set[Any] = set()
        for row in self._here():
            if row.country.data is None:
                row.country.errors = ["Choose the country."]
            if row.minister.data in seen:
                row.minister.errors = ["Chosen twice."]
            seen.add(row.minister.data)
            valid = valid and not row.country.errors and not row.minister.errors
        if not seen:
            self.form_errors.append("Choose at least one minister who attended.")
        return valid and bool(seen)

    def attendances(self) -> list[Attendance]:
        """Those who attended."""
        return [
            Attendance(minister=row.minister.data, country=row.country.data, office=row.office.data)
            for row in self._here()
        ]

    def _here(self) -> list[Any]:
        return [row for row in self.rows if row.here.data and row.minister.data]


class PartyRow(Form):
    """A party to a commitment; without a country or an organisation it is none."""

    country = RecordField("Country", Country, key="code")
    organization = RecordField("or organisation", Organization)
    role = word("Role", PARTY_ROLES, default="lead")
    office = RecordField("Office that answers for it", Office)


class StatementHere(FirstStatementForm):
    """A statement of the meeting that is entered."""

    minister = AttendeeField("Said by", Minister, hint="Nobody for a joint statement: give an attribution.")


class CommitmentHere(FirstCommitmentForm):
    """A commitment that a statement of the meeting carries, with its parties."""

    party_rows = FieldList(FormField(PartyRow))

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for row in self.party_rows:
            if row.country.data and row.organization.data:
                row.country.errors = ["A country or an organisation, not both."]
                valid = False
        return valid

    def populate_obj(self, obj: Commitment) -> None:
        super().populate_obj(obj)
        obj.parties = [
            CommitmentParty(
                country=row.country.data, organization=row.organization.data, role=row.role.data, office=row.office.data
            )
            for row in self.party_rows
            if row.country.data or row.organization.data
        ]


def attendance_of(meeting: Meeting) -> AttendanceForm:
    """The form with those who may be expected and are not there yet, and rows to spare."""
    there = {(one.country, one.office) for one in meeting.attendances}
    rows = [
        {"here": one.minister is not None, "minister": one.minister, "country": one.country, "office": one.office,
         "why": one.why}
        for one in expected(meeting)
        if (one.country, one.office) not in there
    ]  # fmt: skip
    return AttendanceForm(data={"rows": [*rows, *({"here": True} for _ in range(SPARE))]})


def statement_at(meeting: Meeting) -> StatementHere:
    """The form of the next statement: by the same speaker, on the same topics, out of the same source as the last."""
    latest = select(Statement).where(Statement.meeting_id == meeting.id).order_by(Statement.id.desc()).limit(1)
    last = db.session.scalars(latest).first()
    proposed: dict[str, Any] = {"meeting": meeting, "said_on": meeting.start_date}
    precision = meeting.date_precision
    if last is not None:
        proposed |= {"minister": last.minister, "attribution": last.attribution, "topics": last.topics}
        proposed |= {"source": last.citations[0].source, "said_on": last.said_on}
        precision = last.said_precision
    form = StatementHere(data=proposed)
    form.said_on.precision = precision
    return form


def commitment_of(statement: Statement) -> CommitmentHere:
    """The form of the next commitment: topics, parties, kind and owner of the last one at this meeting."""
    meeting = statement.meeting
    latest = select(Commitment).where(Commitment.meeting_id == meeting.id).order_by(Commitment.id.desc()).limit(1)
    last = db.session.scalars(latest).first()
    proposed: dict[str, Any] = {
        "meeting": meeting,
        "statements": [statement],
        "topics": last.topics if last else statement.topics,
        "kind": last.kind if last else None,
        "owner": last.owner if last else None,
        "promised_on": statement.said_on or meeting.start_date,
        "party_rows": [*([_as_row(party) for party in last.parties] if last else _sides(statement)), {}],
    }
    form = CommitmentHere(data=proposed)
    form.promised_on.precision = statement.said_precision if statement.said_on else meeting.date_precision
    return form


def _as_row(party: CommitmentParty) -> dict[str, Any]:
    return {name: getattr(party, name) for name in ("country", "organization", "role", "office")}


def _sides(statement: Statement) -> list[dict[str, Any]]:
    """The country of the speaker, or all countries at the meeting where they spoke jointly; each leads."""
    spoke = [one for one in statement.meeting.attendances if statement.minister in (None, one.minister)]
    offices = {one.country: one.office if statement.minister else None for one in spoke}
    return [{"country": country, "role": "lead", "office": office} for country, office in offices.items()]


def attribution_hint(meeting: Meeting) -> str:
    """How a joint statement of this meeting is attributed."""
    return f"Who made a joint statement, as {sides(meeting) or 'India and Japan'}."

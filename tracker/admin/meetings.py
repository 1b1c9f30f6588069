"""Series, meetings and attendance."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from tracker.admin import as_of
from tracker.admin.base import ChildView, RecordView
from tracker.admin.commitment_page import CHAINED
from tracker.admin.fields import PeriodField, RecordField, day, line, number, prose, word
from tracker.admin.filtering import filter_by, filter_by_record
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.people import SLUG_HINT
from tracker.admin.sections import Section, section
from tracker.admin.show import when, words
from tracker.models import Attendance, Commitment, Country, Meeting, MeetingSeries, Minister, Office, Statement
from tracker.models.meetings import MEETING_CLASSIFICATIONS, MEETING_STATUSES

# Side by side on the page of a series.
SHOWN_EDITIONS = 12
# Of what was said and made at a meeting, which is read as a whole.
SHOWN_OF_ONE = 200


class SeriesForm(RecordForm):
    name = line("Name", required=True)
    code = line("Code", required=True, hint="Capitals; begins the public ids of its commitments, as IJ.")
    slug = line("Slug", hint=SLUG_HINT)


class SeriesView(RecordView):
    """Rows of meetings under one name."""

    noun, plural, group = "series", "Series", "Record"
    form = SeriesForm
    column_list = ("name", "code")
    details_template = "admin/series.html"
    column_details_list = ("code", "slug")
    sorts: ClassVar = {"name": (MeetingSeries.name,), "code": (MeetingSeries.code,)}
    default_sort = "name"

    def sections(self, record: MeetingSeries) -> list[Section]:
        add = url_for("meetings.create_view", series=record.slug)
        columns = ("edition", "name", "date", "status")
        return [
            section(
                "Editions",
                Meeting,
                editions(record),
                (Meeting.start_date,),
                columns,
                descending=True,
                whole=url_for("meetings.index_view", series=record.slug),
                add=add,
                add_label="Add meeting",
            )
        ]

    def show(self, record: MeetingSeries) -> ResponseReturnValue:
        latest = editions(record).order_by(Meeting.start_date.desc().nulls_first(), Meeting.id.desc())
        newest_first = db.session.scalars(latest.limit(SHOWN_EDITIONS + 1)).all()
        meetings = newest_first[:SHOWN_EDITIONS][::-1]
        shown: str = self.render(
            self.details_template,
            view=self,
            record=record,
            columns=self.get_details_columns(),
            get_value=self.get_detail_value,
            sections=self.sections(record),
            editions=meetings,
            earlier=len(newest_first) > SHOWN_EDITIONS,
            rows=threads([meeting.id for meeting in meetings]),
        )
        return shown


def editions(series: MeetingSeries) -> Select[Meeting]:
    """The meetings of a series."""
    return select(Meeting).where(Meeting.series_id == series.id, *as_of.existing(Meeting))


def threads(meeting_ids: Sequence[int]) -> list[dict[int, list[Commitment]]]:
    """The commitments of these meetings, by meeting, a row for those that take one another up."""
    commitments = db.session.scalars(
        select(Commitment)
        .join(Commitment.meeting)
        .where(Commitment.meeting_id.in_(meeting_ids), *as_of.standing())
        .order_by(Meeting.start_date, Commitment.public_id)
        .options(selectinload(Commitment.status_term), selectinload(Commitment.links))
    ).all()
    rows: list[dict[int, list[Commitment]]] = []
    row_of: dict[int, dict[int, list[Commitment]]] = {}
    for one in commitments:
        earlier = [link.to_id for link in one.links if link.relation in CHAINED and link.to_id in row_of]
        if earlier:
            row = row_of[earlier[0]]
        else:
            rows.append(row := {})
        row.setdefault(one.meeting_id, []).append(one)
        row_of[one.id] = row
    return rows


class MeetingForm(RecordForm):
    name = line("Name", required=True)
    series = RecordField("Series", MeetingSeries)
    edition = number("Edition", "Its number within the series.")
    classification = word("Kind", MEETING_CLASSIFICATIONS)
    status = word("Status", MEETING_STATUSES, default="held")
    start_date = PeriodField("Date", "date_precision")
    end_date = day("Last day", hint="Where it took more than one.")
    city = line("City")
    country = RecordField("Country", Country, key="code")
    parent = RecordField("Part of", Meeting)
    note = prose("Note", hint="Why the date is what it is, where texts differ.")
    slug = line("Slug", hint=SLUG_HINT)


class MeetingView(RecordView):
    """Meetings and what came of them."""

    noun, plural, group = "meeting", "Meetings", "Record"
    details_template = "admin/meeting.html"
    form = MeetingForm
    column_list = ("name", "date", "place", "kind", "status")
    column_details_list = ("series", "edition", "date", "place", "kind", "status", "parent", "note", "slug")
    column_labels: ClassVar = {"parent": "Part of"}
    column_formatters: ClassVar = {
        "date": lambda view, context, model, name: when(model.start_date, model.date_precision),
        "place": lambda view, context, model, name: ", ".join(
            str(part) for part in (model.city, model.country) if part
        ),
        "kind": lambda view, context, model, name: words(model.classification),
        "status": lambda view, context, model, name: words(model.status),
    }
    filters = (
        filter_by_record(
            "series", "Series", MeetingSeries, lambda slug: Meeting.series.has(MeetingSeries.slug == slug), "series"
        ),
        filter_by("kind", "Kind", Meeting.classification, MEETING_CLASSIFICATIONS),
        filter_by("status", "Status", Meeting.status, MEETING_STATUSES),
    )
    sorts: ClassVar = {
        "name": (Meeting.name,),
        "date": (Meeting.start_date,),
        "kind": (Meeting.classification,),
        "status": (Meeting.status,),
    }
    default_sort = "-date"
    loaded = (selectinload(Meeting.country),)

    def sections(self, record: Meeting) -> list[Section]:
        before = edition_before(record)
        attended = select(Attendance).where(Attendance.meeting_id == record.id)
        said = select(Statement).where(Statement.meeting_id == record.id)

        def adding(view: str, noun: str) -> dict[str, Any]:
            return {"add": url_for(f"{view}.create_view", meeting=record.slug), "add_label": f"Add {noun}"}

        made = ("public_id", "title", "kind", "strength", "status")
        followed = ("public_id", "title", "status", "target")
        found = [
            section("Attendance", Attendance, attended, (), ("minister", "country", "office"),
                    **adding("attendance", "minister")),
            section("Statements", Statement, said, (Statement.position,), ("summary", "speaker"),
                    whole=url_for("statements.index_view", meeting=record.slug), shown=SHOWN_OF_ONE,
                    **adding("statements", "statement")),
            made_at("Commitments", record, made, **adding("commitments", "commitment")),
        ]  # fmt: skip
        return found if before is None else [*found, made_at(f"What became of those of {before}", before, followed)]


def made_at(title: str, meeting: Meeting, columns: tuple[str, ...], **more: Any) -> Section:
    """The commitments of a meeting that stand."""
    made = select(Commitment).where(Commitment.meeting_id == meeting.id, *as_of.standing())
    whole = url_for("commitments.index_view", meeting=meeting.slug)
    return section(title, Commitment, made, (Commitment.public_id,), columns, whole=whole, shown=SHOWN_OF_ONE, **more)


def edition_before(meeting: Meeting) -> Meeting | None:
    """The meeting of the same series that came before this one, if there was one."""
    if meeting.series_id is None or meeting.start_date is None:
        return None
    earlier = select(Meeting).where(Meeting.series_id == meeting.series_id, Meeting.start_date < meeting.start_date)
    return db.session.scalars(earlier.order_by(Meeting.start_date.desc()).limit(1)).first()


class AttendanceForm(RecordForm):
    meeting = RecordField("Meeting", Meeting, required=True)
    minister = RecordField("Minister", Minister, required=True)
    country = RecordField("On behalf of", Country, key="code", required=True)
    office = RecordField("In the office of", Office)


class AttendanceView(ChildView):
    """Ministers at meetings."""

    noun, plural, parent = "attendance", "Attendance", "meeting"
    form = AttendanceForm
    column_list = ("meeting", "minister", "country", "office")
    column_details_list = ("meeting", "minister", "country", "office")
    column_labels: ClassVar = {"country": "On behalf of"}
    sorts: ClassVar = {"meeting": (Meeting.start_date,), "minister": (Minister.sort_name,)}
    default_sort = "-meeting"
    loaded = (
        selectinload(Attendance.meeting),
        selectinload(Attendance.minister),
        selectinload(Attendance.country),
        selectinload(Attendance.office),
    )

    def selection(self) -> Any:
        return select(Attendance).join(Attendance.meeting).join(Attendance.minister)

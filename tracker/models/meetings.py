"""Series, meetings and who attended them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Nested, Precision, RowId, Slug, Versioned, dated, one_of, slug_shape
from tracker.models.people import Country, Minister, Office

MEETING_CLASSIFICATIONS = ("ministerial", "summit", "bilateral", "dialogue", "call_on", "other")
MEETING_STATUSES = ("planned", "held", "postponed", "cancelled")


class MeetingSeries(Versioned, Base):
    """A row of meetings under one name; `code` begins the public ids of their commitments."""

    __tablename__ = "meeting_series"
    __table_args__ = (slug_shape(), CheckConstraint("code = upper(code) AND code <> ''", name="code_shape"))

    id: Mapped[RowId]
    slug: Mapped[Slug]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]

    def __str__(self) -> str:
        return self.name


class Meeting(Nested, Versioned, Base):
    """One event; an edition of a series where it has one."""

    __tablename__ = "meeting"
    __table_args__ = (
        slug_shape(),
        one_of("classification", MEETING_CLASSIFICATIONS),
        one_of("status", MEETING_STATUSES),
        *dated("start_date", "date_precision"),
        CheckConstraint("status <> 'held' OR start_date IS NOT NULL", name="held_has_date"),
        CheckConstraint("start_date <= end_date", name="starts_before_it_ends"),
        CheckConstraint("edition IS NULL OR (edition > 0 AND series_id IS NOT NULL)", name="edition_of_series"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        UniqueConstraint("series_id", "edition"),
        Index("ix_meeting_start_date", "start_date"),
        # Reports look for the edition after each.
        Index("ix_meeting_series_id", "series_id", "start_date"),
        # The latest first, those without a date last: on PostgreSQL that is an order of its own, on SQLite the same.
        Index("ix_meeting_latest", text("start_date DESC NULLS LAST")).ddl_if(dialect="postgresql"),
    )

    id: Mapped[RowId]
    slug: Mapped[Slug]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"))
    edition: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str]
    classification: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="held")
    start_date: Mapped[date | None]
    date_precision: Mapped[Precision]
    end_date: Mapped[date | None]
    city: Mapped[str | None]
    country_code: Mapped[str | None] = mapped_column(Text, ForeignKey("country.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    note: Mapped[str | None]

    series: Mapped[MeetingSeries | None] = relationship()
    country: Mapped[Country | None] = relationship()
    parent: Mapped["Meeting | None"] = relationship(remote_side="Meeting.id")
    attendances: Mapped[list["Attendance"]] = relationship(
        back_populates="meeting", cascade="all", order_by="Attendance.id"
    )

    def __str__(self) -> str:
        return self.name


class Attendance(Base):
    """A minister at a meeting, on behalf of a country, in an office."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "minister_id"),)

    id: Mapped[RowId]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    minister_id: Mapped[int] = mapped_column(ForeignKey("minister.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    country_code: Mapped[str] = mapped_column(Text, ForeignKey("country.code"))

    meeting: Mapped[Meeting] = relationship(back_populates="attendances")
    minister: Mapped[Minister] = relationship()
    office: Mapped[Office | None] = relationship()
    country: Mapped[Country] = relationship()

    @property
    def record_key(self) -> str:
        return f"{self.meeting.slug}/{self.minister.slug}"

    def __str__(self) -> str:
        return f"{self.minister} at {self.meeting}"

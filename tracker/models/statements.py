"""Topics, and the statements made at meetings."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Nested, Precision, RowId, Slug, Versioned, dated, slug_shape
from tracker.models.meetings import Meeting
from tracker.models.people import Minister
from tracker.models.sources import Citation


class Withdrawable:
    """Nothing that was published is deleted: it is withdrawn, with date and reason, and leaves the reports."""

    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None]


def withdrawn_with_reason() -> CheckConstraint:
    """A withdrawal tells its reason."""
    return CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason")


class Topic(Nested, Versioned, Base):
    """A subject in a tree of subjects."""

    __tablename__ = "topic"
    __table_args__ = (
        slug_shape(),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        Index("ix_topic_label", "label", "slug"),
    )

    id: Mapped[RowId]
    slug: Mapped[Slug]
    label: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)

    parent: Mapped["Topic | None"] = relationship(remote_side="Topic.id")

    def __str__(self) -> str:
        return self.label


class Statement(Withdrawable, Versioned, Base):
    """Something said, by one minister or jointly: then it has an attribution in a minister's stead.

    `first_citation` is the ordinal of its first citation: the deferred key to it is what makes a statement
    without a citation impossible on both engines.
    """

    __tablename__ = "statement"
    __table_args__ = (
        slug_shape(),
        CheckConstraint("(minister_id IS NULL) <> (attribution IS NULL)", name="minister_or_attribution"),
        *dated("said_on", "said_precision"),
        withdrawn_with_reason(),
        ForeignKeyConstraint(
            ["id", "first_citation"],
            ["citation.statement_id", "citation.ordinal"],
            name="fk_statement_first_citation",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_statement_meeting_id", "meeting_id", "position"),
        Index("ix_statement_minister_id", "minister_id", "said_on"),
    )

    id: Mapped[RowId]
    slug: Mapped[Slug]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    minister_id: Mapped[int | None] = mapped_column(ForeignKey("minister.id"))
    attribution: Mapped[str | None]
    said_on: Mapped[date | None]
    said_precision: Mapped[Precision]
    summary: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    first_citation: Mapped[int] = mapped_column(Integer, server_default="1")

    meeting: Mapped[Meeting] = relationship()
    minister: Mapped[Minister | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary="statement_topic", order_by="Topic.slug")
    citations: Mapped[list[Citation]] = relationship(
        back_populates="statement",
        foreign_keys=[Citation.statement_id],
        order_by="Citation.ordinal",
        passive_deletes="all",
    )

    def problems(self) -> list[str]:
        found = []
        if bool(self.minister or self.minister_id) == bool(self.attribution):
            found.append(f"statement {self.slug}: give either a minister or, for a joint statement, an attribution")
        if self.id is None and not self.citations:
            found.append(f"statement {self.slug}: cite at least one source")
        return found

    def __str__(self) -> str:
        return self.summary


class StatementTopic(Base):
    """What a statement is about."""

    __tablename__ = "statement_topic"
    __table_args__ = (UniqueConstraint("statement_id", "topic_id"),)

    id: Mapped[RowId]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)

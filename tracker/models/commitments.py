"""Commitments: what somebody undertook, proposed, asked or called for, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, Precision, RowId, Versioned, dated, listed, one_of
from tracker.models.lookups import HAS_STRENGTH, UNREVIEWED, Kind, Status, Strength
from tracker.models.meetings import Meeting
from tracker.models.people import Country, Office, Organization
from tracker.models.statements import Statement, Topic, Withdrawable, withdrawn_with_reason

if TYPE_CHECKING:
    from tracker.models.status_updates import StatusUpdate

PARTY_ROLES = ("lead", "partner", "beneficiary", "addressee")
RELATIONS = ("continues", "restates", "supersedes", "merges", "splits", "depends_on")
LINK_BASES = ("stated", "inferred")
MILESTONE_STATUSES = ("scheduled", "met", "partially_met", "not_met")


class Commitment(Withdrawable, Versioned, Base):
    """One discrete thing that somebody undertook, proposed, asked for or called for.

    `status`, `target_on` and `target_precision` are a projection of the status updates, written by triggers alone.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("public_id = upper(public_id) AND public_id NOT LIKE '% %'", name="public_id_shape"),
        CheckConstraint(
            f"strength IS NULL OR (operative_phrase IS NOT NULL AND kind IN ({listed(HAS_STRENGTH)}))",
            name="strength_justified",
        ),
        *dated("promised_on", "promised_precision"),
        *dated("original_target_on", "original_target_precision"),
        *dated("target_on", "target_precision"),
        withdrawn_with_reason(),
        # One index for each way in: by meeting, by status, by what is due and what is to be looked at.
        # Covers the tables of status and of strength by meeting.
        Index("ix_commitment_meeting_id", "meeting_id", "status", "kind", "strength", "withdrawn_on"),
        Index("ix_commitment_status", "status", "kind"),
        # The orders of the list; owners are asked for by name, too.
        Index("ix_commitment_title", "title"),
        Index("ix_commitment_kind", "kind", "id"),
        Index("ix_commitment_strength", "strength", "id"),
        Index("ix_commitment_status_id", "status", "id"),
        Index("ix_commitment_owner", "owner"),
        # Not partial: the report of what is overdue walks it in its order.
        Index("ix_commitment_original_target_on", "original_target_on"),
        # Tells by itself what is overdue: open, and its date has passed.
        Index(
            "ix_commitment_target_on",
            "target_on",
            "id",
            "status",
            sqlite_where=text("withdrawn_on IS NULL AND target_on IS NOT NULL"),
            postgresql_where=text("withdrawn_on IS NULL AND target_on IS NOT NULL"),
        ),
        Index(
            "ix_commitment_review_due_on",
            "review_due_on",
            sqlite_where=text("withdrawn_on IS NULL AND review_due_on IS NOT NULL"),
            postgresql_where=text("withdrawn_on IS NULL AND review_due_on IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    public_id: Mapped[str] = mapped_column(unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[str] = mapped_column(Text, ForeignKey("kind.name"))
    strength: Mapped[str | None] = mapped_column(Text, ForeignKey("strength.name"))
    operative_phrase: Mapped[str | None]
    title: Mapped[str]
    summary: Mapped[str | None]
    promised_on: Mapped[date | None]
    promised_precision: Mapped[Precision]
    original_target_on: Mapped[date | None]
    original_target_precision: Mapped[Precision]
    target_on: Mapped[date | None]
    target_precision: Mapped[Precision]
    review_due_on: Mapped[date | None]
    owner: Mapped[str | None]
    status: Mapped[str] = mapped_column(Text, ForeignKey("status.name"), server_default=UNREVIEWED)

    meeting: Mapped[Meeting] = relationship()
    kind_term: Mapped[Kind] = relationship(viewonly=True)
    strength_term: Mapped[Strength | None] = relationship(viewonly=True)
    status_term: Mapped[Status] = relationship(viewonly=True)
    topics: Mapped[list[Topic]] = relationship(secondary="commitment_topic", order_by="Topic.slug")
    statements: Mapped[list[Statement]] = relationship(secondary="commitment_statement", order_by="Statement.position")
    parties: Mapped[list["CommitmentParty"]] = relationship(
        back_populates="commitment", cascade="all", order_by="CommitmentParty.id"
    )
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="commitment", cascade="all", order_by="Milestone.id"
    )
    links: Mapped[list["CommitmentLink"]] = relationship(
        back_populates="commitment",
        foreign_keys="CommitmentLink.from_id",
        cascade="all",
        order_by="CommitmentLink.id",
    )
    linked_from: Mapped[list["CommitmentLink"]] = relationship(
        back_populates="target",
        foreign_keys="CommitmentLink.to_id",
        passive_deletes="all",
        order_by="CommitmentLink.id",
    )
    status_updates: Mapped[list["StatusUpdate"]] = relationship(
        back_populates="commitment",
        foreign_keys="StatusUpdate.commitment_id",
        passive_deletes="all",
        order_by="(StatusUpdate.effective_on, StatusUpdate.recorded_at, StatusUpdate.id)",
    )

    @property
    def record_key(self) -> str:
        return self.public_id

    def problems(self) -> list[str]:
        found = []
        if self.id is None and not self.statements:
            found.append(f"commitment {self.public_id}: name at least one statement that carries it")
        if self.strength and self.kind not in HAS_STRENGTH:
            found.append(f"commitment {self.public_id}: a {self.kind} has no strength; leave it out")
        if self.strength and not self.operative_phrase:
            found.append(f"commitment {self.public_id}: a strength needs the operative words that justify it")
        elif self.operative_phrase and not stands_in(self.operative_phrase, self.quotes()):
            found.append(
                f"commitment {self.public_id}: the operative words '{self.operative_phrase}' stand in no quote of its "
                "statements; take them from one"
            )
        return found

    def quotes(self) -> list[str]:
        """What its statements quote, word for word."""
        return [citation.exact for statement in self.statements for citation in statement.citations if citation.exact]

    def __str__(self) -> str:
        return f"{self.public_id} {self.title}"


def stands_in(phrase: str, quotes: list[str]) -> bool:
    """Whether one of the quotes holds the phrase; white space and case do not count."""
    wanted = " ".join(phrase.casefold().split())
    return any(wanted in " ".join(quote.casefold().split()) for quote in quotes)


class CommitmentParty(Base):
    """A country or an organisation, its part in the commitment, and the office that answers for it."""

    __tablename__ = "commitment_party"
    __table_args__ = (
        CheckConstraint("(country_code IS NULL) <> (organization_id IS NULL)", name="country_or_organization"),
        one_of("role", PARTY_ROLES),
        # NULL is unlike NULL in a unique constraint, so one for each of the two.
        UniqueConstraint("commitment_id", "country_code", "role"),
        UniqueConstraint("commitment_id", "organization_id", "role"),
        Index("ix_commitment_party_country_code", "country_code", "commitment_id"),
        Index("ix_commitment_party_organization_id", "organization_id", "commitment_id"),
        Index("ix_commitment_party_office_id", "office_id", "commitment_id"),
    )

    id: Mapped[RowId]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    country_code: Mapped[str | None] = mapped_column(Text, ForeignKey("country.code"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))

    commitment: Mapped[Commitment] = relationship(back_populates="parties")
    country: Mapped[Country | None] = relationship()
    organization: Mapped[Organization | None] = relationship()
    office: Mapped[Office | None] = relationship()

    @property
    def record_key(self) -> str:
        party = self.country_code or (self.organization.slug if self.organization else "?")
        return f"{self.commitment.record_key}/{party}/{self.role}"

    def __str__(self) -> str:
        return str(self.country or self.organization)


class CommitmentStatement(Base):
    """A statement that carries a commitment."""

    __tablename__ = "commitment_statement"
    __table_args__ = (UniqueConstraint("commitment_id", "statement_id"),)

    id: Mapped[RowId]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)


class CommitmentTopic(Base):
    """What a commitment is about."""

    __tablename__ = "commitment_topic"
    __table_args__ = (UniqueConstraint("commitment_id", "topic_id"),)

    id: Mapped[RowId]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)


class CommitmentLink(Base):
    """How one commitment follows from another; where no text says so, it is our inference and tells why."""

    __tablename__ = "commitment_link"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="not_to_itself"),
        one_of("relation", RELATIONS),
        one_of("basis", LINK_BASES),
        CheckConstraint("basis = 'stated' OR note IS NOT NULL", name="inference_explained"),
        UniqueConstraint("from_id", "to_id", "relation"),
    )

    id: Mapped[RowId]
    from_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    relation: Mapped[str]
    basis: Mapped[str] = mapped_column(server_default="inferred")
    note: Mapped[str | None]

    commitment: Mapped[Commitment] = relationship(back_populates="links", foreign_keys=[from_id])
    target: Mapped[Commitment] = relationship(back_populates="linked_from", foreign_keys=[to_id])

    @property
    def record_key(self) -> str:
        return f"{self.commitment.record_key}/{self.relation}/{self.target.record_key}"

    def __str__(self) -> str:
        return f"{self.relation} {self.target}"


class Milestone(Versioned, Base):
    """A checkable step or criterion."""

    __tablename__ = "milestone"
    __table_args__ = (
        one_of("status", MILESTONE_STATUSES),
        *dated("due_on", "due_precision"),
        CheckConstraint("met_on IS NULL OR status IN ('met', 'partially_met')", name="met_on_when_met"),
        UniqueConstraint("commitment_id", "slug"),
    )

    id: Mapped[RowId]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    slug: Mapped[str]
    criterion: Mapped[str]
    due_on: Mapped[date | None]
    due_precision: Mapped[Precision]
    status: Mapped[str] = mapped_column(server_default="scheduled")
    met_on: Mapped[date | None]

    commitment: Mapped[Commitment] = relationship(back_populates="milestones")

    @property
    def record_key(self) -> str:
        return f"{self.commitment.record_key}/{self.slug}"

    def __str__(self) -> str:
        return self.criterion

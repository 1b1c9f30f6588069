"""Sources, the passages cited from them, and what checking those passages gave."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, RecordedAt, RowId, Slug, Versioned, one_of, slug_shape

if TYPE_CHECKING:
    from tracker.models.statements import Statement
    from tracker.models.status_updates import StatusUpdate

SOURCE_CLASSIFICATIONS = (
    "press_report",
    "press_statement",
    "joint_statement",
    "release",
    "memorandum",
    "transcript",
    "other",
)
# What a text was taken from.
MEDIA_TYPES = (
    "text/plain",
    "text/html",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
BEARINGS = ("supports", "contradicts", "context")
VERIFICATION_RESULTS = ("verbatim", "normalised", "not_found", "no_document", "no_quote")


class Source(Versioned, Base):
    """A document; `sha256` is that of its current text, which stays with whoever archived it."""

    __tablename__ = "source"
    __table_args__ = (
        slug_shape(),
        one_of("classification", SOURCE_CLASSIFICATIONS),
        CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name="sha256_shape"),
        CheckConstraint("length(language) = 2 AND language = lower(language)", name="language_shape"),
        Index("ix_source_published_on", "published_on"),
    )

    id: Mapped[RowId]
    slug: Mapped[Slug]
    title: Mapped[str]
    publisher: Mapped[str | None]
    classification: Mapped[str]
    url: Mapped[str | None]
    published_on: Mapped[date | None]
    accessed_on: Mapped[date | None]
    language: Mapped[str | None] = mapped_column(Text)
    document_number: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(Text, unique=True)
    note: Mapped[str | None]

    documents: Mapped[list["Document"]] = relationship(
        back_populates="source", order_by="Document.ordinal", passive_deletes="all"
    )

    def __str__(self) -> str:
        return self.title


class Document(Base):
    """One version of a source's text, kept in the archive under `sha256`; append-only.

    A corrected communique is a new version, numbered by `ordinal` from 1. `file_sha256` is that of the file as it was
    taken in, which is not kept; `extractor` names what read the text out of it, with its version.
    """

    __tablename__ = "document"
    __table_args__ = (
        one_of("media_type", MEDIA_TYPES),
        CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name="sha256_shape"),
        CheckConstraint("length(file_sha256) = 64 AND file_sha256 = lower(file_sha256)", name="file_sha256_shape"),
        CheckConstraint("ordinal > 0", name="ordinal_positive"),
        CheckConstraint("characters > 0", name="characters_positive"),
        UniqueConstraint("source_id", "ordinal"),
        Index("ix_document_sha256", "sha256"),
    )

    id: Mapped[RowId]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    ordinal: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    extractor: Mapped[str]
    characters: Mapped[int] = mapped_column(Integer)
    added_at: Mapped[RecordedAt]
    added_by: Mapped[str]

    source: Mapped[Source] = relationship(back_populates="documents")

    @property
    def record_key(self) -> str:
        return f"{self.source.slug}/{self.ordinal}"

    def __str__(self) -> str:
        return f"Version {self.ordinal}"


class Citation(Base):
    """A passage that a statement or a status update rests on; append-only.

    A wrong one is corrected by a new one that names it in `corrects_id`. `exact` may be empty: a link alone is
    evidence too. The offsets count characters of the archived text, the end not included.
    """

    __tablename__ = "citation"
    __table_args__ = (
        one_of("bearing", BEARINGS),
        CheckConstraint("(statement_id IS NULL) <> (status_update_id IS NULL)", name="one_owner"),
        CheckConstraint("ordinal > 0", name="ordinal_positive"),
        CheckConstraint("(start_offset IS NULL) = (end_offset IS NULL)", name="offsets_together"),
        CheckConstraint("0 <= start_offset AND start_offset < end_offset", name="offsets_in_order"),
        CheckConstraint("start_offset IS NULL OR exact IS NOT NULL", name="offsets_of_quote"),
        CheckConstraint("corrects_id < id", name="corrects_earlier"),
        UniqueConstraint("statement_id", "ordinal"),
        UniqueConstraint("status_update_id", "ordinal"),
        Index("ix_citation_source_id_start_offset", "source_id", "start_offset"),
    )

    id: Mapped[RowId]
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    status_update_id: Mapped[int | None] = mapped_column(ForeignKey("status_update.id"))
    ordinal: Mapped[int] = mapped_column(Integer)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    exact: Mapped[str | None]
    prefix: Mapped[str | None]
    suffix: Mapped[str | None]
    start_offset: Mapped[int | None] = mapped_column(Integer)
    end_offset: Mapped[int | None] = mapped_column(Integer)
    locator: Mapped[str | None]
    bearing: Mapped[str] = mapped_column(server_default="supports")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("citation.id"), unique=True)

    source: Mapped[Source] = relationship()
    statement: Mapped["Statement | None"] = relationship(back_populates="citations", foreign_keys=[statement_id])
    status_update: Mapped["StatusUpdate | None"] = relationship(
        back_populates="citations", foreign_keys=[status_update_id]
    )
    corrects: Mapped["Citation | None"] = relationship(remote_side="Citation.id")
    verifications: Mapped[list["Verification"]] = relationship(
        back_populates="citation", order_by="Verification.id", passive_deletes="all"
    )

    @property
    def record_key(self) -> str:
        owner = self.statement or self.status_update
        return f"{owner.record_key if owner else '?'}#{self.ordinal}"

    def __str__(self) -> str:
        return self.exact or f"(no quote) {self.source}"


class Verification(Base):
    """What checking a citation against an archived text gave, and when; append-only.

    Where the quote was found: its offsets, the words before and after it, and the number of its paragraph from 1.
    """

    __tablename__ = "verification"
    audited = False
    __table_args__ = (
        one_of("result", VERIFICATION_RESULTS),
        Index("ix_verification_citation_id", "citation_id", "id"),
    )

    id: Mapped[RowId]
    citation_id: Mapped[int] = mapped_column(ForeignKey("citation.id"))
    checked_at: Mapped[RecordedAt]
    result: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(Text)
    start_offset: Mapped[int | None] = mapped_column(Integer)
    end_offset: Mapped[int | None] = mapped_column(Integer)
    prefix: Mapped[str | None]
    suffix: Mapped[str | None]
    paragraph: Mapped[int | None] = mapped_column(Integer)

    citation: Mapped[Citation] = relationship(back_populates="verifications")

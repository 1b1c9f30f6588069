"""The audit trail: one batch a transaction, chained by hash, and the events within it; both append-only.

And what was last loaded from seed files: `seed_origin` by record, `seed_text` by file.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, BigId, RecordedAt, RowId, one_of

ACTIONS = ("created", "updated", "deleted")
DOORS = ("web", "cli", "seeds", "import", "sql")


class AuditBatch(Base):
    """All that one transaction changed: who, when, through which door, from where.

    `hash` is the SHA-256 over `previous_hash` and the canonical JSON of the batch and its events.
    """

    __tablename__ = "audit_batch"
    audited = False
    __table_args__ = (one_of("door", DOORS),)

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    door: Mapped[str]
    address: Mapped[str | None]
    previous_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text, unique=True)

    events: Mapped[list["AuditEvent"]] = relationship(back_populates="batch", order_by="AuditEvent.ordinal")


class AuditEvent(Base):
    """One record changed: `changes` maps each field to its old and new value."""

    __tablename__ = "audit_event"
    audited = False
    __table_args__ = (
        one_of("action", ACTIONS),
        UniqueConstraint("batch_position", "ordinal"),
        Index("ix_audit_event_record", "record", "record_key"),
        # For what belongs to a record: its key begins with that one's.
        Index("ix_audit_event_record_key", "record_key", postgresql_ops={"record_key": "text_pattern_ops"}),
    )

    id: Mapped[RowId]
    batch_position: Mapped[int] = mapped_column(BigId, ForeignKey("audit_batch.position"))
    ordinal: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(Text)
    record: Mapped[str] = mapped_column(Text)
    record_key: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)

    batch: Mapped[AuditBatch] = relationship(back_populates="events")


class SeedOrigin(Base):
    """What a seed record looked like in its file when it was last loaded."""

    __tablename__ = "seed_origin"
    audited = False

    record: Mapped[str] = mapped_column(Text, primary_key=True)
    record_key: Mapped[str] = mapped_column(Text, primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[RecordedAt]


class SeedText(Base):
    """A seed file as it was last loaded, to the byte, so that an export can keep its comments."""

    __tablename__ = "seed_text"
    audited = False

    file: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[str] = mapped_column(Text)

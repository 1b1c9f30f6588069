"""What became of a commitment: the append-only history that its status follows from."""

import secrets
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, BigId, Precision, RecordedAt, RowId, dated, listed
from tracker.models.commitments import Commitment
from tracker.models.lookups import NEEDS_CITATION, NO_EVIDENCE_FOUND, UNREVIEWED, Status
from tracker.models.sources import Citation

# The time zone in which a new day begins first.
FIRST_ZONE = timedelta(hours=14)


def new_update_key() -> str:
    """A key for a status update that was not given one: the day and enough chance to be alone."""
    return f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(4)}"


class StatusUpdate(Base):
    """What became of a commitment, true from `effective_on`, known since `recorded_at`; append-only.

    A mistake is corrected by a new update that names it in `corrects_id`. `first_citation` is set where the status
    needs evidence: the deferred key to it is what refuses such an update without a citation on both engines.
    """

    __tablename__ = "status_update"
    __table_args__ = (
        CheckConstraint(f"status = '{UNREVIEWED}' OR (reason IS NOT NULL AND trim(reason) <> '')", name="has_reason"),
        CheckConstraint(f"status NOT IN ({listed(NEEDS_CITATION)}) OR first_citation IS NOT NULL", name="has_evidence"),
        *dated("new_target_on", "new_target_precision"),
        CheckConstraint("corrects_id < id", name="corrects_earlier"),
        UniqueConstraint("commitment_id", "key"),
        UniqueConstraint("commitment_id", "id"),
        UniqueConstraint("corrects_id"),
        ForeignKeyConstraint(
            ["commitment_id", "corrects_id"],
            ["status_update.commitment_id", "status_update.id"],
            name="fk_status_update_corrects_same_commitment",
        ),
        ForeignKeyConstraint(
            ["id", "first_citation"],
            ["citation.status_update_id", "citation.ordinal"],
            name="fk_status_update_first_citation",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_status_update_commitment_id", "commitment_id", "effective_on", "recorded_at", "id", "status"),
        Index("ix_status_update_effective_on", "effective_on", "commitment_id"),
    )

    id: Mapped[RowId]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    key: Mapped[str] = mapped_column(default=new_update_key)
    status: Mapped[str] = mapped_column(Text, ForeignKey("status.name"))
    effective_on: Mapped[date]
    recorded_at: Mapped[RecordedAt]
    recorded_by: Mapped[str]
    reason: Mapped[str | None]
    new_target_on: Mapped[date | None]
    new_target_precision: Mapped[Precision]
    corrects_id: Mapped[int | None] = mapped_column(BigId)
    first_citation: Mapped[int | None] = mapped_column(Integer)

    commitment: Mapped[Commitment] = relationship(back_populates="status_updates", foreign_keys=[commitment_id])
    status_term: Mapped[Status] = relationship(viewonly=True)
    corrects: Mapped["StatusUpdate | None"] = relationship(
        primaryjoin="foreign(StatusUpdate.corrects_id) == remote(StatusUpdate.id)", back_populates="corrected_by"
    )
    corrected_by: Mapped["StatusUpdate | None"] = relationship(
        primaryjoin="StatusUpdate.id == remote(foreign(StatusUpdate.corrects_id))",
        back_populates="corrects",
        passive_deletes="all",
        uselist=False,
    )
    citations: Mapped[list[Citation]] = relationship(
        back_populates="status_update",
        foreign_keys=[Citation.status_update_id],
        order_by="Citation.ordinal",
        passive_deletes="all",
    )

    @property
    def record_key(self) -> str:
        return f"{self.commitment.public_id}/{self.key}"

    def problems(self) -> list[str]:
        found = []
        if self.status != UNREVIEWED and not (self.reason or "").strip():
            found.append(f"status {self.status}: tell the reason")
        if self.status in NEEDS_CITATION and not self.citations:
            found.append(f"status {self.status}: cite at least one source as evidence")
        if self.effective_on and self.effective_on > (datetime.now(UTC) + FIRST_ZONE).date():
            found.append(f"effective on {self.effective_on}: that day has not come yet")
        before = self._status_before() if self.status == NO_EVIDENCE_FOUND else UNREVIEWED
        if before not in (UNREVIEWED, NO_EVIDENCE_FOUND):
            found.append(f"status {self.status}: something was known before; repeat the status that stands, {before}")
        return found

    def _status_before(self) -> str:
        """The status that stood when this update became true."""
        updates = self.commitment.status_updates
        corrected = [update.corrects for update in updates]
        moments = {update: (update.effective_on, place) for place, update in enumerate(updates)}
        earlier = [update for update in updates if update not in corrected and moments[update] < moments[self]]
        return max(earlier, key=lambda update: moments[update]).status if earlier else UNREVIEWED

    def __str__(self) -> str:
        return f"{self.status} on {self.effective_on}"

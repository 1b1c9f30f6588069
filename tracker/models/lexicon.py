"""The lexicon: the words by which the reading desk proposes kind, strength and speaker; each row can be edited."""

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base, RowId, Versioned, listed, one_of
from tracker.models.lookups import HAS_STRENGTH, Kind, Strength

# What an entry is for: words that make a sentence a commitment of some kind, verbs of saying, names of all sides.
LEXICON_USES = ("operative", "saying", "joint")


class LexiconEntry(Versioned, Base):
    """Words in each form that they take, with commas between, and what they propose."""

    __tablename__ = "lexicon_entry"
    __table_args__ = (
        one_of("used_for", LEXICON_USES),
        CheckConstraint("(used_for = 'operative') = (kind IS NOT NULL)", name="operative_has_kind"),
        CheckConstraint(f"strength IS NULL OR kind IN ({listed(HAS_STRENGTH)})", name="strength_of_kind"),
        UniqueConstraint("used_for", "forms"),
    )

    id: Mapped[RowId]
    forms: Mapped[str]
    used_for: Mapped[str]
    kind: Mapped[str | None] = mapped_column(Text, ForeignKey("kind.name"))
    strength: Mapped[str | None] = mapped_column(Text, ForeignKey("strength.name"))
    note: Mapped[str | None]

    kind_term: Mapped[Kind | None] = relationship(viewonly=True)
    strength_term: Mapped[Strength | None] = relationship(viewonly=True)

    @property
    def words(self) -> list[str]:
        """Each form by itself, in lower case, with single spaces."""
        return [form for part in self.forms.split(",") if (form := " ".join(part.casefold().split()))]

    @property
    def record_key(self) -> str:
        return f"{self.used_for}/{self.forms}"

    def problems(self) -> list[str]:
        return [] if self.words else ["write at least one word"]

    def __str__(self) -> str:
        return self.forms

"""Countries, organisations, ministers and the offices that they hold."""

import unicodedata
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker.models.base import Base, Nested, Precision, RowId, Slug, Versioned, dated, one_of, slug_shape

ORGANIZATION_CLASSIFICATIONS = (
    "government",
    "ministry",
    "agency",
    "armed_service",
    "intergovernmental",
    "company",
    "other",
)


def fold_name(name: str) -> str:
    """One spelling for comparing names: case, accents and repeated spaces do not count."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


class Country(Versioned, Base):
    """A country by its ISO 3166-1 alpha-2 code."""

    __tablename__ = "country"
    __table_args__ = (CheckConstraint("length(code) = 2 AND code = upper(code)", name="code_shape"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

    @property
    def record_key(self) -> str:
        return self.code

    def __str__(self) -> str:
        return self.name


class Organization(Nested, Versioned, Base):
    """A ministry, agency, armed service or intergovernmental body."""

    __tablename__ = "organization"
    __table_args__ = (
        slug_shape(),
        one_of("classification", ORGANIZATION_CLASSIFICATIONS),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
    )

    id: Mapped[RowId]
    slug: Mapped[Slug]
    name: Mapped[str]
    classification: Mapped[str]
    country_code: Mapped[str | None] = mapped_column(Text, ForeignKey("country.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)

    country: Mapped[Country | None] = relationship()
    parent: Mapped["Organization | None"] = relationship(remote_side="Organization.id")

    def __str__(self) -> str:
        return self.name


class Minister(Versioned, Base):
    """A person who holds or held office."""

    __tablename__ = "minister"
    __table_args__ = (slug_shape(), Index("ix_minister_sort_name", "sort_name"))

    id: Mapped[RowId]
    slug: Mapped[Slug]
    name: Mapped[str]
    family_name: Mapped[str | None]
    given_name: Mapped[str | None]
    sort_name: Mapped[str]
    native_name: Mapped[str | None]
    country_code: Mapped[str] = mapped_column(Text, ForeignKey("country.code"), index=True)

    country: Mapped[Country] = relationship()
    other_names: Mapped[list["MinisterName"]] = relationship(
        back_populates="minister", cascade="all", order_by="MinisterName.name"
    )
    office_terms: Mapped[list["OfficeTerm"]] = relationship(
        back_populates="minister", cascade="all", order_by="OfficeTerm.start_date"
    )

    def __str__(self) -> str:
        return self.name


class MinisterName(Base):
    """Another spelling or word order; no two ministers share one."""

    __tablename__ = "minister_name"

    id: Mapped[RowId]
    minister_id: Mapped[int] = mapped_column(ForeignKey("minister.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)

    minister: Mapped[Minister] = relationship(back_populates="other_names")

    @validates("name")
    def _fold(self, _: str, name: str) -> str:
        self.folded = fold_name(name)
        return name

    @property
    def record_key(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name


class Office(Versioned, Base):
    """A post: its label and the organisation that it belongs to (Popolo's Post)."""

    __tablename__ = "office"
    __table_args__ = (slug_shape(),)

    id: Mapped[RowId]
    slug: Mapped[Slug]
    label: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)

    organization: Mapped[Organization] = relationship()

    def __str__(self) -> str:
        return self.label


class OfficeTerm(Base):
    """Who held which office, from when to when, as far as known (Popolo's Membership)."""

    __tablename__ = "office_term"
    __table_args__ = (
        *dated("start_date", "start_precision"),
        *dated("end_date", "end_precision"),
        CheckConstraint("start_date <= end_date", name="starts_before_it_ends"),
        UniqueConstraint("minister_id", "office_id", "start_date"),
        # NULL is unlike NULL for the constraint above: one term of unknown start is enough.
        Index(
            "uq_office_term_unknown_start",
            "minister_id",
            "office_id",
            unique=True,
            sqlite_where=text("start_date IS NULL"),
            postgresql_where=text("start_date IS NULL"),
        ),
    )

    id: Mapped[RowId]
    minister_id: Mapped[int] = mapped_column(ForeignKey("minister.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    start_date: Mapped[date | None]
    start_precision: Mapped[Precision]
    end_date: Mapped[date | None]
    end_precision: Mapped[Precision]

    minister: Mapped[Minister] = relationship(back_populates="office_terms")
    office: Mapped[Office] = relationship()

    @property
    def record_key(self) -> str:
        return f"{self.minister.slug}/{self.office.slug}"

    def __str__(self) -> str:
        return f"{self.minister}, {self.office}"

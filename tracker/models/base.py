"""The declarative base, the column types and the rules that every table shares."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, Dialect, Integer, MetaData, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Invisible characters that make a text read unlike what is stored: controls save tab and line ends, marks and
# overrides of direction, zero-width spaces, tags. The joiners (200C, 200D) are letters' business in Arabic and Indic
# scripts, and nowhere else.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\U000e0000-\U000e007f]|(?<![\u0600-\u0dff\u200c\u200d])[\u200c\u200d]"
)


class RuleError(ValueError):
    """A change that breaks a rule of the records; `problems` holds one sentence for each breach."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def clean_text(value: str) -> str | None:
    """NFC without surrounding white space; blank is None; raises ValueError on hidden characters."""
    hidden = HIDDEN.search(value)
    if hidden:
        raise ValueError(f"text holds the hidden character U+{ord(hidden.group()):04X}; remove it")
    return unicodedata.normalize("NFC", value).strip() or None


class SoughtText(TypeDecorator[str]):
    """Text that is looked for: what cannot be stored is looked for in vain, and is no error."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unicodedata.normalize("NFC", value.replace("\0", "\ufffd")).strip()


class CleanText(TypeDecorator[str]):
    """Text as `clean_text` leaves it, so that no door can store anything else."""

    impl = Text
    cache_ok = True

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return SoughtText()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored as UTC without zone on both engines, so that reports compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class utcnow(FunctionElement[datetime]):
    """The moment by the database's clock, in UTC."""

    type = DateTime()
    inherit_cache = True


@compiles(utcnow, "sqlite")
def _utcnow_sqlite(element: utcnow, compiler: Any, **kw: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"


@compiles(utcnow, "postgresql")
def _utcnow_postgresql(element: utcnow, compiler: Any, **kw: Any) -> str:
    return "timezone('utc', clock_timestamp())"


# SQLite counts rows up by itself only for INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")
# Said out loud: an id that is also part of a foreign key, as a statement's is, would not count up by itself.
RowId = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Slug = Annotated[str, mapped_column(CleanText, unique=True)]
Precision = Annotated[str | None, mapped_column(Text)]
RecordedAt = Annotated[datetime, mapped_column(UtcDateTime, server_default=utcnow())]

PRECISIONS = ("day", "month", "year")


class Base(DeclarativeBase):
    """Every table of the records."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: CleanText, date: Date, datetime: UtcDateTime, int: BigId}

    audited: ClassVar[bool] = True

    @property
    def record_key(self) -> str:
        """The name that people and files call this record by."""
        return str(getattr(self, "slug", None) or getattr(self, "id", ""))

    def problems(self) -> list[str]:
        """What keeps this record from being saved, a sentence each; the database holds the same rules."""
        return []


class Versioned:
    """A record that forms edit: a save that does not know the newest version is refused."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Nested:
    """A record with a parent of its own kind; no chain of parents comes back to where it began."""

    parent: Any

    def problems(self) -> list[str]:
        """Tell of a chain of parents that never ends."""
        above, seen = self.parent, []
        while above is not None and above not in seen:
            if above is self:
                return [f"{self}: stands above itself; choose another parent"]
            seen.append(above)
            above = above.parent
        return []


def listed(words: tuple[str, ...]) -> str:
    """Words as SQL lists them."""
    return ", ".join(f"'{word}'" for word in words)


def one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    """The column holds one of these words."""
    return CheckConstraint(f"{column} IN ({listed(words)})", name=f"{column}_known")


def slug_shape(column: str = "slug") -> CheckConstraint:
    """Lower case, no spaces, 1 to 120 characters."""
    return CheckConstraint(
        f"{column} = lower({column}) AND {column} NOT LIKE '% %' AND length({column}) BETWEEN 1 AND 120",
        name=f"{column}_shape",
    )


def dated(column: str, precision: str) -> tuple[CheckConstraint, CheckConstraint]:
    """A date and how exactly it is known stand together or not at all."""
    return (
        one_of(precision, PRECISIONS),
        CheckConstraint(f"({column} IS NULL) = ({precision} IS NULL)", name=f"{column}_with_precision"),
    )

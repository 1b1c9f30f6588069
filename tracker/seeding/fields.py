"""The types of the fields of seed records: text of a known shape, never converted by guessing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tracker.models import Base
from tracker.seeding.columns import first_day

MAX_NAME = 300
MAX_TEXT = 100_000


class SeedModel(BaseModel):
    """One record of a file, or a part of one.

    `table` is where it is kept. `identity` names the fields that tell it from the others of its kind; `named_by`
    those that audit calls a part by, if they are fewer. Where a record of its own is nested in another one,
    `nested_in` is the table of that.
    """

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    table: ClassVar[type[Base]]
    identity: ClassVar[tuple[str, ...]] = ("slug",)
    named_by: ClassVar[tuple[str, ...]] = ()
    nested_in: ClassVar[str] = ""


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.words))


@dataclass(frozen=True)
class Digits:
    """A whole number, written in digits alone."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        digits = core_schema.str_schema(pattern=NUMBER)
        return core_schema.no_info_after_validator_function(int, digits)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "integer", "minimum": 0, "examples": [3]}


SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PUBLIC_ID = r"^[A-Z0-9]+(-[A-Z0-9]+)*$"
SERIES_CODE = r"^[A-Z][A-Z0-9]*$"
COUNTRY_CODE = r"^[A-Z]{2}$"
LANGUAGE = r"^[a-z]{2}$"
SHA256 = r"^[0-9a-f]{64}$"
ADDRESS = r"^https?://[^\s/]\S*$"
NUMBER = r"^[0-9]{1,9}$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PERIOD = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

# What each shape means, for whoever missed it.
SHAPES = {
    SLUG: "use lower-case letters, digits and single hyphens",
    PUBLIC_ID: "use capital letters, digits and single hyphens, as in IJ-2024-01",
    SERIES_CODE: "use capital letters and digits, as in IJ",
    COUNTRY_CODE: "use the two capital letters of ISO 3166-1, as in JP",
    LANGUAGE: "use the two small letters of ISO 639-1, as in en",
    SHA256: "use the 64 hexadecimal digits of a SHA-256, in small letters",
    ADDRESS: "use a web address that begins with https:// or http://",
    NUMBER: "use a whole number, in up to 9 digits",
    DAY: "use a full date, YYYY-MM-DD",
    PERIOD: "use YYYY-MM-DD, or YYYY-MM or YYYY if no more is known",
}


def _real(value: str) -> str:
    try:
        first_day(value)
    except ValueError:
        raise PydanticCustomError("no_such_day", "there is no such day") from None
    return value


Slug = Annotated[str, Field(pattern=SLUG, max_length=120, examples=["third-meeting"])]
PublicId = Annotated[str, Field(pattern=PUBLIC_ID, max_length=60, examples=["IJ-2024-01"])]
SeriesCode = Annotated[str, Field(pattern=SERIES_CODE, max_length=20, examples=["IJ"])]
CountryCode = Annotated[str, Field(pattern=COUNTRY_CODE, examples=["JP"])]
Language = Annotated[str, Field(pattern=LANGUAGE, examples=["en"])]
Sha256 = Annotated[str, Field(pattern=SHA256, examples=["0" * 64])]
Address = Annotated[str, Field(pattern=ADDRESS, max_length=2000, examples=["https://example.org/report"])]
FullDate = Annotated[str, Field(pattern=DAY, examples=["2024-08-20"]), AfterValidator(_real)]
PartDate = Annotated[str, Field(pattern=PERIOD, examples=["2024-08-20", "2024-08", "2024"]), AfterValidator(_real)]
Number = Annotated[int, Digits()]
Name = Annotated[str, Field(max_length=MAX_NAME)]
Prose = Annotated[str, Field(max_length=MAX_TEXT)]


def names_of(rows: Iterable[tuple[Any, ...]]) -> tuple[str, ...]:
    """The first field of each row of a lookup table."""
    return tuple(str(row[0]) for row in rows)

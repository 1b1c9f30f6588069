"""The records of the list files: countries, people and their offices, topics, sources, series."""

from typing import Annotated

from pydantic import Field

from tracker import models
from tracker.models.people import ORGANIZATION_CLASSIFICATIONS
from tracker.models.sources import SOURCE_CLASSIFICATIONS
from tracker.seeding.columns import Day, OtherNames, Period, Reference
from tracker.seeding.fields import (
    Address,
    CountryCode,
    FullDate,
    Language,
    Name,
    OneOf,
    PartDate,
    Prose,
    SeedModel,
    SeriesCode,
    Sha256,
    Slug,
)


class Country(SeedModel):
    """A country, in `countries.yaml`."""

    table = models.Country
    identity = ("code",)

    code: CountryCode
    """Its ISO 3166-1 alpha-2 code, as in JP."""
    name: Name
    """Its name."""


class Organization(SeedModel):
    """A government, ministry, agency or intergovernmental body, in `organizations.yaml`."""

    table = models.Organization

    slug: Slug
    """The short name that other records call it by."""
    name: Name
    """Its name."""
    classification: Annotated[str, OneOf(ORGANIZATION_CLASSIFICATIONS)]
    """What sort of body it is."""
    country: Annotated[CountryCode | None, Reference(record="country")] = None
    """The country that it belongs to."""
    parent: Annotated[Slug | None, Reference(record="organization")] = None
    """The organisation that it is a part of."""


class Office(SeedModel):
    """A post that ministers hold, in `offices.yaml`."""

    table = models.Office

    slug: Slug
    """The short name that other records call it by."""
    label: Name
    """What the post is called."""
    organization: Annotated[Slug, Reference(record="organization")]
    """The organisation that it belongs to."""


class OfficeTerm(SeedModel):
    """The time for which a minister held an office, as far as it is known."""

    table = models.OfficeTerm
    identity = ("office", "start_date")
    named_by = ("office",)

    office: Annotated[Slug, Reference(record="office")]
    """The office."""
    start_date: Annotated[PartDate | None, Period(precision="start_precision")] = None
    """When the term began."""
    end_date: Annotated[PartDate | None, Period(precision="end_precision", last=True)] = None
    """When it ended."""


class Minister(SeedModel):
    """A person who holds or held office, in `ministers.yaml`."""

    table = models.Minister

    slug: Slug
    """The short name that other records call them by."""
    name: Name
    """The name as it is usually written."""
    family_name: Name | None = None
    """The family name."""
    given_name: Name | None = None
    """The given name or names."""
    sort_name: Name
    """The name as lists sort it, as in "Kamikawa, Yoko"."""
    native_name: Name | None = None
    """The name in its own script."""
    country: Annotated[CountryCode, Reference(record="country")]
    """The country that they serve."""
    other_names: Annotated[list[Name], OtherNames()] = Field(default_factory=list)
    """Other spellings and word orders; no two ministers share one."""
    office_terms: list[OfficeTerm] = Field(default_factory=list)
    """The offices that they held."""


class Topic(SeedModel):
    """A subject in a tree of subjects, in `topics.yaml`."""

    table = models.Topic

    slug: Slug
    """The short name that other records call it by."""
    label: Name
    """How it is shown."""
    parent: Annotated[Slug | None, Reference(record="topic")] = None
    """The wider topic that it belongs to."""


class Source(SeedModel):
    """A document that statements and status updates rest on, in `sources.yaml`."""

    table = models.Source

    slug: Slug
    """The short name that citations call it by."""
    title: Prose
    """Its title; one of ours stands in square brackets."""
    publisher: Name | None = None
    """Who published it."""
    classification: Annotated[str, OneOf(SOURCE_CLASSIFICATIONS)]
    """What sort of document it is."""
    url: Address | None = None
    """Where it can be read."""
    published_on: Annotated[FullDate | None, Day()] = None
    """The day on which it was published."""
    accessed_on: Annotated[FullDate | None, Day()] = None
    """The day on which it was read."""
    language: Language | None = None
    """Its language, by ISO 639-1, as in en."""
    document_number: Name | None = None
    """The number that its publisher gave it."""
    sha256: Sha256 | None = None
    """The SHA-256 of its archived text."""
    note: Prose | None = None
    """What a reader should know about it."""


class Series(SeedModel):
    """A row of meetings under one name, in `series.yaml`."""

    table = models.MeetingSeries

    slug: Slug
    """The short name that meetings call it by."""
    code: SeriesCode
    """The capital letters that begin the public ids of its commitments, as in IJ."""
    name: Name
    """Its name."""

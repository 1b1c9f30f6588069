"""The records of a meeting's file: who was there, what was said and promised, and what became of it."""

from typing import Annotated

from pydantic import Field

from tracker import models
from tracker.models.commitments import LINK_BASES, MILESTONE_STATUSES, PARTY_ROLES, RELATIONS
from tracker.models.lookups import KINDS, STATUSES, STRENGTHS
from tracker.models.meetings import MEETING_CLASSIFICATIONS, MEETING_STATUSES
from tracker.models.sources import BEARINGS
from tracker.seeding.columns import Column, Corrected, Day, Offsets, Period, RecordedDay, Reference, References
from tracker.seeding.fields import (
    CountryCode,
    FullDate,
    Name,
    Number,
    OneOf,
    PartDate,
    Prose,
    PublicId,
    SeedModel,
    Slug,
    names_of,
)


class Attendance(SeedModel):
    """A minister at the meeting."""

    table = models.Attendance
    identity = ("minister",)

    minister: Annotated[Slug, Reference(record="minister")]
    """Who was there."""
    country: Annotated[CountryCode, Reference(record="country")]
    """The country on whose behalf."""
    office: Annotated[Slug | None, Reference(record="office")] = None
    """The office held at the time."""


class Selector(SeedModel):
    """Where a quote stands in the text of its source, counted in characters from 0."""

    table = models.Citation
    identity = ()

    start: Number
    """The position of the first character."""
    end: Number
    """The position after the last character."""


class Citation(SeedModel):
    """A passage of a source that a statement or a status update rests on."""

    table = models.Citation
    identity = ()

    source: Annotated[Slug, Reference(record="source")]
    """The source."""
    exact: Prose | None = None
    """The words quoted, to the letter; left out where the source as a whole is the evidence."""
    prefix: Prose | None = None
    """A few words before the quote, where it stands in the source more than once."""
    suffix: Prose | None = None
    """A few words after it."""
    selector: Annotated[Selector | None, Offsets()] = None
    """Where the quote stands in the archived text."""
    locator: Name | None = None
    """Where a reader finds it, as in "paragraph 3"."""
    bearing: Annotated[str, OneOf(BEARINGS)] = "supports"
    """Whether it supports or contradicts what it is cited for, or gives context."""


class Statement(SeedModel):
    """Something that one minister said at the meeting, or that was said jointly."""

    table = models.Statement
    nested_in = "meeting"

    slug: Slug
    """The short name that commitments call it by; no two statements of any meeting share one."""
    minister: Annotated[Slug | None, Reference(record="minister")] = None
    """Who said it; left out for a joint statement."""
    attribution: Name | None = None
    """In whose name a joint statement was made, as in "India and Japan"."""
    said_on: Annotated[PartDate | None, Period(precision="said_precision")] = None
    """When it was said."""
    summary: Prose
    """What was said, in our own words."""
    topics: Annotated[list[Slug], References(record="topic")] = Field(default_factory=list)
    """What it is about."""
    citations: list[Citation] = Field(default_factory=list)
    """The passages that show it, at least one."""
    withdrawn_on: Annotated[FullDate | None, Day()] = None
    """The day on which we withdrew the record."""
    withdrawn_reason: Prose | None = None
    """Why we withdrew it."""


class Party(SeedModel):
    """A country or an organisation that has a part in the commitment."""

    table = models.CommitmentParty
    identity = ("country", "organization", "role")

    country: Annotated[CountryCode | None, Reference(record="country")] = None
    """The country; left out where an organisation is named."""
    organization: Annotated[Slug | None, Reference(record="organization")] = None
    """The organisation; left out where a country is named."""
    role: Annotated[str, OneOf(PARTY_ROLES)]
    """Its part: who does it, who helps, who gains, who is asked."""
    office: Annotated[Slug | None, Reference(record="office")] = None
    """The office that answers for it."""


class Link(SeedModel):
    """How the commitment follows from another one."""

    table = models.CommitmentLink
    identity = ("relation", "to")

    relation: Annotated[str, OneOf(RELATIONS)]
    """What it does to the other one."""
    to: Annotated[PublicId, Reference("target", record="commitment")]
    """The other commitment."""
    basis: Annotated[str, OneOf(LINK_BASES)] = "inferred"
    """Whether a text says so, or we infer it."""
    note: Prose | None = None
    """Why we infer it."""


class Milestone(SeedModel):
    """A step or criterion that can be checked."""

    table = models.Milestone

    slug: Slug
    """Its short name within the commitment."""
    criterion: Prose
    """What must be seen for it to be met."""
    due_on: Annotated[PartDate | None, Period(precision="due_precision", last=True)] = None
    """By when it is due."""
    status: Annotated[str, OneOf(MILESTONE_STATUSES)] = "scheduled"
    """Whether it was met."""
    met_on: Annotated[FullDate | None, Day()] = None
    """The day on which it was met."""


class StatusUpdate(SeedModel):
    """What became of the commitment; never changed afterwards, only followed by another one."""

    table = models.StatusUpdate
    identity = ("key",)
    nested_in = "commitment"

    key: Slug
    """Its short name within the commitment, as in 2024-08-20-a."""
    status: Annotated[str, OneOf(names_of(STATUSES))]
    """What became of the commitment."""
    effective_on: Annotated[FullDate, Day()]
    """The day from which this was true."""
    recorded_on: Annotated[FullDate | None, RecordedDay("recorded_at")] = None
    """The day, by UTC, on which we knew; the moment of loading if it is left out."""
    recorded_by: Name | None = None
    """The account of whoever recorded it; that of the loader if it is left out."""
    reason: Prose | None = None
    """Why we say so, in our own words."""
    new_target_on: Annotated[PartDate | None, Period(precision="new_target_precision", last=True)] = None
    """The new target date, where it moved."""
    corrects: Annotated[Slug | None, Corrected()] = None
    """The key of an earlier status update of this commitment that was a mistake."""
    citations: list[Citation] = Field(default_factory=list)
    """The evidence."""


class Commitment(SeedModel):
    """One discrete thing that somebody undertook, proposed, asked for or called for at the meeting."""

    table = models.Commitment
    identity = ("public_id",)
    nested_in = "meeting"

    public_id: PublicId
    """The id that it is published under, as in IJ-2024-01; never changed and never used again."""
    kind: Annotated[str, OneOf(names_of(KINDS))]
    """What sort of commitment it is."""
    strength: Annotated[str | None, OneOf(names_of(STRENGTHS))] = None
    """How firmly it was put; for undertakings, tasks and proposals only."""
    operative_phrase: Prose | None = None
    """The words that justify the strength, as they stand in a quote of one of its statements."""
    title: Name
    """A short title."""
    summary: Prose | None = None
    """What was promised, in our own words."""
    promised_on: Annotated[PartDate | None, Period(precision="promised_precision")] = None
    """When it was promised."""
    original_target_on: Annotated[PartDate | None, Period(precision="original_target_precision", last=True)] = None
    """By when, as first promised; never changes."""
    review_due_on: Annotated[FullDate | None, Day()] = None
    """The day on which somebody should look at it again."""
    owner: Name | None = None
    """Who in the team follows it."""
    topics: Annotated[list[Slug], References(record="topic")] = Field(default_factory=list)
    """What it is about."""
    parties: list[Party] = Field(default_factory=list)
    """Whose commitment it is and whom it concerns, at least one."""
    statements: Annotated[list[Slug], References(record="statement")] = Field(default_factory=list)
    """The statements that carry it, at least one."""
    links: list[Link] = Field(default_factory=list)
    """How it follows from other commitments."""
    milestones: list[Milestone] = Field(default_factory=list)
    """Steps that can be checked."""
    status_updates: list[StatusUpdate] = Field(default_factory=list)
    """What became of it, oldest first."""
    withdrawn_on: Annotated[FullDate | None, Day()] = None
    """The day on which we withdrew the record."""
    withdrawn_reason: Prose | None = None
    """Why we withdrew it."""


class Meeting(SeedModel):
    """One event, in a file of its own, `meetings/<start_date>-<slug>.yaml`."""

    table = models.Meeting

    slug: Slug
    """The short name that other records call it by."""
    series: Annotated[Slug | None, Reference(record="meeting_series")] = None
    """The series that it belongs to."""
    edition: Number | None = None
    """Its number within the series."""
    name: Name
    """Its name."""
    classification: Annotated[str, OneOf(MEETING_CLASSIFICATIONS)]
    """What sort of meeting it is."""
    status: Annotated[str, OneOf(MEETING_STATUSES)] = "held"
    """Whether it was held."""
    start_date: Annotated[PartDate | None, Period(precision="date_precision")] = None
    """When it was or will be held; only a meeting that was not held yet can do without."""
    end_date: Annotated[FullDate | None, Day()] = None
    """Its last day, if it took more than one."""
    city: Name | None = None
    """The city."""
    country: Annotated[CountryCode | None, Reference(record="country")] = None
    """The country in which it was held."""
    parent: Annotated[Slug | None, Reference(record="meeting")] = None
    """The meeting that it was held in the margins of."""
    note: Prose | None = None
    """What a reader should know about the record, as why its date is what it is."""
    attendance: Annotated[list[Attendance], Column("attendances")] = Field(default_factory=list)
    """The ministers who were there."""
    statements: list[Statement] = Field(default_factory=list)
    """What was said."""
    commitments: list[Commitment] = Field(default_factory=list)
    """What was promised."""

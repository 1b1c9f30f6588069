"""Every record that seed files hold: one class each, with what every field means.

The types convert nothing by guessing. A field that stands in the database under its own name needs no column there.
"""

from tracker.seeding.fields import SeedModel
from tracker.seeding.listed import Country, Minister, Office, OfficeTerm, Organization, Series, Source, Topic
from tracker.seeding.meetings import (
    Attendance,
    Citation,
    Commitment,
    Link,
    Meeting,
    Milestone,
    Party,
    Selector,
    Statement,
    StatusUpdate,
)

__all__ = [
    "LISTS",
    "PARTS",
    "RECORDS",
    "Attendance",
    "Citation",
    "Commitment",
    "Country",
    "Link",
    "Meeting",
    "Milestone",
    "Minister",
    "Office",
    "OfficeTerm",
    "Organization",
    "Party",
    "Selector",
    "Series",
    "Source",
    "Statement",
    "StatusUpdate",
    "Topic",
]

# The records of each list file; those of a meeting are nested in its file.
LISTS: dict[str, type[SeedModel]] = {
    "countries": Country,
    "organizations": Organization,
    "offices": Office,
    "ministers": Minister,
    "topics": Topic,
    "sources": Source,
    "series": Series,
}
# Every kind that is a record of its own, each after those that it refers to.
RECORDS: tuple[type[SeedModel], ...] = (*LISTS.values(), Meeting, Statement, Commitment, StatusUpdate)
PARTS: tuple[type[SeedModel], ...] = (OfficeTerm, Attendance, Citation, Selector, Party, Link, Milestone)

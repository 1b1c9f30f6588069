"""The records: every table, trigger and view. Importing this package is what fills `Base.metadata`."""

from tracker.models import triggers as triggers
from tracker.models.audit import AuditBatch, AuditEvent, SeedOrigin, SeedText
from tracker.models.base import Base, RuleError
from tracker.models.commitments import (
    Commitment,
    CommitmentLink,
    CommitmentParty,
    CommitmentStatement,
    CommitmentTopic,
    Milestone,
)
from tracker.models.lexicon import LexiconEntry
from tracker.models.lookups import Kind, Status, StatusCrosswalk, Strength
from tracker.models.meetings import Attendance, Meeting, MeetingSeries
from tracker.models.people import Country, Minister, MinisterName, Office, OfficeTerm, Organization
from tracker.models.sources import Citation, Document, Source, Verification
from tracker.models.statements import Statement, StatementTopic, Topic
from tracker.models.status_updates import StatusUpdate

__all__ = [
    "Attendance",
    "AuditBatch",
    "AuditEvent",
    "Base",
    "Citation",
    "Commitment",
    "CommitmentLink",
    "CommitmentParty",
    "CommitmentStatement",
    "CommitmentTopic",
    "Country",
    "Document",
    "Kind",
    "LexiconEntry",
    "Meeting",
    "MeetingSeries",
    "Milestone",
    "Minister",
    "MinisterName",
    "Office",
    "OfficeTerm",
    "Organization",
    "RuleError",
    "SeedOrigin",
    "SeedText",
    "Source",
    "Statement",
    "StatementTopic",
    "Status",
    "StatusCrosswalk",
    "StatusUpdate",
    "Strength",
    "Topic",
    "Verification",
]

"""The records that tests start from: two meetings of one series, and commitments made there."""

from datetime import date

from sqlalchemy.orm import Session

from tracker.models import (
    Attendance,
    Citation,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Country,
    Document,
    Meeting,
    MeetingSeries,
    Milestone,
    Minister,
    MinisterName,
    Office,
    OfficeTerm,
    Organization,
    Source,
    Statement,
    StatusUpdate,
    Topic,
    Verification,
)


def citation(source: Source, exact: str | None = None, ordinal: int = 1) -> Citation:
    return Citation(source=source, exact=exact, ordinal=ordinal)


def version(sha256: str, ordinal: int = 1) -> Document:
    return Document(
        ordinal=ordinal,
        sha256=sha256,
        file_sha256=sha256,
        media_type="text/plain",
        extractor="plain",
        characters=1,
        added_by="tester",
    )


def update(status: str, effective_on: date, reason: str = "It says so.", **fields: object) -> StatusUpdate:
    return StatusUpdate(status=status, effective_on=effective_on, reason=reason, recorded_by="tester", **fields)


def meeting_of_2024(session: Session) -> Meeting:
    """A meeting with everything that can stand under it; a row in every table of the records."""
    india, japan = Country(code="IN", name="India"), Country(code="JP", name="Japan")
    ministry = Organization(slug="mea", name="External Affairs", classification="ministry", country=india)
    office = Office(slug="eam", label="External Affairs Minister", organization=ministry)
    minister = Minister(
        slug="s-jaishankar",
        name="S Jaishankar",
        sort_name="Jaishankar, S",
        country=india,
        other_names=[MinisterName(name="Subrahmanyam Jaishankar")],
        office_terms=[OfficeTerm(office=office)],
    )
    series = MeetingSeries(slug="india-japan-2plus2", code="IJ", name="India-Japan 2+2")
    meeting = Meeting(
        slug="india-japan-2plus2-3",
        series=series,
        edition=3,
        name="Third India-Japan 2+2",
        classification="ministerial",
        status="held",
        start_date=date(2024, 8, 20),
        date_precision="day",
        country=india,
        attendances=[Attendance(minister=minister, office=office, country=india)],
    )
    source = Source(slug="paper", title="A paper", classification="press_report", sha256="a" * 64)
    source.documents.append(version("a" * 64))
    topic = Topic(slug="consular", label="Consular")
    statement = Statement(
        slug="consulate",
        meeting=meeting,
        minister=minister,
        summary="India will open a consulate.",
        topics=[topic],
        citations=[citation(source, "will open a new Consulate")],
    )
    statement.citations[0].verifications.append(Verification(result="no_document"))
    first = Commitment(
        public_id="IJ-2024-01",
        meeting=meeting,
        kind="undertaking",
        strength="decided",
        operative_phrase="will open",
        title="Open a consulate in Fukuoka",
        original_target_on=date(2025, 12, 31),
        original_target_precision="year",
        statements=[statement],
        topics=[topic],
        parties=[
            CommitmentParty(country=india, role="lead", office=office),
            CommitmentParty(country=japan, role="partner"),
        ],
        milestones=[Milestone(slug="opened", criterion="The consulate receives people.")],
    )
    second = Commitment(
        public_id="IJ-2024-02",
        meeting=meeting,
        kind="principle",
        title="Uphold a free Indo-Pacific",
        statements=[statement],
        parties=[CommitmentParty(organization=ministry, role="lead")],
    )
    second.links.append(CommitmentLink(target=first, relation="depends_on", note="We think so."))
    session.add_all([first, second])
    session.flush()
    first.status_updates.append(update("in_progress", date(2024, 9, 1)))
    session.commit()
    return meeting


def first_commitment(session: Session) -> Commitment:
    """IJ-2024-01, in progress since 1 September 2024."""
    meeting_of_2024(session)
    return session.query(Commitment).filter_by(public_id="IJ-2024-01").one()

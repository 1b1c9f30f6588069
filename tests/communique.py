"""A communique written for the tests: two editions of one meeting, and what stands in the records before it is read."""

from datetime import date
from hashlib import sha256
from pathlib import Path

from tests.cast import meeting_of_2024, version
from tests.conftest import Session
from tracker.models import Attendance, Country, Meeting, Minister, Source

TEXT = """Joint Statement of the Fourth India-Japan 2+2 Ministerial Meeting

The Ministers met in Tokyo on 3 March 2026. They welcomed the opening of the new Consulate of India in Fukuoka.

The Ministers decided to establish a joint centre for semiconductors in Nagoya by the end of 2027. They agreed to task \
their officials with preparing a charter for it.

Minister Jaishankar said that India will send two hundred engineers to the centre. “We will also open a training \
school in Pune. It is a priority,” he added.
"""


def add_text(session: Session, folder: Path, source: Source, text: str = TEXT) -> None:
    """Archive a text as the current one of a source."""
    content = text.encode()
    digest = sha256(content).hexdigest()
    folder.mkdir(exist_ok=True)
    (folder / f"{digest}.txt").write_bytes(content)
    source.sha256 = digest
    source.documents.append(version(digest, len(source.documents) + 1))


def fourth_meeting(session: Session, folder: Path) -> Meeting:
    """The edition after that of the shared cast, planned, with its communique archived and nothing cited from it."""
    third = session.query(Meeting).filter_by(edition=3).one_or_none() or meeting_of_2024(session)
    (attended,) = third.attendances
    jaishankar, office = attended.minister, attended.office
    japan = session.get(Country, "JP")
    kihara = Minister(slug="minoru-kihara", name="Minoru Kihara", sort_name="Kihara, Minoru", country=japan)
    fourth = Meeting(
        slug="india-japan-2plus2-4",
        series=third.series,
        edition=4,
        name="Fourth India-Japan 2+2",
        classification="ministerial",
        status="held",
        start_date=date(2026, 3, 3),
        date_precision="day",
        attendances=[
            Attendance(minister=jaishankar, office=office, country=jaishankar.country),
            Attendance(minister=kihara, country=japan),
        ],
    )
    source = Source(
        slug="communique", title="Joint Statement 2026", classification="joint_statement", published_on=date(2026, 3, 4)
    )
    session.add_all([fourth, source])
    add_text(session, folder, source)
    session.commit()
    return fourth

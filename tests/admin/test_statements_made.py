"""How many statements each page makes: as many for one record of everything as for many, on both engines."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from tests.admin.conftest import Browser, SignedIn
from tests.admin.test_routes import routes
from tests.cast import citation, update
from tests.conftest import TESTER
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import (
    Attendance,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Country,
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
    Topic,
    Verification,
)

# More than a form lets choose from.
MANY = 60
# What answers without the records, and files.
NO_PAGES = ("static", "healthz", "readyz")
NARROWED = ("/commitments/?q=open", "/commitments/?status=in_progress&sort=title", "/search/?q=open",
            "/commitments/IJ-2024-01?as_of=2024-12-31", "/commitments/?as_of=2024-12-31", "/?as_of=2024-12-31",
            "/entering/india-japan-2plus2-3?step=attendance", "/entering/india-japan-2plus2-3?step=statement",
            "/entering/india-japan-2plus2-3?step=statement&of=consulate")  # fmt: skip
# What a connection says when it begins, and whether the schema is that of the program, which is asked now and then.
BESIDE = ("BEGIN", "set_config", "alembic_version")
# Where fewer meetings have a date than a page shows, it looks for others; where a chain is short, it looks on.
LOOK_ONCE_MORE = {"/", "/?as_of=2024-12-31", "/commitments/IJ-2024-01", "/commitments/IJ-2024-01?as_of=2024-12-31",
                  "/commitments/IJ-2024-01/history"}  # fmt: skip
# A page that shows no row asks for none of what belongs to rows, and makes fewer.
NUMBERS = {
    "/": 23,
    "/commitments/": 19,
    "/commitments/IJ-2024-01": 36,
    "/commitments/IJ-2024-01/edit": 8,
    "/commitments/IJ-2024-01/status": 5,
    "/commitments/new": 4,
    "/meetings/india-japan-2plus2-3": 29,
    "/ministers/s-jaishankar": 33,
    "/series/india-japan-2plus2": 10,
    "/topics/consular": 13,
    "/review/": 17,
    "/?as_of=2024-12-31": 21,
}


def grow(session: Session, first: int, last: int) -> None:
    """One more of everything for each number, by itself and with the records of the cast, on whose pages it stands."""
    for n in range(first, last):
        with session.no_autoflush:
            _add(session, n)
        session.commit()


def _add(session: Session, n: int) -> None:
    commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    meeting, statement, above = commitment.meeting, commitment.statements[0], commitment.topics[0]
    holder = session.scalars(select(Minister).order_by(Minister.id)).first()
    assert holder
    code = f"{chr(65 + n // 26)}{chr(65 + n % 26)}"
    country = session.get(Country, code) or Country(code=code, name=f"Country {n}")
    topic = Topic(slug=f"topic-{n}", label=f"Topic {n}", parent=above)
    ministry = Organization(slug=f"body-{n}", name=f"Body {n}", classification="ministry", country=country)
    office = Office(slug=f"office-{n}", label=f"Office {n}", organization=ministry)
    minister = Minister(slug=f"minister-{n}", name=f"Person {n}", sort_name=f"Person {n}", country=country)
    minister.other_names.append(MinisterName(name=f"Other {n}"))
    minister.office_terms.append(OfficeTerm(office=office, start_date=date(2020, 1, 1), start_precision="day"))
    source = Source(slug=f"source-{n}", title=f"Open source {n}", classification="release")
    series = MeetingSeries(slug=f"series-{n}", code=f"S{n}", name=f"Series {n}")
    other = Meeting(
        slug=f"meeting-{n}", name=f"Open {n}", classification="other", status="held", series=meeting.series,
        start_date=date(2023, 1, 1), date_precision="day", country=country,
    )  # fmt: skip
    meeting.attendances.append(Attendance(minister=minister, office=office, country=country))
    other.attendances.append(Attendance(minister=holder, country=country))
    said = Statement(
        slug=f"said-{n}", meeting=meeting, minister=minister, summary=f"Open {n}.", position=n + 2, topics=[topic],
        citations=[citation(source, f"will open {n}")],
    )  # fmt: skip
    said.citations[0].verifications.append(Verification(result="not_found"))
    statement.citations.append(citation(source, f"will also open {n}", ordinal=n + 2))
    made = Commitment(public_id=f"X-{n}", title=f"Open {n}", kind="task", meeting=other, statements=[statement, said])
    made.topics = [topic, above]
    made.parties.append(CommitmentParty(country=country, role="lead", office=office))
    made.links.append(CommitmentLink(target=commitment, relation="continues", note="We think so."))
    commitment.parties.append(CommitmentParty(organization=ministry, role="partner", office=office))
    commitment.milestones.append(Milestone(slug=f"step-{n}", criterion=f"Step {n}"))
    commitment.topics.append(topic)
    commitment.statements.append(said)
    changed = update("in_progress", date(2024, 9, 2), citations=[citation(source, f"open {n}")], key=f"grown-{n}")
    commitment.status_updates.append(changed)
    session.add_all([series, made])


@pytest.fixture
def records_to_grow(web_config: Config) -> Iterator[Session]:
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("part", [4, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"])
def test_a_page_makes_as_many_statements_for_one_record_as_for_many(
    app: Flask, records_to_grow: Session, signed_in: SignedIn, part: int
) -> None:
    admin = signed_in("admin")
    grow(records_to_grow, 0, 1)
    found = {
        address: admin.get(address).status_code
        for address, method, endpoint in routes(app)
        if method == "GET" and endpoint not in NO_PAGES and "export" not in endpoint
        if address in NUMBERS or crc32(address.encode()) % part == 0
    }
    assert [address for address, code in found.items() if code >= 500] == []
    pages = [address for address, code in found.items() if code == 200]
    assert len(pages) > 100 / part
    few = {address: statements(admin, address) for address in [*pages, *NARROWED]}
    grow(records_to_grow, 1, MANY)
    many = {address: statements(admin, address) for address in few}
    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}
    assert {address for address in few if many[address] < few[address]} <= LOOK_ONCE_MORE
    assert {address: many[address] for address in NUMBERS} == NUMBERS


def statements(browser: Browser, address: str) -> int:
    """How many statements the second request for a page makes."""
    browser.get(address)
    made: list[str] = []

    def count(*details: Any) -> None:
        made.append(details[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len([one for one in made if not any(part in one for part in BESIDE)])

"""The brief: what stands in each section, with its quotes, the same on both engines, and as each kind of paper."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests import edition_cast
from tests.cast import citation
from tests.conftest import TESTER
from tests.report_cast import shared_records
from tracker.cli import main
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Commitment, Meeting, Statement, StatusUpdate, Verification
from tracker.reports.brief import Brief, compose
from tracker.reports.brief.papers import PAPERS
from tracker.reports.errors import ReportError
from tracker.reports.sandbox import Sandbox

DAY = date(2024, 2, 1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the three editions, on each engine."""
    yield from shared_records(request, tmp_path_factory.mktemp("records"), edition_cast.fill)


def brief_of(config: Config, day: date = DAY) -> Brief:
    return compose(Sandbox(config.database_url), "talks", day)


def ids(brief: Brief, title: str) -> list[str]:
    (section,) = (one for one in brief.sections if one.title == title)
    return [item.public_id for items in section.topics.values() for item in items]


def test_each_section_holds_what_belongs_there(filled: Config) -> None:
    brief = brief_of(filled)
    assert brief.title == "Brief: Talks"
    assert brief.head == ["As of 2024-02-01", "Last meeting: Talks 2, 2023-09-08, Tokyo"]
    assert ids(brief, "Agreed last time") == ["TK-2-01", "TK-2-02", "TK-2-03"]
    assert ids(brief, "Overdue") == ["TK-1-01", "TK-2-01"]
    assert ids(brief, "Newly fulfilled") == ["TK-1-05"]
    assert ids(brief, "Slipped") == ["TK-2-01"]
    assert ids(brief, "Not mentioned again") == ["TK-1-05", "TK-1-06"]


def test_a_day_before_knows_nothing_of_later_meetings(filled: Config) -> None:
    early = brief_of(filled, date(2023, 1, 1))
    assert early.head[1] == "Last meeting: Talks 1, 2022-09-08, Tokyo"
    assert len(ids(early, "Agreed last time")) == 7
    assert ids(early, "Slipped") == []
    with pytest.raises(ReportError, match=r"no meeting of the series talks was held by 2020-01-01"):
        brief_of(filled, date(2020, 1, 1))
    with pytest.raises(ReportError, match=r"there is no series 'talk'; known are: talks"):
        compose(Sandbox(filled.database_url), "talk", DAY)


def test_each_line_carries_its_words_and_evidence_with_the_source(filled: Config) -> None:
    (section,) = (one for one in brief_of(filled).sections if one.title == "Overdue")
    late = section.topics["Sea"][0]
    assert late.facts == "Undertaking, decided; In progress since 2023-03-01; due 2024-03-31 (first 2023-01-31)"
    assert late.remark.startswith("366 days late, counted from 2023-01-31.")
    assert [(passage.exact, passage.source, passage.checked) for passage in late.passages] == [
        ("will go on with 1-1", "A paper, 2022-09-09", "found in the archived text"),
        ("since 2023-03-01", "A paper, 2022-09-09", "not checked"),
    ]


def test_the_same_words_from_two_paragraphs_are_cited_once(sqlite_config: Config) -> None:
    engine = create_engine(sqlite_config.database_url)
    edition_cast.fill(engine)
    with Session(engine, info={"origin": TESTER}) as session:
        statement = session.scalars(select(Statement).where(Statement.slug == "said-2-1")).one()
        words, source = statement.citations[0].exact or "", statement.citations[0].source
        for locator in ("paragraph 4", "paragraph 9"):
            said = citation(source, words, len(statement.citations) + 1)
            said.locator = locator
            said.verifications.append(Verification(result="normalised"))
            statement.citations.append(said)
        statement.citations.append(citation(source, "will go on", 4))
        session.commit()
    engine.dispose()
    (agreed,) = (one for one in brief_of(sqlite_config).sections if one.title == "Agreed last time")
    item = next(one for items in agreed.topics.values() for one in items if one.public_id == "TK-2-01")
    assert [(passage.exact, passage.source, passage.checked) for passage in item.passages] == [
        (words, "A paper, 2022-09-09, paragraph 4, paragraph 9", "found in the archived text but for spaces, dashes or "
         "quotation marks"),
        ("will go on", "A paper, 2022-09-09", "not checked"),
    ]  # fmt: skip


def test_no_date_says_more_than_is_known(sqlite_config: Config) -> None:
    engine = create_engine(sqlite_config.database_url)
    edition_cast.fill(engine)
    with Session(engine, info={"origin": TESTER}) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.slug == "talks-2")).one()
        meeting.start_date, meeting.date_precision = date(2023, 9, 1), "month"
        commitment = session.scalars(select(Commitment).where(Commitment.public_id == "TK-2-01")).one()
        session.add(
            StatusUpdate(
                commitment=commitment,
                status="in_progress",
                effective_on=date(2024, 1, 31),
                reason="Put off.",
                new_target_on=date(2025, 12, 31),
                new_target_precision="year",
                recorded_by="tester",
            )
        )
        session.commit()
    engine.dispose()
    brief = brief_of(sqlite_config)
    assert brief.head[1] == "Last meeting: Talks 2, 2023-09, Tokyo"
    agreed, _, fulfilled, *_ = brief.sections
    assert fulfilled.about == "Fulfilled, in whole or in part, since 2023-09."
    (facts,) = (one.facts for items in agreed.topics.values() for one in items if one.public_id == "TK-2-01")
    assert facts.endswith("due 2025 (first 2024-01-31)")


def written(brief: Brief, form: str) -> bytes:
    out = io.BytesIO()
    PAPERS[form](brief, out)
    return out.getvalue()


def test_each_paper_holds_the_whole_brief(filled: Config) -> None:
    brief = brief_of(filled)
    markdown = written(brief, "md").decode()
    page = written(brief, "html").decode()
    paper = docx.Document(io.BytesIO(written(brief, "docx")))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    for section in brief.sections:
        assert f"## {section.title}" in markdown
        assert f"<h2>{section.title}</h2>" in page
        assert section.title in [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    for told in (markdown, page, text):
        assert "366 days late" in told
        assert "“will go on with 1-1”" in told
    for told in (markdown, text):
        assert "“will go on with 1-1” A paper, 2022-09-09" in told
    assert "<script" not in page


def test_hostile_words_stay_words() -> None:
    item_text = "<script>alert(1)</script> **x** \x00"
    hostile = Brief(item_text, [item_text], [], "x")
    assert b"<script" not in written(hostile, "html")
    assert b"\\*\\*x\\*\\*" in written(hostile, "md")
    assert "alert(1)" in docx.Document(io.BytesIO(written(hostile, "docx"))).paragraphs[0].text


def test_the_command_writes_it(filled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(filled.instance))
    monkeypatch.setenv("TRACKER_DATABASE_URL", filled.database_url.render_as_string(hide_password=False))
    done = CliRunner().invoke(main, ["brief", "talks", "--as-of", "2024-02-01"])
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "# Brief: Talks")
    CliRunner().invoke(main, ["brief", "talks", "--as-of", "2024-02-01", "--format", "docx", "-o", str(tmp_path)])
    assert (tmp_path / "brief-talks-2024-02-01.docx").read_bytes().startswith(b"PK")
    for arguments, said in ((["talk"], "known are: talks"), (["talks", "--as-of", "soon"], "is not a date")):
        wrong = CliRunner().invoke(main, ["brief", *arguments])
        assert (wrong.exit_code, said in wrong.stderr) == (1, True)

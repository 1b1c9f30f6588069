"""The built-in reports that compare editions, people and days: known answers on three editions, on each engine."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from sqlalchemy import select

from tests import edition_cast
from tests.conftest import TESTER
from tests.report_cast import shared_records
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Attendance, Meeting, Minister, OfficeTerm
from tracker.reports import catalog, runner
from tracker.reports.sandbox import Row, Sandbox

TODAY = date(2025, 1, 31)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the three editions, on each engine."""
    yield from shared_records(request, tmp_path_factory.mktemp("records"), edition_cast.fill)


def run(config: Config, name: str, *columns: str, **given: str | Sequence[str]) -> list[Row]:
    """The rows of a report, with only these columns."""
    with runner.run(Sandbox(config.database_url), catalog.find(name), given, TODAY) as result:
        places = [result.columns.index(column) for column in columns]
        return [tuple(row[place] for place in places) for row in result.rows]


def test_the_scorecard_counts_what_is_under_way_and_leaves_out_what_was_superseded(filled: Config) -> None:
    columns = ("country", "counted", "fulfilled", "partly_fulfilled", "in_progress", "abandoned", "not_assessed")
    assert run(filled, "scorecard-by-party", *columns, "superseded", "fulfilled_percent") == [
        ("IN", 8, 1, 1, 1, 1, 4, 1, 12.5)
    ]


def test_there_is_no_percentage_under_six(filled: Config) -> None:
    narrowed = {"until": "2022-12-31"}
    assert run(filled, "scorecard-by-party", "counted", "fulfilled_percent", **narrowed) == [(5, None)]
    assert run(filled, "scorecard-by-party", "counted", series="talks", since="2024-01-01") == [(1,)]


def test_the_scorecard_of_organisations_takes_in_those_whose_office_answers(filled: Config) -> None:
    found = run(filled, "scorecard-by-organisation", "organization", "counted", "superseded")
    assert found == [("jica", 8, 1), ("mea", 8, 1)]


def test_the_scorecard_of_ministers_goes_by_who_spoke_and_who_then_held_the_office(filled: Config) -> None:
    found = run(filled, "scorecard-by-minister", "minister", "counted", "fulfilled", "superseded")
    # All of the first edition, and what A First said at the others; B Second held the office by then.
    assert found == [("a-first", 7, 1, 1), ("b-second", 3, 0, 0)]


def test_carry_over_tells_what_the_next_edition_took_and_what_became_of_the_rest(filled: Config) -> None:
    columns = ("meeting", "next_meeting", "commitments", "carried_over", "closed", "still_open")
    assert run(filled, "carry-over", *columns) == [
        ("talks-2", "talks-3", 3, 1, 0, 2),
        ("talks-1", "talks-2", 7, 2, 2, 3),
    ]
    assert run(filled, "carry-over", *columns[2:], scored="yes") == [(2, 1, 0, 1), (6, 2, 2, 2)]


def test_slipped_shows_later_dates_and_softer_words(filled: Config) -> None:
    columns = ("public_id", "earlier", "slipped_by", "days_later", "earlier_strength", "strength")
    found = [("TK-2-01", "TK-1-01", "date and words", 365, "Decided", "Intended")]
    assert run(filled, "slipped", *columns) == found
    assert run(filled, "slipped", *columns, by="date and words") == found
    assert run(filled, "slipped", *columns, by="date") == []


def test_silently_dropped_is_what_is_open_and_absent_from_the_next_edition(filled: Config) -> None:
    columns = ("public_id", "next_meeting", "taken_up_on", "last_news_on")
    assert run(filled, "silently-dropped", *columns) == [
        ("TK-2-02", "Talks 3", None, None),
        ("TK-1-05", "Talks 2", "2024-09-08", "2024-01-15"),
        ("TK-1-06", "Talks 2", None, None),
    ]
    with_others = run(filled, "silently-dropped", "public_id", scored="no")
    assert with_others == [("TK-2-02",), ("TK-2-03",), ("TK-1-05",), ("TK-1-06",), ("TK-1-07",)]


AS_OF = ("status_then", "target_then", "status_known", "target_known", "status_now")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-09-30", ("Unreviewed", "2023-01-31", "Unreviewed", "2023-01-31", "In progress")),
        ("2022-10-01", ("In progress", "2023-01-31", "In progress", "2023-01-31", "In progress")),
        ("2023-04-01", ("In progress", "2024-03-31", "Stalled", "2023-01-31", "In progress")),
        ("2023-05-09", ("In progress", "2024-03-31", "Stalled", "2023-01-31", "In progress")),
        ("2023-05-10", ("In progress", "2024-03-31", "In progress", "2024-03-31", "In progress")),
    ],
)
def test_the_record_as_of_a_day_is_told_as_true_then_and_as_known_then(filled: Config, day: str, expected: Row) -> None:
    assert run(filled, "record-as-of", "public_id", *AS_OF, as_of=day)[0] == ("TK-1-01", *expected)


def test_the_record_as_of_a_day_holds_only_what_there_was(filled: Config) -> None:
    assert run(filled, "record-as-of", "public_id", as_of="2022-09-07") == []
    assert len(run(filled, "record-as-of", "public_id", as_of="2023-09-07")) == 7
    assert len(run(filled, "record-as-of", "public_id")) == 11
    assert run(filled, "record-as-of", "public_id", status=["fulfilled", "abandoned"]) == [("TK-1-02",), ("TK-1-04",)]


def test_stale_is_what_nobody_has_looked_at(filled: Config) -> None:
    found = run(filled, "stale", "public_id", "why", "days_since")
    assert found == [
        ("TK-1-01", "no news", 702),
        ("TK-1-05", "no news", 382),
        ("TK-1-06", "never reviewed", None),
        ("TK-1-07", "never reviewed", None),
        ("TK-2-01", "never reviewed", None),
        ("TK-2-02", "never reviewed", None),
        ("TK-2-03", "never reviewed", None),
        ("TK-3-01", "never reviewed", None),
    ]
    assert run(filled, "stale", "public_id", days="400", kind=["principle", "task"]) == [("TK-1-06",), ("TK-1-07",)]
    assert ("TK-1-05",) not in run(filled, "stale", "public_id", days="400")


def test_the_chain_goes_both_ways_and_tells_what_follows_what(filled: Config) -> None:
    columns = ("public_id", "relation", "follows", "basis", "strength")
    chain = [
        ("TK-1-01", None, None, None, "Decided"),
        ("TK-2-01", "continues", "TK-1-01", "stated", "Intended"),
        ("TK-3-01", "continues", "TK-2-01", "inferred", "Decided"),
    ]
    assert run(filled, "chain", *columns, commitment="tk-1-01") == chain
    assert run(filled, "chain", *columns, commitment="TK-3-01") == [
        chain[0],
        ("TK-1-05", None, None, None, "Decided"),
        chain[1],
        ("TK-3-01", "restates", "TK-1-05", "stated", "Decided"),
        chain[2],
    ]


def test_attendance_tells_who_came_in_which_office(filled: Config) -> None:
    columns = ("held_on", "minister", "office", "country", "city")
    assert run(filled, "attendance", *columns, until="2023-12-31") == [
        ("2023-09-08", "B Second", "External Affairs Minister", "India", "Tokyo"),
        ("2022-09-08", "A First", "External Affairs Minister", "India", "Tokyo"),
    ]
    assert run(filled, "attendance", "held_on", minister=["a-first"]) == [("2022-09-08",)]


def test_succession_tells_who_inherits_a_commitment(filled: Config) -> None:
    columns = ("public_id", "party", "holder_then", "holder_now", "changed")
    found = run(filled, "succession", *columns)
    assert found[0] == ("TK-3-01", "India", "B Second", "B Second", "no")
    assert found[-1] == ("TK-1-07", "India", "A First", "B Second", "yes")
    changed = run(filled, "succession", "public_id", changed="yes")
    assert changed == [("TK-1-01",), ("TK-1-05",), ("TK-1-06",), ("TK-1-07",)]
    assert run(filled, "succession", "public_id", changed="yes", as_of="2023-05-31") == [
        ("TK-3-01",), ("TK-2-01",), ("TK-2-02",), ("TK-2-03",)
    ]  # fmt: skip


@pytest.fixture
def edited(sqlite_config: Config) -> Iterator[Session]:
    """The records of three editions, to be changed and committed by a test."""
    engine = create_engine(sqlite_config.database_url)
    edition_cast.fill(engine)
    with Session(engine, info={"origin": TESTER}) as session:
        yield session
    engine.dispose()


def test_who_attended_in_an_office_held_it_whatever_the_terms_tell(sqlite_config: Config, edited: Session) -> None:
    someone = edited.scalars(select(Minister).where(Minister.slug == "a-undated")).one()
    attended = select(Attendance).join(Attendance.meeting).where(Meeting.slug == "talks-3")
    edited.scalars(attended).one().minister = someone
    edited.commit()
    columns = ("public_id", "holder_then", "holder_now")
    assert run(sqlite_config, "succession", *columns)[0] == ("TK-3-01", "A A Undated", "A A Undated")
    assert run(sqlite_config, "succession", *columns, as_of="2024-01-31")[0] == ("TK-3-01", "A A Undated", "B Second")
    assert run(sqlite_config, "scorecard-by-minister", "minister", "counted") == [
        ("a-first", 7), ("b-second", 2), ("a-undated", 1)
    ]  # fmt: skip


def test_an_office_that_somebody_has_left_passes_to_nobody_that_is_known(
    sqlite_config: Config, edited: Session
) -> None:
    term = edited.scalars(select(OfficeTerm).where(OfficeTerm.start_date == date(2023, 6, 1))).one()
    term.end_date, term.end_precision = date(2024, 12, 31), "day"
    edited.commit()
    columns = ("holder_then", "holder_now", "changed")
    assert run(sqlite_config, "succession", *columns)[0] == ("B Second", None, "not known")
    assert run(sqlite_config, "succession", *columns, as_of="2024-12-31")[0] == ("B Second", "B Second", "no")


def test_strength_is_counted_by_meeting_and_kind(filled: Config) -> None:
    columns = ("meeting", "kind", "commitments", "exploratory", "intended", "agreed", "decided", "none_given")
    assert run(filled, "strength-by-meeting", *columns) == [
        ("talks-3", "Undertaking", 1, 0, 0, 0, 1, 0),
        ("talks-2", "Undertaking", 2, 0, 1, 0, 1, 0),
        ("talks-2", "Proposal", 1, 1, 0, 0, 0, 0),
        ("talks-1", "Undertaking", 5, 0, 1, 0, 4, 0),
        ("talks-1", "Task", 1, 0, 0, 1, 0, 0),
        ("talks-1", "Principle", 1, 0, 0, 0, 0, 1),
    ]


def test_verification_is_told_by_meeting_and_by_source(filled: Config) -> None:
    columns = ("statements", "quotes", "found", "not_found", "not_checked")
    assert run(filled, "verification-coverage", "meeting", *columns, "commitments", "with_evidence") == [
        ("talks-3", 1, 1, 0, 0, 1, 1, 0),
        ("talks-2", 3, 3, 0, 0, 3, 3, 0),
        ("talks-1", 7, 7, 2, 1, 4, 7, 5),
    ]
    # The passages of the corrected update stay evidence of what was held.
    assert run(filled, "evidence-coverage", "source", *columns[1:]) == [("paper", 18, 2, 1, 15)]


def test_statements_are_found_by_minister_and_topic(filled: Config) -> None:
    assert run(filled, "statements-by-minister", "statement", minister="a-first") == [
        ("said-3-1",), ("said-2-1",), ("said-1-1",)
    ]  # fmt: skip
    both = run(filled, "statements-by-minister", "statement", topic=["air"], series=["talks"], until="2023-12-31")
    assert both[:3] == [("said-2-2",), ("said-2-3",), ("said-1-2",)]
    assert run(filled, "statements-by-minister", "statement", topic=["air", "sea"], since="2024-01-01") == [
        ("said-3-1",)
    ]

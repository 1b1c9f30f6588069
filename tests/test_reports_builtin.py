"""The built-in reports: known answers on a small record, on each engine, and the same answers on both."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import TESTER
from tests.report_cast import shared_records
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.reports import catalog, runner
from tracker.reports.parameters import Given
from tracker.reports.sandbox import Row, Sandbox
from tracker.reports.template import Piece, opened
from tracker.seeding.check import read_seeds
from tracker.seeding.load import load
from tracker.seeding.plan import make_plan

TODAY = date(2025, 7, 15)
NAMES = sorted(catalog.paths())
Run = tuple[tuple[str, ...], list[Row]]


def run(config: Config, name: str, given: Given | None = None, first: int | None = None) -> Run:
    report = catalog.find(name)
    with runner.run(Sandbox(config.database_url), report, given or {}, TODAY, first) as result:
        return result.columns, list(result.rows)


def picked(found: Run, *columns: str) -> list[Row]:
    """The rows, with only these columns."""
    places = [found[0].index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in found[1]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the cast of the reports, on each engine."""
    yield from shared_records(request, tmp_path_factory.mktemp("records"))


def test_open_commitments_stand_under_each_of_their_topics(filled: Config) -> None:
    found = run(filled, "open-commitments-by-topic")
    assert picked(found, "topic", "public_id", "kind", "strength", "status", "target_on") == [
        ("Consular", "IJ-2024-01", "Undertaking", "Decided", "In progress", "2025-12-31"),
        ("Consular", "QD-2025-01", "Task", "Decided", "In progress", "2025-12-31"),
        ("Visas", "QD-2025-01", "Task", "Decided", "In progress", "2025-12-31"),
        (None, "IJ-2024-02", "Principle", None, "Unreviewed", None),
        (None, "QD-2025-02", "Request", None, "No evidence found", None),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"topic": "visas"}, ["QD-2025-01"]),
        ({"topic": "consular"}, ["IJ-2024-01", "QD-2025-01", "QD-2025-01"]),
        ({"series": "quad"}, ["QD-2025-01", "QD-2025-01"]),
        ({"kind": "request"}, ["QD-2025-02"]),
        ({"kind": "request", "series": "quad"}, []),
        ({"kind": ["request", "task"]}, ["QD-2025-01", "QD-2025-01", "QD-2025-02"]),
        ({"topic": ("visas",), "kind": ["task"], "series": ["quad"]}, ["QD-2025-01"]),
    ],
)
def test_open_commitments_can_be_narrowed(filled: Config, given: Given, expected: list[str]) -> None:
    assert [row[0] for row in picked(run(filled, "open-commitments-by-topic", given), "public_id")] == expected


def test_status_by_meeting_counts_each_status(filled: Config) -> None:
    found = run(filled, "status-by-meeting")
    columns = ("meeting", "held_on", "commitments", "still_open", "unreviewed", "in_progress", "fulfilled", "stalled")
    assert picked(found, *columns) == [
        ("india-japan-2plus2-3", "2024-08-20", 3, 2, 1, 1, 1, 0),
        ("quad-1", "2025-03-01", 1, 1, 0, 1, 0, 0),
        ("planned", None, 1, 1, 0, 0, 0, 0),
    ]
    assert picked(found, "no_evidence_found") == [(0,), (0,), (1,)]


def test_status_by_meeting_can_leave_out_what_is_not_scored(filled: Config) -> None:
    found = run(filled, "status-by-meeting", {"scored": "yes"})
    assert picked(found, "meeting", "commitments") == [("india-japan-2plus2-3", 2), ("quad-1", 1)]
    assert run(filled, "status-by-meeting", {"scored": "no"}) == run(filled, "status-by-meeting")


def test_each_status_has_its_column(filled: Config) -> None:
    columns, _ = run(filled, "status-by-meeting")
    with Sandbox(filled.database_url).query("SELECT name FROM status ORDER BY position") as result:
        assert list(columns[6:]) == [row[0] for row in result.rows]


def test_statements_stand_under_their_speakers_newest_meeting_first(filled: Config) -> None:
    found = run(filled, "statements-by-minister")
    assert picked(found, "speaker", "said_on", "statement", "citations", "commitments") == [
        ("S Jaishankar", "2025-03-02", "spoken", 1, 1),
        ("The Quad", None, "joint", 2, 2),
        ("S Jaishankar", None, "consulate", 1, 2),
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"minister": "s-jaishankar"}, ["spoken", "consulate"]),
        ({"series": "quad"}, ["spoken", "joint"]),
        ({"since": "2025-01-01"}, ["spoken", "joint"]),
        ({"until": "2024-12-31"}, ["consulate"]),
        ({"since": "2025-01-01", "until": "today-300d"}, []),
    ],
)
def test_statements_can_be_narrowed(filled: Config, given: dict[str, str], expected: list[str]) -> None:
    assert [row[0] for row in picked(run(filled, "statements-by-minister", given), "statement")] == expected


def test_status_changes_are_those_between_two_dates_without_repeats_and_corrected_ones(filled: Config) -> None:
    found = run(filled, "status-changes", {"since": "2024-01-01", "until": "2025-12-31"})
    assert picked(found, "effective_on", "public_id", "previous_status", "status", "new_target_on") == [
        ("2024-09-01", "IJ-2024-01", "Unreviewed", "In progress", None),
        ("2025-01-10", "IJ-2024-03", "Unreviewed", "Fulfilled", None),
        ("2025-04-01", "QD-2025-01", "Unreviewed", "In progress", "2025-12-31"),
        ("2025-05-01", "QD-2025-02", "Unreviewed", "No evidence found", None),
    ]
    assert picked(found, "recorded_on", "reason")[1] == ("2025-01-12", "It is done: @home.")


def test_status_changes_are_by_default_those_of_the_last_90_days(filled: Config) -> None:
    assert picked(run(filled, "status-changes"), "public_id") == [("QD-2025-02",)]


def test_status_changes_include_both_days(filled: Config) -> None:
    day = {"since": "2025-01-10", "until": "2025-01-10"}
    assert picked(run(filled, "status-changes", day), "public_id") == [("IJ-2024-03",)]
    assert picked(run(filled, "status-changes", {**day, "status": "stalled"}), "public_id") == []


def test_overdue_counts_from_the_first_target(filled: Config) -> None:
    found = run(filled, "overdue")
    columns = ("public_id", "first_target", "days_late", "target_on", "postponed")
    assert picked(found, *columns) == [("QD-2025-01", "2025-06-30", 15, "2025-12-31", "yes")]
    found = run(filled, "overdue", {"as_of": "2026-01-01"})
    assert picked(found, "public_id", "days_late", "postponed") == [("QD-2025-01", 185, "yes"), ("IJ-2024-01", 1, "no")]
    assert run(filled, "overdue", {"as_of": "2025-06-30"})[1] == []


def test_the_history_of_a_commitment_leaves_out_corrected_entries(filled: Config) -> None:
    found = run(filled, "commitment-history", {"commitment": "ij-2024-03"})
    columns = ("effective_on", "previous_status", "status", "citations", "recorded_on")
    assert picked(found, *columns) == [("2025-01-10", "Unreviewed", "Fulfilled", 1, "2025-01-12")]


def test_the_history_of_a_commitment_shows_each_look(filled: Config) -> None:
    found = run(filled, "commitment-history", {"commitment": "QD-2025-02"})
    assert picked(found, "effective_on", "status") == [
        ("2025-05-01", "No evidence found"),
        ("2025-06-01", "No evidence found"),
    ]


def test_evidence_coverage_leaves_out_what_was_withdrawn(filled: Config) -> None:
    found = run(filled, "evidence-coverage")
    columns = ("source", "citations", "quotes", "found", "not_found", "not_checked")
    assert picked(found, *columns) == [("paper", 5, 4, 0, 0, 4)]


@pytest.mark.parametrize("name", NAMES)
def test_each_report_runs_with_every_clause_closed_and_open(filled: Config, name: str) -> None:
    runner.check(Sandbox(filled.database_url), catalog.find(name), TODAY)


def test_no_report_reads_the_whole_history_where_a_key_would_do(sqlite_config: Config) -> None:
    box = Sandbox(sqlite_config.database_url)
    for name in NAMES:
        report = catalog.find(name)
        values = {
            p.name: p.value(p.default or "IJ-2024-01", TODAY) for p in report.parameters if p.default or p.required
        }
        pieces = opened(report.pieces, values)
        used = {piece.text for piece in pieces if piece.kind == "parameter"}
        bound = {name: value for name, value in values.items() if name in used}
        with box.query([Piece("code", "EXPLAIN QUERY PLAN ", 1), *pieces], bound) as plan:
            scanned = {str(row[-1]).split()[1] for row in plan.rows if str(row[-1]).startswith("SCAN ")}
        assert scanned.isdisjoint({"status_update", *re.findall(r"\bstatus_update (\w+)", report.source)}), name


def test_both_engines_give_the_same_rows_of_the_real_records(sqlite_config: Config, postgres_config: Config) -> None:
    for config in (sqlite_config, postgres_config):
        load_seeds(config)
    given = {
        "commitment-history": {"commitment": "IJ-2024-01"},
        "chain": {"commitment": "IJ-2024-01"},
        "status-changes": {"since": "2000-01-01"},
        "overdue": {"as_of": "2030-01-01"},
    }
    for name in NAMES:
        on_sqlite, on_postgresql = (run(c, name, given.get(name)) for c in (sqlite_config, postgres_config))
        assert on_sqlite == on_postgresql, name
        # Told how few rows are wanted, the engine may go another way; the rows must be the same.
        for config in (sqlite_config, postgres_config):
            columns, rows = run(config, name, given.get(name), first=7)
            assert (columns, rows) == (on_sqlite[0], on_sqlite[1][:7]), name


def load_seeds(config: Config, folder: Path = PROJECT / "seeds") -> None:
    seeds, problems = read_seeds(folder)
    assert problems == []
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        load(session, make_plan(session, seeds), "tester")
        session.commit()
    engine.dispose()

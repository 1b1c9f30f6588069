"""The benchmarks themselves: the records that they make are whole, and the same on both engines."""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.admin.conftest import add_people
from tests.benchmarks import generate, load, loading, pages, reports, scale, verifying
from tracker.admin.filters import COMMITMENT_FILTERS
from tracker.config import Config
from tracker.reports import catalog, runner
from tracker.reports.parameters import Value
from tracker.reports.sandbox import Rows, Sandbox
from tracker.reports.template import Piece

TODAY = date(2026, 1, 15)
# What triggers would have made of the history, had they been there.
ASTRAY = """
SELECT COUNT(*) FROM commitment c JOIN commitment_projection p ON p.commitment_id = c.id
 WHERE c.status <> p.status OR COALESCE(c.target_on, c.promised_on) <> COALESCE(p.target_on, c.promised_on)
"""


def test_the_records_are_as_many_as_asked_for_and_the_same_on_both_engines(
    sqlite_config: Config, postgres_config: Config
) -> None:
    found = []
    for config in (sqlite_config, postgres_config):
        generate.fill(config.database_url, 2_200)
        box = Sandbox(config.database_url)
        rows = {}
        for name in catalog.paths():
            given = {"commitment": "S1-2-1"} if name in ("chain", "commitment-history") else {}
            with runner.run(box, catalog.find(name), given, TODAY) as result:
                rows[name] = list(result.rows)
            with runner.run(box, catalog.find(name), given, TODAY, first=50) as result:
                assert list(result.rows) == rows[name][:50], name
        with box.query("SELECT (SELECT COUNT(*) FROM commitment), (SELECT COUNT(*) FROM status_update)") as counted:
            assert list(counted.rows) == [(2_200, 6_600)]
        with box.query(ASTRAY) as counted:
            assert list(counted.rows) == [(0,)]
        found.append(rows)
    assert found[0].keys() == found[1].keys()
    assert [name for name in found[0] if found[0][name] != found[1][name]] == []
    empty = [name for name, rows in found[0].items() if not rows]
    assert empty == ["status-changes"]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs the sqlite3 command line")
def test_the_table_names_every_report_and_both_rates(sqlite_config: Config) -> None:
    generate.fill(sqlite_config.database_url, 50)
    told = "\n".join(reports.lines(sqlite_config.database_url, 100))
    for name in catalog.paths():
        assert f"| `{name}` |" in told
    assert "CSV of 100 rows" in told


@pytest.mark.long
def test_a_small_crowd_is_served_without_an_error(sqlite_config: Config) -> None:
    generate.fill(sqlite_config.database_url, 200)
    add_people(sqlite_config, "no password")
    told = "\n".join(load.lines(sqlite_config, 200, readers=3, writers=1, seconds=2))
    assert "| **all, two servers** |" in told
    assert "Answers of 400 and more: 0." in told


@pytest.mark.long
def test_the_table_of_growth_has_a_line_for_each_report(tmp_path: Path) -> None:
    told = "\n".join(scale.lines(tmp_path, (1_000, 2_000)))
    for name in catalog.paths():
        assert f"| report `{name}` |" in told
    assert "| export of every commitment |" in told


def test_the_figure_for_verification_tells_what_was_verified() -> None:
    (told,) = verifying.lines(documents=4, citations=40, characters=5_000)
    assert told.startswith("40 citations of 4 texts of 5 kB (")
    assert "40 recorded" in told
    assert all(f" {word}" in told for word in ("verbatim", "normalised", "not found"))


def test_the_table_of_pages_names_each_page_its_statements_and_what_stands_beside_it(
    sqlite_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate.fill(sqlite_config.database_url, 2_200)
    few = {name: pages.addresses()[name] for name in ("list, page 1", "list, a rare word", "commitment")}
    monkeypatch.setattr(pages, "addresses", lambda: few)
    monkeypatch.setattr(pages, "TIMES", 1)
    # What stands beside it warns of what ours avoids, and warnings are errors here.
    monkeypatch.setattr(pages, "plain", lambda config, commitments: {"list, page 1": 1_234.0})
    told = "\n".join(pages.lines(sqlite_config, sqlite_config, ["csv"]))
    for name in (*few, "save"):
        assert f"| {name} |" in told
    assert "| 1,234 |" in told
    assert "Export of everything as csv: first byte" in told


def test_every_filter_of_the_list_is_measured() -> None:
    assert {one.name for one in COMMITMENT_FILTERS} == set(pages.VALUES)


def test_the_import_is_measured_beside_bare_rows_and_holds_the_same(
    sqlite_config: Config, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copytree(sqlite_template, tmp_path / "bare")
    beside = Config.load({"TRACKER_INSTANCE": str(tmp_path / "bare")})
    told = "\n".join(loading.lines(sqlite_config, beside, 60, 20))
    assert "| executemany alone | " in told
    assert "20 commitments of YAML: " in told
    found = []
    for config in (sqlite_config, beside):
        with Sandbox(config.database_url).query(
            "SELECT public_id, status, (SELECT COUNT(*) FROM citation), (SELECT COUNT(*) FROM status_update) "
            "FROM commitment ORDER BY public_id"
        ) as rows:
            found.append(list(rows.rows))
    assert found[0] == found[1]
    assert len(found[0]) == 60


class Planning(Sandbox):
    """Tells how SQLite would go about each statement, in place of its answer."""

    @contextmanager
    def query(self, statement: str | Iterable[Piece], values: Mapping[str, Value] | None = None) -> Iterator[Rows]:
        pieces = [Piece("code", statement, 1)] if isinstance(statement, str) else statement
        with super().query([Piece("code", "EXPLAIN QUERY PLAN ", 1), *pieces], values) as found:
            yield found


def test_no_report_reads_the_whole_history(sqlite_config: Config) -> None:
    generate.fill(sqlite_config.database_url, 500)
    box = Planning(sqlite_config.database_url)
    scanned = {}
    for name in catalog.paths():
        given = {"commitment": "S1-2-1"} if name in ("chain", "commitment-history") else {}
        with runner.run(box, catalog.find(name), given, TODAY, first=1_001) as plan:
            steps = [str(row[-1]) for row in plan.rows]
        assert any("USING" in step for step in steps), name
        scanned[name] = [step for step in steps if re.match(r"SCAN (u|status_update)\b", step)]
    assert {name: found for name, found in scanned.items() if found} == {}

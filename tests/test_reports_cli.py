"""`tracker reports` and `tracker sql` at the command line."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.report_cast import shared_records
from tests.report_roles import made_roles
from tracker.cli import main
from tracker.config import PROJECT, Config
from tracker.reports import catalog


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the cast of the reports, on each engine."""
    for config in shared_records(request, tmp_path_factory.mktemp("records")):
        if request.param == "sqlite":
            yield config
            continue
        for roles in made_roles(config):
            yield replace(config, reports_database_url=roles.report)


@pytest.fixture
def filled(records: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The configured installation: those records, and an instance folder of its own."""
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "own"))
    monkeypatch.setenv("TRACKER_DATABASE_URL", records.database_url.render_as_string(hide_password=False))
    monkeypatch.setenv("TRACKER_REPORTS_DATABASE_URL", records.reports_url.render_as_string(hide_password=False))
    (tmp_path / "own").mkdir()
    return records


def test_choices_can_be_given_several_times(filled: Config) -> None:
    arguments = ("open-commitments-by-topic", "--kind", "request", "--kind", "task", "--format", "csv")
    assert [line.split(",")[1] for line in tracker("reports", "run", *arguments).stdout.splitlines()[1:]] == [
        "QD-2025-01", "QD-2025-01", "QD-2025-02"
    ]  # fmt: skip
    wrong = tracker("reports", "run", *arguments, "--kind", "taks")
    assert "'taks' is not one of the choices; did you mean 'task'" in wrong.stderr


def tracker(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def test_list_names_each_report(filled: Config) -> None:
    lines = tracker("reports", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(catalog.paths())
    assert lines[0].endswith("Attendance")


def test_show_tells_parameters_columns_and_sql(filled: Config) -> None:
    shown = tracker("reports", "show", "overdue").stdout
    for part in (
        "overdue: Overdue",
        "--as-of",
        "today by default",
        "days_late",
        "Days late",
        "FROM commitment_overview c",
    ):
        assert part in shown
    assert "title =" not in shown
    wrong = tracker("reports", "show", "overdu")
    assert (wrong.exit_code, "did you mean 'overdue'" in wrong.stderr) == (1, True)


def test_run_takes_the_parameters_as_options_and_tells_them(filled: Config) -> None:
    done = tracker("reports", "run", "overdue", "--as-of", "2025-07-15", "--series", "quad")
    assert done.exit_code == 0
    assert done.stdout.startswith("Overdue\nAs of: 2025-07-15\nMeeting series: quad\n\nCommitment")
    assert "QD-2025-01" in done.stdout
    scored = tracker("reports", "run", "status-by-meeting", "--scored", "--format", "json")
    assert [row["commitments"] for row in json.loads(scored.stdout)] == [2, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["overdue", "--asof", "today"], "No such option '--asof'. Did you mean"),
        (["overdu"], "did you mean 'overdue'"),
        (["overdue", "--as-of", "soon"], "'soon' is not a date; write YYYY-MM-DD"),
        (["overdue", "--series", "quod"], "did you mean 'quad'"),
        (["commitment-history"], "needs a value for commitment"),
        (["overdue", "-o", "/nowhere/at/all.csv"], "cannot be written: No such file"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(filled: Config, arguments: list[str], message: str) -> None:
    done = tracker("reports", "run", *arguments)
    assert done.exit_code != 0
    assert message.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_report_goes_to_a_file_whole_or_not_at_all(filled: Config, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    assert tracker("reports", "run", "statements-by-minister", "--format", "csv", "-o", str(target)).stdout == ""
    found = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"), newline="")))
    assert [row["summary"][:4] for row in found] == ["'=We", "Visa", "Indi"]
    before = target.read_bytes()
    division = "SELECT 1 / (i - 900) FROM n"
    if filled.database_url.get_backend_name() == "sqlite":
        division = "SELECT add_days('2024-01-01', CASE WHEN i = 900 THEN 9999999 ELSE 1 END) FROM n"
    fails = f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) {division}"
    assert tracker("sql", fails, "--format", "csv", "-o", str(target)).exit_code == 1
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*") if "part" in path.name] == []


def test_a_report_of_ones_own_is_one_file_of_ten_lines_as_the_readme_shows(filled: Config, tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    (ten_lines,) = re.findall(r"```sql\n(.*?)```", readme, re.DOTALL)
    assert len(ten_lines.splitlines()) == 10
    folder = tmp_path / "own" / "reports"
    folder.mkdir()
    (folder / "decided.sql").write_text(ten_lines, encoding="utf-8")
    done = tracker("reports", "run", "decided", "--meeting", "quad-1", "--format", "jsonl")
    assert [json.loads(line)["public_id"] for line in done.stdout.splitlines()] == ["QD-2025-01"]
    assert "decided: runs" in tracker("reports", "check").stdout
    (folder / "broken.sql").write_text(ten_lines.replace(":meeting", ":meting"), encoding="utf-8")
    listed = tracker("reports", "list")
    assert "decided " in listed.stdout
    assert "broken.sql:9: the parameter 'meting' is not declared; did you mean 'meeting'?" in listed.stderr
    checked = tracker("reports", "check")
    assert (checked.exit_code, "broken.sql:9" in checked.stderr, "overdue: runs" in checked.stdout) == (1, True, True)


def test_the_example_in_the_documentation_is_a_whole_report(
    filled: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT / "tracker" / "docs" / "reports.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "decided.sql").write_text(example, encoding="utf-8")
    monkeypatch.setenv("TRACKER_REPORTS_DIR", str(tmp_path / "elsewhere"))
    done = tracker("reports", "run", "decided", "--series", "quad", "--format", "jsonl")
    assert [json.loads(line)["public_id"] for line in done.stdout.splitlines()] == ["QD-2025-01"]


def test_a_folder_gets_a_file_whose_name_tells_the_values(filled: Config, tmp_path: Path) -> None:
    tracker("reports", "run", "overdue", "--as-of", "2025-07-15", "--format", "xlsx", "-o", str(tmp_path))
    assert (tmp_path / "overdue-as-of-2025-07-15.xlsx").read_bytes().startswith(b"PK")
    tracker("reports", "run", "overdue", "--as-of", "2025-07-15", "-o", str(tmp_path / "late.md"))
    assert (tmp_path / "late.md").read_text(encoding="utf-8").startswith("# Overdue\n\n- As of: 2025-07-15\n")


def test_check_passes_every_built_in_report(filled: Config) -> None:
    done = tracker("reports", "check")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"{name}: runs" for name in sorted(catalog.paths())]


def test_help_lists_reports_and_their_options(filled: Config) -> None:
    assert "overdue" in tracker("reports", "run", "--help").stdout
    shown = tracker("reports", "run", "status-by-meeting", "--help").stdout
    assert "--scored / --no-scored" in shown
    assert "--series CHOICE" in shown


def test_sql_gives_a_list_of_objects(filled: Config) -> None:
    query = "SELECT public_id, is_open AS open FROM commitment_overview ORDER BY public_id LIMIT 1"
    expected = [{"public_id": "IJ-2024-01", "open": 1}]
    assert json.loads(tracker("sql", query, "--format", "json").stdout) == expected
    assert json.loads(tracker("sql", "-", "--format", "json", given=f"-- why\n{query};\n").stdout) == expected
    assert tracker("sql", query, "--format", "csv").stdout.splitlines() == ["public_id,open", "IJ-2024-01,1"]
    assert tracker("sql", query).stdout.splitlines()[2].split() == ["IJ-2024-01", "1"]


def test_sql_is_off_on_postgresql_without_a_role_that_only_reads(
    records: Config, filled: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKER_REPORTS_DATABASE_URL")
    done = tracker("sql", "SELECT 1")
    if records.database_url.get_backend_name() == "sqlite":
        assert done.exit_code == 0
        return
    assert (done.exit_code, done.stdout, "'tracker db init-roles'" in done.stderr) == (1, "", True)
    owner = records.database_url.set(query={"application_name": "x"}).render_as_string(hide_password=False)
    monkeypatch.setenv("TRACKER_REPORTS_DATABASE_URL", owner)
    assert "is a superuser" in tracker("sql", "SELECT 1").stderr


def test_without_a_database_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "none"))
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)
    for arguments in (["sql", "SELECT 1"], ["reports", "run", "overdue"], ["reports", "check"]):
        done = tracker(*arguments)
        assert (done.exit_code, "run 'tracker db upgrade' first" in done.stderr) == (1, True)

"""Running reports: values, choices, cells and errors, on each engine."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from tests.report_cast import shared_records
from tracker.config import Config
from tracker.reports import catalog, runner
from tracker.reports.errors import QueryError, ReportError
from tracker.reports.sandbox import Row, Sandbox

HEAD = '/*\ntitle = "T"\ndescription = "D"\n'


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the cast of the reports, on each engine."""
    yield from shared_records(request, tmp_path_factory.mktemp("records"))


def mine(folder: Path, text: str) -> catalog.Report:
    path = folder / "mine.sql"
    path.write_text(HEAD + text, encoding="utf-8")
    return catalog.read(path)


def rows(config: Config, sql: str) -> list[Row]:
    with Sandbox(config.database_url).query(sql) as result:
        return list(result.rows)


def test_values_are_bound_and_never_read_as_sql(filled: Config, tmp_path: Path) -> None:
    text = "[params.a]\n[params.n]\ntype = 'integer'\n[params.d]\ntype = 'date'\n[params.b]\ntype = 'boolean'\n*/\n"
    word = "CAST(:a AS TEXT) AS a"
    sql = f"SELECT {word}, :n + 1 AS n, add_days(:d, 1) AS d, '%s :x $1' AS p, :b AS b, {word}"
    given = {"a": "' OR 1=1; -- %(n)s", "n": "41", "d": "2024-02-28", "b": "yes"}
    with runner.run(Sandbox(filled.database_url), mine(tmp_path, text + sql), given) as result:
        assert result.columns == ("a", "n", "d", "p", "b", "a_2")
        assert list(result.rows) == [(given["a"], 42, "2024-02-29", "%s :x $1", 1, given["a"])]


def test_a_missing_value_an_unknown_one_and_a_wrong_choice_are_told(filled: Config) -> None:
    box = Sandbox(filled.database_url)
    for name, given, message in (
        ("commitment-history", {}, "commitment-history needs a value for commitment"),
        ("overdue", {"serie": "quad"}, "has no parameter 'serie'; did you mean 'series'"),
        ("overdue", {"series": "quadd"}, "'quadd' is not one of the choices; did you mean 'quad'"),
        ("overdue", {"as_of": "soon"}, r"parameter as_of \(As of\): 'soon' is not a date"),
    ):
        with pytest.raises(ReportError, match=message), runner.run(box, catalog.find(name), given):
            pass


def test_choices_come_from_sql_or_from_the_file(filled: Config, tmp_path: Path) -> None:
    box = Sandbox(filled.database_url)
    series = next(p for p in catalog.find("overdue").parameters if p.name == "series")
    assert runner.options(box, series) == {"india-japan-2plus2": "India-Japan 2+2", "quad": "Quad"}
    report = mine(tmp_path, "[params.a]\ntype = 'choice'\noptions = ['x', 'y']\n*/ SELECT CAST(:a AS TEXT) AS a")
    assert runner.options(box, report.parameters[0]) == {"x": "x", "y": "y"}
    with (
        pytest.raises(ReportError, match="'z' is not one of the choices; known are: x, y"),
        runner.run(box, report, {"a": "z"}),
    ):
        pass


def test_what_the_database_refuses_is_told_with_the_file(filled: Config, tmp_path: Path) -> None:
    box = Sandbox(filled.database_url)
    report = mine(tmp_path, "*/\nSELECT 1 AS a\n  FROM commitment c\n WHERE c.absent = 1")
    with pytest.raises(ReportError, match=r"mine\.sql:7: .*absent"):
        runner.check(box, report)
    report = mine(tmp_path, "[columns.b]\n*/\nSELECT 1 AS a")
    with pytest.raises(ReportError, match=r"mine\.sql: the SQL gives no column 'b'; known are: a"):
        runner.check(box, report)


def test_check_opens_the_optional_clauses(filled: Config, tmp_path: Path) -> None:
    text = "[params.{0}]\ntype = '{1}'\n*/\nSELECT 1 AS a /*? {0}: WHERE 1 = nothing.at_all AND :{0} = :{0} */"
    for name, kind in (("day", "date"), ("n", "integer"), ("yes", "boolean"), ("word", "text")):
        with pytest.raises(ReportError, match="nothing"):
            runner.check(Sandbox(filled.database_url), mine(tmp_path, text.format(name, kind)))


def test_cells_are_alike_on_both_engines(filled: Config) -> None:
    assert rows(filled, "SELECT is_open FROM status WHERE name IN ('stalled', 'fulfilled') ORDER BY position") == [
        (1,),
        (0,),
    ]
    assert rows(filled, "SELECT start_date FROM meeting WHERE slug = 'quad-1'") == [("2025-03-01",)]
    assert rows(filled, "SELECT recorded_at FROM status_history WHERE public_id = 'IJ-2024-03'") == [
        ("2025-01-12 09:30:00.000000",)
    ]
    numbers = "ROUND(100.0 * 1 / 3, 1), SUM(edition), 7 / 2, AVG(edition), NULL, ROUND(2.5, 0)"
    found = rows(filled, f"SELECT {numbers} FROM meeting")
    assert found == [(33.3, 4, 3, 2, None, 3)]
    assert [type(cell) for cell in found[0]] == [float, int, int, int, type(None), int]
    changed = rows(filled, "SELECT changes FROM audit_event WHERE record_key = 'quad' AND action = 'created'")
    assert json.loads(str(changed[0][0]))["name"] == [None, "Quad"]
    infinite = "9e999" if filled.database_url.get_backend_name() == "sqlite" else "CAST('Infinity' AS FLOAT)"
    assert rows(filled, f"SELECT {infinite}") == [("Infinity",)]
    blob = "x'00ff'" if filled.database_url.get_backend_name() == "sqlite" else r"CAST('\x00ff' AS BYTEA)"
    assert rows(filled, f"SELECT {blob}") == [("\\x00ff",)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("days_between('2024-02-28', '2024-03-01')", 2),
        ("days_between('2024-03-01', '2024-02-28')", -2),
        ("days_between(NULL, '2024-02-28')", None),
        ("add_days('2024-12-31', 1)", "2025-01-01"),
        ("add_days('2024-03-01', -1)", "2024-02-29"),
        ("add_days('2024-03-01', NULL)", None),
        ("add_days('2024-03-01', COUNT(*))", "2024-03-12"),
    ],
)
def test_the_shims_count_days_alike(filled: Config, expression: str, value: object) -> None:
    assert rows(filled, f"SELECT {expression} FROM status")[0] == (value,)


@pytest.mark.parametrize("expression", ["days_between('soon', '2024-02-28')", "add_days('2024-13-01', 1)"])
def test_the_shims_refuse_what_is_no_date(filled: Config, expression: str) -> None:
    with pytest.raises(QueryError, match=r"soon|2024-13-01|month must be"):
        rows(filled, f"SELECT {expression}")


def test_a_result_may_be_left_half_read(filled: Config) -> None:
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n"
    with Sandbox(filled.database_url).query(many) as result:
        assert [next(result.rows) for _ in range(3)] == [(1,), (2,), (3,)]
    assert len(rows(filled, many)) == 100_000


def test_a_query_is_stopped_from_elsewhere(filled: Config) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    box = Sandbox(filled.database_url, 20)
    timer = Timer(0.5, box.stop.stop)
    timer.start()
    began = time.monotonic()
    with pytest.raises(QueryError, match="stopped, as somebody asked"), box.query(endless) as result:
        list(result.rows)
    assert time.monotonic() - began < 10
    timer.join()
    # Whoever asks before it begins is heard too.
    with pytest.raises(QueryError, match="stopped, as somebody asked"), box.query(endless) as result:
        list(result.rows)
    assert time.monotonic() - began < 15


def test_a_plan_is_told_without_running_anything(filled: Config) -> None:
    box = Sandbox(filled.database_url)
    assert any("commitment" in line for line in box.plan("SELECT * FROM commitment ORDER BY title"))
    with pytest.raises(QueryError, match="only reads"):
        box.plan("DELETE FROM milestone")


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    config = Config.load({"TRACKER_INSTANCE": str(tmp_path)})
    with pytest.raises(QueryError, match="unable to open database file"):
        rows(config, "SELECT 1")
    assert list(tmp_path.iterdir()) == []

"""CSV: what this side writes is what the standard library reads, and what PostgreSQL writes by itself is the same."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report_cast import shared_records
from tracker.config import Config
from tracker.reports import catalog, runner, separated
from tracker.reports.errors import QueryError
from tracker.reports.sandbox import Row, Sandbox

HEAD = '/*\ntitle = "T"\ndescription = "D"\n[params.a]\n[params.n]\ntype = "integer"\n[params.x]\ntype = "number"\n'
TEXTS = [
    "",
    " a ",
    'a "b", c',
    "a\nb",
    "a\rb",
    "=1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r\n",
    "=a,b",
    "\uff1d1",
    "b\u00fcro \u65e5",
]
CELL = st.none() | st.integers(-9, 9) | st.floats(-2, 2) | st.sampled_from(TEXTS) | st.text("=,-\"'\n\0a", max_size=4)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the cast of the reports, on each engine."""
    yield from shared_records(request, tmp_path_factory.mktemp("records"))


def as_read(cell: str | int | float | None) -> str:
    defused = f"'{cell}" if isinstance(cell, str) and cell[:1] in separated.FORMULA_STARTS and cell else cell
    return "" if defused is None else str(defused)


@given(st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), max_size=5)))
def test_what_is_written_is_read_again_and_no_text_is_a_formula(rows: list[Row]) -> None:
    out = b"".join(separated.written(rows, len(rows[0]) if rows else 1))
    found = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert found == [[as_read(cell) for cell in row] for row in rows]


def both(config: Config, sql: str) -> tuple[bytes, bytes | None]:
    """What this side writes of the rows of a query, and what the database writes, if it does."""
    box = Sandbox(config.database_url)
    with box.query(sql) as found:
        ours = b"".join(separated.written(found.rows, len(found.columns)))
    with box.query(sql) as found:
        return ours, None if found.csv is None else b"".join(found.csv)


def texts() -> str:
    each = " UNION ALL ".join(f"SELECT {n} AS n, '{text}' AS t" for n, text in enumerate(TEXTS))
    return f"SELECT t, n - 5 AS m, '' AS blank, NULLIF(t, ' a ') AS u FROM ({each}) AS one ORDER BY n DESC"


def test_both_write_every_text_number_and_day_alike(filled: Config) -> None:
    on_server = filled.database_url.get_backend_name() == "postgresql"
    for sql in (
        texts(),
        f"{texts()} -- as it ends",
        f"{texts()};\n",
        f"SELECT u FROM ({texts()}) AS one ORDER BY m",
        "SELECT public_id, promised_on, target_on, withdrawn_on IS NULL AS stands FROM commitment ORDER BY public_id",
        "SELECT recorded_at, reason FROM status_update ORDER BY id",
        "SELECT number FROM (SELECT 1 AS number UNION ALL SELECT NULL) AS one ORDER BY number",
        "SELECT 1 AS n WHERE 1 = 0",
    ):
        ours, theirs = both(filled, sql)
        assert theirs == (ours if on_server else None), sql


def test_what_has_a_form_of_its_own_on_the_server_comes_as_rows(filled: Config) -> None:
    for sql in ("SELECT 1.50 AS n", "SELECT ';' AS t", "SELECT AVG(id) AS n FROM commitment"):
        assert both(filled, sql)[1] is None


def test_values_are_the_same_in_what_either_writes(filled: Config, tmp_path: Path) -> None:
    path = tmp_path / "mine.sql"
    path.write_text(f"{HEAD}*/\nSELECT CAST(:a AS TEXT) AS a, :n AS n, :n / 2 AS half, :x > 0.1 AS more, '%s $1' AS p")
    given = {"a": "' || '; -- \\ %(n)s $1", "n": "-7", "x": "0.1"}
    box, report = Sandbox(filled.database_url), catalog.read(path)
    with runner.run(box, report, given) as result:
        ours = b"".join(separated.written(result.rows, 5))
    assert ours == b"' || '; -- \\ %(n)s $1,-7,-3,0,%s $1\r\n"
    given["a"] = "' || ' -- \\ %(n)s $1"
    with runner.run(box, report, given) as result:
        assert result.csv is None or b"".join(result.csv) == ours.replace(b";", b"")


def test_a_failure_on_the_way_is_told_as_one_of_the_query(postgres_config: Config) -> None:
    box = Sandbox(postgres_config.database_url, 1)
    for sql, told in (
        ("SELECT 1 / (9000 - n) AS n FROM generate_series(1, 10000) AS n", "division by zero"),
        ("SELECT n FROM generate_series(1, 1000000000) AS n", "stopped after 1 second"),
    ):
        with box.query(sql) as found, pytest.raises(QueryError, match=told):
            for _ in found.csv or ():
                pass
    with box.query("SELECT n FROM generate_series(1, 1000000) AS n") as found:
        assert next(found.csv or iter(())).startswith(b"1\r\n2\r\n")


@pytest.mark.parametrize("name", ["open-commitments-by-topic", "attendance"])
def test_a_report_is_written_alike(filled: Config, name: str) -> None:
    box, report = Sandbox(filled.database_url), catalog.find(name)
    with runner.run(box, report, {}) as result:
        ours = b"".join(separated.written(result.rows, len(result.columns)))
    assert ours
    with runner.run(box, report, {}) as result:
        assert result.csv is None or b"".join(result.csv) == ours

"""Report files: what is read from them, and errors that tell the file, the line and the remedy."""

import re
from pathlib import Path

import pytest

from tracker.config import PROJECT
from tracker.reports import catalog
from tracker.reports.errors import QueryError, ReportError
from tracker.reports.template import not_portable, opened, parse

HEAD = '/*\ntitle = "T"\ndescription = "D"\n'
SERIES = '[params.series]\ntype = "text"\n'


def report(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.sql"
    path.write_text(text, encoding="utf-8")
    return path


def sql(text: str, *given: str) -> str:
    """The statement as it runs, parameters in braces."""
    return "".join(f"{{{p.text}}}" if p.kind == "parameter" else p.text for p in opened(parse(text), given))


def test_a_report_is_read_from_one_file(tmp_path: Path) -> None:
    text = f'{HEAD}tags = ["x"]\n{SERIES}[columns.a]\nlabel = "A"\nlink = "commitment"\n*/\nSELECT :series AS a;\n'
    found = catalog.read(report(tmp_path, text))
    assert (found.name, found.title, found.description, found.tags) == ("mine", "T", "D", ("x",))
    assert [(p.name, p.type, p.label, p.required) for p in found.parameters] == [("series", "text", "Series", True)]
    assert (found.label("a"), found.label("b"), found.columns["a"].link) == ("A", "b", "commitment")
    assert found.statement == "SELECT :series AS a;"


@pytest.mark.parametrize(
    ("rest", "required"),
    [
        ("*/ SELECT :series", True),
        ("*/ SELECT 1 /*? series: WHERE 1 = :series */", False),
        ('default = "x"\n*/ SELECT :series', False),
        ("*/ SELECT :series /*? series: WHERE 1 = :series */", True),
    ],
)
def test_what_is_always_used_and_has_no_default_is_required(tmp_path: Path, rest: str, required: bool) -> None:
    found = catalog.read(report(tmp_path, HEAD + SERIES + rest))
    assert [parameter.required for parameter in found.parameters] == [required]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("SELECT 1", 1, "begin with the front matter"),
        ("/*\ntitle = T\n*/ SELECT 1", 2, "not TOML"),
        ('/*\ntitle = "T"\n*/ SELECT 1', 2, "description is missing"),
        ('/*\ntitle = " "\ndescription = "D"\n*/ SELECT 1', 2, "title is missing"),
        (HEAD + "titel = 'x'\n*/ SELECT 1", 4, "unknown key 'titel'; did you mean 'title'?"),
        (HEAD + "tags = 'x'\n*/ SELECT 1", 4, "tags must be a list of texts"),
        (HEAD + "params = 3\n*/ SELECT 1", 4, "params must be"),
        (HEAD + "[params]\nseries = 3\n*/ SELECT :series", 1, "write [params.series]"),
        (HEAD + "[params.series]\ntyp = 'text'\n*/ SELECT :series", 5, "did you mean 'type'?"),
        (HEAD + "[params.series]\ntype = 'words'\n*/ SELECT :series", 5, "type must be one of text"),
        (HEAD + "[params.series]\ntype = 'choice'\n*/ SELECT :series", 4, "has options or options_sql"),
        (HEAD + "[params.series]\noptions = ['a']\n*/ SELECT :series", 4, "has options or options_sql"),
        (HEAD + "[params.day]\ntype = 'date'\ndefault = 'soon'\n*/ SELECT :day", 6, "'soon' is not a date"),
        (HEAD + "[params.format]\n*/ SELECT :format", 4, "'format' cannot name a parameter"),
        (HEAD + "[params.As-of]\n*/ SELECT 1", 4, "'As-of' cannot name a parameter"),
        (HEAD + "[columns.a]\nlink = 'word'\n*/ SELECT 1 AS a", 5, "link must be one of commitment"),
        (HEAD + "*/\nSELECT 1\n WHERE 1 = :series", 6, "'series' is not declared; declare it as [params.series]"),
        (HEAD + SERIES + "*/\nSELECT :serie", 7, "'serie' is not declared; did you mean 'series'?"),
        (HEAD + "*/\nSELECT 1\n/*? series: AND 1 = 1 */", 6, "'series' is not declared"),
        (HEAD + SERIES + "*/\nSELECT 1", 4, "'series' is not used"),
        (HEAD + SERIES + "*/\nSELECT ':series' -- :series\n/* :series */", 4, "'series' is not used"),
        (HEAD + "*/\nSELECT 1;\nSELECT 2", 5, "one statement"),
        (HEAD + "*/\nSELECT 'a\n", 5, "' has no end"),
        (HEAD + "*/\nSELECT 1\n\n/* a", 7, "/* has no end"),
        (HEAD + "*/\nSELECT 1 /* /* a */", 5, "comment within a comment"),
        (HEAD + "*/\nSELECT 1 /*? AND 1 */", 5, "an optional clause reads"),
        (HEAD + "*/\nSELECT 1\n WHERE a ILIKE 'x'", 6, "'ILIKE' is not portable"),
        (HEAD + "[params.c]\ntype='choice'\noptions_sql='SELECT :x'\n*/ SELECT :c", 6, "takes no parameters"),
        (HEAD + "[params.c]\ntype='choice'\noptions_sql='SELECT NOW()'\n*/ SELECT :c", 6, "not portable"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = report(tmp_path, text)
    with pytest.raises(ReportError) as caught:
        catalog.read(path)
    place, _, said = str(caught.value).partition(": ")
    assert message in said
    if line > 1 or "begin" in message:
        assert place == f"{path}:{line}"


def test_a_file_that_is_not_utf8_or_badly_named_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.sql"
    path.write_bytes(b"/*\xff*/")
    with pytest.raises(ReportError, match="cannot be read as UTF-8"):
        catalog.read(path)
    with pytest.raises(ReportError, match="lower-case words joined by hyphens"):
        catalog.read(report(tmp_path, HEAD + "*/ SELECT 1", "My_Report"))


def test_the_own_folder_stands_beside_the_built_in_reports(tmp_path: Path) -> None:
    report(tmp_path, HEAD + "*/ SELECT 1")
    report(tmp_path, HEAD + "*/ SELECT :x", "broken")
    reports, errors = catalog.readable(tmp_path, tmp_path / "missing")
    assert {"mine", "overdue"} <= {found.name for found in reports}
    assert [f"{tmp_path / 'broken.sql'}:4" in str(error) for error in errors] == [True]
    with pytest.raises(ReportError, match="no report 'minne'; did you mean 'mine'"):
        catalog.find("minne", tmp_path)
    report(tmp_path, HEAD + "*/ SELECT 1", "overdue")
    with pytest.raises(ReportError, match="another report 'overdue'"):
        catalog.paths(tmp_path)


def test_a_clause_stands_when_its_parameter_is_given() -> None:
    text = "SELECT 1\n/*? a: AND a = :a\n AND b = :b */ /*? b: AND :b */\nORDER BY 1"
    assert sql(text).split() == ["SELECT", "1", "ORDER", "BY", "1"]
    assert sql(text, "a").split() == ["SELECT", "1", "AND", "a", "=", "{a}", "AND", "b", "=", "{b}", "ORDER", "BY", "1"]
    assert sql(text, "b").split() == ["SELECT", "1", "AND", "{b}", "ORDER", "BY", "1"]
    for given in ((), ("a",), ("a", "b")):
        assert sql(text, *given).split("\n")[3] == "ORDER BY 1"


def test_what_looks_like_a_parameter_in_texts_comments_and_casts_is_none() -> None:
    text = "SELECT ':a', \":b\", 'it''s :c', x::text, -- :d\n :e /* :f */ , '/*? g: */', a[1:2], '--' , :h"
    assert [piece.text for piece in parse(text) if piece.kind == "parameter"] == ["e", "h"]


def test_the_last_semicolon_is_dropped() -> None:
    assert sql("SELECT ';' ; -- the end\n").strip() == "SELECT ';'"
    for text in ("SELECT 1; SELECT 2", "SELECT 1; 'a'", "SELECT 1; :a", "SELECT 1;;"):
        with pytest.raises(QueryError, match="one statement"):
            parse(text)


@pytest.mark.parametrize(
    "expression",
    [
        "a ILIKE 'x'",
        "a LIKE 'x%'",
        "a NOT LIKE 'x%'",
        "(a) LIKE LOWER('x')",
        "a GLOB 'x*'",
        "a ~ 'x'",
        "target_on + INTERVAL '1 day'",
        "a < CURRENT_DATE",
        "a < now()",
        "CAST(a AS DATE)",
        "a::text",
        "target_on - promised_on",
        ":as_of - c.target_on",
        "target_on + 7",
        "GREATEST(a, b)",
        "LEAST (a, b)",
        "DISTINCT ON (a) b",
        "strftime('%Y', a)",
        "date(a)",
        "to_char(a, 'YYYY')",
        "string_agg(a, ',')",
    ],
)
def test_what_one_engine_reads_differently_is_refused(expression: str) -> None:
    assert not_portable(parse(f"SELECT\n{expression}"))[0][0] == 2


@pytest.mark.parametrize(
    "expression",
    [
        "LOWER(a) LIKE 'x%'",
        "LOWER(COALESCE(a, '')) NOT LIKE LOWER(:x)",
        "days_between(target_on, :as_of)",
        "add_days(:as_of, 7)",
        "a - b",
        "'ILIKE now() ::'",
        '"interval"',
        "target_on, -1",
        "start_date",
        "1 -- CURRENT_DATE",
        "updated(a)",
    ],
)
def test_what_both_engines_read_alike_is_let_through(expression: str) -> None:
    assert not_portable(parse(f"SELECT {expression}")) == []


def test_each_built_in_report_is_described_and_labelled() -> None:
    reports, errors = catalog.readable()
    assert errors == []
    for found in reports:
        assert found.description.count("?") == 1, found.name
        assert found.columns, found.name
        assert found.tags, found.name


def test_the_documentation_lists_each_built_in_report_and_every_key() -> None:
    text = (PROJECT / "tracker" / "docs" / "reports.md").read_text(encoding="utf-8")
    reports, _ = catalog.readable()
    listed = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", text, re.MULTILINE)
    assert {(found.name, found.title) for found in reports} <= set(listed)
    for word in ("options_sql", "start-of-year", "today-90d", "boolean", "choice", "days_between", "add_days", "link"):
        assert f"`{word}" in text, word

"""Results in each form: what people read, what programs read, and nothing that runs."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest

from tracker.reports import catalog, formats
from tracker.reports.formats import FORMATS, TABLE_ROWS, Sheet
from tracker.reports.runner import Result
from tracker.reports.sandbox import Row

ROWS: list[Row] = [("a", 1, None), ("büro | *x*\nline", -2.5, "2024-01-01")]
SHEET = Sheet(("name", "n", "day"), ROWS, ("Name", "Number", "Day"), "A title", ("As of: 2024-01-01",))
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "\uff1d1+1", "\uff201"]


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


def written(form: str, sheet: Sheet, out: io.BytesIO | None = None) -> str:
    out = out or io.BytesIO()
    FORMATS[form].write(sheet, out)
    return out.getvalue().decode()


def test_a_table_is_plain_aligned_text_below_its_title() -> None:
    assert written("table", SHEET).splitlines() == [
        "A title",
        "As of: 2024-01-01",
        "",
        "Name             Number  Day",
        "---------------  ------  ----------",
        "a                     1",
        "büro | *x* line    -2.5  2024-01-01",
        "",
        "(2 rows)",
    ]


def test_wide_letters_keep_the_columns_aligned() -> None:
    lines = written("table", Sheet(("a", "b"), [("日本", "x"), ("abcd", "y")], ("a", "b"))).splitlines()
    assert lines[2:4] == ["日本  x", "abcd  y"]


def test_a_table_on_a_terminal_has_lines_and_passes_on_no_control_codes() -> None:
    shown = written("table", Sheet(("a",), [("[red]\x1b[31mx",)], ("a",)), Terminal())
    assert "┃" in shown
    assert "[red]" in shown
    assert "\x1b[31mx" not in shown
    assert "\x1b" not in written("table", Sheet(("a",), [("\x1b]0;x\x07",)], ("a",)))


def test_a_table_that_is_cut_off_says_so() -> None:
    rows: Iterator[Row] = ((n,) for n in range(TABLE_ROWS + 1))
    assert written("table", Sheet(("n",), rows, ("n",))).endswith(
        "(cut off: only the first 1,000 rows are shown; all of them come with --format csv)\n"
    )
    assert written("table", Sheet(("n",), [(n,) for n in range(TABLE_ROWS)], ("n",))).endswith("\n(1,000 rows)\n")
    assert written("table", Sheet(("n",), [], ("n",))).splitlines() == ["n", "-", "", "(0 rows)"]


def test_csv_holds_names_and_cells() -> None:
    assert list(csv.reader(io.StringIO(written("csv", SHEET)))) == [
        ["name", "n", "day"],
        ["a", "1", ""],
        ["büro | *x*\nline", "-2.5", "2024-01-01"],
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_in_csv_is_taken_for_a_formula_and_numbers_stay_numbers(text: str) -> None:
    out = written("csv", Sheet((text, "n"), [(text, -1), (f"a{text}", 2.5)], (text, "n")))
    rows = list(csv.reader(io.StringIO(out, newline="")))
    assert rows == [[f"'{text}", "n"], [f"'{text}", "-1"], [f"a{text}", "2.5"]]


def test_json_is_a_list_of_objects() -> None:
    expected = [dict(zip(SHEET.columns, row, strict=True)) for row in ROWS]
    assert json.loads(written("json", SHEET)) == expected
    assert [json.loads(line) for line in written("jsonl", SHEET).splitlines()] == expected
    assert written("json", Sheet(("a",), [], ("a",))) == "[]\n"
    assert written("jsonl", Sheet(("a",), [], ("a",))) == ""
    assert "büro" in written("json", SHEET)


def test_markdown_keeps_a_cell_a_cell() -> None:
    assert written("md", SHEET).splitlines() == [
        "# A title",
        "",
        "- As of: 2024-01-01",
        "",
        "| Name | Number | Day |",
        "| --- | --- | --- |",
        "| a | 1 |  |",
        r"| büro \| \*x\*<br>line | -2.5 | 2024-01-01 |",
    ]


def test_html_is_a_page_of_its_own_that_runs_nothing() -> None:
    sheet = Sheet(("a",), [("<script>alert(1)</script>",), (3,), (None,)], ("<b>",), "T & t", ("As of: <i>",))
    page = written("html", sheet)
    assert "<script" not in page
    assert "<title>T &amp; t</title>" in page
    assert "<p>As of: &lt;i&gt;</p>" in page
    assert "<td class=number>3</td>" in page
    assert page.count("<tr>") == 4


def workbook(sheet: Sheet) -> list[tuple[object, ...]]:
    """The rows of the workbook, each cell with the kind that a spreadsheet gives it."""
    out = io.BytesIO()
    FORMATS["xlsx"].write(sheet, out)
    (page,) = openpyxl.load_workbook(out).worksheets
    return [tuple((cell.data_type, cell.value) for cell in row if cell.value is not None) for row in page.rows]


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    assert workbook(SHEET) == [
        (("s", "A title"),),
        (("s", "As of: 2024-01-01"),),
        (),
        (("s", "Name"), ("s", "Number"), ("s", "Day")),
        (("s", "a"), ("n", 1)),
        (("s", "büro | *x*\nline"), ("n", -2.5), ("s", "2024-01-01")),
    ]


def test_the_labels_of_a_workbook_stay_in_sight_and_its_columns_can_be_read() -> None:
    out = io.BytesIO()
    FORMATS["xlsx"].write(SHEET, out)
    (page,) = openpyxl.load_workbook(out).worksheets
    assert page.freeze_panes == "A5"
    assert page.column_dimensions["A"].width > len("2024-01-01")


@pytest.mark.parametrize("text", [*FORMULAS, "http://evil.example", "{=1+1}", "internal:x"])
def test_no_text_in_a_workbook_is_taken_for_a_formula_or_a_link(text: str) -> None:
    out = io.BytesIO()
    FORMATS["xlsx"].write(Sheet((text,), [(text,)], (text,), text), out)
    with zipfile.ZipFile(out) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert "<c r=" in page


def test_a_workbook_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "XLSX_ROWS", 2)
    found = workbook(Sheet(("n",), [(n,) for n in range(3)], ("n",)))
    assert found == [(("s", "n"),), (("n", 0),), (("n", 1),), (("s", "(cut off: only the first 2 rows fit)"),)]


def test_the_values_stand_in_the_head_and_in_the_name_of_the_file() -> None:
    values = {"as_of": date(2026, 1, 31), "series": ("quad", "talks")}
    sheet = formats.sheet_of(catalog.find("overdue"), Result(("public_id", "n"), iter([]), values, date(2026, 2, 1)))
    assert (sheet.title, sheet.labels) == ("Overdue", ["Commitment", "n"])
    assert sheet.values == ["As of: 2026-01-31", "Meeting series: quad, talks"]
    assert sheet.name == "overdue-as-of-2026-01-31-series-quad-talks"


def test_a_report_that_asks_for_no_day_is_of_the_day_on_which_it_was_made() -> None:
    sheet = formats.sheet_of(catalog.find("status-by-meeting"), Result(("name",), iter([]), {}, date(2026, 2, 1)))
    assert (sheet.values, sheet.name) == (["As of: 2026-02-01"], "status-by-meeting-as-of-2026-02-01")


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "md", "html"])
def test_a_large_result_streams(form: str) -> None:
    out = io.BytesIO()
    seen = []

    def rows() -> Iterator[Row]:
        for n in range(3_000):
            seen.append(out.tell())
            yield (f"r{n}",)

    FORMATS[form].write(Sheet(("a",), rows(), ("a",)), out)
    assert 0 < seen[-1] < out.tell()

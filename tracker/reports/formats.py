"""The forms in which a result is written: a table for people, HTML, Markdown, XLSX; CSV, JSON and JSON lines.

Each writer streams, but for the table, which shows no more than `TABLE_ROWS` and says so.
"""

import html
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, TextIO

import xlsxwriter

from tracker.reports import separated
from tracker.reports.catalog import Report
from tracker.reports.parameters import told
from tracker.reports.runner import Result
from tracker.reports.sandbox import Row
from tracker.reports.tables import on_one_line, shown, write_aligned

TABLE_ROWS = 1_000
AS_OF = "as_of"
# What a spreadsheet holds, without the lines above the rows.
XLSX_ROWS = 1_048_000
XLSX_CELL = 32_767
# In letters.
XLSX_WIDTH = 18
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; color: #16222a; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #cfd8dc; padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
@media print { body { margin: 0; font-size: 9pt; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Sheet:
    """A result to be written: `labels` head the columns for people, `columns` name them for programs.

    `values` tells what it was run with, a line each; `name` is what its file is called, without the ending. `csv` is
    the rows as CSV, where they come like that.
    """

    columns: Sequence[str]
    rows: Iterable[Row]
    labels: Sequence[str]
    title: str = ""
    values: Sequence[str] = ()
    name: str = "query"
    csv: Iterable[bytes] | None = None


@dataclass(frozen=True)
class Format:
    """A form of writing: its writer, its media type, and the ending of its files."""

    write: Callable[[Sheet, BinaryIO], None]
    media_type: str
    ending: str


def sheet_of(report: Report, result: Result) -> Sheet:
    """The result of a report, with the values that it was run with in its head and its name."""
    values = [(p.name, p.label, told(result.values[p.name])) for p in report.parameters if p.name in result.values]
    if not any(name == AS_OF for name, _, _ in values):
        # A report that asks for no day is of the day on which it was made.
        values.append((AS_OF, "As of", told(result.today)))
    name = " ".join([report.name, *(f"{name} {value}" for name, _, value in values)])
    return Sheet(
        columns=result.columns,
        rows=result.rows,
        labels=[report.label(column) for column in result.columns],
        title=report.title,
        values=[f"{label}: {value}" for _, label, value in values],
        name=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:120],
        csv=result.csv,
    )


def write_table(sheet: Sheet, out: BinaryIO) -> None:
    """Aligned columns; with lines and wrapped to the window where `out` is a terminal."""
    rows = iter(sheet.rows)
    kept = list(islice(rows, TABLE_ROWS))
    more = next(rows, None) is not None
    with _text(out) as text:
        text.write("".join(f"{on_one_line(line)}\n" for line in _heading(sheet)))
        write_aligned(sheet.labels, kept, text)
        if more:
            text.write(
                f"\n(cut off: only the first {len(kept):,} rows are shown; all of them come with --format csv)\n"
            )
        else:
            text.write(f"\n({len(kept):,} row{'' if len(kept) == 1 else 's'})\n")


def write_csv(sheet: Sheet, out: BinaryIO) -> None:
    """Comma-separated values in which no text is taken for a formula: such a one gets an apostrophe before it."""
    out.writelines(separated.written([tuple(sheet.columns)], len(sheet.columns)))
    out.writelines(sheet.csv or separated.written(sheet.rows, len(sheet.columns)))


def write_json(sheet: Sheet, out: BinaryIO) -> None:
    """A list of objects, one a row."""
    before = b"[\n  "
    for line in _objects(sheet):
        out.write(before + line)
        before = b",\n  "
    out.write(b"[]\n" if before == b"[\n  " else b"\n]\n")


def write_jsonl(sheet: Sheet, out: BinaryIO) -> None:
    """An object a line, one a row."""
    for line in _objects(sheet):
        out.write(line + b"\n")


def write_markdown(sheet: Sheet, out: BinaryIO) -> None:
    """A Markdown table below its title and values."""
    head = f"# {_in_markdown(sheet.title)}\n\n" if sheet.title else ""
    head += "".join(f"- {_in_markdown(value)}\n" for value in sheet.values) + ("\n" if sheet.values else "")
    head += f"| {' | '.join(map(_in_markdown, sheet.labels))} |\n|{' --- |' * len(sheet.labels)}\n"
    out.write(head.encode())
    for row in sheet.rows:
        out.write(f"| {' | '.join(_in_markdown(shown(cell)) for cell in row)} |\n".encode())


def write_html(sheet: Sheet, out: BinaryIO) -> None:
    """A page of its own, without scripts, that prints well."""
    title = html.escape(sheet.title or "Query")
    lines = [f"<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n<style>{STYLE}</style>"]
    lines += [f"<h1>{title}</h1>", *(f"<p>{html.escape(value)}</p>" for value in sheet.values)]
    labels = "".join(f"<th scope=col>{html.escape(label)}</th>" for label in sheet.labels)
    lines += [f"<table>\n<thead><tr>{labels}</tr></thead>\n<tbody>\n"]
    out.write("\n".join(lines).encode())
    for row in sheet.rows:
        out.write(f"<tr>{''.join(map(_in_html, row))}</tr>\n".encode())
    out.write(b"</tbody>\n</table>\n</html>\n")


def write_xlsx(sheet: Sheet, out: BinaryIO) -> None:
    """A workbook in which texts are texts: no formula, no link; title and values stand above the rows."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet("Report")
        bold = book.add_format({"bold": True})
        line = 0
        for text in _heading(sheet):
            if text:
                page.write_string(line, 0, text, bold if line == 0 else None)
            line += 1
        for place, label in enumerate(sheet.labels):
            page.write_string(line, place, label, bold)
        # The labels stay in sight; no column is so narrow that a date or an id is cut off.
        page.freeze_panes(line + 1, 0)
        page.set_column(0, len(sheet.labels) - 1, XLSX_WIDTH)
        cut_off = _write_cells(page, line + 1, sheet.rows)
        if cut_off:
            page.write_string(line + 1 + XLSX_ROWS, 0, f"(cut off: only the first {XLSX_ROWS:,} rows fit)")


def _write_cells(page: xlsxwriter.worksheet.Worksheet, first: int, rows: Iterable[Row]) -> bool:
    """Write the rows from line `first` on; whether there were more than fit."""
    for number, row in enumerate(rows):
        if number == XLSX_ROWS:
            return True
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(first + number, place, cell[:XLSX_CELL])
            elif cell is not None:
                page.write_number(first + number, place, cell)
    return False


FORMATS = {
    "table": Format(write_table, "text/plain; charset=utf-8", ".txt"),
    "csv": Format(write_csv, "text/csv; charset=utf-8", ".csv"),
    "json": Format(write_json, "application/json", ".json"),
    "jsonl": Format(write_jsonl, "application/jsonl", ".jsonl"),
    "md": Format(write_markdown, "text/markdown; charset=utf-8", ".md"),
    "html": Format(write_html, "text/html; charset=utf-8", ".html"),
    "xlsx": Format(write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}


@contextmanager
def _text(out: BinaryIO) -> Iterator[TextIO]:
    """A text file over `out`, which stays open."""
    text = io.TextIOWrapper(out, "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


def _heading(sheet: Sheet) -> list[str]:
    return [sheet.title, *sheet.values, ""] if sheet.title else []


def _objects(sheet: Sheet) -> Iterator[bytes]:
    for row in sheet.rows:
        yield json.dumps(dict(zip(sheet.columns, row, strict=True)), ensure_ascii=False).encode()


def _in_markdown(text: str) -> str:
    escaped = re.sub(r"([\\|`*_<>\[\]])", r"\\\1", text)
    return "<br>".join(escaped.splitlines())


def _in_html(cell: str | int | float | None) -> str:
    if cell is None or isinstance(cell, str):
        return f"<td>{html.escape(cell or '')}</td>"
    return f"<td class=number>{cell}</td>"

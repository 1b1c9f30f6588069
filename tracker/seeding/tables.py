"""Tables of others, CSV or XLSX: their rows as text, with every dirt that real files have answered in words."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from tracker.seeding.problems import Guesses, shown

DELIMITERS = ",;\t|"
# No cell of a record is longer; a longer one is most likely a quotation mark that never ends.
csv.field_size_limit(1_000_000)
MAX_UNPACKED = 2 * 1024**3
# What an import adds to the rows that it refuses.
ADDED = ("import_line", "import_reason")


class TableError(ValueError):
    """A table that cannot be read any further."""


@dataclass
class Line:
    """One row: where it stands, its cells, and what is wrong with it as a row."""

    number: int
    cells: dict[str, str]
    raw: list[str]
    wrong: str = ""


@dataclass
class Table:
    """A table that is open: the names of its columns, and how it is written."""

    name: str
    header: list[str]
    lines: Iterator[Line]
    encoding: str = "utf-8"
    delimiter: str = ","
    size: int = 0


@contextmanager
def opened(path: Path, settings: dict[str, Any], needed: list[str]) -> Iterator[Table]:
    """Open a table that should have the `needed` columns; raises TableError in words."""
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                yield from _workbook(path.name, file, settings, needed)
            else:
                yield from _text(path, file, settings, needed)
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path.name}: is not {error.encoding} text; state in the mapping how it is written, as in "
            "'encoding: windows-1252' under table, or save it as UTF-8"
        ) from error


def _text(path: Path, file: BinaryIO, settings: dict[str, Any], needed: list[str]) -> Iterator[Table]:
    file.seek(0)
    start = file.read(4)
    encoding = str(settings.get("encoding") or "utf-8")
    if encoding.lower() in ("utf-8", "utf8", "utf-8-sig"):
        encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not settings.get("encoding"):
        encoding = "utf-16"
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise TableError(f"{path.name}: there is no encoding {shown(encoding)}") from None
    file.seek(0)
    size = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    with path.open(encoding=encoding, newline="") as text:
        first = text.readline(1_000_000)
        delimiter = str(settings.get("delimiter") or _likely(first, needed)).replace("\\t", "\t")
        if len(delimiter) != 1:
            raise TableError(f"{path.name}: a delimiter is one character, not {shown(delimiter)}")
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        header = _header(path.name, next(_guarded(path.name, reader), (0, []))[1], needed)
        yield Table(path.name, header, _lines(_guarded(path.name, reader), header), encoding, delimiter, size)


def _likely(first: str, needed: list[str]) -> str:
    """The delimiter by which the first line has most of the columns that are needed."""

    def found(delimiter: str) -> int:
        names = {name.strip().strip('"') for name in first.split(delimiter)}
        return len(names & set(needed)) * 100 + len(names)

    return max(DELIMITERS, key=found)


def _guarded(name: str, reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"{name}:{line}: is not CSV from here on: {error}") from error
        yield line, row


def _workbook(name: str, file: BinaryIO, settings: dict[str, Any], needed: list[str]) -> Iterator[Table]:
    # Whoever opened the file closes it: a workbook keeps it open as long as somebody may read on in a sheet.
    try:
        with ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise TableError(f"{name}: unpacks to more than {MAX_UNPACKED // 1024**3} GB; divide it")
        book = load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError) as error:
        raise TableError(f"{name}: is not a workbook (XLSX): {error}") from error
    try:
        wanted = str(settings.get("sheet") or book.sheetnames[0])
        if wanted not in book.sheetnames:
            raise TableError(f"{name}: there is no sheet {shown(wanted)}{Guesses()(wanted, book.sheetnames)}")
        sheet = book[wanted]
        rows = ((number, [_cell(value) for value in row]) for number, row in enumerate(sheet.values, 1))
        header = _header(name, next(rows, (0, []))[1], needed)
        yield Table(name, header, _lines(rows, header), size=sheet.max_row or 0)
    finally:
        book.close()


def _cell(value: Any) -> str:
    """A cell of a workbook as text: whole numbers without a fraction, days as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _header(name: str, cells: list[str], needed: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise TableError(f"{name}: is empty; its first line should name the columns")
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        raise TableError(f"{name}:1: two columns are named {shown(twice[0])}; rename one")
    guess = Guesses()
    missing = [
        f"there is no column {shown(column)}{guess(column, header)}" for column in needed if column not in header
    ]
    if missing:
        raise TableError("\n".join(f"{name}:1: {text}" for text in missing))
    return header


def _lines(rows: Iterator[tuple[int, list[str]]], header: list[str]) -> Iterator[Line]:
    for number, row in rows:
        cells = [cell.strip().replace("\r\n", "\n") for cell in row]
        if not any(cells):
            continue
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        wrong = ""
        if len(cells) > len(header):
            wrong = (
                f"has {len(cells)} cells for {len(header)} columns; a cell with the delimiter in it stands in quotes"
            )
        # Workbooks and many programs leave out the blank cells at the end of a row.
        cells += [""] * (len(header) - len(cells))
        yield Line(number, dict(zip(header, cells, strict=False)), row, wrong)

"""A result as aligned text: plain for files and pipes, with lines on a terminal."""

import re
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker.reports.sandbox import Row

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def write_aligned(labels: Sequence[str], rows: Sequence[Row], out: TextIO) -> None:
    """The rows below their labels, numbers to the right."""
    numeric = [bool(rows) and all(not isinstance(row[n], str) for row in rows) for n in range(len(labels))]
    if out.isatty():
        _write_rich(labels, rows, numeric, out)
    else:
        _write_plain(labels, rows, numeric, out)


def shown(cell: str | int | float | None) -> str:
    """A cell as text; nothing where there is nothing."""
    return "" if cell is None else str(cell)


def on_one_line(text: str) -> str:
    """The text without line ends, tabs and what would steer a terminal."""
    return _printable(" ".join(text.splitlines()).replace("\t", " "))


def _write_plain(labels: Sequence[str], rows: Sequence[Row], numeric: Sequence[bool], out: TextIO) -> None:
    lines = [list(map(on_one_line, labels)), *([on_one_line(shown(cell)) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        padded = [
            " " * (width - cell_len(cell)) + cell if right else cell + " " * (width - cell_len(cell))
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        out.write("  ".join(padded).rstrip() + "\n")


def _write_rich(labels: Sequence[str], rows: Sequence[Row], numeric: Sequence[bool], out: TextIO) -> None:
    table = Table()
    for label, right in zip(labels, numeric, strict=True):
        table.add_column(Text(_printable(label)), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_printable(shown(cell))) for cell in row))
    Console(file=out).print(table)


def _printable(text: str) -> str:
    # A cell must not steer the terminal that shows it.
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)

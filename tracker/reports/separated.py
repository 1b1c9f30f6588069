"""Comma-separated values, many rows at a time, in which no text is taken for a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import cast

BATCH = 500
# What makes a spreadsheet take a text for a formula; the last four are the wide forms that East Asian keyboards give.
FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
QUOTED = re.compile('[",\r\n]')
SPECIAL = re.compile(rf"{QUOTED.pattern}|\A[{re.escape(FORMULA_STARTS)}]")
# The same in many texts at once, each after a NUL: simple strings are found far sooner than what a pattern tells.
MARKS = ('"', ",", "\r", "\n", *(f"\0{start}" for start in FORMULA_STARTS))
# A line with nothing on it would be taken for no row at all.
BLANK = '""'
TEXTS = {str, type(None)}

Cell = str | int | float | None


def written(rows: Iterable[tuple[Cell, ...]], width: int) -> Iterator[bytes]:
    """The lines of rows of so many cells, a batch at a time; a text that looks like a formula has a ' before it."""
    line = ",".join(["%s"] * width) + "\r\n"
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        # By column: of most columns one look tells that there is nothing to be done.
        columns = [_as_written(column) for column in zip(*batch, strict=True)]
        if width == 1:
            columns = [[BLANK if cell == "" else cell for cell in columns[0]]]
        yield (line * len(batch) % tuple(chain.from_iterable(zip(*columns, strict=True)))).encode()


def _as_written(column: Sequence[Cell]) -> Sequence[Cell]:
    kinds = set(map(type, column))
    if type(None) in kinds:
        column = ["" if cell is None else cell for cell in column]
    if str in kinds:
        texts = column if kinds <= TEXTS else (cell for cell in column if isinstance(cell, str))
        joined = "\0" + "\0".join(cast(Iterable[str], texts))
        if any(mark in joined for mark in MARKS):
            return [_quoted(cell) if isinstance(cell, str) else cell for cell in column]
    return column


def _quoted(text: str) -> str:
    if not SPECIAL.search(text):
        return text
    text = f"'{text}" if text[0] in FORMULA_STARTS else text
    return '"{}"'.format(text.replace('"', '""')) if QUOTED.search(text) else text

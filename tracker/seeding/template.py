"""Texts with blanks: `{column}` stands for a cell of a row, `{column:form}` for the cell in another form.

A text all of whose cells are blank is left out. The forms are `slug`, `id`, `date`, `short`, `lower` and `upper`, and
every table of values that a mapping holds.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from tracker.seeding.fields import DAY, MAX_NAME
from tracker.seeding.problems import Guesses, shown

BLANK = re.compile(r"\{\{|\}\}|\{([^{}:]+)(?::([^{}:]+))?\}")
SCHEME = re.compile(r"^https?://(www\.)?")
# So long that a prefix fits before it, and what is cut off still tells one name from another.
LONGEST_SLUG = 90
LONGEST_ID = 46

Row = Mapping[str, str]
Form = Callable[[str], str]
Text = Callable[[Row], str | None]


class CellError(ValueError):
    """A cell that cannot be put into the form that is asked for."""


def columns_of(template: str) -> dict[str, str]:
    """The columns that a text names, each with its form, if it has one."""
    return {found[1].strip(): found[2] or "" for found in BLANK.finditer(template) if found[1]}


def compiled(template: str, forms: Mapping[str, Form]) -> Text:
    """The function that fills a text in from a row."""
    parts: list[str | tuple[str, Form | None]] = []
    place = 0
    for found in BLANK.finditer(template):
        parts.append(template[place : found.start()])
        if found[1]:
            parts.append((found[1].strip(), forms[found[2]] if found[2] else None))
        else:
            parts.append(found.group()[0])
        place = found.end()
    parts.append(template[place:])
    parts = [part for part in parts if part]
    if all(isinstance(part, str) for part in parts):
        whole = "".join(str(part) for part in parts)
        return lambda row: whole

    def fill(row: Row) -> str | None:
        said, filled = [], False
        for part in parts:
            if isinstance(part, str):
                said.append(part)
            else:
                cell = _cell(row, *part)
                filled = filled or bool(cell)
                said.append(cell)
        return "".join(said) if filled else None

    return fill


def _cell(row: Row, column: str, form: Form | None) -> str:
    cell = row[column]
    if form is None:
        return cell
    try:
        return form(cell)
    except ValueError as error:
        raise CellError(f"column {shown(column)}: {error}") from error


def slug(cell: str) -> str:
    """Lower-case letters, digits and hyphens; a long text is cut, and ends with a digest of the whole."""
    return _name(cell, LONGEST_SLUG)


def public_id(cell: str) -> str:
    """The same in capitals, shorter, as public ids are."""
    return _name(cell, LONGEST_ID).upper()


def _name(cell: str, longest: int) -> str:
    if not cell:
        return ""
    plain = unicodedata.normalize("NFKD", SCHEME.sub("", cell)).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", plain).strip("-")
    if name and len(name) <= longest:
        return name
    digest = sha256(cell.encode()).hexdigest()[:8]
    return f"{name[:longest].strip('-')}-{digest}".strip("-")


def short(cell: str) -> str:
    """As much of a text as fits a title, cut between words."""
    cell = " ".join(cell.split())
    return cell if len(cell) <= MAX_NAME else cell[: MAX_NAME - 1].rpartition(" ")[0] + "\N{HORIZONTAL ELLIPSIS}"


def dates(written: str) -> Form:
    """A date that is written in this form, as strptime knows it; or as YYYY-MM-DD."""

    # The days of one table are few, and to read one takes longer than to remember it.
    @lru_cache(maxsize=10_000)
    def date(cell: str) -> str:
        if not cell or re.fullmatch(DAY, cell):
            return cell
        try:
            return datetime.strptime(cell, written).date().isoformat()
        except ValueError:
            raise ValueError(f"{shown(cell)} is not a date in the form {written}") from None

    return date


def looked_up(name: str, values: Mapping[str, Any]) -> Form:
    """What a table of values makes of a cell; a blank one stays blank unless the table says otherwise."""

    def value(cell: str) -> str:
        if cell in values:
            return str(values[cell] or "")
        if not cell:
            return ""
        known = ", ".join(values)
        raise ValueError(f"{shown(cell)} is not in the values of {name} ({known}){Guesses()(cell, values)}")

    return value


FORMS: dict[str, Form] = {"slug": slug, "id": public_id, "short": short, "lower": str.lower, "upper": str.upper}

"""What a check found."""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

MARKS = ("ok", "note", "warning", "error")


@dataclass(frozen=True)
class Finding:
    """One thing found: a mark of MARKS, what it is, and what to do about it unless it is ok."""

    mark: str
    what: str
    remedy: str | None = None


def ok(what: str) -> Finding:
    """As it should be."""
    return Finding("ok", what)


def note(what: str, remedy: str) -> Finding:
    """Worth knowing."""
    return Finding("note", what, remedy)


def warning(what: str, remedy: str) -> Finding:
    """Works, but should not stay so."""
    return Finding("warning", what, remedy)


def error(what: str, remedy: str) -> Finding:
    """Broken or unsafe."""
    return Finding("error", what, remedy)


def number(count: int, noun: str) -> str:
    """Such as "1 source" and "2 sources"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def first_line(failure: BaseException) -> str:
    """What a failure said; of the database's own words the first line, without statement and parameters."""
    told = failure.orig if isinstance(failure, DBAPIError) and failure.orig else failure
    return next(iter(str(told).strip().splitlines()), type(told).__name__)

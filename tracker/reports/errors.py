"""What can go wrong with a report, told with its place and the remedy."""

import difflib
from collections.abc import Iterable


class ReportError(ValueError):
    """A report, or a value given to one, that cannot be used."""


class QueryError(ReportError):
    """A query that was refused, stopped or failed; `line` counts from 1 within its text, where that is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' for a word that is nearly a known one, '; known are: ...' otherwise."""
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    return f"; known are: {shown}" if names else ""

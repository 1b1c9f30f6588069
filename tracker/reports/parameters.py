"""The parameters of a report: their types, and how typed text becomes a value."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.reports.errors import ReportError

Value = str | int | float | bool | date | tuple[str, ...]
# What somebody has typed or chosen for each parameter, before it is checked.
Given = Mapping[str, str | Sequence[str]]

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAYS_FROM_TODAY = re.compile(r"today(?:([+-]\d{1,5})d)?")
YES, NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


@dataclass(frozen=True)
class Parameter:
    """One thing that a report can be asked: `required` where the SQL needs it and no default stands in.

    A choice takes one of `options`, or of the values that `options_sql` gives (value, and a label if it likes);
    choices take any number of them.
    """

    name: str
    type: str = "text"
    label: str = ""
    help: str = ""
    default: str | None = None
    options: tuple[str, ...] = ()
    options_sql: str | None = None
    required: bool = False

    def value(self, text: str | Sequence[str], today: date) -> Value:
        """The value that `text` stands for; raises ReportError that says how to write one.

        Several texts are what choices take; of any other type the last one counts.
        """
        if self.type == "choices":
            texts = (text,) if isinstance(text, str) else text
            return tuple(dict.fromkeys(str(self._one(one, today)) for one in texts))
        return self._one(text if isinstance(text, str) else text[-1], today)

    def _one(self, text: str, today: date) -> Value:
        try:
            return TYPES[self.type](text.strip(), today)
        except (ValueError, OverflowError) as error:
            raise ReportError(f"parameter {self.name} ({self.label}): {text!r} is not {EXPECTED[self.type]}") from error


def told(value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _text(text: str, today: date) -> str:
    if not text or "\0" in text:
        raise ValueError("blank")
    return text


def _integer(text: str, today: date) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise ValueError("not digits")
    return int(text)


def _number(text: str, today: date) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _date(text: str, today: date) -> date:
    if text == "start-of-year":
        return today.replace(month=1, day=1)
    relative = DAYS_FROM_TODAY.fullmatch(text)
    if relative:
        return today + timedelta(days=int(relative.group(1) or 0))
    if not DAY.fullmatch(text):
        raise ValueError("not a day")
    return date.fromisoformat(text)


def _boolean(text: str, today: date) -> bool:
    if text.lower() not in YES + NO:
        raise ValueError("neither")
    return text.lower() in YES


TYPES: dict[str, Callable[[str, date], Value]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "choice": _text,
    "choices": _text,
}
EXPECTED = {
    "text": "a text; write at least one character",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date; write YYYY-MM-DD, today, today-90d or start-of-year",
    "boolean": "a yes or a no; write yes or no",
    "choice": "one of the choices; write at least one character",
    "choices": "one of the choices; write at least one character",
}

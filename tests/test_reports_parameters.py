"""Typed text becomes a value, or an error that says how to write one."""

from datetime import date

import pytest

from tracker.reports.errors import ReportError
from tracker.reports.parameters import Parameter, Value

TODAY = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " IJ ", "IJ"),
        ("integer", "-7", -7),
        ("number", "1.5", 1.5),
        ("date", "2024-01-31", date(2024, 1, 31)),
        ("date", "today", TODAY),
        ("date", "today-90d", date(2023, 12, 1)),
        ("date", "today+1d", date(2024, 3, 1)),
        ("date", "start-of-year", date(2024, 1, 1)),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("choice", "a", "a"),
    ],
)
def test_text_becomes_a_value(kind: str, text: str, value: Value) -> None:
    found = Parameter("x", type=kind, label="X").value(text, TODAY)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", " "),
        ("text", "a\0b"),
        ("integer", "1.0"),
        ("integer", "9" * 19),
        ("integer", "٣"),
        ("number", "nan"),
        ("number", "many"),
        ("date", "2024-02-30"),
        ("date", "20240101"),
        ("date", "2024-W01-1"),
        ("date", "today-90"),
        ("date", "today-99999999d"),
        ("date", "today-99999d today"),
        ("boolean", "perhaps"),
    ],
)
def test_what_is_no_value_is_refused_with_its_name(kind: str, text: str) -> None:
    with pytest.raises(ReportError, match=r"^parameter x \(X\): .* is not "):
        Parameter("x", type=kind, label="X").value(text, TODAY)

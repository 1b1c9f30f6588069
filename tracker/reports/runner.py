"""Running a report: its values checked, its clauses opened, its rows streamed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from tracker.reports.catalog import Report
from tracker.reports.errors import QueryError, ReportError, did_you_mean
from tracker.reports.parameters import Given, Parameter, Value
from tracker.reports.sandbox import Row, Rows, Sandbox
from tracker.reports.template import Piece, opened, spread


@dataclass(frozen=True)
class Result:
    """What a report gives: the columns by name, the rows as they come, and the values and the day it was run with.

    `csv` is as in `Rows`.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    values: Mapping[str, Value]
    today: date
    csv: Iterator[bytes] | None = None


@contextmanager
def run(
    sandbox: Sandbox, report: Report, given: Given, today: date | None = None, first: int | None = None
) -> Iterator[Result]:
    """Run a report with the values given as text; what is missing takes its default, `today` is this day.

    With `first` the database is told that only so many rows are wanted, which lets it do much less. Raises
    ReportError that tells file, line and remedy; the rows may raise it too while they come.
    """
    today = today or date.today()
    values = _values(sandbox, report, given, today)
    with _query(sandbox, report, values, first) as rows:
        yield Result(rows.columns, rows.rows, values, today, rows.csv)


def options(sandbox: Sandbox, parameter: Parameter) -> dict[str, str]:
    """Value and label of each choice, in their order."""
    chosen = {option: option for option in parameter.options}
    if parameter.options_sql:
        with sandbox.query([Piece("code", parameter.options_sql, 1)]) as rows:
            chosen |= {str(row[0]): str(row[-1]) for row in rows.rows}
    return chosen


def check(sandbox: Sandbox, report: Report, today: date | None = None) -> None:
    """Run a report with every optional clause closed, then open; raises ReportError for what fails."""
    today = today or date.today()
    least = {p.name: _sample(sandbox, p, today) for p in report.parameters if p.required or p.default is not None}
    most = {p.name: True if p.type == "boolean" else _sample(sandbox, p, today) for p in report.parameters}
    for values in (least, most):
        with _query(sandbox, report, values) as rows:
            next(rows.rows, None)
            charted = (report.chart.label, *report.chart.values) if report.chart else ()
            for name in (*report.columns, *charted):
                if name not in rows.columns:
                    known = did_you_mean(name, rows.columns)
                    raise ReportError(f"{report.path}: the SQL gives no column {name!r}{known}")


def _values(sandbox: Sandbox, report: Report, given: Given, today: date) -> dict[str, Value]:
    known = [parameter.name for parameter in report.parameters]
    for name in given:
        if name not in known:
            raise ReportError(f"the report {report.name} has no parameter {name!r}{did_you_mean(name, known)}")
    values = {}
    for parameter in report.parameters:
        text = given.get(parameter.name, parameter.default)
        # No choice made is no value.
        if text is not None and text != () and text != []:
            values[parameter.name] = parameter.value(text, today)
            _check_choice(sandbox, parameter, values[parameter.name])
        elif parameter.required:
            raise ReportError(f"the report {report.name} needs a value for {parameter.name} ({parameter.label})")
    return values


def _check_choice(sandbox: Sandbox, parameter: Parameter, value: Value) -> None:
    if parameter.type not in ("choice", "choices"):
        return
    choices = options(sandbox, parameter)
    for one in value if isinstance(value, tuple) else (str(value),):
        if one not in choices:
            raise ReportError(
                f"parameter {parameter.name} ({parameter.label}): {one!r} is not one of the choices"
                f"{did_you_mean(one, choices)}"
            )


def _sample(sandbox: Sandbox, parameter: Parameter, today: date) -> Value:
    if parameter.default is not None:
        return parameter.value(parameter.default, today)
    if parameter.type in ("choice", "choices"):
        return parameter.value(next(iter(options(sandbox, parameter)), "x"), today)
    return parameter.value({"text": "x", "date": "today", "boolean": "no"}.get(parameter.type, "1"), today)


@contextmanager
def _query(sandbox: Sandbox, report: Report, values: Mapping[str, Value], first: int | None = None) -> Iterator[Rows]:
    pieces = opened(report.pieces, [name for name, value in values.items() if value is not False])
    pieces = spread(pieces, {name: len(value) for name, value in values.items() if isinstance(value, tuple)})
    used = {piece.text for piece in pieces if piece.kind == "parameter"}
    bound = {name: value for name, value in _each(values) if name in used}
    if first is not None:
        pieces = (Piece("code", "SELECT * FROM (", 1), *pieces, Piece("code", f") AS shown LIMIT {first}", 1))
    try:
        with sandbox.query(pieces, bound) as rows:
            yield rows
    except QueryError as error:
        raise _place(report, error) from error


def _each(values: Mapping[str, Value]) -> Iterator[tuple[str, str | int | float | date]]:
    """Name and value of all that is bound: each of several values by itself, as `spread` names it."""
    for name, value in values.items():
        if isinstance(value, tuple):
            yield from ((f"{name}__{number}", one) for number, one in enumerate(value, 1))
        else:
            yield name, value


def _place(report: Report, error: QueryError) -> ReportError:
    """The error with the file and the line: its own, or where the statement begins."""
    first = report.pieces[0]
    begin = first.text[: len(first.text) - len(first.text.lstrip())].count("\n") + 1
    return ReportError(f"{report.path}:{first.line - 1 + (error.line or begin)}: {error}")

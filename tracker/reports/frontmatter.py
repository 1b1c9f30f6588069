"""The front matter of a report: TOML in the comment at the head of its file, every key known and of its type."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker.reports.errors import QueryError, ReportError, did_you_mean
from tracker.reports.parameters import TYPES, Parameter
from tracker.reports.template import not_portable, parse

PARAMETER_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
# Options of the command that runs a report.
TAKEN_NAMES = ("form", "format", "output", "help")
LINKS = ("commitment", "meeting", "minister", "organization", "series", "source", "statement", "topic")

Place = tuple[str, ...]
# For each key: what its value must pass, and how an error names that.
Keys = Mapping[str, tuple[Callable[[Any], bool], str]]


@dataclass(frozen=True)
class Column:
    """How a column of the result is headed, and the kind of record that its values name, if they do."""

    label: str
    link: str | None = None


@dataclass(frozen=True)
class Chart:
    """What is drawn of a result: a bar a row, named by `label`, with a length for each of `values`."""

    label: str
    values: tuple[str, ...]


class FrontMatter:
    """The TOML of one report, that begins on `line` of the file; every error tells file and line."""

    def __init__(self, path: Path, text: str, line: int) -> None:
        self._path, self._text, self._line = path, text, line
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"\(at line (\d+), column \d+\)", str(error))
            offset = int(at.group(1)) - 1 if at else text.count("\n")
            message = re.sub(r" \(at .*\)$", "", str(error))
            raise ReportError(f"{path}:{line + offset}: the front matter is not TOML: {message}") from error
        self._content = self._table((), content, REPORT_KEYS)
        self.title = self._required("title")
        self.description = self._required("description")
        self.tags: tuple[str, ...] = tuple(content.get("tags", ()))
        self.columns = {name: self._column(name, table) for name, table in content.get("columns", {}).items()}
        self.chart = self._chart(content.get("chart"))
        self.parameters = [self._parameter(name, table) for name, table in content.get("params", {}).items()]

    def error(self, place: Place, message: str) -> ReportError:
        """An error with its file and line, as near as the key can be found in the text."""
        lines = self._text.split("\n")
        at = 0
        if len(place) > 1:
            section = re.compile(rf"\s*\[{re.escape('.'.join(place[:2]))}\]")
            at = next((n for n, line in enumerate(lines) if section.match(line)), 0)
        if len(place) != 2:
            key = re.compile(rf"\s*\[*{re.escape(place[-1])}\b" if place else r"\s*\S")
            at = next((n for n, line in enumerate(lines) if n >= at and key.match(line)), at)
        return ReportError(f"{self._path}:{self._line + at}: {message}")

    def _required(self, key: str) -> str:
        text = " ".join(self._content.get(key, "").split())
        if not text:
            raise self.error((), f'{key} is missing; write {key} = "..."')
        return text

    def _column(self, name: str, table: Any) -> Column:
        content = self._table(("columns", name), table, COLUMN_KEYS)
        return Column(label=content.get("label", name), link=content.get("link"))

    def _chart(self, table: Any) -> Chart | None:
        if table is None:
            return None
        content = self._table(("chart",), table, CHART_KEYS)
        for key in CHART_KEYS:
            if not content.get(key):
                raise self.error(("chart",), f"a chart needs {key}")
        return Chart(content["label"], tuple(content["values"]))

    def _parameter(self, name: str, table: Any) -> Parameter:
        place = ("params", name)
        content = self._table(place, table, PARAMETER_KEYS)
        if not PARAMETER_NAME.fullmatch(name) or name in TAKEN_NAMES:
            raise self.error(place, f"{name!r} cannot name a parameter; use another lower-case word, with underscores")
        default = content.get("default")
        parameter = Parameter(
            name=name,
            type=content.get("type", "text"),
            label=content.get("label", name.replace("_", " ").capitalize()),
            help=content.get("help", ""),
            default=None if default is None else str(default),
            options=tuple(content.get("options", ())),
            options_sql=content.get("options_sql"),
        )
        if (parameter.type in ("choice", "choices")) != bool(parameter.options or parameter.options_sql):
            raise self.error(place, "a choice, and nothing else, has options or options_sql")
        self._check_default(place, parameter)
        self._check_options(place, parameter)
        return parameter

    def _check_default(self, place: Place, parameter: Parameter) -> None:
        if parameter.default is None:
            return
        try:
            parameter.value(parameter.default, date.today())
        except ReportError as error:
            raise self.error((*place, "default"), str(error)) from error

    def _check_options(self, place: Place, parameter: Parameter) -> None:
        try:
            pieces = parse(parameter.options_sql or "")
        except QueryError as error:
            raise self.error((*place, "options_sql"), str(error)) from error
        problems = [message for _, message in not_portable(pieces)]
        problems += ["options_sql takes no parameters" for piece in pieces if piece.kind == "parameter" or piece.clause]
        if problems:
            raise self.error((*place, "options_sql"), problems[0])

    def _table(self, place: Place, table: Any, keys: Keys) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.error(place, f"write [{'.'.join(place)}] and its keys below")
        for key, value in table.items():
            if key not in keys:
                raise self.error((*place, key), f"unknown key {key!r}{did_you_mean(key, keys)}")
            accepts, expected = keys[key]
            if not accepts(value):
                raise self.error((*place, key), f"{key} must be {expected}")
        return table


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool | int | float | date)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _one_of(words: Iterable[str]) -> tuple[Callable[[Any], bool], str]:
    known = tuple(words)
    return (lambda value: value in known), f"one of {', '.join(known)}"


TEXT = (_is_text, "a text in quotation marks")
TEXTS = (_are_texts, "a list of texts")
TABLE = (_is_table, "written as tables, one [kind.NAME] each")
REPORT_KEYS: Keys = {
    "title": TEXT,
    "description": TEXT,
    "tags": TEXTS,
    "params": TABLE,
    "columns": TABLE,
    "chart": TABLE,
}
CHART_KEYS: Keys = {"label": TEXT, "values": TEXTS}
COLUMN_KEYS: Keys = {"label": TEXT, "link": _one_of(LINKS)}
PARAMETER_KEYS: Keys = {
    "type": _one_of(TYPES),
    "label": TEXT,
    "help": TEXT,
    "default": (_is_scalar, "a text, a number, a date, true or false"),
    "options": TEXTS,
    "options_sql": TEXT,
}

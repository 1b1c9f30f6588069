"""The reports as pages: their list, each with its form, chart, table and SQL, and the same as a download."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, abort, current_app, flash, redirect, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tracker.admin.downloading import written
from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.running import DOWNLOAD_SECONDS, running, runs
from tracker.models import MeetingSeries
from tracker.reports import catalog, runner
from tracker.reports.brief import compose
from tracker.reports.brief.papers import MEDIA_TYPES, PAPERS
from tracker.reports.catalog import Report
from tracker.reports.errors import ReportError
from tracker.reports.formats import FORMATS, sheet_of
from tracker.reports.parameters import Given, Parameter, told
from tracker.reports.sandbox import Row, Sandbox

SHOWN = 200
CHARTED = 30
# The field that tells that the form was sent.
SENT = "sent"
DOWNLOADS = ("csv", "xlsx", "json", "jsonl", "md", "html")
# What a column can link to -> the page of such a record.
PAGES = {
    "commitment": "commitments",
    "meeting": "meetings",
    "minister": "ministers",
    "organization": "organisations",
    "series": "series",
    "source": "sources",
    "statement": "statements",
    "topic": "topics",
}


@dataclass(frozen=True)
class Bar:
    """A row of the chart: its name, and a length out of 100 with its number for each of the values."""

    label: str
    parts: Sequence[tuple[float, float]]


class ReportsView(PageView):
    """Every report, for everybody who is signed in."""

    def __init__(self) -> None:
        super().__init__(name="Reports", category="Report", endpoint="reports", url="/reports")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The list, by subject."""
        reports, errors = catalog.readable(_folder())
        subjects: dict[str, list[Report]] = {}
        for report in reports:
            subjects.setdefault(_subject(report), []).append(report)
        series = db.session.scalars(select(MeetingSeries).order_by(MeetingSeries.name)).all()
        return render_template("reports/list.html", subjects=sorted(subjects.items()), series=series, errors=errors)

    @page("/<key>")
    def report_view(self, key: str) -> ResponseReturnValue:
        """One report: as a page, or as a file where the name has an ending."""
        name, _, form = key.partition(".")
        report = find(name)
        if form:
            return download(report, form) if form in DOWNLOADS else abort(404)
        return show(report)

    @page("/brief/<series>")
    def brief_view(self, series: str) -> ResponseReturnValue:
        """The brief for a series: as a page, or as a file where its key has an ending."""
        series, _, form = series.partition(".")
        if form and form not in PAPERS:
            abort(404)
        with running() as (box, _):
            try:
                brief = compose(box, series, date.today())
            except ReportError as error:
                abort(404, str(error))
        if not form:
            return render_template("reports/brief.html", brief=brief, series=series, forms=list(PAPERS))
        paper = BytesIO()
        PAPERS[form](brief, paper)
        response = Response(paper.getvalue(), content_type=MEDIA_TYPES[form])
        response.headers.set("Content-Disposition", "attachment", filename=f"{brief.name}.{form}")
        return response

    @page("/runs/<key>/stop", "POST")
    def stop_view(self, key: str) -> ResponseReturnValue:
        """Stop a report that is running."""
        if not runs().stop(key):
            abort(410, "This report does not run any more.")
        flash("It was stopped.", "success")
        # Not to the page that was stopped, which would run it again.
        return redirect(url_for("console.index_view" if request.form.get("of") == "console" else "reports.index_view"))


def _subject(report: Report) -> str:
    """What a report stands under: its first tag, or whose it is."""
    other = "other" if report.path.parent == catalog.BUILT_IN else "your own"
    return report.tags[0] if report.tags else other


def find(name: str) -> Report:
    """The report of this name, or 404."""
    try:
        return catalog.find(name, _folder())
    except ReportError as error:
        abort(404, str(error))


def given_for(report: Report) -> Given:
    """The values that the address gives; what is left blank counts as not given."""
    asked = {name: [text for text in texts if text.strip()] for name, texts in request.args.lists() if name != SENT}
    given = {name: texts for name, texts in asked.items() if texts}
    if SENT in request.args:
        # A box that is not ticked sends nothing; from the form that is a no.
        ticked = {p.name: given.get(p.name, ["no"]) for p in report.parameters if p.type == "boolean"}
        return given | ticked
    return given


def show(report: Report) -> Response:
    """The page of a report, sent as it comes, so that the report can be stopped while it runs."""
    given = given_for(report)
    with ExitStack() as begun:
        box, key = begun.enter_context(running())
        choices = {p.name: runner.options(box, p) for p in report.parameters if p.type in ("choice", "choices")}
        missing = [p.label for p in report.parameters if p.required and p.name not in given]
        page = stream_template(
            "reports/report.html",
            report=report,
            given=given,
            typed={p.name: _typed(p, given) for p in report.parameters},
            choices=choices,
            missing=missing,
            answers=() if missing else _answers(box, report, given),
            key=key,
            query=urlencode(_carried(report, given)),
            forms=DOWNLOADS,
        )
        # However the page ends, also when nobody waits for it any more, the run is over.
        response = Response(page, mimetype="text/html")
        response.call_on_close(begun.pop_all().close)
    return response


@dataclass(frozen=True)
class Answer:
    """What stands on the page of a report: its first rows, each cell with where it leads, or a problem."""

    problem: str = ""
    labels: Sequence[str] = ()
    rows: Sequence[Sequence[tuple[str, str | None, bool]]] = ()
    more: bool = False
    values: Sequence[str] = ()
    legend: Sequence[str] = ()
    bars: Sequence[Bar] = ()


def _answers(box: Sandbox, report: Report, given: Given) -> Iterator[Answer]:
    """The one answer, when it is there."""
    try:
        with runner.run(box, report, given, first=SHOWN + 1) as result:
            sheet = sheet_of(report, result)
            rows = list(islice(sheet.rows, SHOWN + 1))
    except ReportError as error:
        yield Answer(problem=str(error))
        return
    legend = [report.label(column) for column in report.chart.values] if report.chart else ()
    yield Answer(
        labels=sheet.labels,
        rows=[
            [
                cell(content, _leads(report, column, content))
                for column, content in zip(result.columns, row, strict=True)
            ]
            for row in rows[:SHOWN]
        ],
        more=len(rows) > SHOWN,
        values=sheet.values,
        legend=legend,
        bars=_bars(report, result.columns, rows[:CHARTED]),
    )


def cell(content: str | int | float | None, leads: str | None = None) -> tuple[str, str | None, bool]:
    """The text of a cell, where it leads, and whether it is a number."""
    return "" if content is None else str(content), leads, isinstance(content, int | float)


def _leads(report: Report, column: str, content: str | int | float | None) -> str | None:
    kind = report.columns[column].link if column in report.columns else None
    return url_for(f"{PAGES[kind]}.details_view", key=content) if kind and content else None


def _bars(report: Report, columns: Sequence[str], rows: Sequence[Row]) -> list[Bar]:
    if report.chart is None:
        return []
    label, *places = (columns.index(column) for column in (report.chart.label, *report.chart.values))
    drawn = [(str(row[label] or ""), [_number(row[place]) for place in places]) for row in rows]
    longest = max((number for _, numbers in drawn for number in numbers), default=0) or 1
    return [Bar(name, [(round(100 * number / longest, 2), number) for number in numbers]) for name, numbers in drawn]


def _number(cell: str | int | float | None) -> float:
    return cell if isinstance(cell, int | float) and cell > 0 else 0


def _typed(parameter: Parameter, given: Given) -> Sequence[str]:
    """What the field of a parameter holds: what was given, or its default; a day as a day."""
    texts = given.get(parameter.name, () if parameter.default is None else (parameter.default,))
    texts = (texts,) if isinstance(texts, str) else texts
    try:
        return [told(parameter.value(text, date.today())) for text in texts]
    except ReportError:
        # What a field for days or numbers cannot hold; the answer tells what was wrong with it.
        return ()


def _carried(report: Report, given: Given) -> list[tuple[str, str]]:
    """The parameters as an address carries them, so that the page is the same tomorrow: days as days."""
    return [(p.name, text) for p in report.parameters for text in _typed(p, given)]


def download(report: Report, form: str) -> Response:
    """The report as a file that is sent while it is made; one that breaks off is not ended as a whole one is."""
    given = given_for(report)
    with ExitStack() as begun:
        box, _ = begun.enter_context(running(DOWNLOAD_SECONDS))
        try:
            sheet = sheet_of(report, begun.enter_context(runner.run(box, report, given)))
        except ReportError as error:
            abort(400, str(error))
        response = Response(written(sheet, form), content_type=FORMATS[form].media_type)
        name = f"{sheet.name}{FORMATS[form].ending}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        response.call_on_close(begun.pop_all().close)
    return response


def _folder() -> Path:
    folder: Path = current_app.config["REPORTS_FOLDER"]
    return folder

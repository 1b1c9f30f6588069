"""`tracker reports`: list, show, check and run the SQL reports."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.exc import OperationalError

from tracker.cli import Verbs
from tracker.cli.opening import first_line, load_config, require_current
from tracker.reports import catalog, runner
from tracker.reports.catalog import Report
from tracker.reports.errors import ReportError
from tracker.reports.formats import FORMATS, TABLE_ROWS, Sheet, sheet_of
from tracker.reports.parameters import Given, Parameter, told
from tracker.reports.sandbox import Sandbox
from tracker.schema import trees

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="How to write it; by default as the ending of the file says, or as a table.",
)
output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to a file, or to a folder under a name that tells all.",
)


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """The configured records, for reading; what goes wrong with a query ends the command in words."""
    config = load_config()
    try:
        require_current(trees(config)[0])
        yield Sandbox(config.reports_url)
    except ReportError as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(f"{config.database_url.render_as_string()}: {first_line(error)}") from error


def write(sheet: Sheet, form: str | None, output: Path | None) -> None:
    """Write a result to the standard output or to a file; the file is there only when it is whole."""
    endings = {kind.ending: name for name, kind in FORMATS.items()}
    form = form or endings.get(output.suffix if output else "", "table")
    if output is None and form == "xlsx" and sys.stdout.isatty():
        raise click.ClickException("a workbook is not for reading here; name a file with -o")
    if output is None:
        FORMATS[form].write(sheet, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with whole_file(output / f"{sheet.name}{FORMATS[form].ending}" if output.is_dir() else output) as out:
        FORMATS[form].write(sheet, out)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, that takes its name only when all went well."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


class Runnable(click.Group):
    """The reports as commands, each with its parameters as options."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [report.name for report in _readable()[0]]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(_find(cmd_name))


@click.group(name="reports", cls=Verbs)
def command() -> None:
    """List, show and run the SQL reports.

    They are the built-in ones, and those that you put into the folder reports/ of the instance.
    """


@command.command(name="list")
def list_reports() -> None:
    """List every report with its title."""
    reports, errors = _readable()
    width = max(len(report.name) for report in reports)
    for report in reports:
        click.echo(f"{report.name:{width}}  {report.title}")
    for error in errors:
        click.echo(f"Error: {error}", err=True)


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Show what the report NAME answers, its parameters, its columns and its SQL."""
    report = _find(name)
    click.echo(f"{report.name}: {report.title}\n\n{click.wrap_text(report.description, width=100)}")
    parameters = [(_flag(parameter), _about(parameter)) for parameter in report.parameters]
    columns = [(name, column.label) for name, column in report.columns.items()]
    for heading, lines in (("Parameters", parameters), ("Columns", columns)):
        if lines:
            click.echo(f"\n{heading}")
        for left, right in lines:
            click.echo(f"  {left:{max(len(line[0]) for line in lines)}}  {right}")
    if report.tags:
        click.echo(f"\nTags: {', '.join(report.tags)}")
    click.echo(f"\nSQL ({report.path})\n\n{report.statement}")


@command.command()
def check() -> None:
    """Read every report and run it on the configured database; exits 1 if one fails."""
    reports, errors = _readable()
    with sandbox() as box:
        for report in reports:
            try:
                runner.check(box, report)
                click.echo(f"{report.name}: runs")
            except ReportError as error:
                errors.append(error)
    for problem in errors:
        click.echo(f"Error: {problem}", err=True)
    if errors:
        raise click.exceptions.Exit(1)


@command.group(cls=Runnable, subcommand_metavar="NAME [OPTIONS]")
def run() -> None:
    """Run the report NAME, with values for its parameters.

    `tracker reports run NAME --help` tells its options.
    """


def _command(report: Report) -> click.Command:
    """The command that runs one report."""

    @click.command(report.name, help=f"{report.title.removesuffix('.')}.\n\n{report.description}")
    @format_option
    @output_option
    def made(form: str | None, output: Path | None, **given: str | bool | tuple[str, ...] | None) -> None:
        texts = {
            name: value if isinstance(value, tuple) else told(value)
            for name, value in given.items()
            if value is not None
        }
        _run(report, texts, form, output)

    made.params = [*map(_option, report.parameters), *made.params]
    return made


def _run(report: Report, given: Given, form: str | None, output: Path | None) -> None:
    first = TABLE_ROWS + 1 if (form or "table") == "table" and not (output and output.suffix) else None
    with sandbox() as box, runner.run(box, report, given, first=first) as result:
        write(sheet_of(report, result), form, output)


def _option(parameter: Parameter) -> click.Option:
    if parameter.type == "boolean":
        flags = f"{_flag(parameter)}/--no-{_flag(parameter).removeprefix('--')}"
        return click.Option([parameter.name, flags], default=None, help=_about(parameter))
    several = parameter.type == "choices"
    kind = "CHOICE" if several else parameter.type.upper()
    return click.Option([parameter.name, _flag(parameter)], metavar=kind, multiple=several, help=_about(parameter))


def _about(parameter: Parameter) -> str:
    remark = "required" if parameter.required else f"{parameter.default} by default" if parameter.default else ""
    kind = "choice, can be given several times" if parameter.type == "choices" else parameter.type
    kind = f"{kind}, {remark}" if remark else kind
    return f"{parameter.label} ({kind}). {parameter.help}".strip()


def _flag(parameter: Parameter) -> str:
    return f"--{parameter.name.replace('_', '-')}"


def _readable() -> tuple[list[Report], list[ReportError]]:
    try:
        return catalog.readable(load_config().own_reports)
    except ReportError as error:
        raise click.ClickException(str(error)) from error


def _find(name: str) -> Report:
    try:
        return catalog.find(name, load_config().own_reports)
    except ReportError as error:
        raise click.ClickException(str(error)) from error

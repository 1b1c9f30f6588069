"""`tracker seeds`: check, plan and load the records that people keep in files."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import IntegrityError

from tracker.cli.opening import account, load_config, looking, writing
from tracker.config import PROJECT
from tracker.seeding.check import read_seeds
from tracker.seeding.load import load
from tracker.seeding.plan import Change, Plan, Step, flat, make_plan
from tracker.seeding.problems import Problem
from tracker.seeding.records import Seeds, kind_of
from tracker.seeding.schema import RECORDS

SHOWN_PROBLEMS = 1000
# A load of fewer records is over before anybody would look at its progress.
LONG_LOAD = 2000

folder = click.argument(
    "directory", metavar="[DIR]", type=click.Path(path_type=Path), default=PROJECT / "seeds", required=False
)


@click.group(name="seeds")
def command() -> None:
    """Check, plan and load the records under seeds/.

    'tracker/docs/seeds.md' tells how seed files are written.
    """


@command.command()
@folder
def check(directory: Path) -> None:
    """Check the files of DIR (default: the project's seeds/) without a database.

    Every mistake is told at once, with file and line. Exits with 1 if there is one.

    Example: tracker seeds check seeds
    """
    seeds = _read(directory)
    click.echo(f"{directory}: {len(seeds.records)} records, no mistakes")


@command.command()
@folder
def plan(directory: Path) -> None:
    """Show what loading DIR (default: the project's seeds/) would do, a field a line; changes nothing.

    '+' is a record that would be created, '~' one that differs from the database and would be left as it is,
    '!' one that cannot be created. The last line sums up.

    Example: tracker seeds plan seeds
    """
    seeds = _read(directory)
    with looking(load_config()) as session:
        planned = make_plan(session, seeds)
        for step in planned.steps:
            _show(step)
        click.echo(_summary(planned))


@command.command(name="load")
@folder
def load_command(directory: Path) -> None:
    """Load DIR (default: the project's seeds/) in one transaction: all of it or nothing.

    Records that the database lacks are created. One that differs from its file is reported and left as it is, and
    so is one that was deleted in the database. Loading the same files again changes nothing.

    Example: tracker seeds load seeds
    """
    seeds = _read(directory)
    try:
        with writing(load_config(), "seeds") as session:
            planned = make_plan(session, seeds)
            created = len(planned.of("create"))
            with click.progressbar(
                length=created, label="Loading", file=sys.stderr, hidden=created < LONG_LOAD or not sys.stderr.isatty()
            ) as bar:
                load(session, planned, account(), bar.update)
    except IntegrityError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(
            f"the database refused the records, and nothing was changed: {said}\n"
            "A record of the files may have the code, name or checksum of another one in the database. "
            "If somebody else was loading at the same time, run the command again."
        ) from error
    _report(planned)


def _read(directory: Path) -> Seeds:
    seeds, problems = read_seeds(directory)
    if problems:
        _complain(problems)
    return seeds


def _complain(problems: list[Problem]) -> None:
    click.echo("\n".join(str(problem) for problem in problems[:SHOWN_PROBLEMS]), err=True)
    if len(problems) > SHOWN_PROBLEMS:
        click.echo(f"... and {len(problems) - SHOWN_PROBLEMS} more", err=True)
    raise click.ClickException(
        f"{len(problems)} {'mistake' if len(problems) == 1 else 'mistakes'}; nothing was changed"
    )


def _show(step: Step) -> None:
    title = f"{step.record.kind} {step.record.key}"
    if step.action == "create":
        click.secho(f"+ {title}", fg="green")
        for path, value in flat(step.record.content, type(step.record.model)).items():
            click.secho(f"    {path}: {_value(value)}", fg="green")
    elif step.action == "differs":
        click.secho(f"~ {title}  (left as it is; {_where(step)})", fg="yellow")
        for change in step.changes:
            click.secho(f"    {_change(change)}", fg="yellow")
    elif step.action != "same":
        click.secho(f"! {title}  ({_why(step)}; {_where(step)})", fg="red")


def _report(planned: Plan) -> None:
    """What a load did, by kind, and what it left."""
    counts = planned.counts()
    for kind in (kind_of(model) for model in RECORDS):
        if created := counts[kind, "create"]:
            click.echo(f"{kind}: {created} created")
    for step in planned.of("differs"):
        click.echo(f"left as it is: {step.record.kind} {step.record.key} ({_where(step)})")
        for change in step.changes:
            click.echo(f"    {_change(change)}")
    for step in [*planned.of("deleted"), *planned.of("blocked")]:
        click.echo(f"left out: {step.record.kind} {step.record.key}: {_why(step)} ({_where(step)})")
    if not planned.of("create"):
        click.echo("nothing to change")


def _summary(planned: Plan) -> str:
    numbers = {action: len(planned.of(action)) for action in ("create", "differs", "deleted", "blocked", "same")}
    left_out = numbers["deleted"] + numbers["blocked"]
    parts = [f"{numbers['create']} to create", f"{numbers['differs']} different and left as they are"]
    parts += [f"{left_out} left out"] if left_out else []
    return f"Plan: {', '.join(parts)}, {numbers['same']} the same."


def _change(change: Change) -> str:
    return f"{change.path}: {_value(change.old)} -> {_value(change.new)}"


def _value(value: Any) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)


def _where(step: Step) -> str:
    problem = step.record.problem((), "")
    return f"{problem.file}:{problem.line}"


def _why(step: Step) -> str:
    return step.reason or "deleted in the database, left deleted"

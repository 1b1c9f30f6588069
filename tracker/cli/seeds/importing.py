"""`tracker seeds import`: somebody else's table into the database."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.cli.opening import account, first_line, load_config, looking, writing
from tracker.cli.seeds.loading import decide, preferring
from tracker.cli.seeds.progress import committing, progress, rare_collections, undone
from tracker.cli.seeds.telling import complain, show, told
from tracker.cli.verifying import verify_outdated
from tracker.seeding.importer import Importer
from tracker.seeding.judging import Made
from tracker.seeding.load import hold
from tracker.seeding.mapping import read_mapping
from tracker.seeding.merge import Prefer
from tracker.seeding.render import item_lines
from tracker.seeding.tables import ADDED, Table, TableError, opened

# A table of fewer rows is over before anybody would look at its progress.
LONG_TABLE = 2000
# How many rows a dry run shows as they would become.
SHOWN_ROWS = 2
SHOWN_REASONS = 5


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--map",
    "mapping",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How rows become records.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and the first rows as they would become; change nothing.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Where refused rows go (default: a new file beside FILE)."
)
@preferring
def import_command(file: Path, mapping: Path, dry_run: bool, refused: Path | None, prefer: Prefer) -> None:
    """Import the rows of FILE, a CSV or XLSX table, by a mapping, in one transaction.

    Rows that cannot become records are left out, and written with their reasons to a table of their own, which can be
    corrected and imported again with the same mapping; then the command exits with 1. What was imported before is
    merged as a load merges seed files; importing the same table again changes nothing.

    Example: tracker seeds import promises.csv --map seeds/mappings/nz-promises.yaml --dry-run
    """
    recipe, problems = read_mapping(mapping)
    if problems or recipe is None:
        complain(problems)
        return
    if refused is not None and (refused.exists() or not refused.parent.is_dir()):
        raise click.ClickException(f"{refused}: give --refused a file that is not there yet, in a folder that is")
    try:
        with opened(file, recipe.table, list(recipe.columns)) as table, _session(dry_run) as session:
            importer = Importer(session, recipe, table, prefer)
            with undone(), Refused(refused or _free(file), table, dry_run) as out:
                _run(importer, table, out, dry_run)
                if importer.outcome.undecided:
                    for step in importer.outcome.undecided:
                        show(session, step, err=True)
                    raise click.ClickException(decide(importer.outcome.undecided))
            if not dry_run:
                with committing():
                    session.commit()
    except TableError as error:
        raise click.ClickException(f"{error}\nnothing was changed") from error
    except IntegrityError as error:
        raise click.ClickException(
            f"the database refused a row, and nothing was changed: {first_line(error)}"
        ) from error
    if not dry_run:
        verify_outdated(load_config())
    _report(importer, out, dry_run)


def _run(importer: Importer, table: Table, out: "Refused", dry_run: bool) -> None:
    shown = 0
    label, short = "Planning" if dry_run else "Importing", 0 < table.size < LONG_TABLE
    with rare_collections(), progress(label, "rows", table.size, hidden=short) as advance:
        for taken, refused in importer.run(account(), advance, dry=dry_run):
            for row in taken[: SHOWN_ROWS - shown] if dry_run else ():
                _show_row(row)
                shown += 1
            for row in refused:
                out.write(row)


class Refused:
    """The rows that were refused, with their reasons, in the form of the table that they come from."""

    def __init__(self, path: Path, table: Table, dry_run: bool) -> None:
        self.path = path
        self.table = table
        self.dry_run = dry_run
        self.count = 0
        self.first: list[str] = []
        self.columns = [name for name in table.header if name not in ADDED]

    def __enter__(self) -> "Refused":
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        if self.count and not self.dry_run:
            self.file.close()
            if kind is not None:
                # Nothing was imported, so that nothing was refused either.
                self.path.unlink()

    def write(self, row: Made) -> None:
        """Keep one row."""
        if self.count == 0 and not self.dry_run:
            try:
                self.file = self.path.open("x", encoding=self.table.encoding, newline="")
            except OSError as error:
                raise click.ClickException(
                    f"{self.path}: the refused rows cannot be written there: {error.strerror}; "
                    "say with --refused where they should go; nothing was changed"
                ) from error
            self.writer = csv.writer(self.file, delimiter=self.table.delimiter)
            self.writer.writerow([*self.columns, *ADDED])
        self.count += 1
        reasons = "; ".join(row.reasons)
        if len(self.first) < SHOWN_REASONS:
            self.first.append(f"{self.table.name}:{row.line.number}: {reasons}")
        if not self.dry_run:
            cells = [cell for name, cell in zip(self.table.header, row.line.raw, strict=False) if name not in ADDED]
            cells += row.line.raw[len(self.table.header) :]
            cells += [""] * (len(self.columns) - len(cells))
            self.writer.writerow([*cells, row.line.number, reasons])


def _free(file: Path) -> Path:
    """A name beside the table that no file has yet: what somebody is correcting is not overwritten."""
    number = 1
    while True:
        path = file.with_name(f"{file.stem}.refused{f'-{number}' if number > 1 else ''}.csv")
        if not path.exists():
            return path
        number += 1


@contextmanager
def _session(dry_run: bool) -> Iterator[Session]:
    if dry_run:
        with looking(load_config()) as session:
            yield session
    else:
        with writing(load_config(), "import") as session:
            hold(session)
            yield session


def _show_row(row: Made) -> None:
    click.secho(f"line {row.line.number} becomes", bold=True)
    for record in row.records:
        if record.kind != "status_update":
            click.echo(f"  {record.kind}:")
            values = record.content | {
                "status_updates": [
                    {name: value for name, value in update.content.items() if name != "commitment"}
                    for update in row.records
                    if update.kind == "status_update" and update.within == record.key
                ]
            }
            for line in item_lines([values], type(record.model), 4):
                click.echo(line)


def _report(importer: Importer, out: Refused, dry_run: bool) -> None:
    outcome = importer.outcome
    for line in told(outcome.counts, dry_run):
        click.echo(line)
    for step in outcome.steps:
        click.echo(f"left: {' '.join(step.name)}: {step.reason or 'edited in the database, kept'} ({step.where})")
    click.echo(f"{outcome.rows:,} rows {'would be taken' if dry_run else 'taken'}, {out.count:,} refused")
    if out.count:
        for line in out.first:
            click.echo(line, err=True)
        if out.count > len(out.first):
            click.echo(f"... and {out.count - len(out.first):,} more", err=True)
        if dry_run:
            sys.exit(1)
        raise click.ClickException(f"correct the refused rows in {out.path} and import that file with the same mapping")

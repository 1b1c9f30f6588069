"""Importing the rows of a table as records, a thousand at a time, all in one transaction of the caller's."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from tracker import auditing
from tracker.models.base import clean_text
from tracker.seeding.bulk import Advance
from tracker.seeding.check import cycles, references, repeated, twice
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import SeedFile
from tracker.seeding.load import load
from tracker.seeding.lookup import ids
from tracker.seeding.mapping import KINDS, Item, Recipe
from tracker.seeding.merge import Prefer
from tracker.seeding.plan import Action, Name, Step, make_plan
from tracker.seeding.problems import Place, Problem, shown, spell
from tracker.seeding.records import Gatherer, Record, Seeds
from tracker.seeding.rules import broken_rules
from tracker.seeding.schema import Commitment, Statement
from tracker.seeding.tables import Line, Table, TableError
from tracker.seeding.template import CellError

# How many rows are made into records together.
ROWS = 1000
# How many steps that somebody must decide are kept to be told.
TOLD = 1000
# Records that belong to one row alone.
OF_A_ROW = (Statement, Commitment)


@dataclass(frozen=True)
class RowFile(SeedFile):
    """A row in the part of a file: where a mistake is told to stand."""

    line: int = 1

    def problem(self, place: Place, text: str) -> Problem:
        return Problem(self.folder, self.line, place, text)


@dataclass
class Made:
    """What one row makes: its records, or why there are none."""

    line: Line
    records: list[Record[SeedModel]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What an import did or would do."""

    counts: Counter[tuple[str, Action]] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    undecided: list[Step] = field(default_factory=list)
    rows: int = 0


class Importer:
    """Makes records of rows; `refused` are the rows of the last thousand that are none."""

    def __init__(self, session: Session, recipe: Recipe, table: Table, prefer: Prefer = None) -> None:
        self.session = session
        self.recipe = recipe
        self.table = table
        self.prefer = prefer
        self.outcome = Outcome()
        # The keys of shared records, and by hash what they hold and what rows have made, so that memory stays flat.
        self.known: dict[Name, Any] = {}
        self.shared: dict[Name, int] = {}
        self.taken: set[int] = set()
        # What the rows at hand share, ready made.
        self.made: dict[str, Record[SeedModel]] = {}
        self.gatherer = Gatherer()

    def run(self, recorded_by: str, advance: Advance, *, dry: bool = False) -> Iterator[tuple[list[Made], list[Made]]]:
        """Import all rows, or plan to; yields those that were taken and those refused, a thousand rows at a time.

        Once there is something that somebody must decide, the rest is only planned; the caller rolls back.
        """
        try:
            once = Made(Line(1, {}, []), self._records(self.recipe.once, Line(1, {}, [])))
        except _Wrong as error:
            raise TableError(
                "\n".join(f"{self.recipe.file.name}: once: {reason}" for reason in error.reasons)
            ) from error
        for record in once.records:
            self._claim(once, record)
        while lines := list(islice(self.table.lines, ROWS)):
            self.made.clear()
            made = [self._row(line) for line in lines]
            self._judge(made)
            taken = [row for row in made if not row.reasons]
            self._load([once, *taken], recorded_by, dry)
            self.outcome.rows += len(taken)
            advance(len(lines))
            yield taken, [row for row in made if row.reasons]

    def _row(self, line: Line) -> Made:
        if line.wrong:
            return Made(line, reasons=[line.wrong])
        try:
            for column in self.recipe.columns:
                line.cells[column] = self._clean(column, line.cells[column])
            return Made(line, self._records(self.recipe.each, line))
        except CellError as error:
            return Made(line, reasons=[str(error)])
        except _Wrong as error:
            return Made(line, reasons=error.reasons)

    def _clean(self, column: str, cell: str) -> str:
        try:
            return cell if cell.isascii() and cell.isprintable() else clean_text(cell) or ""
        except ValueError as error:
            raise CellError(f"column {shown(column)}: {error}") from error

    def _records(self, items: list[tuple[str, Item]], line: Line) -> list[Record[SeedModel]]:
        file = RowFile(self.table.name, f"import:{self.recipe.file.name}", None, line=line.number)
        records: list[Record[SeedModel]] = []
        wrong: list[str] = []
        for kind, item in items:
            for number, values in enumerate(item.made(line.cells, self.recipe.lists)):
                # The same topic or source, row after row; writing out what no other row makes would cost the most.
                form = "" if KINDS[kind] in OF_A_ROW else f"{kind} {values}"
                if form in self.made:
                    records.append(self.made[form])
                    continue
                owner = str(values.pop(KINDS[kind].nested_in, "")) if KINDS[kind].nested_in else ""
                try:
                    model = KINDS[kind].model_validate(values)
                except ValidationError as error:
                    problems = self.gatherer.worded(KINDS[kind], error, file, ())
                    wrong += [f"{kind}: {spell(problem.place)}: {problem.text}" for problem in problems]
                    continue
                place = (kind, number if line.number == 1 else line.number)
                record = Record(model, file, place, owner)
                records += [record, *_updates(record)]
                if form:
                    self.made[form] = record
        if wrong:
            raise _Wrong(wrong)
        return records

    def _judge(self, made: list[Made]) -> None:
        """Give each row that cannot be taken its reasons."""
        by_line = {row.line.number: row for row in made}
        for row in made:
            for record in row.records:
                self._claim(row, record)
        good = [row for row in made if not row.reasons]
        seeds = Seeds(records=_without_repeats(good))
        for rule in (twice, repeated, cycles, broken_rules):
            for problem in rule(seeds):
                by_line[problem.line].reasons.append(f"{spell(problem.place)}: {problem.text}")
        self._resolve(good)

    def _claim(self, row: Made, record: Record[SeedModel]) -> None:
        name = record.kind, record.key
        if isinstance(record.model, OF_A_ROW):
            if hash(name) in self.taken:
                row.reasons.append(f"{_spoken(record)} was made by a row before; give each row its own")
            self.taken.add(hash(name))
        elif not _is_update(record):
            form = hash(str(record.content))
            if self.shared.setdefault(name, form) != form:
                row.reasons.append(f"{_spoken(record)} was made by a row before with other fields; make them agree")

    def _resolve(self, made: list[Made]) -> None:
        """Find every record that rows refer to: in the rows, in the database, or nowhere."""
        here = {(record.kind, record.key) for row in made for record in row.records} | self.shared.keys()
        open_ones = [
            (row, name)
            for row in made
            for name in dict.fromkeys(_referred(row.records))
            if name not in here and name not in self.known
        ]
        asked: dict[str, dict[str, None]] = {}
        for _, (kind, key) in open_ones:
            asked.setdefault(kind, {})[key] = None
        for kind, keys in asked.items():
            self.known |= {(kind, key): found for key, found in ids(self.session, kind, list(keys)).items()}
        for row, (kind, key) in open_ones:
            if (kind, key) not in self.known:
                word = kind.replace("_", " ")
                row.reasons.append(f"there is no {word} {shown(key)} in the table, the mapping or the database")

    def _load(self, made: list[Made], recorded_by: str, dry: bool) -> None:
        records = [record for record in _without_repeats(made) if (record.kind, record.key) not in self.known]
        plan = make_plan(self.session, Seeds(records=records), self.prefer)
        self.outcome.counts += plan.counts()
        undecided = plan.of("conflict", "refuse")
        self.outcome.undecided += undecided[: TOLD - len(self.outcome.undecided)]
        self.outcome.steps += plan.of("keep", "deleted", "blocked")[: TOLD - len(self.outcome.steps)]
        shared = [record for record in records if not isinstance(record.model, OF_A_ROW) and not _is_update(record)]
        if dry or self.outcome.undecided:
            self.known |= {(record.kind, record.key): None for record in shared}
            return
        found = load(self.session, plan, recorded_by, known=self.known)
        self.known |= {(r.kind, r.key): found[r.kind, r.key] for r in shared if (r.kind, r.key) in found}
        auditing.write(self.session)
        self.session.expunge_all()


class _Wrong(ValueError):
    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons


def _updates(record: Record[SeedModel]) -> Iterator[Record[SeedModel]]:
    if isinstance(record.model, Commitment):
        for number, update in enumerate(record.model.status_updates):
            yield Record(update, record.file, (*record.place, "status_updates", number), record.key)


def _spoken(record: Record[SeedModel]) -> str:
    return f"{record.kind} {shown(record.key)}"


def _is_update(record: Record[SeedModel]) -> bool:
    return record.kind == "status_update"


def _without_repeats(made: list[Made]) -> list[Record[SeedModel]]:
    found = {(record.kind, record.key): record for row in reversed(made) for record in reversed(row.records)}
    return list(reversed(found.values()))


def _referred(records: list[Record[SeedModel]]) -> Iterator[Name]:
    for record in records:
        if record.model.nested_in and record.within:
            yield record.model.nested_in, record.within
        if not _is_update(record):
            yield from ((kind, key) for _, kind, key in references(record.model))

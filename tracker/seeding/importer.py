"""Importing the rows of a table as records, a thousand at a time, all in one transaction of the caller's."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from pydantic import ValidationError
from sqlalchemy.orm import Session

from tracker import auditing
from tracker.models.base import clean_text
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import SeedFile
from tracker.seeding.judging import OF_A_ROW, Judge, Made, is_update, without_repeats
from tracker.seeding.load import load
from tracker.seeding.mapping import KINDS, Item, Recipe
from tracker.seeding.merge import Prefer
from tracker.seeding.plan import Action, Step, make_plan
from tracker.seeding.problems import Place, Problem, shown, spell
from tracker.seeding.records import Gatherer, Record, Seeds
from tracker.seeding.schema import Commitment
from tracker.seeding.tables import Line, Table, TableError
from tracker.seeding.template import CellError

Advance = Callable[[int, int], object]

# How many rows are made into records together.
ROWS = 1000
# How many steps that somebody must decide are kept to be told.
TOLD = 1000


@dataclass(frozen=True)
class RowFile(SeedFile):
    """A row in the part of a file: where a mistake is told to stand."""

    line: int = 1

    def problem(self, place: Place, text: str) -> Problem:
        return Problem(self.folder, self.line, place, text)


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
        self.judge = Judge(session)
        # What the rows at hand share, ready made.
        self.made: dict[str, Record[SeedModel]] = {}
        self.gatherer = Gatherer()

    def run(self, recorded_by: str, advance: Advance, *, dry: bool = False) -> Iterator[tuple[list[Made], list[Made]]]:
        """Import all rows, or plan to; yields those that were taken and those refused, a thousand rows at a time.

        `advance` is told how many more rows were looked at, and how many more lines of the table they end.
        Once there is something that somebody must decide, the rest is only planned; the caller rolls back.
        """
        once, last = self._once(), 0
        while lines := list(islice(self.table.lines, ROWS)):
            self.made.clear()
            made = [self._row(line) for line in lines]
            self.judge.rows(once, made)
            self._hold(once)
            taken = [row for row in made if not row.reasons]
            self._load([once, *taken], recorded_by, dry)
            self.outcome.rows += len(taken)
            advance(len(lines), lines[-1].number - last)
            last = lines[-1].number
            yield taken, [row for row in made if row.reasons]
            # Queries leave cycles that hold every key they asked for, too few objects for Python to look for them.
            gc.collect(1)

    def _once(self) -> Made:
        """The records that stand for themselves, in the place of the line with the names of the columns."""
        once = Made(Line(1, {}, []))
        try:
            once.records = self._records(self.recipe.once, once.line)
        except _Wrong as error:
            once.reasons = error.reasons
        for record in once.records:
            self.judge.claim(once, record)
        self._hold(once)
        return once

    def _hold(self, once: Made) -> None:
        if once.reasons:
            raise TableError("\n".join(f"{self.recipe.file.name}: once: {reason}" for reason in once.reasons))

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

    def _load(self, made: list[Made], recorded_by: str, dry: bool) -> None:
        settled = self.judge.settled
        records = [record for record in without_repeats(made) if (record.kind, record.key) not in settled]
        plan = make_plan(self.session, Seeds(records=records), self.prefer)
        self.outcome.counts += plan.counts()
        undecided = plan.of("conflict", "refuse")
        self.outcome.undecided += undecided[: TOLD - len(self.outcome.undecided)]
        self.outcome.steps += plan.of("keep", "deleted", "blocked")[: TOLD - len(self.outcome.steps)]
        named = [record for record in records if not is_update(record)]
        if dry or self.outcome.undecided:
            self.judge.settle(named, {(record.kind, record.key) for record in named})
            return
        found = load(self.session, plan, recorded_by, known=self.judge.known)
        auditing.write(self.session)
        self.session.expunge_all()
        # What one row alone has made comes no second time, and the database tells its key.
        self.judge.settle((record for record in named if not isinstance(record.model, OF_A_ROW)), found)


class _Wrong(ValueError):
    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons


def _updates(record: Record[SeedModel]) -> Iterator[Record[SeedModel]]:
    if isinstance(record.model, Commitment):
        for number, update in enumerate(record.model.status_updates):
            yield Record(update, record.file, (*record.place, "status_updates", number), record.key)

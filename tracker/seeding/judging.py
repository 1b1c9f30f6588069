"""What speaks against the rows of a table: with each other, with the rows before them, and with the database."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tracker.seeding.check import cycles, references, repeated, twice
from tracker.seeding.claims import Claims
from tracker.seeding.fields import SeedModel
from tracker.seeding.lookup import ids
from tracker.seeding.plan import Name
from tracker.seeding.problems import shown, spell
from tracker.seeding.records import Record, Seeds
from tracker.seeding.rules import broken_rules
from tracker.seeding.schema import Commitment, Statement
from tracker.seeding.tables import Line

# Records that belong to one row alone.
OF_A_ROW = (Statement, Commitment)


@dataclass
class Made:
    """What one row makes: its records, or why there are none."""

    line: Line
    records: list[Record[SeedModel]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Judge:
    """Gives rows that cannot be taken their reasons, a thousand rows at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        # What rows have made, by a hash of what it holds.
        self.claimed = Claims()
        # What needs no plan any more.
        self.settled = Claims()
        # The keys of what the rows at hand refer to beyond what they make.
        self.known: dict[Name, Any] = {}

    def rows(self, once: Made, made: list[Made]) -> None:
        """Give each row that cannot be taken its reasons."""
        by_line = {row.line.number: row for row in [once, *made]}
        for row in made:
            for record in row.records:
                self.claim(row, record)
        good = [once, *(row for row in made if not row.reasons)]
        seeds = Seeds(records=without_repeats(good))
        for rule in (twice, repeated, cycles, broken_rules):
            for problem in rule(seeds):
                # A mapping knows kinds of records, and nothing of their positions.
                kind, _, *place = problem.place
                told = (str(kind), spell(tuple(place)), problem.text)
                by_line[problem.line].reasons.append(": ".join(filter(None, told)))
        self._resolve(good)

    def claim(self, row: Made, record: Record[SeedModel]) -> None:
        """Refuse the row whose record another row has made, unless both may have it and agree about it."""
        if is_update(record):
            return
        own = isinstance(record.model, OF_A_ROW)
        form = 0 if own else hash(str(record.content))
        before = self.claimed.claim((record.kind, record.key), form)
        if own and before is not None:
            row.reasons.append(f"{_spoken(record)} was made by a row before; give each row its own")
        elif before not in (None, form):
            row.reasons.append(f"{_spoken(record)} was made by a row before with other fields; make them agree")

    def _resolve(self, made: list[Made]) -> None:
        """Refuse rows that refer to what is nowhere, and those that refer to what only such rows would have made."""
        referred = [(row, dict.fromkeys(_referred(row.records))) for row in made]
        self.known = {}
        nowhere = {("", "")}
        while nowhere:
            good = [(row, names) for row, names in referred if not row.reasons]
            here = {(record.kind, record.key) for row, _ in good for record in row.records}
            elsewhere = {name for _, names in good for name in names if name not in here or name in self.settled}
            self._ask(elsewhere - self.known.keys())
            nowhere = {name for name in elsewhere if name not in self.known and name not in self.settled}
            for row, names in good:
                row.reasons += [
                    f"there is no {kind.replace('_', ' ')} {shown(key)} in the table, the mapping or the database"
                    for kind, key in names
                    if (kind, key) in nowhere
                ]

    def _ask(self, names: Iterable[Name]) -> None:
        """Ask the database for the keys of records."""
        asked: dict[str, list[str]] = defaultdict(list)
        for kind, key in names:
            asked[kind].append(key)
        for kind, keys in asked.items():
            self.known |= {(kind, key): found for key, found in ids(self.session, kind, keys).items()}

    def settle(self, records: Iterable[Record[SeedModel]], found: Container[Name]) -> None:
        """Look no more at records that were found to be there."""
        for record in records:
            if (record.kind, record.key) in found:
                self.settled.claim((record.kind, record.key), 0)


def is_update(record: Record[SeedModel]) -> bool:
    """Whether a record is a status update, which its commitment brings along."""
    return record.kind == "status_update"


def without_repeats(made: list[Made]) -> list[Record[SeedModel]]:
    """The records of rows, each once."""
    found = {(record.kind, record.key): record for row in reversed(made) for record in reversed(row.records)}
    return list(reversed(found.values()))


def _spoken(record: Record[SeedModel]) -> str:
    return f"{record.kind} {shown(record.key)}"


def _referred(records: list[Record[SeedModel]]) -> Iterator[Name]:
    for record in records:
        if record.model.nested_in and record.within:
            yield record.model.nested_in, record.within
        if not is_update(record):
            yield from ((kind, key) for _, kind, key in references(record.model))

"""What a load would do: every record of the files beside the same record of the database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.models import AuditEvent, Base, Commitment, SeedOrigin
from tracker.seeding.check import references
from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.records import Record, Seeds, kind_of
from tracker.seeding.rows import Children, along, columns, describe
from tracker.seeding.schema import RECORDS, StatusUpdate

# created; the same on both sides; different, and left; deleted in the database, and left; without what it refers to
Action = Literal["create", "same", "differs", "deleted", "blocked"]
Name = tuple[str, str]

# What the load fills in where a file leaves it out.
FILLED_IN = {"recorded_on", "recorded_by"}
# How many keys one query asks for.
ASKED = 500


@dataclass(frozen=True)
class Change:
    """One field that differs: what the database holds and what the file says."""

    path: str
    old: Any
    new: Any


@dataclass
class Step:
    """What becomes of one record; `reason` tells why it is left, where that is not plain."""

    record: Record[SeedModel]
    action: Action
    changes: list[Change] = field(default_factory=list)
    reason: str = ""

    @property
    def name(self) -> Name:
        return self.record.kind, self.record.key


@dataclass
class Plan:
    """Every step, in an order in which the records can be created; `rows` are those that exist."""

    steps: list[Step]
    rows: dict[Name, Base]
    origins: dict[Name, SeedOrigin]

    def of(self, action: Action) -> list[Step]:
        """The steps of one sort."""
        return [step for step in self.steps if step.action == action]

    def counts(self) -> Counter[tuple[str, Action]]:
        """How many records of each kind have each action."""
        return Counter((step.record.kind, step.action) for step in self.steps)


def make_plan(session: Session, seeds: Seeds) -> Plan:
    """Compare the records of checked files with the database."""
    rows: dict[Name, Base] = {}
    origins: dict[Name, SeedOrigin] = {}
    steps: list[Step] = []
    for model in RECORDS:
        records = seeds.of(model)
        kind, keys = kind_of(model), [record.key for record in records]
        found = _rows(session, model, keys)
        rows |= {(kind, key): row for key, row in found.items()}
        origins |= {(kind, origin.record_key): origin for origin in _origins(session, kind, keys)}
        gone = _deleted_ids(session, keys) if model.table is Commitment else set()
        gone |= {key for _, key in origins.keys() & {(kind, key) for key in keys}}
        steps += [_step(record, found.get(record.key), record.key in gone) for record in records]
    _block(steps)
    return Plan(steps, rows, origins)


def _step(record: Record[SeedModel], row: Base | None, gone: bool) -> Step:
    if row is None:
        return Step(record, "deleted" if gone else "create")
    here = record.content
    changes = list(compare(_in_database(record.model, row), here, type(record.model)))
    return Step(record, "differs" if changes else "same", changes)


def _in_database(model: SeedModel, row: Base) -> Content:
    owner = {model.nested_in: str(getattr(row, model.nested_in).record_key)} if model.nested_in else {}
    filled = {name for name in FILLED_IN & type(model).model_fields.keys() if getattr(model, name) is None}
    found = describe(row, type(model))
    return owner | {name: value for name, value in found.items() if name not in filled}


def compare(old: Content, new: Content, model: type[SeedModel]) -> Iterator[Change]:
    """The fields in which two forms of a record differ."""
    before, after = flat(old, model), flat(new, model)
    for path in [*before, *(path for path in after if path not in before)]:
        if before.get(path) != after.get(path):
            yield Change(path, before.get(path), after.get(path))


def flat(values: Content, model: type[SeedModel], prefix: str = "") -> dict[str, Any]:
    """Every value by its path; parts go by what tells them apart, as in `parties[JP lead].office`."""
    fields = columns(model)
    paths: dict[str, Any] = {}
    for name, value in values.items():
        column = fields.get(name)
        if isinstance(column, Children):
            for position, part in enumerate(value):
                key = " ".join(str(part[name]) for name in column.model.identity if name in part) or position
                paths |= flat(part, column.model, f"{prefix}{name}[{key}].")
        elif isinstance(value, dict):
            paths |= {f"{prefix}{name}.{inner}": item for inner, item in value.items()}
        else:
            paths[f"{prefix}{name}"] = value
    return paths


def _block(steps: list[Step]) -> None:
    """Leave out what refers to a record that is left deleted, and what refers to that in turn."""
    missing = {step.name for step in steps if step.action == "deleted"}
    waiting = [step for step in steps if step.action == "create"] if missing else []
    while True:
        blocked = [(step, name) for step in waiting for name in _needs(step.record) if name in missing]
        if not blocked:
            return
        for step, (kind, key) in blocked:
            step.action, step.reason = "blocked", f"it refers to {kind} {key}, which the database does not have"
        missing = {step.name for step, _ in blocked}
        waiting = [step for step in waiting if step.action == "create"]


def _needs(record: Record[SeedModel]) -> Iterator[Name]:
    if record.model.nested_in:
        yield record.model.nested_in, record.within
    if isinstance(record.model, StatusUpdate) and record.model.corrects:
        yield record.kind, f"{record.within}/{record.model.corrects}"
    yield from ((kind, key) for _, kind, key in references(record.model))


def _rows(session: Session, model: type[SeedModel], keys: list[str]) -> dict[str, Base]:
    if model is StatusUpdate:
        asked = sorted({key.partition("/")[0] for key in keys})
        query = select(model.table).join(Commitment)
        column = Commitment.public_id
    else:
        asked, query, column = keys, select(model.table), getattr(model.table, model.identity[0])
    owner = [selectinload(getattr(model.table, model.nested_in))] if model.nested_in else []
    return {
        row.record_key: row
        for some in _in_turn(asked)
        for row in session.scalars(query.where(column.in_(some)).options(*owner, *along(model)))
    }


def _in_turn(keys: list[str]) -> Iterator[list[str]]:
    """The keys, as many at a time as one query asks for."""
    return (keys[start : start + ASKED] for start in range(0, len(keys), ASKED))


def _origins(session: Session, kind: str, keys: list[str]) -> Iterator[SeedOrigin]:
    for some in _in_turn(keys):
        yield from session.scalars(select(SeedOrigin).where(SeedOrigin.record == kind, SeedOrigin.record_key.in_(some)))


def _deleted_ids(session: Session, keys: list[str]) -> set[str]:
    """The ids that were given to commitments which are gone: they are never given again."""
    asked = (AuditEvent.record == Commitment.__tablename__, AuditEvent.action == "deleted")
    return {
        key
        for some in _in_turn(keys)
        for key in session.scalars(select(AuditEvent.record_key).where(*asked, AuditEvent.record_key.in_(some)))
    }

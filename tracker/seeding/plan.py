"""What a load would do: every record of the files beside the same record of the database, and as it was last loaded."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from tracker.models import Base, Commitment, SeedOrigin
from tracker.seeding.check import references
from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import SeedFile
from tracker.seeding.lookup import deleted_ids, histories, origins, rows
from tracker.seeding.merge import Change, Prefer, merge
from tracker.seeding.records import Record, Seeds, kind_of
from tracker.seeding.rows import describe
from tracker.seeding.rules import broken_history
from tracker.seeding.schema import RECORDS, Statement, StatusUpdate

# created; the same on both sides; the file's edits are taken; only the database's edits, kept; edited on both sides;
# edited in the file but never changed; deleted in the database, and left; without what it refers to; no longer in the
# files, and left; no longer in the files, and deleted
Action = Literal["create", "same", "change", "keep", "conflict", "refuse", "deleted", "blocked", "removed", "prune"]
Name = tuple[str, str]

# What the load fills in where a file leaves it out.
FILLED_IN = {"recorded_on", "recorded_by"}

UPDATE_STANDS = "a status update is never changed; restore it, and add another one that names its key in 'corrects'"
TARGET_STANDS = "original_target_on never changes; restore it, and record a status update with new_target_on"
CITATION_STANDS = "a citation is never removed; restore it, or put what corrects it in its place"
ID_GIVEN = "deleted in the database; a public id is never given again"


@dataclass
class Step:
    """What becomes of one record; `reason` tells why, where that is not plain. `content` is what will stand."""

    name: Name
    action: Action
    record: Record[SeedModel] | None = None
    changes: list[Change] = field(default_factory=list)
    reason: str = ""
    content: Content = field(default_factory=dict)
    file: str = ""

    @property
    def found(self) -> Record[SeedModel]:
        """The record, of a step that has one."""
        assert self.record is not None
        return self.record

    @property
    def where(self) -> str:
        """File and line, or the file in which the record was before."""
        if self.record is None:
            return self.file
        problem = self.record.problem((), "")
        return f"{problem.file}:{problem.line}"


@dataclass
class Plan:
    """Every step, in an order in which the records can be created; `rows` are those that exist."""

    steps: list[Step] = field(default_factory=list)
    rows: dict[Name, Base] = field(default_factory=dict)
    origins: dict[Name, SeedOrigin] = field(default_factory=dict)
    files: list[SeedFile] = field(default_factory=list)

    def of(self, *actions: Action) -> list[Step]:
        """The steps of some sorts."""
        return [step for step in self.steps if step.action in actions]

    def counts(self) -> Counter[tuple[str, Action]]:
        """How many records of each kind have each action."""
        return Counter((step.name[0], step.action) for step in self.steps)

    @property
    def refused(self) -> bool:
        """Whether nothing can be loaded before somebody decides."""
        return bool(self.of("conflict", "refuse"))


def make_plan(session: Session, seeds: Seeds, prefer: Prefer = None) -> Plan:
    """Compare the records of checked files with the database; `prefer` settles what was edited on both sides."""
    plan = Plan(files=seeds.files)
    for model in RECORDS:
        records = seeds.of(model)
        kind, keys = kind_of(model), [record.key for record in records]
        found = rows(session, model, keys)
        plan.rows |= {(kind, key): row for key, row in found.items()}
        plan.origins |= {(kind, origin.record_key): origin for origin in origins(session, kind, keys)}
        given = deleted_ids(session, keys) if model.table is Commitment else set()
        for record in records:
            name = (kind, record.key)
            row, origin = found.get(record.key), plan.origins.get(name)
            if row is not None:
                plan.steps.append(_compare(record, row, origin, prefer))
            else:
                plan.steps.append(_absent(record, origin, record.key in given, prefer))
    _check_histories(session, plan)
    _block(plan.steps)
    return plan


def _absent(record: Record[SeedModel], origin: SeedOrigin | None, given: bool, prefer: Prefer) -> Step:
    """A record that the database does not have: new, or deleted there."""
    step = Step((record.kind, record.key), "create", record, content=record.content)
    if given:
        step.action, step.reason = "deleted", ID_GIVEN
    elif origin is not None and (origin.content == record.content or prefer == "database"):
        step.action = "deleted"
    elif origin is not None and prefer is None:
        step.action, step.reason = "conflict", "deleted in the database, edited in the file"
    return step


def _compare(record: Record[SeedModel], row: Base, origin: SeedOrigin | None, prefer: Prefer) -> Step:
    model = type(record.model)
    old = _in_database(record.model, row)
    base = origin.content if origin else None
    content, changes = merge(model, base, old, record.content, prefer)
    step = Step((record.kind, record.key), "same", record, changes, content=content)
    taken = {change.verdict for change in changes}
    if "conflict" in taken:
        step.action = "conflict"
        step.reason = "edited in the file and in the database" if origin else "there already, and not from a file"
    elif changes:
        step.action = "change" if "take" in taken else "keep"
    if step.action in ("change", "conflict") and (reason := _stands(model, old, step)):
        step.action, step.reason = "refuse", reason
    return step


def _stands(model: type[SeedModel], old: Content, step: Step) -> str:
    """Why the edit of a file cannot be taken, whatever anybody prefers."""
    if model is StatusUpdate:
        return UPDATE_STANDS
    edited = {change.field for change in step.changes if change.verdict != "keep"}
    if "original_target_on" in edited and "original_target_on" in old:
        return TARGET_STANDS
    if model is Statement and "citations" in edited and len(step.content["citations"]) < len(old["citations"]):
        return CITATION_STANDS
    return ""


def _in_database(model: SeedModel, row: Base) -> Content:
    """A row in the form of a file that leaves out what this one leaves to the load."""
    filled = {name for name in FILLED_IN & type(model).model_fields.keys() if getattr(model, name) is None}
    return {name: value for name, value in described(row, type(model)).items() if name not in filled}


def described(row: Base, model: type[SeedModel]) -> Content:
    """A row as a plain dict, with the record that it belongs to."""
    owner = {model.nested_in: str(getattr(row, model.nested_in).record_key)} if model.nested_in else {}
    return owner | describe(row, model)


def _check_histories(session: Session, plan: Plan) -> None:
    """Refuse a new status update that the history in the database speaks against."""
    fresh: dict[str, list[Step]] = defaultdict(list)
    for step in plan.of("create"):
        if isinstance(step.found.model, StatusUpdate) and ("commitment", step.found.within) in plan.rows:
            fresh[step.found.within].append(step)
    for public_id, before in histories(session, list(fresh)).items():
        steps = fresh[public_id]
        history = [*before, *(step.found.model for step in steps if isinstance(step.found.model, StatusUpdate))]
        for place, reason in broken_history(history):
            position = int(place[1]) - len(before)
            if position >= 0:
                steps[position].action, steps[position].reason = "refuse", reason


def _block(steps: list[Step]) -> None:
    """Leave out what refers to a record that is left deleted, and what refers to that in turn."""
    missing = {step.name for step in steps if step.action == "deleted"}
    waiting = [step for step in steps if step.action in ("create", "change")] if missing else []
    while True:
        blocked = [(step, name) for step in waiting for name in _needs(step) if name in missing]
        if not blocked:
            return
        for step, (kind, key) in blocked:
            step.action, step.reason = "blocked", f"it refers to {kind} {key}, which the database does not have"
        missing = {step.name for step, _ in blocked if step.changes == []}
        waiting = [step for step in waiting if step.action != "blocked"]


def _needs(step: Step) -> Iterator[Name]:
    """The records that must be there for a step: all that a new record names, or those that its edits name."""
    record = step.found
    edited = {change.field for change in step.changes if change.verdict == "take"}
    if record.model.nested_in and (step.action == "create" or record.model.nested_in in edited):
        yield record.model.nested_in, record.within
    if isinstance(record.model, StatusUpdate) and record.model.corrects:
        yield record.kind, f"{record.within}/{record.model.corrects}"
    for place, kind, key in references(record.model):
        if step.action == "create" or place[0] in edited:
            yield kind, key

"""Creating records: rows in bulk, table by table, with the audit events that the session would have noted.

Nothing here asks the session to keep an object, so that as many records as there are go in at the speed of the
database. What the records must keep among each other was checked before, and the database holds the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, func, insert, inspect, select
from sqlalchemy.orm import Session

from tracker import auditing
from tracker.models import Base, Country, Statement, StatusUpdate
from tracker.models.base import utcnow
from tracker.models.status_updates import FIRST_ZONE
from tracker.seeding.columns import Content, Find, Owner, Part, local_key, table_of
from tracker.seeding.fields import SeedModel
from tracker.seeding.records import Record, kind_of
from tracker.seeding.rows import columns, row_values
from tracker.seeding.schema import RECORDS

# How many records are written at a time.
WRITTEN = 500
# What audit does not tell of a row.
UNTOLD = ("id", "first_citation")

Advance = Callable[[int], object]
Name = tuple[str, str]


class Creator:
    """Creates records within the session's transaction; `ids` holds the primary keys of those that are known."""

    def __init__(self, session: Session, ids: dict[Name, Any], recorded_by: str, advance: Advance) -> None:
        self.session = session
        self.ids = ids
        self.recorded_by = recorded_by
        self.advance = advance
        self.now = session.execute(select(utcnow())).scalar_one().replace(tzinfo=UTC)

    def create(self, records: Sequence[Record[SeedModel]]) -> None:
        """Create the records, each kind after those that it refers to."""
        by_model: dict[type[SeedModel], list[Record[SeedModel]]] = defaultdict(list)
        for record in records:
            by_model[type(record.model)].append(record)
        for model in RECORDS:
            if model in by_model:
                self._create_kind(model, parents_first(by_model[model]))

    def _create_kind(self, model: type[SeedModel], records: list[Record[SeedModel]]) -> None:
        names = [(kind_of(model), record.key) for record in records]
        self.ids |= zip(names, self._allocate(model.table, [record.key for record in records]), strict=True)
        # What refers to a record of the same kind waits until all of them are there.
        later: list[Part] = []
        for start in range(0, len(records), WRITTEN):
            some = records[start : start + WRITTEN]
            rows: list[Content] = []
            parts: list[Part] = []
            events: list[auditing.Event] = []
            for record in some:
                owner = Owner(model.table, self.ids[kind_of(model), record.key], record.key)
                values, find = self._values(record, owner), self._find(record)
                rows.append(values)
                events.append(_event(owner, record, values))
                parts += _parts(owner, record.content, model, find)
            self.session.execute(insert(table_of(model.table)), rows)
            later += [part for part in parts if part.values.keys() & {"to_id"}]
            self._write([part for part in parts if not part.values.keys() & {"to_id"}])
            auditing.add(self.session, events)
            self.advance(len(some))
        self._write(later)

    def _values(self, record: Record[SeedModel], owner: Owner) -> Content:
        model = type(record.model)
        values = row_values(model, record.content, self._find(record))
        values |= {str(inspect(model.table).primary_key[0].key): owner.id}
        if model.nested_in:
            values[local_key(model.table, model.nested_in)] = self.ids[model.nested_in, record.within]
        if model.table is Statement:
            values["position"] = int(record.place[-1]) + 1
        if model.table is StatusUpdate:
            # Where it was written down on the day before by UTC, as in Auckland, not before the day had begun anywhere.
            begun = datetime.combine(values["effective_on"], datetime.min.time(), UTC) - FIRST_ZONE
            values["recorded_at"] = max(values["recorded_at"] or self.now, begun)
            values["recorded_by"] = values["recorded_by"] or self.recorded_by
            values["first_citation"] = 1 if record.content.get("citations") else None
        return values

    def _find(self, record: Record[SeedModel]) -> Find:
        def find(kind: str, key: str) -> Any:
            # A status update names those of its own commitment by their short names.
            return self.ids[kind, f"{record.within}/{key}" if kind == StatusUpdate.__tablename__ else key]

        return find

    def _allocate(self, table: type[Base], keys: list[str]) -> Sequence[Any]:
        if table is Country:
            return keys
        if self.session.get_bind().dialect.name == "postgresql":
            sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
            series = func.generate_series(1, len(keys)).table_valued("n")
            return self.session.scalars(select(func.nextval(sequence)).select_from(series)).all()
        # Nobody else writes meanwhile: SQLite lets one transaction write at a time.
        last = self.session.scalar(select(func.max(inspect(table).primary_key[0]))) or 0
        return range(last + 1, last + 1 + len(keys))

    def _write(self, parts: list[Part]) -> None:
        by_table: dict[Table, list[Part]] = defaultdict(list)
        for part in parts:
            by_table[part.table].append(part)
        for table, some in by_table.items():
            self.session.execute(insert(table), [part.values for part in some])
            # The name of a table is more than text, and such a thing is slow to write.
            name, told = str(table.name), (part for part in some if part.key)
            auditing.add(self.session, (_created(name, part.key, part.values) for part in told))


def parents_first(records: list[Record[SeedModel]]) -> list[Record[SeedModel]]:
    """The records in an order in which each stands after its parent."""
    if "parent" not in type(records[0].model).model_fields:
        return records
    waiting = {record.key: record for record in records}
    ordered: list[Record[SeedModel]] = []
    for record in records:
        above: list[Record[SeedModel]] = []
        key: str | None = record.key
        while key in waiting:
            above.append(waiting.pop(key))
            key = above[-1].content.get("parent")
        ordered += reversed(above)
    return ordered


def _parts(owner: Owner, content: Content, model: type[SeedModel], find: Find) -> Iterator[Part]:
    for name, column in columns(model).items():
        if name in content:
            yield from column.parts(owner, name, content[name], find)


def _event(owner: Owner, record: Record[SeedModel], values: Content) -> auditing.Event:
    model = type(record.model)
    told: Content = {}
    for name, column in columns(model).items():
        told |= column.told(name, record.content.get(name))
    event = _created(kind_of(model), owner.key, values)
    event["changes"] |= told
    return event


def _created(record: str, key: str, values: Content) -> auditing.Event:
    changes = {
        name: [None, auditing.plain(value)]
        for name, value in values.items()
        if value is not None and name not in UNTOLD
    }
    return {"action": "created", "record": record, "record_key": key, "changes": changes}

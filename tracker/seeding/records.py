"""The records that a folder of seed files holds, each with the place where it stands."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from pydantic import ValidationError

from tracker.seeding.columns import Content
from tracker.seeding.fields import SHAPES, SeedModel
from tracker.seeding.files import SeedFile
from tracker.seeding.problems import ENOUGH, FLOOD, Guesses, Place, Problem, shown
from tracker.seeding.rows import content, part_of
from tracker.seeding.schema import LISTS, Commitment, Meeting, Statement, StatusUpdate
from tracker.seeding.tree import Mapping, Sequence

M = TypeVar("M", bound=SeedModel, covariant=True)


@dataclass(frozen=True)
class Record(Generic[M]):
    """One record: `within` is the key of the record that it is nested in, if it is."""

    model: M
    file: SeedFile
    place: Place
    within: str = ""

    @cached_property
    def kind(self) -> str:
        return kind_of(type(self.model))

    @cached_property
    def key(self) -> str:
        name = str(getattr(self.model, self.model.identity[0]))
        return f"{self.within}/{name}" if isinstance(self.model, StatusUpdate) else name

    @cached_property
    def content(self) -> Content:
        """The record as a plain dict, with the one that it belongs to."""
        owner = {self.model.nested_in: self.within} if self.model.nested_in else {}
        return owner | content(self.model)

    def problem(self, place: Place, text: str) -> Problem:
        """A mistake at a place within the record."""
        return self.file.problem((*self.place, *place), text)


@dataclass
class Seeds:
    """All records, and the names of those too that have mistakes of their own, so that references to them stand."""

    files: list[SeedFile] = field(default_factory=list)
    records: list[Record[SeedModel]] = field(default_factory=list)
    names: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, model: type[M]) -> list[Record[M]]:
        """The records of one kind, in the order of the files."""
        return cast(list[Record[M]], self._by_model.get(model, []))

    @cached_property
    def _by_model(self) -> dict[type[SeedModel], list[Record[SeedModel]]]:
        found: dict[type[SeedModel], list[Record[SeedModel]]] = defaultdict(list)
        for record in self.records:
            found[type(record.model)].append(record)
        return found


def kind_of(model: type[SeedModel]) -> str:
    """The table of a kind of record: what audit and seed_origin call it."""
    return str(model.table.__tablename__)


class Gatherer:
    """Makes records of files; what does not fit gathers in `problems`."""

    def __init__(self) -> None:
        self.seeds = Seeds()
        self.problems: list[Problem] = []
        self.guess = Guesses()

    @property
    def gave_up(self) -> bool:
        """Whether there were so many mistakes that some records were passed over."""
        return len(self.problems) > ENOUGH

    def take(self, file: SeedFile) -> None:
        """Take in the records of one file."""
        if self.gave_up:
            return
        self.seeds.files.append(file)
        if file.is_meeting:
            self._meeting(file)
        elif isinstance(file.root, Sequence):
            for position, node in enumerate(file.root):
                self._record(LISTS[file.stem], node, file, (position,))
        elif file.root is not None:
            self.problems.append(file.problem((), "should be a list of records, each beginning with a hyphen"))

    def _meeting(self, file: SeedFile) -> None:
        if not isinstance(file.root, Mapping):
            self.problems.append(file.problem((), "should be one meeting, beginning with 'slug:'"))
            return
        # Each statement and commitment stands for itself, so that a mistake in one hides none in another.
        nested: dict[str, type[SeedModel]] = {"statements": Statement, "commitments": Commitment}
        lists = {name: file.root[name] for name in nested if isinstance(file.root.get(name), Sequence)}
        self._record(Meeting, {**file.root, **{name: [] for name in lists}}, file, ())
        slug = str(file.root.get("slug"))
        for name, nodes in lists.items():
            for position, node in enumerate(nodes):
                self._record(nested[name], node, file, (name, position), slug)

    def _record(self, model: type[SeedModel], node: Any, file: SeedFile, place: Place, within: str = "") -> None:
        if self.gave_up:
            return
        if isinstance(node, dict):
            self.seeds.names[kind_of(model)][str(node.get(model.identity[0]))] = None
        try:
            made = model.model_validate(node)
        except ValidationError as error:
            self.problems += self.worded(model, error, file, place)
            if self.gave_up:
                self.problems.append(file.problem(place, FLOOD))
            return
        record = Record(made, file, place, within)
        self.seeds.records.append(record)
        if isinstance(made, Commitment):
            self.seeds.records += [
                Record(update, file, (*place, "status_updates", position), record.key)
                for position, update in enumerate(made.status_updates)
            ]

    def worded(self, model: type[SeedModel], error: ValidationError, file: SeedFile, place: Place) -> Iterator[Problem]:
        """What does not fit in a record, in words."""
        for mistake in error.errors(include_url=False):
            text = self._words(model, mistake["type"], mistake["loc"], mistake["input"], mistake.get("ctx", {}))
            yield file.problem((*place, *mistake["loc"]), text)

    def _words(self, model: type[SeedModel], kind: str, loc: Place, value: Any, context: dict[str, Any]) -> str:
        if kind == "missing":
            return "is missing"
        if kind == "extra_forbidden":
            return f"is not a field here{self.guess(str(loc[-1]), _model_at(model, loc[:-1]).model_fields)}"
        if kind == "literal_error":
            words = re.findall("'([^']*)'", context["expected"])
            return f"{_form(value)} is not one of {', '.join(words)}{self.guess(str(value), words)}"
        if kind == "string_too_long":
            return f"is longer than {context['max_length']:,} characters"
        if kind == "string_pattern_mismatch":
            return f"{shown(value)} does not fit; {SHAPES[context['pattern']]}"
        if kind == "no_such_day":
            return f"{shown(value)}: there is no such day"
        expected = {"string_type": "text", "list_type": "a list"}.get(kind, "a mapping of fields")
        return f"should be {expected}, not {_form(value)}"


def gather(files: list[SeedFile]) -> Gatherer:
    """The records of all files, and what does not fit in them."""
    gatherer = Gatherer()
    for file in files:
        gatherer.take(file)
    return gatherer


def _model_at(model: type[SeedModel], loc: Place) -> type[SeedModel]:
    for part in loc:
        if isinstance(part, str):
            model = part_of(model, part) or model
    return model


def _form(value: Any) -> str:
    if value is None:
        return "empty"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else shown(value)

"""What must hold between the records of a folder, told without a database."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tracker.models.people import fold_name
from tracker.seeding.columns import Reference, References
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import Reader
from tracker.seeding.problems import ENOUGH, Guesses, Place, Problem, shown
from tracker.seeding.records import Record, Seeds, gather
from tracker.seeding.rows import Children, columns, part_key
from tracker.seeding.rules import broken_rules
from tracker.seeding.schema import Country, Meeting, Minister, Organization, Series, Source, StatusUpdate, Topic


def read_seeds(folder: Path) -> tuple[Seeds, list[Problem]]:
    """Read and check a folder: its records, and all that is wrong, by file and line."""
    reader = Reader(folder)
    gathered = gather(reader.read())
    seeds = gathered.seeds
    problems = [*reader.problems, *gathered.problems]
    rules = [twice, repeated, cycles, broken_rules]
    if not reader.unread and not gathered.gave_up:
        rules.append(unresolved)
    for rule in rules:
        problems += islice(rule(seeds), ENOUGH)
    return seeds, sorted(problems)


def twice(seeds: Seeds) -> Iterator[Problem]:
    """Names, codes and ids that two records claim."""
    first: dict[tuple[str, object], Problem] = {}
    for record, place, claim, text in _claims(seeds):
        here = record.problem(place, f"{text} was given before")
        before = first.setdefault(claim, here)
        if before is not here:
            yield record.problem(place, f"{text} was given before, at {before.file}:{before.line}")


def _claims(seeds: Seeds) -> Iterator[tuple[Record[SeedModel], Place, tuple[str, object], str]]:
    for record in seeds.records:
        field = record.model.identity[0]
        yield record, (field,), (record.kind, record.key), f"{field} {shown(getattr(record.model, field))}"
    for country in seeds.of(Country):
        yield country, ("name",), ("country name", country.model.name), f"name {shown(country.model.name)}"
    for series in seeds.of(Series):
        yield series, ("code",), ("series code", series.model.code), f"code {shown(series.model.code)}"
    for source in seeds.of(Source):
        if source.model.sha256:
            yield source, ("sha256",), ("sha256", source.model.sha256), f"sha256 {shown(source.model.sha256)}"
    for meeting in seeds.of(Meeting):
        if meeting.model.series and meeting.model.edition:
            edition = (meeting.model.series, meeting.model.edition)
            yield meeting, ("edition",), ("edition", edition), f"edition {edition[1]} of {edition[0]}"
    for minister in seeds.of(Minister):
        yield minister, ("name",), ("minister name", fold_name(minister.model.name)), shown(minister.model.name)
        for position, name in enumerate(minister.model.other_names):
            yield minister, ("other_names", position), ("minister name", fold_name(name)), shown(name)


def repeated(seeds: Seeds) -> Iterator[Problem]:
    """What stands in one list twice."""
    for record in seeds.records:
        for name, column in columns(type(record.model)).items():
            items = getattr(record.model, name)
            if isinstance(column, References):
                names = [(name, "") for name in items]
            elif isinstance(column, Children) and column.model.identity:
                names = [(part_key(vars(item), column.model), column.model.identity[0]) for item in items]
            else:
                continue
            seen: set[object] = set()
            for position, (item, field) in enumerate(names):
                if item in seen:
                    where = (name, position, field) if field else (name, position)
                    yield record.problem(where, f"{_spoken(item)} stands in this list twice")
                seen.add(item)


def _spoken(item: object) -> str:
    parts: Iterable[object] = item if isinstance(item, tuple) else (item,)
    return shown(" ".join(str(part) for part in parts if part is not None))


def unresolved(seeds: Seeds) -> Iterator[Problem]:
    """References to records that no file holds."""
    guess = Guesses()
    for record in seeds.records:
        for place, kind, key in references(record.model):
            known = seeds.names[kind]
            if key not in known:
                word = kind.replace("_", " ")
                yield record.problem(place, f"there is no {word} {shown(key)}{guess(key, known)}")


def references(model: SeedModel, place: Place = ()) -> Iterator[tuple[Place, str, str]]:
    """Every record that this one names: where, of which kind, by which key."""
    for name, column in columns(type(model)).items():
        value: Any = getattr(model, name)
        if not value:
            continue
        if isinstance(column, References):
            yield from (((*place, name, position), column.record, key) for position, key in enumerate(value))
        elif isinstance(column, Reference):
            yield (*place, name), column.record, value
        elif isinstance(column, Children):
            for position, part in enumerate(value):
                yield from references(part, (*place, name, position))


def cycles(seeds: Seeds) -> Iterator[Problem]:
    """Records that are their own ancestors, and corrections that do not go back in the list."""
    for model in (Organization, Topic, Meeting):
        records: dict[str, Record[SeedModel]] = {record.key: record for record in seeds.of(model)}
        cleared: set[str] = set()
        for record in records.values():
            path: dict[str, None] = {}
            key: str | None = record.key
            while key in records and key not in path and key not in cleared:
                path[key] = None
                key = getattr(records[key].model, "parent", None)
            if key in path:
                circle = " > ".join([*list(path)[list(path).index(key) :], key])
                yield records[key].problem(("parent",), f"is part of itself: {shown(circle, bare=True)}")
            cleared.update(path)
    yield from _corrections(seeds.of(StatusUpdate))


def _corrections(updates: list[Record[StatusUpdate]]) -> Iterator[Problem]:
    guess = Guesses()
    earlier: dict[str, list[str]] = {}
    corrected: set[tuple[str, str]] = set()
    for update in updates:
        before = earlier.setdefault(update.within, [])
        target = update.model.corrects
        if target and target not in before:
            text = f"there is no earlier status update {shown(target)} of this commitment{guess(target, before)}"
            yield update.problem(("corrects",), text)
        elif target and (update.within, target) in corrected:
            yield update.problem(("corrects",), f"{shown(target)} was corrected before; correct the correction")
        if target:
            corrected.add((update.within, target))
        before.append(update.model.key)

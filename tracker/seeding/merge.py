"""The three-way merge of one record: what it was when last loaded, what the database holds, what the file says.

Changed in the file only: taken. In the database only: kept. In both, and not alike: a conflict, which `prefer` settles.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.rows import Children, Citations, columns, part_key

Verdict = Literal["take", "keep", "conflict"]
# Whose value stands where both sides changed a field.
Prefer = Literal["file", "database"] | None

# The form of a record that was never loaded: unlike anything, so that every difference is a conflict.
UNKNOWN: Any = object()


@dataclass(frozen=True)
class Change:
    """One field that differs: what it was when last loaded, what the database holds, what the file says."""

    field: str
    path: str
    base: Any
    old: Any
    new: Any
    verdict: Verdict


@dataclass
class Merger:
    """Merges the fields of one record and gathers what differs."""

    prefer: Prefer
    changes: list[Change]

    def merge(self, model: type[SeedModel], base: Any, old: Content, new: Content) -> Content:
        """The record as it should stand, given the one last loaded, the database's and the file's."""
        merged = {}
        for name in [*old, *(name for name in new if name not in old)]:
            before = UNKNOWN if base is UNKNOWN else base.get(name)
            value = self._field(model, name, before, old.get(name), new.get(name))
            if value not in (None, []):
                merged[name] = value
        return merged

    def _field(self, model: type[SeedModel], name: str, base: Any, old: Any, new: Any) -> Any:
        column = columns(model).get(name)
        if isinstance(column, Children) and column.model.identity:
            return self._parts(column.model, name, base, old or [], new or [])
        return self._whole(model, name, name, base, old, new, ordered=not isinstance(column, Citations))

    def _parts(self, model: type[SeedModel], name: str, base: Any, old: Any, new: Any) -> list[Content]:
        known = {} if base in (UNKNOWN, None) else {part_key(part, model): part for part in base}
        here = {part_key(part, model): part for part in old}
        there = {part_key(part, model): part for part in new}
        merged = []
        for key in [*here, *(key for key in there if key not in here)]:
            before = UNKNOWN if base is UNKNOWN else known.get(key)
            path = f"{name}[{spoken_key(here.get(key) or there[key], model)}]"
            if key in here and key in there:
                inner = Merger(self.prefer, [])
                merged.append(inner.merge(model, before or UNKNOWN, here[key], there[key]))
                self.changes += [
                    Change(name, f"{path}.{change.path}", change.base, change.old, change.new, change.verdict)
                    for change in inner.changes
                ]
            elif part := self._whole(model, name, path, before, here.get(key), there.get(key)):
                merged.append(part)
        return merged

    def _whole(
        self, model: type[SeedModel], name: str, path: str, base: Any, old: Any, new: Any, ordered: bool = True
    ) -> Any:
        def same(one: Any, other: Any) -> bool:
            return bool(one == other if ordered else canonical(one) == canonical(other))

        if same(old, new):
            return old
        verdict: Verdict = "keep" if same(new, base) else "take" if same(old, base) else "conflict"
        if verdict == "conflict" and self.prefer:
            verdict = "take" if self.prefer == "file" else "keep"
        forms = [_leaves(model, name, path, value) for value in (base, old, new)]
        for leaf in dict.fromkeys(leaf for form in forms[1:] for leaf in form):
            before, here, there = (form.get(leaf) for form in forms)
            if here != there:
                self.changes.append(Change(name, leaf, before, here, there, verdict))
        return new if verdict == "take" else old


def canonical(parts: Any) -> Any:
    """Citations without their order."""
    return parts and parts is not UNKNOWN and sorted(json.dumps(part, sort_keys=True) for part in parts)


def spoken_key(content: Content, model: type[SeedModel]) -> str:
    """What a path calls a part."""
    return " ".join(str(content[name]) for name in model.identity if name in content)


def flat(values: Content, model: type[SeedModel], prefix: str = "") -> dict[str, Any]:
    """Every value by its path; parts go by what tells them apart, as in `parties[JP lead].office`."""
    paths: dict[str, Any] = {}
    for name, value in values.items():
        column = columns(model).get(name)
        if isinstance(column, Children):
            for position, part in enumerate(value):
                paths |= flat(part, column.model, f"{prefix}{name}[{spoken_key(part, column.model) or position}].")
        elif isinstance(value, dict):
            paths |= {f"{prefix}{name}.{inner}": item for inner, item in value.items()}
        else:
            paths[f"{prefix}{name}"] = value
    return paths


def _leaves(model: type[SeedModel], name: str, path: str, value: Any) -> dict[str, Any]:
    """A field, or a part of it, by its paths."""
    column = columns(model).get(name)
    if value in (None, UNKNOWN):
        return {}
    if isinstance(value, list) or not isinstance(column, Children):
        return {path + rest.removeprefix(name): leaf for rest, leaf in flat({name: value}, model).items()}
    return flat(value, column.model, f"{path}.")


def merge(
    model: type[SeedModel], base: Content | None, old: Content, new: Content, prefer: Prefer = None
) -> tuple[Content, list[Change]]:
    """The record as it should stand, and every field in which database and file differ."""
    merger = Merger(prefer, [])
    merged = merger.merge(model, UNKNOWN if base is None else base, old, new)
    return merged, merger.changes

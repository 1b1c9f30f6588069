"""A mapping: how the rows of somebody else's table become records. It is a seed file with blanks.

table:   how the table is written: encoding, delimiter, sheet, dates, and the columns that hold lists
values:  tables from the words of the table to ours
once:    records that stand for themselves
each:    records that every row makes; statements and commitments name their meeting
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracker.seeding.columns import Column, OtherNames, References
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import MAX_BYTES, SeedFile, parsed
from tracker.seeding.problems import Guesses, Place, Problem, shown
from tracker.seeding.rows import Children, columns, part_of
from tracker.seeding.schema import LISTS, Commitment, Meeting, Statement
from tracker.seeding.template import FORMS, Form, Row, Text, columns_of, compiled, dates, looked_up
from tracker.seeding.tree import Mapping, Sequence, Unreadable

KINDS: dict[str, type[SeedModel]] = {
    **LISTS,
    "meetings": Meeting,
    "statements": Statement,
    "commitments": Commitment,
}
SECTIONS = ("table", "values", "once", "each")
# The length of the way to a whole record: section, kind, position.
WHOLE = 3
TABLE = ("encoding", "delimiter", "sheet", "dates", "lists")


@dataclass
class Item:
    """One record, or a part of one, with blanks. `repeats` is the column of lists for whose items it is made."""

    model: type[SeedModel]
    place: Place
    texts: dict[str, list[Text]] = field(default_factory=dict)
    lists: dict[str, list["Item | Word"]] = field(default_factory=dict)
    blanks: set[str] = field(default_factory=set)
    repeats: str = ""

    def made(self, row: Row, lists: dict[str, str]) -> Iterator[dict[str, Any]]:
        """What the item makes of a row: nothing where all of its own blanks stay blank."""
        for inner in repeated(row, self.repeats, lists):
            values: dict[str, Any] = {}
            for name, texts in self.texts.items():
                said = texts[0](inner) if len(texts) == 1 else "\n\n".join(filter(None, map(_filled(inner), texts)))
                if said and (said := said.strip()):
                    values[name] = said
            if self.blanks and not self.blanks & values.keys():
                continue
            for name, items in self.lists.items():
                made = [part for item in items for part in item.made(inner, lists)]
                if made:
                    values[name] = made
            yield values


def _filled(row: Row) -> Callable[[Text], str]:
    return lambda fill: (fill(row) or "").strip()


@dataclass
class Word:
    """One name in a list of names."""

    text: Text
    repeats: str

    def made(self, row: Row, lists: dict[str, str]) -> Iterator[str]:
        """The name, or the names that a column of lists holds."""
        yield from (said for inner in repeated(row, self.repeats, lists) if (said := self.text(inner)))


@dataclass
class Recipe:
    """A mapping that was read and has no mistakes of its own; `columns` are those that it names."""

    file: SeedFile
    table: dict[str, Any] = field(default_factory=dict)
    once: list[tuple[str, Item]] = field(default_factory=list)
    each: list[tuple[str, Item]] = field(default_factory=list)
    columns: dict[str, Place] = field(default_factory=dict)

    @property
    def lists(self) -> dict[str, str]:
        """The columns that hold lists, each with what stands between the items."""
        return self.table.get("lists") or {}


def repeated(row: Row, column: str, lists: dict[str, str]) -> Iterator[Row]:
    """The row once for each item of a column of lists, or as it is."""
    if not column:
        yield row
        return
    for item in dict.fromkeys(part.strip() for part in row[column].split(lists[column])):
        if item:
            yield {**row, column: item}


def read_mapping(path: Path) -> tuple[Recipe | None, list[Problem]]:
    """Read a mapping; what is wrong in it, by line."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(1, "is too large for a mapping")
        file = parsed(path.name, path.read_bytes().decode("utf-8"))
    except Unreadable as error:
        return None, [Problem(path.name, error.line, (), error.text)]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(path.name, 1, (), f"cannot be read: {error}")]
    reader = _Reader(file)
    reader.read()
    return reader.recipe, sorted(reader.problems)


class _Reader:
    """Makes a recipe of the tree of a mapping."""

    def __init__(self, file: SeedFile) -> None:
        self.recipe = Recipe(file)
        self.problems: list[Problem] = []
        self.forms: dict[str, Form] = dict(FORMS)
        self.guess = Guesses()

    def read(self) -> None:
        root = self.recipe.file.root
        if not isinstance(root, Mapping):
            self._wrong((), "should be a mapping, with the sections table, values, once and each")
            return
        self._known(root, SECTIONS, ())
        self._table(root.get("table"))
        self._values(root.get("values"))
        for section, into in (("once", self.recipe.once), ("each", self.recipe.each)):
            for kind, item in self._section(root.get(section), section):
                if section == "once" and item.blanks:
                    self._wrong(item.place, "names a column, but stands under 'once'; move it to 'each'")
                into.append((kind, item))
        if not self.recipe.each:
            self._wrong((), "makes nothing of a row; say under 'each' what")

    def _table(self, node: Any) -> None:
        if not isinstance(node, Mapping | None):
            self._wrong(("table",), "should be a mapping")
            return
        self.recipe.table = node or {}
        self._known(self.recipe.table, TABLE, ("table",))
        if not isinstance(self.recipe.table.get("lists"), Mapping | None):
            self._wrong(("table", "lists"), "should name columns, each with what stands between its items")
        if written := self.recipe.table.get("dates"):
            self.forms["date"] = dates(str(written))
        for name in self.recipe.lists:
            self.recipe.columns[name] = ("table", "lists", name)

    def _values(self, node: Any) -> None:
        for name, values in (node or {}).items() if isinstance(node, Mapping | None) else ():
            if isinstance(values, Mapping):
                # A word without a value is left blank.
                self.forms[name] = looked_up(name, {word: values.get(word) for word in values.lines})
            else:
                self._wrong(("values", name), "should be a mapping from words of the table to ours")

    def _section(self, node: Any, section: str) -> Iterator[tuple[str, Item]]:
        if not isinstance(node, Mapping | None):
            self._wrong((section,), "should be a mapping from kinds of records to lists of them")
            return
        self._known(node or {}, tuple(KINDS), (section,))
        for kind, items in (node or {}).items():
            if kind in KINDS and isinstance(items, Sequence):
                yield from ((kind, self._item(item, KINDS[kind], (section, kind, n))) for n, item in enumerate(items))
            elif kind in KINDS:
                self._wrong((section, kind), "should be a list")

    def _item(self, node: Any, model: type[SeedModel], place: Place) -> Item:
        item = Item(model, place)
        if not isinstance(node, Mapping):
            self._wrong(place, "should be a mapping of fields")
            return item
        # What is nested in a seed file stands by itself here, and names what it belongs to.
        owner = [model.nested_in] if len(place) == WHOLE and model.nested_in else []
        fields = [*owner, *model.model_fields]
        self._known(node, tuple(fields), place)
        needed = [*owner, *(name for name, field in model.model_fields.items() if field.is_required())]
        for name in needed:
            if name not in node:
                self._wrong((*place, name), "is missing; every record of this kind has one")
        for name in fields:
            if name in node:
                self._field(item, name, node[name], (*place, name))
        return item

    def _field(self, item: Item, name: str, node: Any, place: Place) -> None:
        part = part_of(item.model, name) if name in item.model.model_fields else None
        column = columns(item.model).get(name, Column())
        nodes = node if isinstance(node, Sequence) else [node]
        if part is not None and (isinstance(column, Children) or part.nested_in):
            item.lists[name] = [self._item(inner, part, (*place, n)) for n, inner in enumerate(nodes)]
        elif part is not None or any(not isinstance(inner, str) for inner in nodes):
            self._wrong(place, "cannot be given here")
        elif isinstance(column, References | OtherNames):
            item.lists[name] = [self._word(inner, (*place, n)) for n, inner in enumerate(nodes)]
        else:
            item.texts[name] = [self._text(inner, place, item) for inner in nodes]
            if any(columns_of(inner) for inner in nodes):
                item.blanks.add(name)

    def _word(self, template: str, place: Place) -> Word:
        holder = Item(SeedModel, place)
        text = self._text(template, place, holder)
        return Word(text, holder.repeats)

    def _text(self, template: str, place: Place, item: Item) -> Text:
        for column, form in columns_of(template).items():
            self.recipe.columns.setdefault(column, place)
            if column in self.recipe.lists:
                if item.repeats not in ("", column):
                    self._wrong(place, f"names two columns of lists, {shown(item.repeats)} and {shown(column)}")
                item.repeats = column
            if form and form not in self.forms:
                why = "; say under table how dates are written" if form == "date" else self.guess(form, self.forms)
                self._wrong(place, f"there is no form or table of values {shown(form)}{why}")
                self.forms[form] = str
        return compiled(template, self.forms)

    def _known(self, node: Any, names: tuple[str, ...], place: Place) -> None:
        for name in node.lines if isinstance(node, Mapping) else ():
            if name not in names:
                self._wrong((*place, name), f"is not known here{self.guess(name, names)}")

    def _wrong(self, place: Place, text: str) -> None:
        self.problems.append(self.recipe.file.problem(place, text))

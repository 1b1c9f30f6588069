"""The text of a seed file brought up to date, with all of it kept that did not change, comments included.

Works line by line along the tree of the old text: a field that is the same keeps its lines, one that changed is
written anew, a record that came stands at the end of its list. Comments stand with what they precede.
"""

import re
from typing import Any

from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.merge import canonical
from tracker.seeding.plan import FILLED_IN
from tracker.seeding.render import APART, LINE_END, SPACED, field_lines, item_lines
from tracker.seeding.rows import part_key, part_of
from tracker.seeding.schema import Citation, Meeting, StatusUpdate
from tracker.seeding.tree import Mapping, Node, Sequence

Model = type[SeedModel]

ITEM = re.compile(r"( *)-( +)(?=[^\s#-])")


def same(model: Model, old: Content, new: Content) -> bool:
    """Whether two forms of a record say the same; what a file leaves to the load does not count."""
    names = old.keys() | (new.keys() - (FILLED_IN if model is StatusUpdate else set()))
    return all(same_field(model, name, old.get(name), new.get(name)) for name in names)


def same_field(model: Model, name: str, old: Any, new: Any) -> bool:
    """Whether two values of a field say the same; the order of parts does not count."""
    part = part_of(model, name)
    if part is Citation:
        return bool(canonical(old) == canonical(new))
    if part is None or not part.identity:
        return bool(old == new)
    before = {part_key(item, part): item for item in old or ()}
    after = {part_key(item, part): item for item in new or ()}
    return before.keys() == after.keys() and all(same(part, before[key], after[key]) for key in before)


def patched(text: str, root: Node, old: Any, new: Any, model: Model) -> str:
    """The text of a file that held `old` and is to hold `new`: the records of a list, or one meeting."""
    patcher = Patcher(text)
    if isinstance(root, Mapping):
        lines = patcher.mapping(root, 0, len(patcher.lines), old, new, model)
    elif isinstance(root, Sequence) and root and not root.flow:
        lines = patcher.sequence(root, 0, len(patcher.lines), old, new, model, spaced=True)
    else:
        lines = [*patcher.lines, *patcher.ended(item_lines(new, model, 0, spaced=True))]
    return "".join(lines)


class Patcher:
    """Puts new lines together out of the old ones, which all keep their ends."""

    def __init__(self, text: str) -> None:
        ends = [found.end() for found in LINE_END.finditer(text)]
        starts = [0, *ends]
        self.lines = [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True) if start < end]
        self.end = next((found.group() for found in LINE_END.finditer(text)), "\n")
        if self.lines and not LINE_END.search(self.lines[-1]):
            self.lines[-1] += self.end

    def ended(self, lines: list[str]) -> list[str]:
        """New lines, with the line ends of the file."""
        return [line + self.end for line in lines]

    def mapping(self, node: Mapping, first: int, end: int, old: Content, new: Content, model: Model) -> list[str]:
        """The lines from `first` to `end`, which hold a mapping, brought up to date."""
        starts = [line - 1 for line in node.lines.values()]
        indent = len(self.lines[starts[0]]) - len(self.lines[starts[0]].lstrip(" "))
        done = self.lines[first : starts[0]]
        left = self._missing(node, new, model)
        fields = list(model.model_fields)
        gap: list[str] = []
        for name, start, stop in zip(node.lines, starts, [*starts[1:], end], strict=True):
            while left and fields.index(left[0]) < fields.index(name):
                done += self._added(left.pop(0), new, model, indent)
            stop_body = self._body_end(start, stop, indent)
            done += gap
            if same_field(model, name, old.get(name), new.get(name)):
                done += self.lines[start:stop_body]
            elif new.get(name) not in (None, []):
                part, lines = part_of(model, name), (start, stop_body)
                done += self._value(node.get(name), name, lines, old.get(name), new[name], part, indent)
            gap = self.lines[stop_body:stop]
        for name in left:
            done += self._added(name, new, model, indent)
        return done + gap

    def _missing(self, node: Mapping, new: Content, model: Model) -> list[str]:
        return [
            name
            for name, field in model.model_fields.items()
            if name not in node.lines and new.get(name) not in (None, []) and new[name] != field.default
        ]

    def _added(self, name: str, new: Content, model: Model, indent: int) -> list[str]:
        apart = [""] if model is Meeting and name in APART else []
        return self.ended([*apart, *field_lines(name, new[name], part_of(model, name), indent)])

    def _value(
        self,
        node: Node,
        name: str,
        lines: tuple[int, int],
        old: Any,
        new: Any,
        part: type[SeedModel] | None,
        indent: int,
    ) -> list[str]:
        if part is not None and part.identity and isinstance(node, Sequence) and node and not node.flow:
            return self.sequence(node, *lines, old, new, part, part in SPACED)
        return self.ended(field_lines(name, new, part, indent))

    def sequence(
        self,
        node: Sequence,
        first: int,
        end: int,
        old: list[Content],
        new: list[Content],
        model: Model,
        spaced: bool,
    ) -> list[str]:
        """The lines from `first` to `end`, which hold a list of records, brought up to date."""
        starts = [line - 1 for line in node.lines]
        dash = len(self.lines[starts[0]]) - len(self.lines[starts[0]].lstrip(" "))
        wanted = {part_key(item, model): item for item in new}
        done = self.lines[first : starts[0]]
        gap: list[str] = []
        for item, before, start, stop in zip(node, old, starts, [*starts[1:], end], strict=True):
            stop_body = self._body_end(start, stop, dash)
            after = wanted.pop(part_key(before, model), None)
            if after is not None:
                done += gap + self._item(item, start, stop_body, before, after, model, dash)
                gap = []
            gap = [*gap, *self.lines[stop_body:stop]]
            if after is None:
                gap = [line for line in gap if line.strip()]
        added = item_lines(list(wanted.values()), model, dash, spaced)
        return done + self.ended(["", *added] if spaced and added else added) + gap

    def _item(self, node: Node, start: int, end: int, old: Content, new: Content, model: Model, dash: int) -> list[str]:
        if same(model, old, new):
            return self.lines[start:end]
        hyphen = ITEM.match(self.lines[start])
        if not isinstance(node, Mapping) or node.flow or not hyphen or node.line - 1 != start:
            return self.ended(item_lines([new], model, dash))
        kept = self.lines[start]
        self.lines[start] = f"{hyphen[1]} {hyphen[2]}{kept[hyphen.end() :]}"
        lines = self.mapping(node, start, end, old, new, model)
        self.lines[start] = kept
        # The hyphen goes to the first line that is no comment.
        place = next(n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
        lines[place] = f"{lines[place][:dash]}-{lines[place][dash + 1 :]}"
        return lines

    def _body_end(self, start: int, end: int, indent: int) -> int:
        """Where the blank lines and the comments begin that stand before what comes next."""
        while end > start + 1:
            line = self.lines[end - 1]
            margin = len(line) - len(line.lstrip(" "))
            if line.strip() and not (line.lstrip().startswith("#") and margin <= indent):
                break
            end -= 1
        return end

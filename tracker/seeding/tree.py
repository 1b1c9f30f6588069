"""YAML text as a tree of plain values that know their lines; every scalar is text.

PyYAML's C parser is read event by event and without recursion, so that no file can exhaust the stack, and so that
`NO`, `1.10` and `2024-08` stay what was written. What YAML can do beyond mappings, lists and text is refused.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml

from tracker.models.base import HIDDEN, clean_text
from tracker.seeding.problems import Place, shown

MAX_NODES = 250_000
MAX_DEPTH = 12
NULLS = ("", "~", "null")
# Controls that no text needs, and the two code points that are no characters.
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
ESCAPED_CONTROLS = re.compile(f"{CONTROLS.pattern}|[\r\x85]")
# What most often lies behind a complaint of the parser.
HINTS = {
    "mapping values are not allowed in this context": "(put a text that holds ': ' in quotes)",
    "found character that cannot start any token": "(put a text that begins with ` or @ in quotes)",
}

Report = Callable[[int, Place, str], None]


class Mapping(dict[str, Any]):
    """A mapping: `line` is where it begins, `lines` where each key stands. A key without a value is in `lines` only.

    `flow` tells whether it stands in braces. While it is being read, `key` is the one that waits for its value.
    """

    __slots__ = ("flow", "key", "line", "lines")

    def __init__(self, line: int, flow: bool) -> None:
        self.line = line
        self.flow = flow
        self.lines: dict[str, int] = {}
        self.key: str | None = None


class Sequence(list[Any]):
    """A list: `line` is where it begins, `lines` where each item does, `flow` whether it stands in brackets."""

    __slots__ = ("flow", "line", "lines")

    def __init__(self, line: int, flow: bool) -> None:
        self.line = line
        self.flow = flow
        self.lines: list[int] = []


Node = Mapping | Sequence | str | None


class Unreadable(ValueError):
    """A file that cannot be read any further than `line`."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read_tree(text: str, report: Report) -> Node:
    """The tree of one document; mistakes that can be passed over go to `report`, others raise Unreadable."""
    builder = Builder(report)
    parser = yaml.CLoader(text)
    try:
        while (event := parser.get_event()) is not None:
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = " ".join(part for part in (error.problem, error.context, HINTS.get(error.problem or "")) if part)
        raise Unreadable(line, f"is not YAML: {said}") from error
    except yaml.YAMLError as error:
        raise Unreadable(1, f"is not YAML: {shown(error, bare=True)}") from error
    return builder.root


def line_of(node: Node, place: Place) -> int:
    """The line on which the value at `place` stands, or else the nearest thing around it."""
    line = node.line if isinstance(node, Mapping | Sequence) else 1
    for part in place:
        if isinstance(node, Mapping) and part in node.lines:
            line, node = node.lines[str(part)], node.get(str(part))
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node):
            line, node = node.lines[part], node[part]
        else:
            break
    return line


class Builder:
    """Puts the events of a parser together; `stack` holds what is being filled, the innermost last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.root: Node = None
        self.stack: list[Mapping | Sequence] = []
        self.nodes = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        """Take in the next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._begin(event, Mapping(event.start_mark.line + 1, event.flow_style))
        elif kind is yaml.SequenceStartEvent:
            self._begin(event, Sequence(event.start_mark.line + 1, event.flow_style))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        elif kind is yaml.AliasEvent:
            line = event.start_mark.line + 1
            self.report(line, self._place(), f"alias *{shown(event.anchor, bare=True)} is not read; write it out")
            self._put(None, line)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise Unreadable(event.start_mark.line + 1, "a second document begins; keep one in a file")

    def _begin(self, event: Any, node: Mapping | Sequence) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event, node.line)
        if len(self.stack) >= MAX_DEPTH:
            raise Unreadable(node.line, f"is nested more than {MAX_DEPTH} levels deep")
        self._put(node, node.line)
        self.stack.append(node)

    def _end(self) -> None:
        self.stack.pop()
        if self.stack and isinstance(self.stack[-1], Mapping):
            self.stack[-1].key = None

    def _scalar(self, event: Any) -> None:
        line = event.start_mark.line + 1
        value = event.value
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event, line)
        top = self.stack[-1] if self.stack else None
        if type(top) is Mapping and top.key is None:
            self._key(top, value, line)
        elif not event.style and value in NULLS:
            self._put(None, line)
        elif value.isascii() and event.style != '"':
            # What cannot hold anything hidden need not be searched; an escape stands in double quotes only.
            self._put(value.strip() or None, line)
        else:
            self._put(self._clean(value, line), line)

    def _key(self, mapping: Mapping, key: str, line: int) -> None:
        if key == "<<":
            self.report(line, self._place(), "merge keys are not read; write the values out")
        elif key in mapping.lines:
            first = mapping.lines[key]
            self.report(line, (*self._place(), key), f"this key stands twice; the first is on line {first}")
        mapping.key = key
        mapping.lines.setdefault(key, line)

    def _put(self, value: Node, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Unreadable(line, f"holds more than {MAX_NODES:,} values; divide the file")
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if type(top) is Sequence:
            top.append(value)
            top.lines.append(line)
        elif isinstance(top, Mapping):
            if top.key is None:
                raise Unreadable(line, "a key must be plain text")
            if value is not None and top.key not in top and top.key != "<<":
                top[top.key] = value
            # The key of a list or mapping is kept until its end: it is part of the way to what is in there.
            top.key = top.key if isinstance(value, Mapping | Sequence) else None

    def _clean(self, value: str, line: int) -> str | None:
        try:
            if found := ESCAPED_CONTROLS.search(value):
                raise ValueError(f"text holds the control character U+{ord(found.group()):04X}; remove it")
            return clean_text(value)
        except ValueError as error:
            self.report(line, self._place(), str(error))
            # Something must stand for it, or it would be reported as missing, too.
            return ESCAPED_CONTROLS.sub("", HIDDEN.sub("", value)).strip() or None

    def _refuse_extras(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self.report(line, self._place(), f"anchor &{shown(event.anchor, bare=True)} is not read; remove it")
        if event.tag is not None:
            self.report(line, self._place(), f"tag {shown(event.tag)} is not read; remove it")

    def _place(self) -> Place:
        place: list[str | int] = []
        for depth, node in enumerate(self.stack, 1):
            if isinstance(node, Sequence):
                # A list holds the item that is being filled already, but not the one that comes next.
                place.append(len(node) - (depth < len(self.stack)))
            elif node.key is not None:
                place.append(node.key)
        return tuple(place)

"""Records as the text of seed files, in the one form that makes changes easy to review.

Two spaces of indent, short lists of names in brackets, lines of up to 110 characters where words allow it, a blank
line between the records of a list, no field without a value and none that says what goes without saying.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.rows import part_of
from tracker.seeding.schema import Commitment, Meeting, Statement

WIDTH = 110
# Lists that stand apart, and records between which a blank line stands.
APART = ("attendance", "statements", "commitments")
SPACED = (Statement, Commitment)
# The end of a line, as YAML counts them.
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
PLAIN = re.compile("[^\\s\\-?:,\\[\\]{}#&*!|>'\"%@`=~<][^\n\r\t\x85\u2028\u2029]*")
# Words that other readers of YAML take for something else than text.
MISTAKABLE = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null)|[\d.][\d_.eE:+x-]*")
PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(-[a-z]+)?")
LITERAL_LINE = re.compile(r"(\S([^\t]*\S)?)?")


def record_lines(values: Content, model: type[SeedModel], indent: int) -> list[str]:
    """The fields of a record, one below the other."""
    lines: list[str] = []
    for name, field in model.model_fields.items():
        value = values.get(name)
        if value in (None, []) or value == field.default:
            continue
        if model is Meeting and name in APART and lines:
            lines.append("")
        lines += field_lines(name, value, part_of(model, name), indent)
    return lines


def field_lines(name: str, value: Any, part: type[SeedModel] | None, indent: int) -> list[str]:
    """One field with its value."""
    margin = " " * indent
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {item}" for key, item in value.items())
        return [f"{margin}{name}: {{{inner}}}"]
    if isinstance(value, int):
        return [f"{margin}{name}: {value}"]
    if not isinstance(value, list):
        return scalar_lines(f"{margin}{name}:", str(value), indent + 2)
    if part is not None:
        return [f"{margin}{name}:", *item_lines(value, part, indent + 2)]
    words = [word(item, in_brackets=True) for item in value]
    whole = f"{margin}{name}: [{', '.join(words)}]"
    if len(whole) <= WIDTH:
        return [whole]
    return [f"{margin}{name}:", *(f"{margin}  - {word(item)}" for item in value)]


def item_lines(items: list[Content], model: type[SeedModel], indent: int, spaced: bool | None = None) -> list[str]:
    """The records of a list, each beginning with a hyphen; `spaced` where a blank line stands between them."""
    lines: list[str] = []
    for item in items:
        if lines and (model in SPACED if spaced is None else spaced):
            lines.append("")
        first, *rest = record_lines(item, model, indent + 2)
        lines += [f"{' ' * indent}- {first.lstrip()}", *rest]
    return lines


def scalar_lines(before: str, text: str, indent: int) -> list[str]:
    """A text after its key: on the same line, folded, or as the lines that it has."""
    short = f"{before} {word(text)}"
    if "\n" in text and all(LITERAL_LINE.fullmatch(line) for line in LINE_END.split(text)) and _only_newlines(text):
        return [f"{before} |-", *(f"{' ' * indent}{line}".rstrip() for line in text.split("\n"))]
    if len(short) <= WIDTH or " " not in text or "  " in text or LINE_END.search(text) or "\t" in text:
        return [short]
    return [f"{before} >-", *(" " * indent + line for line in _folded(text, WIDTH - indent))]


def word(text: str, in_brackets: bool = False) -> str:
    """A text on one line: as it is where that is clear, or else in quotes."""
    clear = PLAIN.fullmatch(text) and ": " not in text and " #" not in text and not text.endswith((":", " "))
    mistakable = MISTAKABLE.fullmatch(text) and not PERIOD.fullmatch(text)
    if clear and not mistakable and not (in_brackets and set(text) & set(",[]{}")):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda found: f"\\u{ord(found.group()):04x}", quoted)


def _only_newlines(text: str) -> bool:
    return not re.search("[\r\x85\u2028\u2029]", text)


def _folded(text: str, width: int) -> Iterator[str]:
    line = ""
    for part in text.split(" "):
        if line and len(line) + 1 + len(part) > width:
            yield line
            line = part
        else:
            line = f"{line} {part}" if line else part
    yield line


def file_text(content: Any, model: type[SeedModel], headers: list[str]) -> str:
    """A whole file: comments that say what it holds, then its records or its meeting."""
    listed = isinstance(content, list)
    lines = item_lines(content, model, 0, spaced=True) if listed else record_lines(content, model, 0)
    return "\n".join([*headers, *lines, ""])

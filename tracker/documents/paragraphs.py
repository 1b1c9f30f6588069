"""The paragraphs of a text, numbered from 1, as people point to them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BLOCK = re.compile(r"\S(?:.|\n(?![^\S\n]*(?:\n|\Z)))*")
LINE = re.compile(r"[^\n]*\S[^\n]*")
# Characters. Nobody wraps lines as long as this: where one stands, each line is a paragraph of its own.
UNWRAPPED = 200
# A line that begins in this way begins a paragraph, as "12. The Ministers" or a point of a list.
NUMBERED = re.compile(r"\s*(?:\(?\d{1,3}[.)]|[•●▪◦])\s")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Its number, and its span in the text without the white space around it."""

    number: int
    start: int
    end: int


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs in order: what stands between blank lines, or each line where lines are not wrapped."""
    return [Paragraph(number, *span) for number, span in enumerate(_spans(text), 1)]


def paragraph_at(found: Sequence[Paragraph], at: int) -> Paragraph | None:
    """The paragraph in which character `at` stands; None before the first and in white space between two."""
    position = bisect_right(found, at, key=lambda paragraph: paragraph.start) - 1
    return found[position] if position >= 0 and at < found[position].end else None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    # Length for length, so that the spans are those of the text as it is.
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    for block in BLOCK.finditer(text):
        lines = [line.span() for line in LINE.finditer(text, *block.span())]
        unwrapped = any(end - start > UNWRAPPED for start, end in lines)
        begin = lines[0][0]
        for (_, end), following in zip(lines, [*lines[1:], None], strict=True):
            if following is None or unwrapped or NUMBERED.match(text, *following):
                part = text[begin:end]
                yield begin + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
                begin = end

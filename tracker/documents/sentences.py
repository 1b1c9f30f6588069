"""The sentences of a text, numbered from 1, each in its paragraph."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.documents.paragraphs import Paragraph, paragraph_at

# Where a sentence may end: after its sign and what closes after that, before a space and what may begin another.
# Nothing is given back and tried again: a line of a million dots takes no longer than other words.
SENTENCE_END = re.compile(
    r"(?<![.!?\u2026])[.!?\u2026]++[\"'\u2019\u201d\xbb)\]]*+(?=\s++[\"'\u2018\u201c\xab(\[]*+[A-Z0-9\xc0-\xde\u0100-\u017d])"
    r"|[\u3002\uff01\uff1f]++[\u300d\u300f\u201d\uff09]*+"
)
NOT_SPACE = re.compile(r"\S")
# How far before a full stop an abbreviation may begin, in characters.
REACH = 12
# After these a full stop ends no sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Hon|St|No|Nos|Gen|Lt|Col|Capt|Adm|Maj|Sgt|Gov|Sen|Rep|vs|cf|e\.g|i\.e|approx|para|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z])\.$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Its number, that of its paragraph, and its span in the text, the end not included."""

    number: int
    paragraph: int
    start: int
    end: int


def sentences(text: str, within: Sequence[Paragraph]) -> list[Sentence]:
    """The sentences of these paragraphs in order; between two of them there is only white space."""
    spans = ((paragraph.number, *span) for paragraph in within for span in _spans(text, paragraph.start, paragraph.end))
    return [Sentence(number, *rest) for number, rest in enumerate(spans, 1)]


def locator(found: Sequence[Paragraph], start: int, end: int) -> str | None:
    """Where a passage stands, in words: "paragraph 3" or "paragraphs 3-4"."""
    first, last = paragraph_at(found, start), paragraph_at(found, end - 1)
    if first is None or last is None:
        return None
    one = first.number == last.number
    return f"paragraph {first.number}" if one else f"paragraphs {first.number}-{last.number}"


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        if match.end() >= end or ABBREVIATION.search(text, max(begin, match.end() - REACH), match.end()):
            continue
        yield begin, match.end()
        following = NOT_SPACE.search(text, match.end(), end)
        begin = following.start() if following else end
    if begin < end:
        yield begin, end

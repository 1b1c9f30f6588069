"""A text as it is read at the desk: what is cited where, and which sentences nothing cites though they promise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.documents.lexicon import Lexicon, Operative
from tracker.documents.paragraphs import Paragraph, paragraphs
from tracker.documents.sentences import Sentence, sentences

Span = tuple[int, int]
# Characters on one page: some twenty printed ones.
PORTION = 60_000


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters with the same citations; `ends` are the citations whose last character it holds."""

    start: int
    text: str
    citations: tuple[int, ...]
    ends: tuple[int, ...]
    operative: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence in parts, with the operative words in it and the citations that rest on it."""

    sentence: Sentence
    parts: list[Part]
    operative: list[Operative]
    citations: tuple[int, ...]

    @property
    def overlooked(self) -> bool:
        """Whether it holds operative words and nothing cites it."""
        return bool(self.operative) and not self.citations


@dataclass(frozen=True)
class Coverage:
    """How many sentences hold operative words, and how many of those are cited."""

    operative: int
    cited: int

    @property
    def percent(self) -> int:
        """The share in full percent, rounded down, so that only all is 100."""
        return 100 * self.cited // self.operative if self.operative else 100


@dataclass(frozen=True)
class Reading:
    """The paragraphs of a text with their sentences, in order."""

    text: str
    paragraphs: list[tuple[Paragraph, list[ReadSentence]]]

    @property
    def sentences(self) -> list[ReadSentence]:
        """All sentences, in order."""
        return [sentence for _, of_paragraph in self.paragraphs for sentence in of_paragraph]


def read(
    text: str,
    cited: Mapping[int, Span],
    lexicon: Lexicon,
    chosen: Span | None = None,
    within: Sequence[Paragraph] | None = None,
) -> Reading:
    """The text, or these paragraphs of it, in parts.

    `cited` holds the span of each citation by its number, `chosen` that of words selected just now.
    """
    within = paragraphs(text) if within is None else within
    found = [_sentence(text, one, cited, lexicon, chosen) for one in sentences(text, within)]
    of: dict[int, list[ReadSentence]] = {}
    for one in found:
        of.setdefault(one.sentence.paragraph, []).append(one)
    return Reading(text, [(paragraph, of.get(paragraph.number, [])) for paragraph in within])


def portions(found: Sequence[Paragraph]) -> list[list[Paragraph]]:
    """The paragraphs in portions that a page can show, each of about PORTION characters; at least one."""
    pages: list[list[Paragraph]] = [[]]
    for paragraph in found:
        if pages[-1] and paragraph.end - pages[-1][0].start > PORTION:
            pages.append([])
        pages[-1].append(paragraph)
    return pages


def coverage(text: str, spans: Sequence[Span], lexicon: Lexicon) -> Coverage:
    """How much of what a text holds of operative sentences is cited in these spans."""
    found = sentences(text, paragraphs(text))
    operative = [one for one in found if lexicon.found(text, one.start, one.end)]
    cited = [one for one in operative if any(start < one.end and one.start < end for start, end in spans)]
    return Coverage(len(operative), len(cited))


def _sentence(
    text: str, sentence: Sentence, cited: Mapping[int, Span], lexicon: Lexicon, chosen: Span | None
) -> ReadSentence:
    here = {number: span for number, span in cited.items() if span[0] < sentence.end and sentence.start < span[1]}
    operative = lexicon.found(text, sentence.start, sentence.end)
    spans = [*here.values(), *((one.start, one.end) for one in operative), *([chosen] if chosen else [])]
    inside = {at for span in spans for at in span if sentence.start < at < sentence.end}
    edges = sorted({sentence.start, sentence.end} | inside)
    return ReadSentence(sentence, list(_parts(text, edges, here, operative, chosen)), operative, tuple(here))


def _parts(
    text: str, edges: Sequence[int], here: Mapping[int, Span], operative: Sequence[Operative], chosen: Span | None
) -> Iterator[Part]:
    """What lies between the edges, at which everything begins and ends; each thing is looked at once."""
    until = {one.start: one.end for one in operative}
    waiting = sorted(here, key=lambda number: -here[number][0])
    active: list[int] = []
    operative_until = 0
    for start, end in pairwise(edges):
        operative_until = max(operative_until, until.get(start, 0))
        while waiting and here[waiting[-1]][0] <= start:
            active.append(waiting.pop())
        active = [number for number in active if here[number][1] > start]
        yield Part(
            start,
            text[start:end],
            tuple(active),
            tuple(number for number in active if here[number][1] == end),
            end <= operative_until,
            chosen is not None and chosen[0] <= start and end <= chosen[1],
        )

"""Finding a quote in a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tracker.documents.normal import BROKEN, Normal, normalise
from tracker.documents.paragraphs import Paragraph, paragraph_at, paragraphs
from tracker.documents.words import Passage, Words, splits_word
from tracker.models.base import HIDDEN

# How many characters before and after a quote are kept of its surroundings.
AROUND = 40


@dataclass(frozen=True)
class Quote:
    """The words to find, and what is known of their place: text before and after, offsets in characters."""

    exact: str
    prefix: str | None = None
    suffix: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a quote stands, for people and for finding it again: the words around it and its paragraph's number."""

    prefix: str | None = None
    suffix: str | None = None
    paragraph: int | None = None


@dataclass(frozen=True)
class Match:
    """What looking for a quote gave (a word of VERIFICATION_RESULTS): its span, or the nearest passage."""

    result: str
    start: int | None = None
    end: int | None = None
    nearest: Passage | None = None


Span = tuple[int, int]


class Text:
    """A text in which quotes are looked for; it is normalised once, when a quote first calls for it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def normal(self) -> Normal:
        return normalise(self.text)

    @cached_property
    def unbroken(self) -> str:
        """The normal form without hyphens."""
        return _unbroken(self.normal.text)

    @cached_property
    def words(self) -> Words:
        return Words(self.text)

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        return paragraphs(self.text)

    def place(self, match: Match) -> Place:
        """The surroundings of what was found; of what was not, nothing."""
        if match.start is None or match.end is None:
            return Place()
        paragraph = paragraph_at(self.paragraphs, match.start)
        return Place(
            _on_one_line(self.text[max(0, match.start - AROUND) : match.start]),
            _on_one_line(self.text[match.end : match.end + AROUND]),
            paragraph.number if paragraph else None,
        )

    def find(self, quote: Quote) -> Match:
        """Where the quote stands to the letter, or but for typesetting; else what comes nearest to it."""
        if quote.start is not None and quote.end is not None:
            given = quote.start, quote.end
            if self.text[slice(*given)] == quote.exact and self._whole(given):
                return Match("verbatim", *given)
        for spans, result in (
            (self._verbatim, "verbatim"),
            (self._normalised, "normalised"),
            (self._broken, "normalised"),
        ):
            found = [span for span in spans(quote.exact) if self._whole(span)]
            if found:
                return Match(result, *self._best(found, quote))
        return Match("not_found", nearest=self.words.nearest(quote.exact, quote.start))

    def _verbatim(self, exact: str) -> Iterator[Span]:
        return _occurrences(re.compile(re.escape(exact)), self.text)

    def _normalised(self, exact: str) -> Iterator[Span]:
        sought = normalise(exact).text.strip()
        if sought and sought in self.normal.text:
            yield from self._originals(re.compile(re.escape(sought)))

    def _broken(self, exact: str) -> Iterator[Span]:
        """Where the words stand but for hyphens at line ends, in the text or in the quote."""
        sought = normalise(exact).text.strip()
        # Two quick looks, since the pattern is dear.
        if sought and BROKEN in sought + self.normal.text and _unbroken(sought) in self.unbroken:
            yield from self._originals(re.compile(_allowing_breaks(sought)))

    def _originals(self, pattern: re.Pattern[str]) -> Iterator[Span]:
        """The spans in the original of each match in the normal form."""
        for found in _occurrences(pattern, self.normal.text):
            start, end = self.normal.original(*found)
            # White space beside a mark is folded into it and no part of the quote.
            part = self.text[start:end]
            yield start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())

    def _whole(self, span: Span) -> bool:
        """Whether the span begins and ends with whole words: half of one is another word."""
        return not any(splits_word(self.text, at) for at in span)

    def _best(self, spans: list[Span], quote: Quote) -> Span:
        """The span that the words before and after speak for, then the one nearest to the given place."""
        if len(spans) == 1:
            return spans[0]

        def rank(span: Span) -> tuple[int, int]:
            return -self._agreement(span, quote), abs(span[0] - (quote.start or 0))

        return min(spans, key=rank)

    def _agreement(self, span: Span, quote: Quote) -> int:
        """How many of prefix and suffix stand beside the span."""
        prefix, suffix = (normalise(words or "").text.strip() for words in (quote.prefix, quote.suffix))
        # Twice as far, since the text may hold more white space than the quote.
        before = self.text[max(0, span[0] - 2 * len(prefix) - 20) : span[0]]
        after = self.text[span[1] : span[1] + 2 * len(suffix) + 20]
        return bool(prefix and normalise(before).text.rstrip().endswith(prefix)) + bool(
            suffix and normalise(after).text.lstrip().startswith(suffix)
        )


def _on_one_line(text: str) -> str | None:
    return " ".join(HIDDEN.sub("", text).split()) or None


def _occurrences(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Each match, overlapping ones too."""
    found = pattern.search(text)
    while found:
        yield found.span()
        found = pattern.search(text, found.start() + 1)


def _unbroken(normal: str) -> str:
    return normal.replace("-", "").replace(BROKEN, "")


def _allowing_breaks(sought: str) -> str:
    """A pattern for a text in which words are broken: there, a break is a hyphen, or nothing between two letters."""
    pattern = []
    for character, following in zip(sought, [*sought[1:], ""], strict=True):
        if character == BROKEN:
            pattern.append(f"[-{BROKEN}]?")
        elif character == "-":
            pattern.append(f"[-{BROKEN}]")
        elif character.isalpha() and following.isalpha():
            pattern.append(f"{re.escape(character)}{BROKEN}?")
        else:
            pattern.append(re.escape(character))
    return "".join(pattern)

"""Words of a text: where they begin and end, and the passage whose words come nearest to a quote."""

import re
from array import array
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from tracker.documents.normal import LINE_END, normalise
from tracker.models.base import HIDDEN

# Characters that are no part of a word: controls, punctuation, signs.
_SIGNS = r"\s\x00-/:-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u2bff\u3000-\u303f\uff00-\uffef"
# Thai, Lao, Burmese, Khmer, Japanese and Chinese are written without spaces: there a quote may begin anywhere.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LETTER = f"[^{_SIGNS}{_UNSPACED}]"
_JOINT = rf"[-\u00ad\u2010]{LINE_END}|[-'\u00ad\u2010\u2011\u2019]|(?<=\d)[.,](?=\d)|{HIDDEN.pattern}"
# One word: letters, with hyphens, apostrophes and decimal signs within it.
WORD = re.compile(f"{_LETTER}+(?:(?:{_JOINT}){_LETTER}+)*")
TOKEN = re.compile(rf"{WORD.pattern}|\S")

# How far around an edge to look for the word that it might split, in characters.
REACH = 40
# How many places of words to look at for the nearest passage.
ANCHORS = 1_000
# How many of the places that most words vote for are weighed with those around them.
CANDIDATES = 50
# By how many words a passage may run ahead of the quote or fall behind it.
SHIFT = 4


def splits_word(text: str, at: int) -> bool:
    """Whether the edge before character `at` lies within a word, as in "un|fair", "non-|binding" or "1,|500"."""
    begin = max(0, at - REACH)
    return any(found.start() < at - begin < found.end() for found in WORD.finditer(text[begin : at + REACH]))


@dataclass(frozen=True)
class Passage:
    """What comes nearest to a quote: its span and words, and those that differ as (in the quote, in the text)."""

    start: int
    end: int
    text: str
    differences: list[tuple[str, str]]


class Words:
    """The words and signs of a text in order, each by its normal form."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[str] = []
        self.starts, self.ends = array("I"), array("I")
        self.places: dict[str, list[int]] = {}
        known: dict[str, str] = {}
        for found in TOKEN.finditer(text):
            token = found.group()
            if token.isascii() and token.isalnum():
                key = token
            else:
                key = known[token] if token in known else known.setdefault(token, normalise(token).text)
            self.places.setdefault(key, []).append(len(self.keys))
            self.keys.append(key)
            self.starts.append(found.start())
            self.ends.append(found.end())

    def between(self, first: int, last: int) -> str:
        """The text from word `first` up to but without word `last`; white space on one line."""
        return " ".join(self.text[self.starts[first] : self.ends[last - 1]].split()) if first < last else ""

    def nearest(self, quote: str, start: int | None = None) -> Passage | None:
        """The passage that has most in common with `quote`, of several the one nearest to character `start`.

        None where no word is alike.
        """
        sought = Words(quote)
        shift = self._best_shift(sought.keys, start or 0)
        if shift is None:
            return None
        low, high = self._aligned(sought.keys, shift)
        codes = _compare(sought.keys, self.keys[low:high]).get_opcodes()
        unlike = [
            (sought.between(a, b), self.between(low + c, low + d)) for kind, a, b, c, d in codes if kind != "equal"
        ]
        # A word broken at a line end is shown on one line, as the quote may have it.
        differences = [(quoted, written) for quoted, written in unlike if quoted != written]
        return Passage(self.starts[low], self.ends[high - 1], self.between(low, high), differences)

    def _aligned(self, sought: list[str], shift: int) -> tuple[int, int]:
        """The words that face the sought ones, from the first of them to the last."""
        low, high = max(0, shift - SHIFT), min(len(self.keys), shift + len(sought) + SHIFT)
        blocks = _compare(sought, self.keys[low:high]).get_matching_blocks()[:-1]
        if not blocks:
            return max(0, shift), min(len(self.keys), shift + len(sought))
        (quoted, faced, _), (last, last_faced, _) = blocks[0], blocks[-1]
        return max(low, low + faced - quoted), min(high, low + last_faced + len(sought) - last)

    def _best_shift(self, sought: list[str], start: int) -> int | None:
        """Where the passage begins by the vote of words that both have; the rarer a word, the more it counts."""
        votes: Counter[int] = Counter()
        looked_at = 0
        for places, at in sorted(self._anchors(sought), key=lambda anchor: len(anchor[0])):
            if looked_at > ANCHORS:
                break
            looked_at += len(places)
            for place in places[:ANCHORS]:
                votes[place - at] += 1_000 // len(places) + 1
        around = range(1 - SHIFT, SHIFT)
        shifts = [shift for shift, _ in votes.most_common(CANDIDATES)]

        def rank(shift: int) -> tuple[int, int]:
            place = self.starts[min(max(shift, 0), len(self.starts) - 1)]
            return sum(votes[shift + k] for k in around), -abs(place - start)

        return max(shifts, key=rank, default=None)

    def _anchors(self, sought: list[str]) -> list[tuple[list[int], int]]:
        anchors = [(self.places[key], at) for at, key in enumerate(sought) if key in self.places and key[:1].isalnum()]
        if anchors:
            return anchors
        for at, key in enumerate(sought):
            of_length = [known for known in self.places if abs(len(known) - len(key)) <= 2]
            anchors += [(self.places[known], at) for known in get_close_matches(key, of_length)]
        return anchors


def _compare(quote: list[str], text: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, quote, text, autojunk=False)

"""The differences between two versions of a text: paragraphs aligned, and within them the words that changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracker.documents.normal import normalise
from tracker.documents.paragraphs import paragraphs
from tracker.documents.words import Words

# How many pairs of equal words, or equal paragraphs, may face each other: the toil grows with them. Texts that repeat
# themselves beyond that are compared more roughly.
LARGEST = 300_000
# From this share of common words on, one paragraph is taken for a new wording of the other.
ALIKE = 0.5
# How many paragraphs further on a new wording is looked for.
AHEAD = 20


@dataclass(frozen=True)
class Run:
    """Words that stand in both wordings (`same`), in the old one alone (`removed`) or in the new one (`added`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """A paragraph with its number in either version, None where that version lacks it."""

    old: int | None
    new: int | None
    runs: tuple[Run, ...]

    @property
    def kind(self) -> str:
        """same, changed, removed or added."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        return "same" if all(run.kind == "same" for run in self.runs) else "changed"


def changes(old: str, new: str) -> list[Change]:
    """Every paragraph of both texts, in order; typesetting does not count."""
    before, after = _paragraphs(old), _paragraphs(new)
    was, became = ([normalise(text).text for text in side] for side in (before, after))
    matcher = SequenceMatcher(None, was, became, autojunk=_pairs(was, became) > LARGEST)
    found: list[Change] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pairs: Sequence[tuple[int | None, int | None]] = list(zip(range(a, b), range(c, d), strict=True))
        else:
            pairs = list(_paired(before, after, range(a, b), range(c, d)))
        found += [_change(before, after, *pair) for pair in pairs]
    return found


def words(old: str, new: str) -> tuple[Run, ...]:
    """The runs of words that two wordings have in common, and those that one of them has; typesetting as in the new."""
    before, after = Words(old), Words(new)
    if _pairs(before.keys, after.keys) > LARGEST:
        return Run("removed", old), Run("added", new)
    runs = []
    for kind, a, b, c, d in SequenceMatcher(None, before.keys, after.keys, autojunk=False).get_opcodes():
        if kind == "equal":
            runs.append(Run("same", _slice(after, c, d)))
        else:
            runs += [Run("removed", _slice(before, a, b))] if a < b else []
            runs += [Run("added", _slice(after, c, d))] if c < d else []
    return tuple(runs)


def _slice(words: Words, first: int, last: int) -> str:
    """The text of these words with the white space that follows them."""
    end = words.starts[last] if last < len(words.starts) else len(words.text)
    return words.text[words.starts[first] : end]


def _paragraphs(text: str) -> list[str]:
    return [text[one.start : one.end] for one in paragraphs(text)]


def _change(before: Sequence[str], after: Sequence[str], old: int | None, new: int | None) -> Change:
    if old is None and new is not None:
        return Change(None, new + 1, (Run("added", after[new]),))
    if new is None and old is not None:
        return Change(old + 1, None, (Run("removed", before[old]),))
    assert old is not None
    assert new is not None
    return Change(old + 1, new + 1, words(before[old], after[new]))


def _paired(
    before: Sequence[str], after: Sequence[str], old: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[int | None, int | None]]:
    """The paragraphs of a passage that was rewritten: each with the next one that is a new wording of it, or alone."""
    waiting = list(new)
    for one in old:
        match = next((other for other in waiting[:AHEAD] if _alike(before[one], after[other])), None)
        while match is not None and waiting[0] != match:
            yield None, waiting.pop(0)
        if match is not None:
            waiting.pop(0)
        yield one, match
    for other in waiting:
        yield None, other


def _alike(old: str, new: str) -> bool:
    """Whether enough of their words are the same, in whatever order."""
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).quick_ratio() >= ALIKE


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal items there are."""
    counts = Counter(old)
    return sum(counts[item] for item in new)

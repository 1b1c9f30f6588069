"""The lexicon at work: which operative words stand in a sentence, and what they propose. Three rules, no guesses.

1. Whole words count, whatever their case; of entries that begin at the same place the longest counts. After "not",
   "never" or "no" an entry does not count.
2. Entries that follow one another with nothing between but short joining words form a chain, and the weakest in it
   decides: "agreed to explore" promises no more than exploring.
3. Of several chains in the words that were selected the firmest is proposed, of equal ones the first. Requests and
   calls, which have no strength, count as firmer than exploring and less firm than intending; principles and reports
   count least.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import LexiconEntry
from tracker.models.lookups import STRENGTHS

WEAKEST_FIRST = [strength[0] for strength in STRENGTHS]
# From the least firm on: strengths, and the kinds that have none.
FIRMNESS = ["report", "principle", "exploratory", "call", "request", *WEAKEST_FIRST[1:]]
JOINING = re.compile(
    r"\s+(?:(?:to|on|that|also|further|jointly|closely|continue|be|have|their|our|the|its)\s+){0,4}", re.I
)
DENIED = re.compile(r"(?:\b(?:not|never|no|nor|neither|cannot)|n['\u2019]t)\s+(?:\w+\s+)?$", re.IGNORECASE)
# How far back a denial is looked for, in characters.
REACH = 24


@dataclass(frozen=True)
class Operative:
    """An entry as it stands in a text, the end not included."""

    start: int
    end: int
    kind: str
    strength: str | None


@dataclass(frozen=True)
class Proposal:
    """What the words propose, and by which of them."""

    kind: str
    strength: str | None
    phrase: str
    start: int
    end: int


class Lexicon:
    """Entries, ready to be looked for."""

    def __init__(self, entries: Iterable[LexiconEntry]) -> None:
        self._operative: dict[str, LexiconEntry] = {}
        words: dict[str, set[str]] = {"operative": set(), "saying": set(), "joint": set()}
        for entry in entries:
            words[entry.used_for].update(entry.words)
            if entry.used_for == "operative":
                self._operative |= dict.fromkeys(entry.words, entry)
        self.operative = any_of(words["operative"])
        # Who agrees or urges has said so.
        self.saying = any_of(words["saying"] | words["operative"] - {"will", "shall", "would", "let us"})
        self.joint = any_of(words["joint"])

    def found(self, text: str, start: int = 0, end: int | None = None) -> list[Operative]:
        """The operative words between two places of the text, in order."""
        found = []
        for match in self.operative.finditer(text, start, len(text) if end is None else end):
            if DENIED.search(text, max(start, match.start() - REACH), match.start()):
                continue
            entry = self._operative[" ".join(match.group().casefold().split())]
            found.append(Operative(match.start(), match.end(), entry.kind or "", entry.strength))
        return found

    def propose(self, text: str, start: int = 0, end: int | None = None) -> Proposal | None:
        """Kind, strength and the words that justify them; None where no entry stands there."""
        chains = [_weakest(text, chain) for chain in _chains(text, self.found(text, start, end))]
        return max(chains, key=lambda proposal: (_firmness(proposal), -proposal.start), default=None)


def read_lexicon(session: Session) -> Lexicon:
    """The lexicon as it stands in the database."""
    return Lexicon(session.scalars(select(LexiconEntry)))


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these as whole words, the longest first; white space as in the text."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    parts = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
    # The look ahead spares the engine to try every word at every sign.
    return re.compile(rf"(?<![\w-])(?=\w)(?:{parts})(?![\w-])" if parts else r"(?!)", re.IGNORECASE)


def _chains(text: str, found: Sequence[Operative]) -> list[list[Operative]]:
    chains: list[list[Operative]] = []
    for one in found:
        if chains and JOINING.fullmatch(text, chains[-1][-1].end, one.start):
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def _weakest(text: str, chain: Sequence[Operative]) -> Proposal:
    # Among equals the last: in "agreed to task" the task is what was agreed.
    graded = [one for one in chain if one.strength] or list(chain)
    one = min(reversed(graded), key=lambda found: WEAKEST_FIRST.index(found.strength) if found.strength else -1)
    start, end = chain[0].start, chain[-1].end
    return Proposal(one.kind, one.strength, text[start:end], start, end)


def _firmness(proposal: Proposal) -> int:
    word = proposal.strength or proposal.kind
    return FIRMNESS.index(word) if word in FIRMNESS else -1

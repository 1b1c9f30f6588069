"""Two editions of a series, set side by side: their commitments, and the paragraphs of a text of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.documents.differences import Run
from tracker.documents.drift import Drift, between, moved_strength, reworded
from tracker.documents.earlier import COMPARED, texts_of
from tracker.documents.lexicon import Lexicon
from tracker.documents.likeness import matched
from tracker.documents.paragraphs import Paragraph, paragraphs
from tracker.models import Commitment, CommitmentLink, Meeting

# The relations by which a commitment takes up an earlier one.
TAKES_UP = ("continues", "restates", "supersedes")
# From this likeness on, two commitments or paragraphs stand side by side though no link joins them.
LIKE = 0.2
# Characters. A shorter paragraph is a heading or a date, and like every other.
SHORTEST = 30
# How many commitments or paragraphs of an edition are compared.
MOST = 1_000
# What can have become of something, in the order in which it is told; without a match it is new or gone.
MARKS = ("firmer", "softer", "later", "earlier", "dated", "undated", "recast", "restated", "new", "gone")


@dataclass(frozen=True)
class Pair:
    """A commitment of each edition; a new one has no earlier, one that is gone no later.

    `relation` is that of the link between them, None where they are only alike.
    """

    earlier: Commitment | None
    later: Commitment | None
    relation: str | None
    drift: Drift | None

    @property
    def marks(self) -> list[str]:
        """What has become of it, as words of MARKS."""
        if self.drift is None:
            return ["gone" if self.later is None else "new"]
        return self.drift.marks


@dataclass(frozen=True)
class Aligned:
    """A paragraph of each text, with the words that changed; `strength` is firmer, softer, same or ""."""

    earlier: Paragraph | None
    later: Paragraph | None
    runs: Sequence[Run]
    strength: str = ""

    @property
    def mark(self) -> str:
        """new, gone, firmer, softer, restated or reworded."""
        if self.earlier is None or self.later is None:
            return "new" if self.earlier is None else "gone"
        if self.strength in ("firmer", "softer"):
            return self.strength
        return "restated" if all(run.kind == "same" for run in self.runs) else "reworded"


def compare(session: Session, earlier: Meeting, later: Meeting, lexicon: Lexicon) -> list[Pair]:
    """The commitments of two editions that stand: first what was taken up, then what is new, then what is gone."""
    old, new = (_commitments(session, meeting) for meeting in (earlier, later))
    links = session.scalars(
        select(CommitmentLink).where(
            CommitmentLink.from_id.in_(new), CommitmentLink.to_id.in_(old), CommitmentLink.relation.in_(TAKES_UP)
        )
    ).all()
    relations = {(link.from_id, link.to_id): link.relation for link in links}
    alike = matched(
        _unlinked(texts_of(session, [earlier]), [link.to_id for link in links], lexicon),
        _unlinked(texts_of(session, [later]), [link.from_id for link in links], lexicon),
        LIKE,
    )
    taken = [*relations, *alike.items()]
    places = {identity: n for n, identity in enumerate(new)}
    # Those that are linked come first.
    faced = [(old[to], new[at]) for at, to in sorted(taken, key=lambda pair: (pair not in relations, places[pair[0]]))]
    return [
        *(Pair(one, other, relations.get((other.id, one.id)), between(one, other)) for one, other in faced),
        *(Pair(None, one, None, None) for one in new.values() if one.id not in {at for at, _ in taken}),
        *(Pair(one, None, None, None) for one in old.values() if one.id not in {to for _, to in taken}),
    ]


def counted(pairs: Sequence[Pair]) -> dict[str, int]:
    """How many pairs bear each mark, in the order of MARKS; those that none bears left out."""
    counts = Counter(mark for pair in pairs for mark in pair.marks)
    return {mark: counts[mark] for mark in MARKS if counts[mark]}


def align(old: str, new: str, lexicon: Lexicon) -> list[Aligned]:
    """The first MOST paragraphs of two texts: those that are alike, then the new ones, then those that are gone."""
    before, after = ({one.number: one for one in paragraphs(text)[:MOST]} for text in (old, new))
    was, became = (_worth(text, found) for text, found in ((old, before), (new, after)))
    pairs = matched(was, became, LIKE)
    return [
        *(_aligned(old, new, before[pairs[n]], after[n], lexicon) for n in became if n in pairs),
        *(Aligned(None, after[n], [Run("added", text)]) for n, text in became.items() if n not in pairs),
        *(Aligned(before[n], None, [Run("removed", text)]) for n, text in was.items() if n not in pairs.values()),
    ]


def _commitments(session: Session, meeting: Meeting) -> dict[int, Commitment]:
    made = (
        select(Commitment)
        .where(Commitment.meeting_id == meeting.id, Commitment.withdrawn_on.is_(None))
        .order_by(Commitment.public_id)
        .options(*COMPARED)
    )
    return {one.id: one for one in session.scalars(made.limit(MOST))}


def _unlinked(texts: Mapping[int, str], linked: Sequence[int], lexicon: Lexicon) -> dict[int, str]:
    """What the commitments without a link are about: that two are agreed on does not make them alike."""
    return {n: lexicon.operative.sub(" ", text) for n, text in texts.items() if n not in linked}


def _worth(text: str, found: Mapping[int, Paragraph]) -> dict[int, str]:
    """What is long enough to be compared."""
    texts = {number: text[one.start : one.end] for number, one in found.items()}
    return {number: words for number, words in texts.items() if len(words) >= SHORTEST}


def _aligned(old: str, new: str, earlier: Paragraph, later: Paragraph, lexicon: Lexicon) -> Aligned:
    was, became = old[earlier.start : earlier.end], new[later.start : later.end]
    before, after = (lexicon.propose(text) for text in (was, became))
    moved = moved_strength(before.strength if before else None, after.strength if after else None)
    return Aligned(earlier, later, reworded(was, became), moved)

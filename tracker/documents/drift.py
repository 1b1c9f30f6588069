"""How a commitment has moved from one edition to the next: its strength, its date and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.documents.differences import Run, words
from tracker.models import Citation, Commitment
from tracker.models.commitments import stands_in
from tracker.models.lookups import STRENGTHS

# Of the longer wording at least this share stays; where less does, marking the words that differ would tell nothing.
KEPT = 0.3
ORDER = [strength[0] for strength in STRENGTHS]


@dataclass(frozen=True)
class Drift:
    """What has changed from an earlier commitment to a later one.

    `kind` is recast where it has become another kind of commitment with no strength to compare, else "".
    `strength` is firmer, softer, same or "" where one has none; `date` is later, earlier, dated (it had none), undated
    (it has none any more), same, or "" where neither has a date.
    """

    kind: str
    strength: str
    date: str
    runs: Sequence[Run]

    @property
    def marks(self) -> list[str]:
        """The words for it; "restated" where nothing has moved."""
        moved = [word for word in (self.kind, self.strength, self.date) if word not in ("", "same")]
        return moved or ["restated"]


def drift(earlier: Commitment, kind: str, strength: str | None, target: date | None, wording: str) -> Drift:
    """From an earlier commitment, as it stands, to one of this kind, strength, target date and wording."""
    return _drift(earlier, kind, strength, _date(earlier.target_on, target), wording)


def between(earlier: Commitment, later: Commitment) -> Drift:
    """From an earlier commitment to a later one, as they were made."""
    moved = _date(earlier.original_target_on, later.original_target_on)
    return _drift(earlier, later.kind, later.strength, moved, wording_of(later))


def reworded(earlier: str, later: str) -> Sequence[Run]:
    """The words that changed; where next to nothing stayed, the one wording as removed and the other as added."""
    runs = words(earlier, later)
    kept = sum(len(run.text) for run in runs if run.kind == "same")
    if kept < KEPT * max(len(earlier), len(later)):
        return Run("removed", earlier), Run("added", later)
    return runs


def moved_strength(earlier: str | None, later: str | None) -> str:
    """firmer, softer or same; "" where one of them has no strength."""
    if earlier not in ORDER or later not in ORDER:
        return ""
    moved = ORDER.index(later) - ORDER.index(earlier)
    return "firmer" if moved > 0 else "softer" if moved < 0 else "same"


def telling(commitment: Commitment) -> Citation | None:
    """The citation whose quote holds the operative words, else the first with a quote."""
    cited = [one for statement in commitment.statements for one in statement.citations]
    corrected = {one.corrects_id for one in cited if one.corrects_id}
    quoted = [one for one in cited if one.exact and one.id not in corrected]
    phrase = commitment.operative_phrase
    holding = [one for one in quoted if phrase and stands_in(phrase, [one.exact or ""])]
    return next(iter(holding or quoted), None)


def wording_of(commitment: Commitment) -> str:
    """The quote that tells most of it; its title where nothing is quoted."""
    citation = telling(commitment)
    return (citation.exact if citation else None) or commitment.title


def _drift(earlier: Commitment, kind: str, strength: str | None, moved: str, wording: str) -> Drift:
    firmness = moved_strength(earlier.strength, strength)
    recast = "recast" if kind != earlier.kind and not firmness else ""
    return Drift(recast, firmness, moved, reworded(wording_of(earlier), wording))


def _date(earlier: date | None, later: date | None) -> str:
    if earlier is None or later is None:
        return "dated" if later else "undated" if earlier else ""
    return "later" if later > earlier else "earlier" if later < earlier else "same"

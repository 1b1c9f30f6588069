"""How a commitment has moved from one edition to the next: its strength, its date and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.documents.differences import Run, words
from tracker.models import Commitment
from tracker.models.lookups import STRENGTHS

ORDER = [strength[0] for strength in STRENGTHS]


@dataclass(frozen=True)
class Drift:
    """What has changed from an earlier commitment to a later one.

    `strength` is firmer, softer, same or "" where one has none; `date` is later, earlier, dated (it had none), undated
    (it has none any more), same, or "" where neither has a date.
    """

    strength: str
    date: str
    runs: Sequence[Run]

    @property
    def marks(self) -> list[str]:
        """The words for it; "restated" where neither strength nor date has moved."""
        moved = [word for word in (self.strength, self.date) if word not in ("", "same")]
        return moved or ["restated"]


def drift(earlier: Commitment, strength: str | None, target: date | None, wording: str) -> Drift:
    """From an earlier commitment to one of this strength, target date and wording."""
    return Drift(
        _strength(earlier.strength, strength), _date(earlier.target_on, target), words(wording_of(earlier), wording)
    )


def between(earlier: Commitment, later: Commitment) -> Drift:
    """From an earlier commitment to a later one, as they were made."""
    return Drift(
        _strength(earlier.strength, later.strength),
        _date(earlier.original_target_on, later.original_target_on),
        words(wording_of(earlier), wording_of(later)),
    )


def wording_of(commitment: Commitment) -> str:
    """What its statements quote; its title where they quote nothing."""
    corrected = {one.corrects_id for statement in commitment.statements for one in statement.citations}
    quotes = [
        one.exact
        for statement in commitment.statements
        for one in statement.citations
        if one.exact and one.id not in corrected
    ]
    return " … ".join(dict.fromkeys(quotes)) or commitment.title


def _strength(earlier: str | None, later: str | None) -> str:
    if earlier not in ORDER or later not in ORDER:
        return ""
    moved = ORDER.index(later) - ORDER.index(earlier)
    return "firmer" if moved > 0 else "softer" if moved < 0 else "same"


def _date(earlier: date | None, later: date | None) -> str:
    if earlier is None or later is None:
        return "dated" if later else "undated" if earlier else ""
    return "later" if later > earlier else "earlier" if later < earlier else "same"

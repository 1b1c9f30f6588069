"""What is wrong in a seed file, and where."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field

# Nobody corrects more mistakes than this at a time.
ENOUGH = 2000
FLOOD = "there are more mistakes than these; correct them first"
# Long lists and long words make the search for a likeness slow, and hostile files have many of both.
MAX_COMPARED = 20_000
MAX_WORD = 120
SHOWN = 60

Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: `place` leads to it inside the file, as `commitments[3].kind` does."""

    file: str
    line: int
    place: Place = field(compare=False)
    text: str

    def __str__(self) -> str:
        path = f"{spell(self.place)}: " if self.place else ""
        return f"{self.file}:{self.line}: {path}{self.text}"


def spell(place: Place) -> str:
    """The way to a value in words: keys joined by dots, positions counted from 0 in brackets."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{shown(part, bare=True)}" for part in place)
    return path.removeprefix(".")


def shown(value: object, bare: bool = False) -> str:
    """A value as an error message shows it: on one line, not too long, with nothing that moves the cursor."""
    text = str(value)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if bare else f"'{text}'"


class Guesses:
    """Finds what somebody may have meant, until it has compared enough."""

    def __init__(self) -> None:
        self.left = MAX_COMPARED

    def __call__(self, word: str, known: Collection[str]) -> str:
        """` - did you mean 'x'?` or nothing."""
        self.left -= len(known)
        if self.left < 0 or len(word) > MAX_WORD:
            return ""
        folded = {name.casefold().replace("_", "-"): name for name in known}
        found = difflib.get_close_matches(word.casefold().replace("_", "-"), folded, n=1)
        return f" - did you mean '{folded[found[0]]}'?" if found else ""

"""The normal form of a text: what is left when typesetting no longer counts, with the way back to the original.

White space, quotation marks, dashes, soft hyphens, ligatures, composed letters and words broken at line ends are made
alike. Letters, digits, their case and all other punctuation stay, so that no changed word becomes equal to another.
"""

import re
import unicodedata
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tracker.models.base import HIDDEN

# Stands where a line ends within a word after a hyphen: nobody can tell "coopera-tion" from "Indo-Pacific" there.
# It is no character of Unicode, so no text holds it.
BROKEN = "\ufdd0"
LINE_END = r"[^\S\n\r\f\v\x85\u2028\u2029]*[\n\r\f\v\x85\u2028\u2029]\s*"
DASHES = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
# Apostrophes are among them: which mark a typesetter took for which is not part of the words.
QUOTATION_MARKS = "\"'`\u00b4\u00ab\u00bb\u2018-\u201f\u2039\u203a\u300c-\u300f\u301d-\u301f\uff02\uff07"
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in normal form; `starts` and `ends` hold the span in the original that each character stands for."""

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text of `text[start:end]`, which is not empty."""
        return self.starts[start], self.ends[end - 1]

    def substitute(self, pattern: re.Pattern[str], replace: Callable[[str], str]) -> "Normal":
        """Each match of `pattern` replaced; every character of a replacement stands for the whole match."""
        pieces: list[str] = []
        starts, ends, done = array("I"), array("I"), 0
        for match in pattern.finditer(self.text):
            start, end = match.span()
            new = replace(match.group())
            pieces += (self.text[done:start], new)
            starts += self.starts[done:start] + array("I", [self.starts[start]]) * len(new)
            ends += self.ends[done:start] + array("I", [self.ends[end - 1]]) * len(new)
            done = end
        if not pieces:
            return self
        pieces.append(self.text[done:])
        return Normal("".join(pieces), starts + self.starts[done:], ends + self.ends[done:])


# In this order: a rule may count on what those before it have made alike.
RULES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(f"\u00ad(?:{LINE_END})?|{HIDDEN.pattern}"), lambda found: ""),
    (re.compile("[ﬀ-ﬆ]"), LIGATURES.__getitem__),
    (re.compile(rf"(?<=[^\W\d_])[-\u2010]{LINE_END}(?=[^\W\d_])"), lambda found: BROKEN),
    # Before the next two, which would look at each part of a long run of white space again and again.
    (re.compile(r"\s{2,}|[^\S ]"), lambda found: " "),
    # White space beside a dash or a quotation mark is a custom of languages and publishers.
    (re.compile(rf" ?[{DASHES}][{DASHES} ]*"), lambda found: "-"),
    (re.compile(rf" ?[{QUOTATION_MARKS}][{QUOTATION_MARKS} ]*"), lambda found: "'"),
)


def normalise(text: str) -> Normal:
    """The normal form of `text`."""
    form = Normal(text, array("I", range(len(text))), array("I", range(1, len(text) + 1)))
    if not unicodedata.is_normalized("NFC", text):
        form = form.substitute(_composable(), lambda found: unicodedata.normalize("NFC", found))
    for pattern, replace in RULES:
        form = form.substitute(pattern, replace)
    return form


@cache
def _composable() -> re.Pattern[str]:
    """Letters with the marks that follow them, and characters that NFC replaces by another."""
    characters = [chr(code) for code in range(0xA0, 0x30000) if not 0xD800 <= code < 0xE000]
    vowels_and_finals = "\u1161-\u1175\u11a8-\u11c2"
    marks = "".join(c for c in characters if unicodedata.category(c).startswith("M")) + vowels_and_finals
    replaced = "".join(c for c in characters if not unicodedata.is_normalized("NFC", c))
    return re.compile(f"(?s:.)[{marks}]+|[{replaced}]")

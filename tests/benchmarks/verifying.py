"""Measures how long it takes to verify every citation, beside the least that anybody must do: read, hash and search.

    python -m tests.benchmarks.verifying >> tests/benchmarks/README.md

Of the quotes, 6 in 10 are verbatim, 3 in 10 are set in another way, and 1 in 10 has a word changed, so that its nearest
passage is looked for. The same seed makes the same texts.
"""

# ruff: noqa: RUF001, the look-alike marks are what is measured

import hashlib
import random
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy.orm import Session as AnySession

from tracker.auditing import Origin
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.documents import archive, extraction, verify, versions
from tracker.models import Citation, Meeting, Source, Statement
from tracker.schema import trees

SEED = 20240820
SYLLABLES = [
    "an", "be", "co", "de", "en", "fi", "ga", "ha", "in", "jo", "ka", "li", "mo", "no", "op", "pa", "ri", "so", "ta",
    "un", "ve", "wa", "ex", "ya", "zu", "ment", "tion", "ship",
]  # fmt: skip
CHANGES = ((" ", "\n"), ("“", '"'), ("”", '"'), ("’", "'"), (" – ", " -- "))


def text_of(rng: random.Random, characters: int) -> str:
    """A text of about this many characters: paragraphs of wrapped lines, quotation marks, dashes, broken words."""
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(3_000)]
    pieces, length = [], 0
    while length < characters:
        sentence = rng.choice(("{}.", "“{}.”", "He said – {} – so.", "They’re {}, 1,500 of them.", "{};\nall-\nround."))
        pieces.append(sentence.format(" ".join(rng.choices(words, k=rng.randint(8, 30)))))
        length += len(pieces[-1]) + 2
    return "\n\n".join(" ".join(pieces[at : at + 5]) for at in range(0, len(pieces), 5))


def quote_of(rng: random.Random, text: str) -> str:
    """Some words of the text: as they stand, set in another way, or with one of them changed."""
    words = text.split()
    at = rng.randrange(len(words) - 40)
    chosen = words[at : at + rng.randint(5, 30)]
    kind = rng.random()
    if kind > 0.9:
        chosen[len(chosen) // 2] = "neverbefore"
    start = text.find(" ".join(chosen[:3]))
    quote = text[start : start + len(" ".join(chosen))] if kind <= 0.6 and start >= 0 else " ".join(chosen)
    quote = quote[: quote.rfind(" ")] if kind <= 0.6 else quote
    if 0.6 < kind <= 0.9:
        for old, new in CHANGES:
            quote = quote.replace(old, new)
    return quote.strip()


def fill(session: AnySession, folder: Path, documents: int, citations: int, characters: int) -> None:
    """Sources with a text each, and statements that quote them."""
    rng = random.Random(SEED)
    meeting = Meeting(slug="m", name="M", classification="ministerial", status="planned")
    per_source = citations // documents
    for number in range(documents):
        source = Source(slug=f"source-{number}", title=f"Source {number}", classification="other")
        extract = extraction.pasted(text_of(rng, characters))
        archive.keep(folder, extract.content)
        cited = [
            Citation(source=source, exact=quote_of(rng, extract.text), ordinal=ordinal)
            for ordinal in range(1, per_source + 1)
        ]
        session.add(
            Statement(slug=f"s-{number}", meeting=meeting, attribution="All", summary="They spoke.", citations=cited)
        )
        session.flush()
        versions.add(session, source, extract, "benchmark")
    session.commit()


def least(session: AnySession, folder: Path) -> float:
    """Seconds to read and hash each text once and to search it for each quote as it is."""
    rows = verify.selected(session)
    began = time.perf_counter()
    texts: dict[str, str] = {}
    for row in rows:
        if row.sha256 not in texts:
            content = archive.path(folder, row.sha256).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row.sha256
            texts = {row.sha256: content.decode()}
        texts[row.sha256].find(row.exact)
    return time.perf_counter() - began


def lines(documents: int, citations: int, characters: int) -> list[str]:
    """The measured figures, as lines of Markdown."""
    with TemporaryDirectory() as temporary:
        config = Config.load({"TRACKER_INSTANCE": temporary})
        trees(config)[0].upgrade()
        engine = create_engine(config.database_url)
        with Session(engine, info={"origin": Origin("benchmark", "cli")}) as session:
            fill(session, config.documents, documents, citations, characters)
            bound = least(session, config.documents)
            began = time.perf_counter()
            results = list(verify.check(verify.selected(session), config.documents))
            kept = verify.store(session, results)
            session.commit()
            seconds = time.perf_counter() - began
        engine.dispose()
    counts = Counter(checked.match.result for checked in results)
    told = ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in ("verbatim", "normalised", "not_found"))
    return [
        f"{len(results):,} citations of {documents:,} texts of {characters // 1000} kB ({told}): {seconds:.1f} s, "
        f"{kept:,} recorded; to read, hash and search them as they are: {bound:.2f} s; ratio {seconds / bound:.0f}."
    ]


@click.command()
@click.option("--documents", default=1_000, show_default=True)
@click.option("--citations", default=10_000, show_default=True)
@click.option("--characters", default=30_000, show_default=True)
def main(documents: int, citations: int, characters: int) -> None:
    """Measure, and print a paragraph for the README."""
    click.echo("\n## Verification\n")
    click.echo("\n".join(lines(documents, citations, characters)))


if __name__ == "__main__":
    main()

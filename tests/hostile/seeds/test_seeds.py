"""Hostile seed files are answered with file and line, quickly, in little memory; awkward ones load as meant."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import TESTER
from tests.hostile.seeds.cases import cases
from tests.seed_folder import FILES, MEETING, good, loaded, planned, write
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.models import Base, Minister, Topic
from tracker.seeding.records import Seeds

SECONDS = 3
MEGABYTES = 400


def rows(config: Config) -> dict[str, int]:
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        tables = Base.metadata.sorted_tables
        found = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    engine.dispose()
    return found


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.long)])
def test_hostile_files_are_answered_and_change_nothing(sqlite_config: Config, tmp_path: Path, step: int) -> None:
    known = [(case.name, case.told) for case in islice(cases(), 0, None, step)]
    assert len(dict(known)) == len(known) >= 160 // step
    before = rows(sqlite_config)
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.seeds.run", str(tmp_path), str(step)],
        cwd=PROJECT,
        env={**os.environ, "TRACKER_INSTANCE": str(sqlite_config.instance)},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    wrong = []
    for (name, expected), answer, used in zip(known, lines[::2], lines[1::2], strict=True):
        code, said, told, error = answer
        if (code, said, error) != (1, "", None) or not any(line.startswith(expected) for line in told):
            wrong.append((name, code, error, expected, told[:4]))
        if used[0] > SECONDS or used[1] > MEGABYTES:
            wrong.append((name, "took", *used))
        if any("Traceback" in line for line in told) or not (told or [""])[-1].endswith("; nothing was changed"):
            wrong.append((name, "ended with", told[-1:]))
    assert wrong == []
    assert rows(sqlite_config) == before


def changed(name: str, old: str, new: str) -> dict[str, str | bytes]:
    assert FILES[name].count(old) == 1
    return {name: FILES[name].replace(old, new)}


ALL = dict(FILES)
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
ARABIC = "\u0627\u0644\u0623\u0645\u0646 \u0627\u0644\u0633\u064a\u0628\u0631\u0627\u0646\u064a"
AWKWARD: dict[str, tuple[dict[str, str | bytes], str]] = {
    "Windows line ends": ({name: text.replace("\n", "\r\n") for name, text in ALL.items()}, "Cyber"),
    "old Macintosh line ends": ({name: text.replace("\n", "\r") for name, text in ALL.items()}, "Cyber"),
    "a byte-order mark": ({name: b"\xef\xbb\xbf" + text.encode() for name, text in ALL.items()}, "Cyber"),
    "no line end at the end": ({name: text.rstrip("\n") for name, text in ALL.items()}, "Cyber"),
    "decomposed letters": (changed("topics.yaml", "label: Cyber", "label: Cybe\u0301r"), "Cyb\u00e9r"),
    "Arabic": (changed("topics.yaml", "label: Cyber", f"label: {ARABIC}"), ARABIC),
    "Persian with its joiner": (changed("topics.yaml", "label: Cyber", f"label: {PERSIAN}"), PERSIAN),
    "Japanese": (changed("topics.yaml", "label: Cyber", "label: 安全保障"), "安全保障"),
    "letters beyond the first plane": (changed("topics.yaml", "label: Cyber", "label: 𐤀𐤁 🛰"), "𐤀𐤁 🛰"),
    "a word for no": (changed("topics.yaml", "label: Cyber", "label: NO"), "NO"),
    "a number with its zero": (changed("topics.yaml", "label: Cyber", "label: 1.10"), "1.10"),
    "an underscore in digits": (changed("topics.yaml", "label: Cyber", "label: 1_000"), "1_000"),
    "a time that is base sixty": (changed("topics.yaml", "label: Cyber", "label: 12:30:45"), "12:30:45"),
    "NULL in capitals": (changed("topics.yaml", "label: Cyber", "label: NULL"), "NULL"),
    "null in quotes": (changed("topics.yaml", "label: Cyber", "label: 'null'"), "null"),
    "a folded text": (changed("topics.yaml", "label: Cyber", "label: >-\n    two\n    lines"), "two lines"),
    "a text with its lines": (changed("topics.yaml", "label: Cyber", "label: |\n    two\n    lines"), "two\nlines"),
    "braces": (
        changed(
            "topics.yaml",
            "- slug: cyber\n  label: Cyber\n  parent: security\n",
            "- {slug: cyber, label: Cyber, parent: security}\n",
        ),
        "Cyber",
    ),
    "JSON": (
        {"topics.yaml": '[{"slug": "security", "label": "Security"}, {"slug": "cyber", "label": "Cyber"}]'},
        "Cyber",
    ),
    "a document's begin and end": ({"topics.yaml": "---\n" + FILES["topics.yaml"] + "...\n"}, "Cyber"),
    "keys in another order": (
        changed("topics.yaml", "- slug: cyber\n  label: Cyber", "- label: Cyber\n  slug: cyber"),
        "Cyber",
    ),
    "children before parents": (
        {"topics.yaml": "- slug: cyber\n  label: Cyber\n  parent: security\n- slug: security\n  label: S\n"},
        "Cyber",
    ),
    "escapes": (
        changed("topics.yaml", "label: Cyber", 'label: "C\\x79ber \\u2014 \\U0001F6F0"'),
        "Cyber \u2014 \U0001f6f0",
    ),
    "blanks around": (changed("topics.yaml", "label: Cyber", "label:    Cyber   # said"), "Cyber"),
    "200 characters of a slug's worth": (changed("topics.yaml", "label: Cyber", "label: " + "x" * 300), "x" * 300),
}


def label(session: Session, seeds: Seeds) -> str:
    loaded(session, seeds)
    session.rollback()
    return session.scalars(select(Topic.label).where(Topic.slug == "cyber")).one()


@pytest.mark.parametrize(("files", "meant"), AWKWARD.values(), ids=AWKWARD)
def test_awkward_but_valid_files_load_as_meant(
    sqlite_config: Config, tmp_path: Path, files: dict[str, str | bytes], meant: str
) -> None:
    engine = create_engine(sqlite_config.database_url)
    seeds = good(write(tmp_path / "seeds", files))
    with Session(engine, info={"origin": TESTER}) as session:
        assert label(session, seeds) == meant
        assert planned(session, seeds) == {}
        norwegian = session.scalars(select(Minister).where(Minister.slug == "kari-nordmann")).one()
        assert norwegian.country_code == "NO"
    engine.dispose()
    assert len(AWKWARD) >= 14
    assert MEETING in FILES

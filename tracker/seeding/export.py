"""Export: the database as seed files, with all that nobody touched kept to the byte."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import SeedText
from tracker.seeding.check import read_seeds
from tracker.seeding.contents import of_database, of_records
from tracker.seeding.described import MEETING, schema_line, write_schemas
from tracker.seeding.fields import SLUG, SeedModel
from tracker.seeding.files import BYTE_ORDER_MARK, SeedFile, parsed
from tracker.seeding.patch import patched, same
from tracker.seeding.plan import make_plan
from tracker.seeding.records import Seeds, gather
from tracker.seeding.render import file_text
from tracker.seeding.rows import part_key
from tracker.seeding.schema import Meeting
from tracker.seeding.tree import Mapping, Unreadable

# What the first line of a new file says.
HEADERS = {
    "countries": "Countries by ISO 3166-1 alpha-2 code.",
    "organizations": "Governments, ministries and other bodies.",
    "offices": "Posts, each with the organisation that it belongs to.",
    "ministers": "Ministers, each once, with other spellings and the offices that they held.",
    "topics": "Topics, a tree.",
    "sources": "Documents that statements and status updates are quoted from.",
    "series": "Series of meetings.",
}


class ExportError(ValueError):
    """An export that would lose something; no file was written."""


@dataclass
class Exported:
    """What became of each file."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def export(session: Session, folder: Path) -> Exported:
    """Write the records of the database to `folder`.

    What stands there already is brought up to date and keeps its comments; where it holds nothing, the files that
    were last loaded are the base. Raises ExportError where the folder holds edits that were never loaded.
    """
    there = _read(session, folder)
    bases = Bases(there.files or _kept(session))
    done = Exported()
    folder.mkdir(parents=True, exist_ok=True)
    present = {file.name: file.text for file in there.files}
    with TemporaryDirectory(prefix=".export-", dir=folder) as temporary:
        for name, model, content in of_database(session):
            if not content and name not in present:
                continue
            text = bases.text(name, model, content)
            if present.pop(name, None) == text:
                done.kept.append(name)
                continue
            path = Path(temporary, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
            done.written.append(name)
        for name in done.written:
            (folder / name).parent.mkdir(exist_ok=True)
            os.replace(Path(temporary, name), folder / name)
    done.written += write_schemas(folder)
    for name in present:
        (folder / name).unlink()
        done.removed.append(name)
    return done


class Bases:
    """The texts that new ones are made of; those of meetings are found by the meeting's slug, too."""

    def __init__(self, files: list[SeedFile]) -> None:
        gathered = gather(files)
        self.contents = {} if gathered.problems else of_records(gathered.seeds.records)
        self.files = {file.name: file for file in files}
        self.by_slug = {file.root.get("slug"): file for file in files if isinstance(file.root, Mapping)}

    def text(self, name: str, model: type[SeedModel], content: Any) -> str:
        """The text of a file that is to hold this."""
        if model is Meeting and not re.fullmatch(SLUG, content["slug"]):
            raise ExportError(f"meeting {content['slug']!r}: no file can be named after this slug; change it first")
        base = self.by_slug.get(content["slug"]) if model is Meeting else self.files.get(name)
        if base is not None and (base.name in self.contents or not content):
            before = self.contents.get(base.name, [])
            if alike(model, before, content):
                return base.text
            mark = BYTE_ORDER_MARK if base.text.startswith(BYTE_ORDER_MARK) else ""
            text = mark + patched(base.text.removeprefix(mark), base.root, before, content, model)
            if _holds(name, text, model, content):
                return text
        stem = MEETING if model is Meeting else Path(name).stem
        header = content["name"] if model is Meeting else HEADERS[stem]
        return file_text(content, model, [f"# {header}", schema_line(stem)])


def alike(model: type[SeedModel], old: Any, new: Any) -> bool:
    """Whether the contents of two files say the same, in whatever order."""
    if model is Meeting:
        return same(model, old, new)
    before, after = ({part_key(item, model): item for item in items} for items in (old, new))
    return before.keys() == after.keys() and all(same(model, before[key], after[key]) for key in before)


def _holds(name: str, text: str, model: type[SeedModel], content: Any) -> bool:
    try:
        gathered = gather([parsed(name, text)])
    except Unreadable:
        return False
    return not gathered.problems and alike(model, of_records(gathered.seeds.records).get(name, []), content)


def _read(session: Session, folder: Path) -> Seeds:
    """What the folder holds; all of it was loaded, or somebody's work would be lost."""
    if not folder.exists() or not any(folder.rglob("*.yaml")):
        return Seeds()
    seeds, problems = read_seeds(folder)
    if problems:
        raise ExportError("\n".join(["the folder holds files with mistakes:", *map(str, problems)]))
    lost = make_plan(session, seeds).of("create", "change", "conflict", "refuse", "blocked")
    if lost:
        told = [f"{step.where}: {' '.join(step.name)}" for step in lost]
        raise ExportError("\n".join(["the folder holds edits that were not loaded; load them first:", *told]))
    session.expunge_all()
    return seeds


def _kept(session: Session) -> list[SeedFile]:
    return list(_parsed(session))


def _parsed(session: Session) -> Iterator[SeedFile]:
    for kept in session.scalars(select(SeedText)):
        try:
            yield parsed(kept.file, kept.content)
        except Unreadable:
            # Written under other rules than today's; the file is made anew.
            continue

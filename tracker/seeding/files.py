"""The folder of seed files: which files belong to it, and the tree of each."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from tracker.models.base import HIDDEN
from tracker.seeding.problems import ENOUGH, FLOOD, Guesses, Place, Problem, shown
from tracker.seeding.tree import CONTROLS, Node, Unreadable, line_of, read_tree

LISTS = ("countries", "organizations", "offices", "ministers", "topics", "sources", "series")
MEETINGS = "meetings"
# Mappings of imported tables are kept beside the records and are no records.
SKIPPED = "mappings"
SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 16 * 1024 * 1024
BYTE_ORDER_MARK = "\ufeff"
UNWANTED = re.compile(f"{HIDDEN.pattern}|{CONTROLS.pattern}")


@dataclass(frozen=True)
class SeedFile:
    """One file that was read: `name` within the folder, its tree, and its text as it stands."""

    folder: str
    name: str
    root: Node
    text: str = ""

    @property
    def is_meeting(self) -> bool:
        return self.name.startswith(f"{MEETINGS}/")

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    def problem(self, place: Place, text: str) -> Problem:
        """A mistake at a place of this file."""
        return Problem(shown_path(f"{self.folder}/{self.name}"), line_of(self.root, place), place, text)


class Reader:
    """Reads every seed file of a folder; what is wrong with them gathers in `problems`."""

    def __init__(self, folder: Path) -> None:
        self.top = Path(os.path.abspath(folder))
        self.problems: list[Problem] = []
        # Files that could not be read: what they hold is not known to be missing.
        self.unread = 0
        self._whole = ""

    def read(self) -> list[SeedFile]:
        """The files in the order in which their records depend on each other, meetings by name."""
        if not self.top.is_dir():
            self._report(".", 1, (), "is not a folder of seed files")
            return []
        found = sorted(self._find(), key=_rank)
        if not found and not self.problems:
            self._report(".", 1, (), f"holds no seed files; it should hold {LISTS[0]}.yaml and the like")
        return [file for name in found if (file := self._read(name)) is not None]

    def _find(self) -> Iterator[str]:
        guess = Guesses()
        for folder, folders, names in os.walk(self.top):
            here = os.path.relpath(folder, self.top).replace(os.sep, "/").removeprefix(".")
            folders[:] = sorted(name for name in folders if not name.startswith(".") and (here or name != SKIPPED))
            for name in names:
                if name.startswith(".") or not name.endswith(SUFFIXES):
                    continue
                path = f"{here}/{name}" if here else name
                if is_seed_file(path):
                    yield path
                else:
                    stem = name.rpartition(".")[0]
                    hint = "" if here else guess(stem, LISTS).replace("?", " with .yaml at its end?")
                    where = "" if hint else f"; meetings go to {MEETINGS}/<date>-<slug>.yaml"
                    self._report(path, 1, (), f"is not a seed file{hint}{where}")

    def _read(self, name: str) -> SeedFile | None:
        try:
            text = self._text(name)
            root = read_tree(text, lambda line, place, what: self._mistake(name, line, place, what))
        except Unreadable as error:
            self._report(name, error.line, (), error.text)
        except OSError as error:
            self._report(name, 1, (), f"cannot be read: {error.strerror}")
        else:
            return SeedFile(self.top.name, name, root, self._whole)
        self.unread += 1
        return None

    def _text(self, name: str) -> str:
        path = self.top / name
        if not path.resolve().is_relative_to(self.top.resolve()):
            raise Unreadable(1, "is a link that leads out of the folder; it is not followed")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable(1, "is not a regular file")
        if found.st_size > MAX_BYTES:
            raise Unreadable(1, f"is larger than {MAX_BYTES // 1024 // 1024} MB; divide it")
        data = path.read_bytes()
        try:
            self._whole = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(line, "is not UTF-8 text; save it as UTF-8") from error
        return self._without_hidden(name, self._whole.removeprefix(BYTE_ORDER_MARK))

    def _without_hidden(self, name: str, text: str) -> str:
        if not UNWANTED.search(text):
            return text
        # By lines, one after the other: a file may be full of them, and one mention a line is enough.
        for line, content in enumerate(StringIO(text, newline="\n"), 1):
            if found := UNWANTED.search(content):
                self._mistake(name, line, (), f"text holds the hidden character U+{ord(found.group()):04X}; remove it")
        return UNWANTED.sub("", text)

    def _mistake(self, name: str, line: int, place: Place, text: str) -> None:
        if len(self.problems) > ENOUGH:
            raise Unreadable(line, FLOOD)
        self._report(name, line, place, text)

    def _report(self, name: str, line: int, place: Place, text: str) -> None:
        file = self.top.name if name == "." else f"{self.top.name}/{name}"
        self.problems.append(Problem(shown_path(file), line, place, text))


def parsed(name: str, text: str) -> SeedFile:
    """A file from a text that has no mistakes in its form; Unreadable if it has."""

    def refuse(line: int, place: Place, what: str) -> None:
        raise Unreadable(line, what)

    return SeedFile("", name, read_tree(text.removeprefix(BYTE_ORDER_MARK), refuse), text)


def shown_path(path: str) -> str:
    """A path that is safe to print, whatever bytes its name is made of."""
    return "/".join(shown(part, bare=True) if not part.isprintable() else part for part in path.split("/"))


def is_seed_file(path: str) -> bool:
    """Whether a path within the folder is that of a seed file."""
    folder, _, name = path.rpartition("/")
    return path.endswith(".yaml") and (folder == MEETINGS or (not folder and name.removesuffix(".yaml") in LISTS))


def _rank(path: str) -> tuple[int, str]:
    return (len(LISTS), path) if path.startswith(f"{MEETINGS}/") else (LISTS.index(path.removesuffix(".yaml")), path)

"""The reports that there are: the built-in `.sql` files, and those of whoever runs this installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.reports.errors import QueryError, ReportError, did_you_mean
from tracker.reports.frontmatter import Chart, Column, FrontMatter
from tracker.reports.parameters import Parameter
from tracker.reports.template import Piece, not_portable, parse

BUILT_IN = Path(__file__).with_name("sql")
HEAD = re.compile(r"\A\s*/\*(?!\?)(.*?)\*/", re.DOTALL)
FILE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Report:
    """One report file: `source` is its text, `pieces` the statement within it, on the lines where they stand."""

    path: Path
    title: str
    description: str
    source: str
    pieces: tuple[Piece, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, Column]
    tags: tuple[str, ...]
    chart: Chart | None

    @property
    def name(self) -> str:
        """What it is called by: the name of its file."""
        return self.path.stem

    @property
    def statement(self) -> str:
        """The SQL as it stands in the file, below the front matter."""
        return HEAD.sub("", self.source, count=1).strip()

    def label(self, column: str) -> str:
        """What heads a column of the result."""
        return self.columns[column].label if column in self.columns else column


def paths(*folders: Path) -> dict[str, Path]:
    """Name and file of every report, the built-in ones first; raises ReportError for a name given twice."""
    found: dict[str, Path] = {}
    for folder in (BUILT_IN, *folders):
        for path in sorted(folder.glob("*.sql")):
            if path.stem in found:
                raise ReportError(f"{path}: there is another report {path.stem!r} already; rename the file")
            found[path.stem] = path
    return found


def readable(*folders: Path) -> tuple[list[Report], list[ReportError]]:
    """Every report by name, and what is wrong with those that cannot be used."""
    reports, errors = [], []
    for _, path in sorted(paths(*folders).items()):
        try:
            reports.append(read(path))
        except ReportError as error:
            errors.append(error)
    return reports, errors


def find(name: str, *folders: Path) -> Report:
    """The report of this name; raises ReportError with the nearest one."""
    known = paths(*folders)
    if name not in known:
        raise ReportError(f"there is no report {name!r}{did_you_mean(name, known)}")
    return read(known[name])


def read(path: Path) -> Report:
    """The report in a file; raises ReportError that tells file, line and remedy."""
    if not FILE_NAME.fullmatch(path.stem):
        raise ReportError(f"{path}: name the file in lower-case words joined by hyphens")
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    head = HEAD.match(source)
    if not head:
        raise ReportError(f'{path}:1: begin with the front matter: /* title = "..." on lines of its own */')
    front = FrontMatter(path, head.group(1), 1 + source.count("\n", 0, head.start(1)))
    try:
        pieces = parse(source[head.end() :], 1 + source.count("\n", 0, head.end()))
    except QueryError as error:
        raise ReportError(f"{path}:{error.line}: {error}") from error
    for line, message in not_portable(pieces):
        raise ReportError(f"{path}:{line}: {message}")
    _check_use(path, front, pieces)
    return Report(
        path=path,
        title=front.title,
        description=front.description,
        source=source,
        pieces=pieces,
        parameters=tuple(_with_need(parameter, pieces) for parameter in front.parameters),
        columns=front.columns,
        tags=front.tags,
        chart=front.chart,
    )


def _check_use(path: Path, front: FrontMatter, pieces: tuple[Piece, ...]) -> None:
    """Every parameter that the SQL uses is declared, and the other way round."""
    declared = {parameter.name for parameter in front.parameters}
    used: dict[str, int] = {}
    for piece in pieces:
        if piece.kind == "parameter":
            used.setdefault(piece.text, piece.line)
        if piece.clause:
            used.setdefault(piece.clause, piece.line)
    for name, line in used.items():
        if name not in declared:
            remedy = did_you_mean(name, declared) or f"; declare it as [params.{name}]"
            raise ReportError(f"{path}:{line}: the parameter {name!r} is not declared{remedy}")
    for name in declared - set(used):
        raise front.error(("params", name), f"the parameter {name!r} is not used; write :{name} or take it out")


def _with_need(parameter: Parameter, pieces: tuple[Piece, ...]) -> Parameter:
    """Required is what has no default and stands outside the clause that it opens itself."""
    outside = any(
        piece.kind == "parameter" and piece.text == parameter.name and piece.clause != parameter.name
        for piece in pieces
    )
    return replace(parameter, required=outside and parameter.default is None)

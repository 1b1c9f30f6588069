"""The SQL of a report: its parameters, the clauses that a given parameter opens, and what runs on one engine only."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.reports.errors import QueryError

TOKEN = re.compile(
    r"""
      (?P<clause>/\*\?.*?\*/)
    | (?P<comment>/\*.*?\*/|--[^\n]*)
    | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<cast>::)
    | (?P<parameter>(?<![\w:]):[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)
CLAUSE = re.compile(r"/\*\?\s*([A-Za-z_]\w*)\s*:(.*)\*/", re.DOTALL)
UNCLOSED = re.compile(r"/\*|'|\"")

# What gives an error or another answer on one of the two engines, and what to write in its stead.
NOT_PORTABLE = {
    r"::": "write CAST(... AS TEXT)",
    r"\bILIKE\b": "write LOWER(a) LIKE LOWER(b)",
    r"\bGLOB\b|\bSIMILAR\s+TO\b|~": "write LOWER(a) LIKE LOWER(b)",
    r"\bINTERVAL\b": "write add_days(day, n)",
    r"\bCURRENT_(?:DATE|TIME|TIMESTAMP)\b|\bNOW\s*\(": "declare a date parameter as_of with the default today",
    r"\bAS\s+(?:DATE|TIME|TIMESTAMP|DATETIME)\s*\)": "dates are stored as dates; leave the cast out",
    r"\b(?:STRFTIME|JULIANDAY|UNIXEPOCH|DATETIME|DATE_TRUNC|TO_CHAR|EXTRACT|AGE|DATE|TIME)\s*\(": (
        "write days_between(a, b) or add_days(day, n)"
    ),
    r"\b(?:GREATEST|LEAST)\s*\(": "write CASE WHEN a > b THEN a ELSE b END",
    r"\bDISTINCT\s+ON\b": "write ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1",
    r"\b(?:GROUP_CONCAT|STRING_AGG|ARRAY_AGG)\s*\(": "give each value a row of its own",
    r"(?:_on|_date|:as_of)\s*[-+]|[-+]\s*(?:\w+\.)?:?\w*(?:_on|_date|as_of)\b": (
        "write days_between(a, b) or add_days(day, n)"
    ),
}


@dataclass(frozen=True)
class Piece:
    """A run of SQL of one kind (code, string, parameter: then `text` is its name), from `line` on.

    `clause` names the parameter that opens it, where it stands in an optional clause.
    """

    kind: str
    text: str
    line: int
    clause: str | None = None


def parse(sql: str, line: int = 1) -> tuple[Piece, ...]:
    """The pieces of a statement that begins on `line`; comments become blanks, so that lines stay what they are.

    Raises QueryError for a quotation mark or comment without its end, and for a second statement.
    """
    return tuple(_one_statement(_pieces(sql, line, None)))


def _one_statement(pieces: Iterator[Piece]) -> Iterator[Piece]:
    ended = False
    for piece in pieces:
        text, semicolon, rest = piece.text.partition(";") if piece.kind == "code" else (piece.text, "", "")
        if rest.strip() or (ended and (piece.kind != "code" or text.strip())):
            raise QueryError("a report is one statement; take out what follows ';'", piece.line + text.count("\n"))
        ended = ended or bool(semicolon)
        yield replace(piece, text=text + "\n" * rest.count("\n"))


def _pieces(sql: str, line: int, clause: str | None) -> Iterator[Piece]:
    end = 0
    for token in TOKEN.finditer(sql):
        yield from _code(sql[end : token.start()], line, clause)
        line += sql.count("\n", end, token.start())
        yield from _token(token.lastgroup or "", token.group(), line, clause)
        line += token.group().count("\n")
        end = token.end()
    yield from _code(sql[end:], line, clause)


def _code(text: str, line: int, clause: str | None) -> Iterator[Piece]:
    unclosed = UNCLOSED.search(text)
    if unclosed:
        at = line + text.count("\n", 0, unclosed.start())
        raise QueryError(f"{unclosed.group()} has no end; close the string or comment", at)
    if text:
        yield Piece("code", text, line, clause)


def _token(kind: str, text: str, line: int, clause: str | None) -> Iterator[Piece]:
    if kind == "clause":
        found = CLAUSE.fullmatch(text)
        if clause or not found:
            raise QueryError("an optional clause reads /*? PARAMETER: SQL */ and stands in no other", line)
        blank = "\n" * text.count("\n", 0, found.start(2))
        yield Piece("code", blank or " ", line, found.group(1))
        yield from _pieces(found.group(2), line + len(blank), found.group(1))
    elif kind == "comment":
        if "/*" in text[2:]:
            raise QueryError("a comment within a comment means other things to other engines; take it out", line)
        yield Piece("code", "\n" * text.count("\n") or " ", line, clause)
    elif kind == "parameter":
        yield Piece("parameter", text[1:], line, clause)
    else:
        yield Piece("string" if kind == "string" else "code", text, line, clause)


def opened(pieces: tuple[Piece, ...], given: Collection[str]) -> tuple[Piece, ...]:
    """The pieces that stand when these parameters are given; closed clauses leave their line breaks."""
    return tuple(
        piece
        if piece.clause is None or piece.clause in given
        else Piece("code", "\n" * piece.text.count("\n"), piece.line)
        for piece in pieces
    )


def spread(pieces: tuple[Piece, ...], counts: Mapping[str, int]) -> tuple[Piece, ...]:
    """The pieces with each parameter that has several values repeated: `:kind` becomes `:kind_1, :kind_2`."""
    return tuple(one for piece in pieces for one in _spread(piece, counts))


def _spread(piece: Piece, counts: Mapping[str, int]) -> Iterator[Piece]:
    if piece.kind != "parameter" or piece.text not in counts:
        yield piece
        return
    for number in range(1, counts[piece.text] + 1):
        if number > 1:
            yield replace(piece, kind="code", text=", ")
        # A name that no report can give, so that it meets no other.
        yield replace(piece, text=f"{piece.text}__{number}")


def not_portable(pieces: tuple[Piece, ...]) -> list[tuple[int, str]]:
    """Line and sentence of each expression that one of the two engines does not know or reads differently."""
    shown = {"string": "''", "parameter": ":{}", "code": "{}"}
    code = "".join(
        shown[piece.kind].format(piece.text) + "\n" * (piece.text.count("\n") if piece.kind == "string" else 0)
        for piece in pieces
    )
    first = pieces[0].line if pieces else 1
    found = [
        (first + code.count("\n", 0, match.start()), f"{' '.join(match.group().split())!r} is not portable; {remedy}")
        for pattern, remedy in NOT_PORTABLE.items()
        for match in re.finditer(pattern, code, re.IGNORECASE)
    ]
    found += [
        (first + code.count("\n", 0, match.start()), "LIKE minds case on one engine only; write LOWER(a) LIKE LOWER(b)")
        for match in re.finditer(r"\b(?:NOT\s+)?LIKE\b", code, re.IGNORECASE)
        if not _folded(code[: match.start()])
    ]
    return sorted(found)


def _folded(before: str) -> bool:
    before = before.rstrip()
    depth = 0
    for position in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[position], 0)
        if depth == 0:
            return re.search(r"\b(?:LOWER|UPPER)\s*$", before[:position], re.IGNORECASE) is not None
    return False

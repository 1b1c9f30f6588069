"""The paper that one takes into the next meeting of a series, made from the records: each line with its quote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker.reports import catalog, runner
from tracker.reports.errors import ReportError
from tracker.reports.sandbox import Sandbox

QUERIES = Path(__file__).parent
VERIFIED = {
    "verbatim": "found in the archived text",
    "normalised": "found in the archived text but for spaces, dashes or quotation marks",
    "not_found": "not found in the archived text",
}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Passage:
    """Words of a source, or only the source where nothing is quoted."""

    exact: str | None
    source: str
    checked: str


@dataclass(frozen=True)
class Item:
    """One commitment, what became of it, and what that rests on; `remark` says why it stands in its section."""

    public_id: str
    title: str
    topic: str
    facts: str
    remark: str
    passages: Sequence[Passage]


@dataclass(frozen=True)
class Section:
    """Commitments under one heading, by topic."""

    title: str
    about: str
    topics: Mapping[str, Sequence[Item]]


@dataclass(frozen=True)
class Brief:
    """The whole paper: `head` tells what it is for, a line each."""

    title: str
    head: Sequence[str]
    sections: Sequence[Section]
    name: str


def compose(sandbox: Sandbox, series: str, as_of: date) -> Brief:
    """The brief for a series, by its slug; raises ReportError where there is none, or no meeting was held yet."""
    meetings = _rows(sandbox, "meetings", series=series)
    if not meetings:
        known = [row["slug"] for row in _query(sandbox, "SELECT slug FROM meeting_series ORDER BY slug")]
        raise ReportError(f"there is no series {series!r}; known are: {', '.join(known)}")
    held = [row for row in meetings if row["status"] == "held" and row["start_date"] <= as_of.isoformat()]
    if not held:
        raise ReportError(f"no meeting of the series {series} was held by {as_of}; there is nothing to tell yet")
    commitments = _commitments(_rows(sandbox, "passages", series=series, as_of=as_of.isoformat()))
    planned = [row for row in meetings if row["status"] == "planned"]
    return Brief(
        title=f"Brief: {meetings[0]['series']}",
        head=_head(held[0], planned, as_of),
        sections=list(_sections(sandbox, series, as_of, held[0], commitments)),
        name=f"brief-{series}-{as_of}",
    )


def _head(last: Record, planned: Sequence[Record], as_of: date) -> list[str]:
    lines = [f"As of {as_of}", f"Last meeting: {_meeting(last)}"]
    lines += [f"Next meeting: {_meeting(meeting)}" for meeting in planned[:1]]
    return lines


def _meeting(meeting: Record) -> str:
    held_on = _known(meeting["start_date"], meeting["date_precision"]) or "date not set"
    return ", ".join(filter(None, (meeting["name"], held_on, meeting["city"])))


def _known(day: str | None, precision: str | None) -> str:
    """As much of a date as is known: 2024-08 where a text tells the month alone."""
    return (day or "")[: {"year": 4, "month": 7}.get(precision or "", 10)]


def _sections(
    sandbox: Sandbox, series: str, as_of: date, last: Record, commitments: Mapping[str, list[Record]]
) -> list[Section]:
    day = as_of.isoformat()

    def chosen(remark: Callable[[Record], str | None]) -> dict[str, list[Item]]:
        topics: dict[str, list[Item]] = {}
        for rows in commitments.values():
            told = remark(rows[0])
            if told is not None:
                topics.setdefault(rows[0]["topic"], []).append(_item(rows, told))
        return topics

    overdue = {row["public_id"]: row for row in _report(sandbox, "overdue", series=series, as_of=day)}
    slipped = {row["public_id"]: row for row in _report(sandbox, "slipped", series=series)}
    dropped = {
        row["public_id"]: row
        for row in _report(sandbox, "silently-dropped", series=series)
        if row["next_held_on"] <= day
    }
    return [
        Section(
            "Agreed last time",
            f"What was undertaken, proposed or asked for at {last['name']}, and what became of it.",
            chosen(lambda one: "" if one["meeting"] == last["slug"] else None),
        ),
        Section(
            "Overdue",
            "Open although the date first set has passed.",
            chosen(lambda one: _late(overdue.get(one["public_id"]))),
        ),
        Section(
            "Newly fulfilled",
            f"Fulfilled, in whole or in part, since {_known(last['start_date'], last['date_precision'])}.",
            chosen(lambda one: "" if _is_new(one, last["start_date"]) else None),
        ),
        Section(
            "Slipped",
            "Came back with a later date or in softer words.",
            chosen(lambda one: _slip(slipped.get(one["public_id"]))),
        ),
        Section(
            "Not mentioned again",
            "Open, and absent from the record of the next edition. That flags where to ask and concludes nothing.",
            chosen(lambda one: _absent(dropped.get(one["public_id"]))),
        ),
    ]


def _late(row: Record | None) -> str | None:
    return f"{row['days_late']} days late, counted from {row['first_target']}." if row else None


def _is_new(one: Record, since: str) -> bool:
    return one["status"] in ("fulfilled", "partly_fulfilled") and (one["since"] or "") >= since


def _slip(row: Record | None) -> str | None:
    if row is None:
        return None
    told = [f"Follows {row['earlier']} of {row['earlier_held_on']}."]
    if "date" in row["slipped_by"]:
        told.append(f"Then by {row['earlier_target']}, now by {row['target']}: {row['days_later']} days later.")
    if "words" in row["slipped_by"]:
        told.append(
            f"Then {row['earlier_strength'].lower()} (“{row['earlier_words']}”), "
            f"now {row['strength'].lower()} (“{row['words']}”)."
        )
    return " ".join(told)


def _absent(row: Record | None) -> str | None:
    if row is None:
        return None
    later = f" Taken up again on {row['taken_up_on']}." if row["taken_up_on"] else ""
    return f"Of {row['meeting']}, absent from {row['next_meeting']}.{later}"


def _item(rows: Sequence[Record], remark: str) -> Item:
    one = rows[0]
    facts = [", ".join(filter(None, (one["kind"], one["strength"] and one["strength"].lower())))]
    facts.append(" since ".join(filter(None, (one["status_label"], one["since"]))))
    if one["target_on"]:
        target = _known(one["target_on"], one["target_precision"])
        first = _known(one["original_target_on"], one["original_target_precision"])
        moved = f" (first {first})" if first and first != target else ""
        facts.append(f"due {target}{moved}")
    if one["reason"]:
        remark = " ".join(filter(None, (remark, one["reason"])))
    return Item(one["public_id"], one["title"], one["topic"], "; ".join(facts), remark, _passages(rows))


def _passages(rows: Sequence[Record]) -> list[Passage]:
    """Each quote of a source once, however many of its paragraphs hold the very words."""
    same: dict[tuple[str | None, ...], list[Record]] = {}
    for row in rows:
        if row["source_title"]:
            quote = (row["exact"], row["source_title"], row["publisher"], row["published_on"])
            same.setdefault(quote, []).append(row)
    return [_passage(cited) for cited in same.values()]


def _passage(cited: Sequence[Record]) -> Passage:
    one, results = cited[0], [row["verification"] for row in cited]
    parts = (
        one["source_title"],
        one["publisher"],
        one["published_on"],
        *dict.fromkeys(row["locator"] for row in cited),
    )
    checked = next((told for result, told in VERIFIED.items() if result in results), "not checked")
    return Passage(one["exact"], ", ".join(filter(None, parts)), checked if one["exact"] else "")


def _commitments(rows: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row["public_id"], []).append(row)
    return found


def _report(sandbox: Sandbox, name: str, **given: str) -> list[Record]:
    return _run(sandbox, catalog.find(name), given)


def _rows(sandbox: Sandbox, name: str, **given: str) -> list[Record]:
    return _run(sandbox, catalog.read(QUERIES / f"{name}.sql"), given)


def _run(sandbox: Sandbox, report: catalog.Report, given: Mapping[str, str]) -> list[Record]:
    with runner.run(sandbox, report, given) as result:
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def _query(sandbox: Sandbox, sql: str) -> list[Record]:
    with sandbox.query(sql) as result:
        return [dict(zip(result.columns, row, strict=True)) for row in result.rows]

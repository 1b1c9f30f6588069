"""Checks of what the databases hold: history, audit, sources, citations, accounts."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, column, func, or_, select, table
from sqlalchemy.orm import Session

from tracker.auditing import verify_chain
from tracker.config import Config
from tracker.documents import archive, verify
from tracker.documents.archive import DocumentError
from tracker.examining.finding import Finding, error, note, number, ok, warning
from tracker.examining.storage import NAMED, opened
from tracker.models import Commitment, Source
from tracker.models.users import User

UNTOUCHED = "find out who writes past the tracker, keep a copy, and restore the last backup"
DERIVED = "find out who writes past the tracker, then run 'tracker db check --repair'"


def drifted() -> Select[Any]:
    """The commitments whose status or target is not what the history makes of it, with both."""
    fields = ("status", "target_on", "target_precision")
    held = Commitment.__table__.c
    view = table("commitment_projection", column("commitment_id"), *(column(name, held[name].type) for name in fields))
    return (
        select(
            held.id,
            held.public_id,
            *(held[name] for name in fields),
            *(view.c[name].label(f"made_{name}") for name in fields),
        )
        .join(view, view.c.commitment_id == held.id)
        .where(or_(*(held[name].is_distinct_from(view.c[name]) for name in fields)))
        .order_by(held.public_id)
    )


def projection(config: Config) -> Iterator[Finding]:
    """The status of each commitment against its history."""
    with opened(config.database_url) as connection:
        differing = [row.public_id for row in connection.execute(drifted())]
        total = connection.scalar(select(func.count(Commitment.id)))
    if differing:
        yield error(f"the status or target of {_named(differing)} is not what the history makes of it", DERIVED)
    else:
        yield ok(f"the status of {number(total or 0, 'commitment')} is what the history makes of it")


def audit(config: Config) -> Iterator[Finding]:
    """The audit trail."""
    with opened(config.database_url) as connection:
        problems = verify_chain(connection)
    if problems:
        more = f"; and {len(problems) - NAMED:,} more" if len(problems) > NAMED else ""
        yield error(f"the audit trail is broken: {'; '.join(problems[:NAMED])}{more}", UNTOUCHED)
    else:
        yield ok("the audit trail is as it was written")


def sources(config: Config) -> Iterator[Finding]:
    """The sources and their archived texts."""
    with opened(config.database_url) as connection:
        rows = connection.execute(select(Source.slug, Source.sha256).order_by(Source.slug)).all()
    unnamed = [slug for slug, sha256 in rows if sha256 is None]
    missing, damaged = [], []
    for slug, sha256 in rows:
        try:
            if sha256 and archive.read(config.documents, sha256) is None:
                missing.append(slug)
        except DocumentError as failure:
            damaged.append(str(failure))
    for message in damaged:
        yield error(*message.split("; ", maxsplit=1))
    if unnamed:
        yield note(
            f"{number(len(unnamed), 'source')} without sha256: {_named(unnamed)}",
            "run 'tracker documents add --source SOURCE FILE', so that quotes can be verified",
        )
    if missing:
        yield note(
            f"{number(len(missing), 'source')} without archived text: {_named(missing)}",
            "run 'tracker documents add FILE...' with the texts, if you hold them",
        )
    if not (unnamed or missing or damaged):
        yield ok(f"the texts of {number(len(rows), 'source')} are archived")


def citations(config: Config) -> Iterator[Finding]:
    """The citations and their verification."""
    with opened(config.database_url) as connection, Session(connection) as session:
        counts = sum(verify.tally(session).values(), Counter[str]())
    if counts["not_found"]:
        yield warning(
            f"{number(counts['not_found'], 'quote')} not found in the text of the source",
            "run 'tracker documents verify', which shows the nearest passages, and correct the citations",
        )
    if counts["unchecked"]:
        yield note(f"{number(counts['unchecked'], 'citation')} never verified", "run 'tracker documents verify'")
    found = counts["verbatim"] + counts["normalised"]
    if not (counts["not_found"] or counts["unchecked"]):
        yield ok(f"{number(counts.total(), 'citation')} verified, {number(found, 'quote')} found")


def accounts(config: Config) -> Iterator[Finding]:
    """The accounts."""
    with opened(config.accounts_url) as connection:
        count = connection.scalar(select(func.count(User.id)).where(User.active)) or 0
    if count:
        yield ok(number(count, "account"))
    else:
        yield warning("nobody can sign in yet", "run 'tracker users link' for a one-time link to the first account")


def _named(names: list[str]) -> str:
    """The first of them by name, the others by number."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


RECORDS = (projection, audit, sources, citations)
ACCOUNTS = (accounts,)

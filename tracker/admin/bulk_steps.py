"""Changing many commitments in one transaction: rehearsed to be looked at, then made, or not at all.

The rehearsal makes the very change, each in a savepoint, looks at what came of it, and rolls everything back; so a
preview cannot differ from what a save does. Between the two each commitment is told by a digest of its state: one that
somebody has touched meanwhile is named, and nothing is changed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from tracker import auditing
from tracker.admin.bulk_changes import Change
from tracker.admin.handle import db
from tracker.db import PROJECTED
from tracker.models import Citation, Commitment, CommitmentParty, Statement, StatusUpdate

# More than this at once is more than anybody looks at.
MOST = 1_000
REFUSALS = (ValueError, IntegrityError)


@dataclass(frozen=True)
class Step:
    """What the change does to one commitment; `refused` tells why it cannot be made, `digest` its state before."""

    public_id: str
    title: str
    digest: str
    before: str
    after: str
    idle: bool = False
    refused: str = ""

    @property
    def made(self) -> bool:
        """Whether something would change."""
        return not self.refused and not self.idle


class Halted(Exception):
    """Nothing was changed: the commitments that keep it from being made, each with the reason."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


def fetch(public_ids: Iterable[str], *, lock: bool = False) -> Sequence[Commitment]:
    """These commitments with what the changes look at, in one order for all who lock them."""
    found = select(Commitment).where(Commitment.public_id.in_(list(public_ids))).order_by(Commitment.id)
    statements = selectinload(Commitment.statements).selectinload(Statement.citations)
    parties, updates = selectinload(Commitment.parties), selectinload(Commitment.status_updates)
    found = found.options(
        selectinload(Commitment.status_term),
        selectinload(Commitment.topics),
        statements,
        parties.selectinload(CommitmentParty.country),
        parties.selectinload(CommitmentParty.organization),
        updates.selectinload(StatusUpdate.corrected_by),
        updates.selectinload(StatusUpdate.corrects),
        updates.selectinload(StatusUpdate.citations).selectinload(Citation.source),
    )
    if lock:
        found = found.with_for_update(of=Commitment).execution_options(populate_existing=True)
    return db.session.scalars(found).all()


def digest(commitment: Commitment) -> str:
    """Its state in short: version, history, topics and parties."""
    state = (
        commitment.version,
        [update.id for update in commitment.status_updates],
        sorted(topic.slug for topic in commitment.topics),
        [(party.id, party.record_key, party.office_id) for party in commitment.parties],
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()[:16]


def rehearse(change: Change, commitments: Sequence[Commitment]) -> list[Step]:
    """What the change would do to each; nothing stays of it."""
    try:
        change.prepare()
        return [_rehearsed(change, commitment) for commitment in commitments]
    finally:
        db.session.rollback()


def _rehearsed(change: Change, commitment: Commitment) -> Step:
    key, title, state = commitment.public_id, commitment.title, digest(commitment)
    before = change.told(commitment)
    try:
        with db.session.begin_nested():
            made = _made(change, commitment)
    except REFUSALS as error:
        return Step(key, title, state, before, before, refused=said(error))
    return Step(key, title, state, before, change.told(commitment), idle=not made)


def _made(change: Change, commitment: Commitment) -> bool:
    with db.session.no_autoflush:
        made = change.make(commitment)
    db.session.flush()
    db.session.expire(commitment, [*PROJECTED, "status_term", "parties"])
    return made


def make(change: Change, seen: Mapping[str, str]) -> int:
    """Make the change to the commitments in the state in which they were seen; return the number of its audit batch.

    Raises Halted, with nothing changed, where one is in another state now or refuses the change.
    """
    commitments = fetch(seen, lock=True)
    gone = dict.fromkeys(seen.keys() - {one.public_id for one in commitments}, "It is gone.")
    moved = {
        str(one): "Somebody has changed it meanwhile." for one in commitments if digest(one) != seen[one.public_id]
    }
    if gone or moved:
        db.session.rollback()
        raise Halted(gone | moved)
    change.prepare()
    for commitment in commitments:
        name = str(commitment)
        try:
            _made(change, commitment)
        except REFUSALS as error:
            db.session.rollback()
            raise Halted({name: said(error)}) from error
    db.session.commit()
    return int(db.session.info.pop(auditing.BATCH, 0))


def said(error: Exception) -> str:
    """What a rule or the database said, as a sentence."""
    told = str(error.orig).splitlines()[0] if isinstance(error, IntegrityError) else str(error)
    return f"{told[:1].upper()}{told[1:]}."

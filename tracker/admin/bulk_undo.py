"""Taking back a change of many commitments, as its audit batch tells it.

Fields, topics and parties become what they were. History is append-only: a status is taken back by a correction that
repeats the status before it. What somebody has changed again since is not touched; it is named, and nothing is undone.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_login import current_user
from sqlalchemy import select

from tracker import auditing
from tracker.admin.bulk_steps import REFUSALS, Halted, fetch, said
from tracker.admin.finding import find
from tracker.admin.handle import db
from tracker.models import (
    AuditBatch,
    AuditEvent,
    Citation,
    Commitment,
    CommitmentParty,
    Country,
    Office,
    Organization,
    StatusUpdate,
    Topic,
)
from tracker.models.lookups import UNREVIEWED

FIELDS = {"owner", "review_due_on", "topics"}
# They come with a status update and stay, as all evidence does.
EVIDENCE = (("created", "citation"), ("created", "source"))
STATUS, PARTY = ("created", "status_update"), ("created", "commitment_party")
PARTY_GONE = ("deleted", "commitment_party")


def can_be_undone(batch: AuditBatch) -> bool:
    """Whether all that the batch changed is of the kinds that a change of many makes."""
    return bool(by_commitment(batch)) and all(_known(event) for event in batch.events)


def _known(event: AuditEvent) -> bool:
    if (event.action, event.record) == ("updated", "commitment"):
        return event.changes.keys() <= FIELDS
    return (event.action, event.record) in (*EVIDENCE, STATUS, PARTY, PARTY_GONE)


def by_commitment(batch: AuditBatch) -> dict[str, list[AuditEvent]]:
    """The events of the batch by the public id of their commitment, evidence left out."""
    found: dict[str, list[AuditEvent]] = {}
    for event in batch.events:
        if (event.action, event.record) not in EVIDENCE:
            found.setdefault(event.record_key.partition("/")[0], []).append(event)
    return found


def undo(batch: AuditBatch, left_out: Iterable[str]) -> int:
    """Take the batch back but for the commitments left out; return the number of the batch that does so.

    Raises Halted, with nothing changed, where one was changed again since.
    """
    events = by_commitment(batch)
    reasons: dict[str, str] = {}
    for commitment in fetch(events.keys() - set(left_out), lock=True):
        name = str(commitment)
        try:
            with db.session.no_autoflush:
                for event in events[commitment.public_id]:
                    _take_back(commitment, event, batch)
            db.session.flush()
        except REFUSALS as error:
            reasons[name] = said(error)
            if not isinstance(error, ChangedSince):
                break
    if reasons:
        db.session.rollback()
        raise Halted(reasons)
    db.session.commit()
    return int(db.session.info.pop(auditing.BATCH, 0))


class ChangedSince(ValueError):
    """Somebody has changed the same thing again."""


def _take_back(commitment: Commitment, event: AuditEvent, batch: AuditBatch) -> None:
    kind = (event.action, event.record)
    if kind == STATUS:
        _correct(commitment, event.record_key.partition("/")[2], batch)
    elif kind == PARTY:
        _take_party_away(commitment, event.record_key)
    elif kind == PARTY_GONE:
        _bring_party_back(commitment, event.changes)
    else:
        for field, (old, new) in event.changes.items():
            _put_back(commitment, field, old, new)


def _put_back(commitment: Commitment, field: str, old: Any, new: Any) -> None:
    if field == "topics":
        _put_topics_back(commitment, set(old), set(new))
        return
    if field == "review_due_on":
        old, new = (date.fromisoformat(value) if value else None for value in (old, new))
    if getattr(commitment, field) != new:
        raise ChangedSince(f"its {field.replace('_', ' ')} is {getattr(commitment, field) or 'empty'} by now")
    setattr(commitment, field, old)


def _put_topics_back(commitment: Commitment, old: set[str], new: set[str]) -> None:
    has = {topic.slug: topic for topic in commitment.topics}
    if new - old - has.keys() or (old - new) & has.keys():
        raise ChangedSince("its topics were changed again")
    for slug in new - old:
        commitment.topics.remove(has[slug])
    commitment.topics.extend(db.session.scalars(select(Topic).where(Topic.slug.in_(old - new))))


def _take_party_away(commitment: Commitment, key: str) -> None:
    party = next((one for one in commitment.parties if one.record_key == key), None)
    if party is None:
        raise ChangedSince("the party that was added is gone by now")
    db.session.delete(party)


def _bring_party_back(commitment: Commitment, columns: dict[str, list[Any]]) -> None:
    old = {column: pair[0] for column, pair in columns.items()}
    party = CommitmentParty(
        country=find(Country, "code", old.get("country_code", "")),
        organization=db.session.get(Organization, old.get("organization_id") or 0),
        office=db.session.get(Office, old.get("office_id") or 0),
        role=old["role"],
    )
    if any(
        (one.country, one.organization, one.role) == (party.country, party.organization, party.role)
        for one in commitment.parties
    ):
        raise ChangedSince("the party that was removed is there again")
    commitment.parties.append(party)


def _correct(commitment: Commitment, key: str, batch: AuditBatch) -> None:
    updates: Sequence[StatusUpdate] = commitment.status_updates
    mistake = next(update for update in updates if update.key == key)
    if mistake.corrected_by is not None or any(one.recorded_at > mistake.recorded_at for one in updates):
        raise ChangedSince("a status was recorded since")
    earlier = [one for one in updates[: list(updates).index(mistake)] if one.corrected_by is None]
    before = earlier[-1] if earlier else None
    correction = StatusUpdate(
        commitment=commitment,
        commitment_id=commitment.id,
        status=before.status if before else UNREVIEWED,
        effective_on=mistake.effective_on,
        reason=f"Taken back: recorded for many at once on {batch.recorded_at:%Y-%m-%d}. "
        + (f"Before, since {before.effective_on}: {before.reason}" if before else "Nobody had looked before."),
        recorded_by=current_user.username,
        corrects=mistake,
        corrects_id=mistake.id,
    )
    standing = [one for one in before.citations if one not in [c.corrects for c in before.citations]] if before else []
    correction.citations.extend(
        Citation(
            source=one.source, exact=one.exact, prefix=one.prefix, suffix=one.suffix, locator=one.locator,
            bearing=one.bearing, ordinal=ordinal,
        )
        for ordinal, one in enumerate(standing, 1)
    )  # fmt: skip
    db.session.add(correction)

"""One's own desk: what somebody watches, and what they noted for themselves about a commitment."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.models.users import User, Watch, WorkingNote


def watchers(session: Session, public_id: str) -> Sequence[str]:
    """The names of those who watch this commitment."""
    found = select(User.username).join(Watch, Watch.user_id == User.id).where(Watch.public_id == public_id)
    return session.scalars(found.order_by(User.username)).all()


def watched_by(session: Session, user_id: int) -> Sequence[str]:
    """The public ids of the commitments that this account watches."""
    return session.scalars(select(Watch.public_id).where(Watch.user_id == user_id)).all()


def watch(session: Session, user_id: int, public_id: str) -> None:
    """Watch this commitment; twice is once."""
    session.merge(Watch(user_id=user_id, public_id=public_id))


def unwatch(session: Session, user_id: int, public_id: str) -> None:
    """Watch it no longer."""
    session.execute(delete(Watch).where(Watch.user_id == user_id, Watch.public_id == public_id))


def note_of(session: Session, user_id: int, public_id: str) -> WorkingNote | None:
    """What this account noted about the commitment, for nobody else to see."""
    return session.get(WorkingNote, (user_id, public_id))


def keep_note(session: Session, user_id: int, public_id: str, text: str | None) -> None:
    """Replace the note; without a text it is gone."""
    note = note_of(session, user_id, public_id)
    if text:
        session.merge(WorkingNote(user_id=user_id, public_id=public_id, text=text))
    elif note is not None:
        session.delete(note)

"""Saved views: the filters, the search and the order of a list under a name, for oneself or for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.models.users import SavedView, User


@dataclass(frozen=True)
class Offered:
    """A saved view as somebody sees it: `author` is None where it is their own."""

    view: SavedView
    author: str | None


def offered(session: Session, user_id: int, of: str | None = None) -> Sequence[Offered]:
    """The views of this list, or of every list, that this account may use: its own and those for everybody."""
    found = (
        select(SavedView, User.username)
        .join(User, User.id == SavedView.user_id)
        .where(or_(SavedView.user_id == user_id, SavedView.shared))
        .order_by(SavedView.list, SavedView.name, SavedView.id)
    )
    if of is not None:
        found = found.where(SavedView.list == of)
    return [Offered(view, None if view.user_id == user_id else name) for view, name in session.execute(found)]


def save(session: Session, user_id: int, of: str, name: str, query: str, *, shared: bool) -> None:
    """Keep a view; one of the same name of the same list makes room for it."""
    same = (SavedView.user_id == user_id, SavedView.list == of, SavedView.name == name)
    view = session.scalar(select(SavedView).where(*same)) or SavedView(user_id=user_id, list=of, name=name)
    view.query, view.shared = query, shared
    session.add(view)


def forget(session: Session, view_id: int, user_id: int, *, anybodys: bool) -> bool:
    """Delete a view of one's own, or `anybodys` that everybody may use; whether there was one."""
    view = session.get(SavedView, view_id)
    if view is None or not (view.user_id == user_id or (anybodys and view.shared)):
        return False
    session.delete(view)
    return True

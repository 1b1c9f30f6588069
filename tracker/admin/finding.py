"""Finding the record that somebody means: by its key, or by a few words of it where there are too many to list."""

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import select

from tracker import search
from tracker.admin.handle import db
from tracker.models import Base, Commitment

# So many can be chosen from in a select; where there are more, they are looked up.
FEW = 50
OFFERED = 20

# What a record of a kind is called: by the first of these that it has.
NAMING = ("name", "label", "title", "summary")

Choices = list[tuple[str, str]]


def called(record: Any) -> str:
    """What a record is called among others of its kind."""
    return f"{record.public_id} {record.title}" if isinstance(record, Commitment) else str(record)


def few(model: type[Base], key: str) -> Choices | None:
    """Key and name of each record, in the order of the names; None where there are too many."""
    known = g.setdefault("choices", {})
    # A form may ask for the same in each of its rows.
    if (model, key) not in known:
        known[model, key] = _few(model, key)
    found: Choices | None = known[model, key]
    return found


def _few(model: type[Base], key: str) -> Choices | None:
    name = next(getattr(model, one) for one in NAMING if hasattr(model, one))
    # No more of each than is shown.
    rows = db.session.execute(select(getattr(model, key), name).limit(FEW + 1)).all()
    if len(rows) > FEW:
        return None
    named = [(str(value), f"{value} {called}" if model is Commitment else called) for value, called in rows]
    return sorted(named, key=lambda choice: choice[1].casefold())


def offered(model: type[Base], key: str, asked: str) -> Choices:
    """Key and name of the newest records that hold the words; of the newest of all where none is asked for."""
    if search.words_of(asked):
        return _choices(search.find(db.session(), model, asked, OFFERED).records, key)
    newest = select(model).order_by(model.__mapper__.primary_key[0].desc()).limit(OFFERED)
    return _choices(db.session.scalars(newest).all(), key)


def find(model: type[Base], key: str, value: str) -> Any:
    """The record of this key, or None."""
    return db.session.scalars(select(model).where(getattr(model, key) == value)).one_or_none()


def meant(model: type[Base], key: str, typed: str) -> Any:
    """The record that is meant by its key or by words that it alone holds; ValueError where that is not clear."""
    record = find(model, key, typed)
    if record is not None:
        return record
    found = search.find(db.session(), model, typed, OFFERED).records
    alike = [one for one in found if called(one).casefold() == typed.casefold()]
    if len(found) == 1 or len(alike) == 1:
        return (alike or found)[0]
    if not found:
        raise ValueError(f"There is no {typed[:60]!r}.")
    named = ", ".join(f"{name} ({value})" for value, name in _choices(found[:3], key))
    raise ValueError(f"{typed[:60]!r} may be {named}{' or another' if len(found) > 3 else ''}. Write more of it.")


def _choices(records: Sequence[Any], key: str) -> Choices:
    return [(str(getattr(record, key)), called(record)) for record in records]

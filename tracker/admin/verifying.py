"""Quotes are verified as soon as a request has added one, or has changed the text that they are looked for in.

Whichever page does it: what the session writes is noted, and looked up once it is committed and the page is made, while
no transaction is open.
"""

from typing import Any

from flask import Flask, Response, current_app, g, has_app_context
from sqlalchemy import event, inspect, or_
from sqlalchemy.exc import SQLAlchemyError

from tracker.admin.handle import RequestSession, db
from tracker.documents import verify
from tracker.models import Citation, Source

Ids = set[int]


def init_verifying(app: Flask) -> None:
    """Verify after every request that calls for it."""
    app.after_request(_verify)


@event.listens_for(RequestSession, "after_flush")
def _note(session: RequestSession, context: object) -> None:
    if not has_app_context():
        return
    citations, sources = _noted()
    citations |= {record.id for record in session.new if isinstance(record, Citation)}
    sources |= {record.id for record in session.dirty if isinstance(record, Source) and _has_another_text(record)}


def _has_another_text(source: Source) -> bool:
    state: Any = inspect(source)
    return bool(state.attrs.sha256.history.has_changes())


def _noted() -> tuple[Ids, Ids]:
    found: tuple[Ids, Ids] = g.setdefault("to_verify", (set(), set()))
    return found


def _verify(response: Response) -> Response:
    citations, sources = _noted()
    if citations or sources:
        try:
            verify_now(citations, sources)
        except SQLAlchemyError:
            # What was asked for is saved; the check can be made again by command.
            current_app.logger.exception("quotes were not verified")
    return response


def verify_now(citations: Ids, sources: Ids) -> None:
    """Look for these citations, and for all of these sources, and keep what is news."""
    # What was not committed by now will not be; while texts are read nobody waits for this session.
    db.session.rollback()
    waiting = verify.selected(db.session(), or_(Citation.id.in_(citations), Source.id.in_(sources)))
    db.session.rollback()
    results = list(verify.check(waiting, current_app.config["DOCUMENTS"]))
    verify.store(db.session(), results)
    db.session.commit()

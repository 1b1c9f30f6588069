"""The records as the web part holds them: one session a request, on engines of ours."""

from typing import Any

import flask_sqlalchemy
from flask import Flask, has_request_context, request
from flask_login import current_user
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine

from tracker.auditing import Origin
from tracker.auth.guard import SAFE_METHODS
from tracker.db import Session, create_engine, limited, reading


class RequestSession(FlaskSession, Session):
    """The session of one request: it knows who asks, and takes no write lock for a request that only reads."""

    def __init__(self, db: flask_sqlalchemy.SQLAlchemy, **kwargs: Any) -> None:
        super().__init__(db, **kwargs)
        reads = has_request_context() and request.method in SAFE_METHODS
        self._readers = {engine: reading(engine) for engine in db.engines.values()} if reads else {}
        if has_request_context() and current_user.is_authenticated:
            self.info["origin"] = Origin(current_user.username, "web", request.remote_addr)

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        return self._readers.get(bind, bind) if isinstance(bind, Engine) else bind


class Database(flask_sqlalchemy.SQLAlchemy):
    """Flask-SQLAlchemy for Flask-Admin's sake: its engines are made by `tracker.db`, its models are never used."""

    def __init__(self) -> None:
        super().__init__(session_options={"class_": RequestSession}, add_models_to_shell=False)

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        return create_engine(limited(options["url"], app.config["STATEMENT_SECONDS"]))


# No engine is made before an app asks for one.
db = Database()

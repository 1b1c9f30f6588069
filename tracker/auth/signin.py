"""Signing in and out: Flask-Security does the work, a session kept on the server decides."""

from flask import Flask, Request, request, session
from flask_login import user_logged_out
from flask_security import Security, password_changed, uia_username_mapper, user_authenticated
from flask_security.utils import set_request_attr
from sqlalchemy import Engine, select

from tracker.auth import api, code_page, people, sessions
from tracker.auth.accounts import Account, AccountStore, Visitor, store
from tracker.auth.forms import ConfirmForm, NewPasswordForm, SignInForm, TypedName
from tracker.auth.guard import SAFE_METHODS
from tracker.auth.roles import ask_to_sign_in, require
from tracker.models.users import User

TOKEN = "token"
DOWNLOAD = "reports.report_view"
SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    # Only what argon2 and the keys below make is accepted: no other scheme, no second salt of our own.
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_USERNAME_ENABLE": True,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": uia_username_mapper, "case_insensitive": True}}],
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("User name or password is wrong.", "error"),
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    "SECURITY_MSG_PASSWORD_CHANGE": ("Your password is changed. Other browsers are signed out.", "success"),
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_STATIC_FOLDER": None,
}


def init_accounts(app: Flask, engine: Engine) -> None:
    """Let people sign in: settings, session rows, and the gate that stands before every page."""
    accounts = AccountStore(engine)
    app.config.update(SETTINGS)
    security = Security(
        app,
        accounts,
        login_form=SignInForm,
        change_password_form=NewPasswordForm,
        verify_form=ConfirmForm,
        username_util_cls=TypedName,
    )
    security.want_json(lambda request: False)
    security.unauthn_handler(ask_to_sign_in)
    security.login_manager.user_loader(_load)
    security.login_manager.anonymous_user = Visitor
    # In place of Flask-Security's own, which keeps recovery codes readable and takes a code twice.
    security.two_factor_plugins, security.support_mfa = code_page.AskForCode(), True
    # In place of Flask-Security's tokens, which no row could end.
    security.login_manager.request_loader(_load_by_token)
    user_authenticated.connect(_start_session, app)
    user_logged_out.connect(_end_session, app)
    password_changed.connect(_end_other_sessions, app)
    app.before_request(_require)


def _load(uniquifier: str) -> Account | None:
    token = session.get(TOKEN)
    account = store().signed_in(uniquifier, token) if token else None
    if account is not None:
        # What Flask-Security's own pages ask for.
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account


def _load_by_token(request: Request) -> Account | None:
    """The account of an API token, where a report is downloaded: that is all that a token is for."""
    authorization = request.authorization
    report, _, form = str((request.view_args or {}).get("key", "")).partition(".")
    download = request.endpoint == DOWNLOAD and request.method in SAFE_METHODS and form
    if not download or authorization is None or authorization.type != "bearer" or not authorization.token:
        return None
    with store().writing() as accounts:
        user_id = api.use(accounts, authorization.token, report)
        return accounts.scalar(select(Account).where(User.id == user_id, User.active)) if user_id else None


def _require() -> None:
    # Before any view of ours or of a library; views ask again before they write.
    if request.endpoint is not None:
        require(request.endpoint)
        code_page.insist()


def _start_session(app: Flask, user: Account, **kwargs: object) -> None:
    with store().writing() as accounts:
        session[TOKEN] = sessions.start(accounts, user.id, request.remote_addr, request.user_agent.string)


def _end_session(app: Flask, **kwargs: object) -> None:
    token = session.pop(TOKEN, None)
    if token:
        with store().writing() as accounts:
            sessions.end(accounts, token)


def _end_other_sessions(app: Flask, user: Account, **kwargs: object) -> None:
    with store().writing() as accounts:
        sessions.end_all(accounts, user.id, but=session.get(TOKEN))
        actor = people.Actor(str(user.username), "web", request.remote_addr)
        people.note(accounts, actor, user.username, "changed the password")

"""The accounts, for administrators: who may come in, with which role, and the links by which they do."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.admin.guarded import PageView
from tracker.admin.pages import page
from tracker.auth import people, second_factor, sessions
from tracker.auth.accounts import store
from tracker.auth.people import AccountError, Actor
from tracker.models.users import ROLES, Link, User, UserSession


class AccountsView(PageView):
    """The list of accounts, a page for each, invitations and links for passwords."""

    def __init__(self) -> None:
        super().__init__(name="Accounts", category="Manage", endpoint="accounts", url="/accounts")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """Every account, and the links that wait to be used."""
        with store().reading() as accounts:
            signed_in = select(UserSession.user_id, func.count()).group_by(UserSession.user_id)
            return render_template(
                "accounts/list.html",
                users=accounts.scalars(select(User).order_by(User.active.desc(), User.username)).all(),
                browsers={row.user_id: row[1] for row in accounts.execute(signed_in)},
                links=people.open_links(accounts),
                events=people.events(accounts, limit=20),
                roles=ROLES,
            )

    @page("/<key>")
    def details_view(self, key: str) -> ResponseReturnValue:
        """One account: its role, its state, and what was done to it."""
        with store().reading() as accounts:
            user = _found(accounts, key)
            return render_template(
                "accounts/details.html",
                user=user,
                second_factor=second_factor.is_set_up(accounts, user.id),
                sessions=sessions.of(accounts, user.id),
                events=people.events(accounts, user.username),
                roles=ROLES,
            )

    @page("/invite", "POST")
    def invite_view(self) -> ResponseReturnValue:
        """Make an invitation, or an account under a given name, and show the link once."""
        role, name = request.form.get("role", ""), request.form.get("username", "").strip()
        with _changing() as accounts:
            if name:
                return _show_link(people.add(accounts, _actor(), name, role), f"{name.lower()}, as {role}")
            return _show_link(people.invite(accounts, _actor(), role), f"somebody, as {role}")
        return redirect(url_for("accounts.index_view"))

    @page("/<key>/role", "POST")
    def role_view(self, key: str) -> ResponseReturnValue:
        """Give the account another role."""
        with _changing() as accounts:
            user = _found(accounts, key)
            people.set_role(accounts, _actor(), user, request.form.get("role", ""))
            flash(f"{user.username} is {user.role} now, and was signed out.", "success")
        return redirect(url_for("accounts.details_view", key=key))

    @page("/<key>/state", "POST")
    def state_view(self, key: str) -> ResponseReturnValue:
        """Disable the account or enable it."""
        with _changing() as accounts:
            user = _found(accounts, key)
            act = people.enable if "enable" in request.form else people.disable
            act(accounts, _actor(), user)
            flash(f"{user.username} is {user.state} now.", "success")
        return redirect(url_for("accounts.details_view", key=key))

    @page("/<key>/reset", "POST")
    def reset_view(self, key: str) -> ResponseReturnValue:
        """Make a link for a new password and show it once."""
        with _changing() as accounts:
            user = _found(accounts, key)
            return _show_link(people.reset(accounts, _actor(), user), f"{user.username}, for a new password")
        return redirect(url_for("accounts.details_view", key=key))

    @page("/<key>/second-factor", "POST")
    def second_factor_view(self, key: str) -> ResponseReturnValue:
        """Take off the second factor of somebody who has lost it."""
        with _changing() as accounts:
            user = _found(accounts, key)
            people.take_off_second_factor(accounts, _actor(), user)
            flash(f"{user.username} is asked for no code any more, and was signed out.", "success")
        return redirect(url_for("accounts.details_view", key=key))

    @page("/<key>/sign-out", "POST")
    def sign_out_view(self, key: str) -> ResponseReturnValue:
        """End every session of the account."""
        with _changing() as accounts:
            user = _found(accounts, key)
            sessions.end_all(accounts, user.id)
            people.note(accounts, _actor(), user.username, "ended the sessions")
            flash(f"{user.username} was signed out.", "success")
        return redirect(url_for("accounts.details_view", key=key))

    @page("/links/<key>/withdraw", "POST")
    def withdraw_view(self, key: str) -> ResponseReturnValue:
        """Make a link worthless that nobody has used yet."""
        with _changing() as accounts:
            if accounts.get(Link, key):
                people.withdraw(accounts, _actor(), key)
                flash("The link is withdrawn.", "success")
        return redirect(url_for("accounts.index_view"))


def _actor() -> Actor:
    return Actor(current_user.username, "web", request.remote_addr)


def _found(accounts: Session, username: str) -> User:
    try:
        return people.find(accounts, username)
    except AccountError:
        abort(404)


@contextmanager
def _changing() -> Iterator[Session]:
    """A session on the accounts that commits at the end; what cannot be done is told, and nothing is changed."""
    try:
        with store().writing() as accounts:
            yield accounts
    except AccountError as error:
        told = str(error)
        flash(f"{told[:1].upper()}{told[1:]}.", "error")


def _show_link(token: str, whom: str) -> str:
    address = request.host_url.rstrip("/") + url_for("welcome.page", token=token)
    return render_template("accounts/link.html", address=address, whom=whom)

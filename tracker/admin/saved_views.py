"""Saved views: what a list was narrowed to and how it was ordered, kept under a name."""

from typing import Any
from urllib.parse import parse_qsl

from flask import abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from tracker.admin import lists
from tracker.admin.guarded import PageView
from tracker.admin.pages import page
from tracker.auth import saved
from tracker.auth.accounts import store
from tracker.auth.roles import may, require
from tracker.models.base import clean_text
from tracker.models.users import SavedView

LONGEST_NAME = 80


class SavedViewsView(PageView):
    """One's own saved views and those for everybody."""

    def __init__(self) -> None:
        super().__init__(name="Saved views", endpoint="views", url="/views")

    def is_visible(self) -> bool:
        return False

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """All of them, list by list."""
        with store().reading() as accounts:
            offered = saved.offered(accounts, current_user.id)
        known = [one for one in offered if list_named(one.view.list) is not None]
        shown: str = self.render("admin/views.html", offered=known, list_named=list_named, address_of_view=address)
        return shown

    @page("/save", "POST")
    def save_view(self) -> ResponseReturnValue:
        """Keep the view of a list that somebody looks at."""
        view = list_named(request.form.get("list", "")) or abort(410, "There is no such list.")
        require(f"{view.endpoint}.index")
        # Only what the list understands is kept.
        asked: MultiDict[str, str] = MultiDict(parse_qsl(request.form.get("query", "")))
        query = lists.read(asked, view.filters, view.sorts, view.default_sort).query
        back = redirect(f"{url_for(f'{view.endpoint}.index_view')}?{query}")
        try:
            name = clean_text(request.form.get("name", "")[:LONGEST_NAME])
        except ValueError as error:
            name = None
            flash(f"The name: {error}.", "error")
        if name:
            shared = "shared" in request.form and may("editor")
            with store().writing() as accounts:
                saved.save(accounts, current_user.id, view.endpoint, name, query, shared=shared)
            flash(f"View {name!r} saved{' for everybody' if shared else ''}.", "success")
        return back

    @page("/<key>/delete", "POST")
    def delete_view(self, key: str) -> ResponseReturnValue:
        """Delete a view of one's own; an administrator also one for everybody."""
        with store().writing() as accounts:
            number = int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0
            if not saved.forget(accounts, number, current_user.id, anybodys=may("admin")):
                abort(410, "There is no such view of yours.")
        flash("View deleted.", "success")
        return redirect(url_for("views.index_view"))


def list_named(endpoint: str) -> Any:
    """The view of this app that shows the list of this name, or None."""
    return next((view for view in current_app.extensions["record_views"].values() if view.endpoint == endpoint), None)


def address(view: SavedView) -> str:
    """Where a saved view leads."""
    return f"{url_for(f'{view.list}.index_view')}?{view.query}"


def offered_for(endpoint: str) -> list[tuple[str, str, str | None]]:
    """Name, address and, of somebody else's, the author of each view that is offered above a list."""
    with store().reading() as accounts:
        offered = saved.offered(accounts, current_user.id, endpoint)
    return [(one.view.name, address(one.view), one.author) for one in offered]

"""Look-ups for forms and filters: the records that a few letters may mean."""

from typing import Any

from flask import abort, current_app

from tracker.admin import finding
from tracker.auth.roles import require
from tracker.models import Country, Organization

# Either of them can be party to a commitment.
PARTIES = ((Country, "code"), (Organization, "slug"))


def look_up(key: str, asked: str) -> list[dict[str, str]]:
    """At most so many records of one kind as are offered, for who may see their list."""
    found = [choice for model, name in kinds(key) for choice in finding.offered(model, name, asked)]
    return [{"key": value, "name": shown} for value, shown in found[: finding.OFFERED]]


def kinds(key: str) -> list[tuple[Any, str]]:
    """The models that are looked up under this name, each with the column that tells its records apart."""
    if key == "parties":
        require("countries.index")
        return list(PARTIES)
    views = current_app.extensions["record_views"].values()
    view = next((view for view in views if view.endpoint == key and view.key != "id" and view.is_searched), None)
    if view is None:
        abort(404)
    require(f"{key}.index")
    return [(view.model, view.key)]

"""The parts that views are made of: pages, and where a record's page stands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app
from flask_admin import expose

from tracker.models.base import Base

if TYPE_CHECKING:
    from tracker.admin.base import RecordView

Page = TypeVar("Page", bound=Callable[..., Any])


def page(address: str, *methods: str) -> Callable[[Page], Page]:
    """Make a method the page at this address below that of its view."""
    exposed: Callable[[Page], Page] = expose(address, methods=methods or ("GET",))
    return exposed


def view_of(model: type[Base]) -> "RecordView":
    """The view of this app that shows records of the model."""
    view: RecordView = current_app.extensions["record_views"][model]
    return view


def address_of(record: Any) -> str:
    """Where this record's page stands."""
    return view_of(type(record)).address(record)

"""The parts that views are made of: pages, sections, and where a record's page stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Section:
    """Records that belong to a record, as a table on its page; `add` is the address of a form for one more."""

    title: str
    view: "RecordView"
    records: Sequence[Any]
    columns: tuple[str, ...]
    add: str | None = None
    add_label: str = "Add"

    @property
    def anchor(self) -> str:
        """By what the address names this part of the page."""
        return self.title.lower().replace(" ", "-")


def view_of(model: type[Base]) -> "RecordView":
    """The view of this app that shows records of the model."""
    view: RecordView = current_app.extensions["record_views"][model]
    return view


def address_of(record: Any) -> str:
    """Where this record's page stands."""
    return view_of(type(record)).address(record)

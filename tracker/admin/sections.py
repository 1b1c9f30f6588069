"""What belongs to a record, as tables on its page: of each no more than a page can show, however much there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select

from tracker.admin.pages import view_of
from tracker.admin.paging import COUNTED, count, ids_of_few, ids_of_many, rows_of
from tracker.models.base import Base

if TYPE_CHECKING:
    from tracker.admin.base import RecordView

# Of one kind; more of them stand in their list, where they can be narrowed.
SHOWN = 50


@dataclass(frozen=True)
class Section:
    """Records that belong to a record, as a table on its page.

    `add` is the address of a form for one more. `number` tells how many there are as far as they were counted, `more`
    that there are more than that; `whole` is the address of the list that shows them all.
    """

    title: str
    view: "RecordView"
    records: Sequence[Any]
    columns: tuple[str, ...]
    add: str | None = None
    add_label: str = "Add"
    whole: str | None = None
    number: int | None = None
    more: bool = False

    @property
    def anchor(self) -> str:
        """By what the address names this part of the page."""
        return self.title.lower().replace(" ", "-")

    @property
    def told(self) -> str:
        """The number as people read it."""
        number = min(len(self.records) if self.number is None else self.number, COUNTED)
        return f"{number:,}{'+' if self.more or (self.number or 0) > COUNTED else ''}"

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.more or (self.number or 0) > len(self.records)


def section(
    title: str,
    model: type[Base],
    selection: Select[Any],
    order: Sequence[Any],
    columns: tuple[str, ...],
    *,
    descending: bool = False,
    loaded: Sequence[Any] = (),
    shown: int | None = None,
    **more: Any,
) -> Section:
    """The first records of a selection, in this order, with what their list loads of them and what else is `loaded`."""
    view, key = view_of(model), model.__mapper__.primary_key[0]
    number = count(selection, key)
    if number > COUNTED:
        ids = ids_of_many(selection, key, order, descending, 1)
    else:
        ids = ids_of_few(selection, key, order, descending, 0, shown or SHOWN)
    return Section(title, view, rows_of(model, key, ids, (*view.loaded, *loaded)), columns, number=number, **more)

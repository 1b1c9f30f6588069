"""The one view that every admin view inherits: it lets nobody do anything that is not written down."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from tracker.admin import as_of, lists
from tracker.admin.downloading import FORMS, download, readable
from tracker.admin.filtering import Filter
from tracker.admin.forms import RecordForm, version_of
from tracker.admin.guarded import Conflict, GuardedView
from tracker.admin.handle import db
from tracker.admin.history import SHOWN, history_of
from tracker.admin.pages import address_of, page
from tracker.admin.paging import Order
from tracker.admin.references import owned_by, referring_to
from tracker.admin.saved_views import offered_for
from tracker.admin.sections import Section
from tracker.models.base import Base
from tracker.models.searching import SEARCHED


class RecordView(GuardedView):
    """List, page, form and deletion of one kind of record."""

    # Whether its list and pages show a past day too.
    of_the_past: ClassVar[bool] = True
    noun: ClassVar[str]
    plural: ClassVar[str]
    key: ClassVar[str] = "slug"
    # No form is ever made from the columns: it would take in collections that a post could then wipe.
    form: ClassVar[type[RecordForm]] = RecordForm
    # The form of a new record, where it asks for more than the form of an old one.
    first_form: ClassVar[type[RecordForm] | None] = None
    column_list: ClassVar[Sequence[str]] = ()
    column_details_list: ClassVar[Sequence[str]] = ()
    # Columns of a small table that has no search index.
    searched: ClassVar[Sequence[Any]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    sorts: ClassVar[Mapping[str, Order]] = {}
    default_sort: ClassVar[str] = ""
    # What a row of the list shows of other records, and what the page of one record does.
    loaded: ClassVar[Sequence[Any]] = ()
    loaded_for_page: ClassVar[Sequence[Any]] = ()
    column_type_formatters: ClassVar[Mapping[type, Any]] = {}

    list_template = "admin/list.html"
    details_template = "admin/details.html"
    create_template = "admin/form.html"
    edit_template = "admin/form.html"

    def __init__(self, model: type[Base]) -> None:
        endpoint = self.plural.lower().replace(" ", "_")
        super().__init__(
            model, db, name=self.plural, category=self.group, endpoint=endpoint, url=f"/{endpoint.replace('_', '-')}"
        )

    # Finding records

    def selection(self) -> Select[Any]:
        """What the list is drawn from; joins what it sorts and filters by."""
        return select(self.model)

    def sorts_on_offer(self) -> Mapping[str, Order]:
        """The orders that this page of the list can have."""
        return self.sorts

    @property
    def is_searched(self) -> bool:
        """Whether its records are found by words."""
        return bool(self.searched) or self.model.__tablename__ in SEARCHED

    def find(self, key: str, loaded: Sequence[Any] = ()) -> Any:
        """The record of this key, with what is to be loaded with it, or None."""
        if self.key == "id":
            counted = key.isascii() and key.isdecimal() and len(key) < 16
            return db.session.get(self.model, int(key), options=loaded) if counted else None
        found = select(self.model).where(getattr(self.model, self.key) == key)
        return db.session.scalars(found.options(*loaded)).one_or_none()

    def get(self, key: str, loaded: Sequence[Any] = ()) -> Any:
        """The same, or 404."""
        return self.find(key, loaded) or abort(404)

    def address(self, record: Any, page: str = "details_view") -> str:
        """Where this record's page stands."""
        return url_for(f"{self.endpoint}.{page}", key=getattr(record, self.key))

    def _prettify_name(self, name: str) -> str:
        return name.replace("_", " ").capitalize()

    def title(self, record: Any) -> str:
        """What the record is called on its page."""
        return str(record)

    def matching(self, listing: lists.Listing, *, whole: bool = False) -> Select[Any]:
        """The records that a list shows on all its pages; for its file the `whole`, however long that takes."""
        chosen = self.selection().where(*as_of.existing(self.model))
        chosen = lists.narrow(listing, chosen, self)
        wanted = [one for one in self.filters if one.name in listing.values]
        told = [one for one in wanted if one.by_history and as_of.past()]
        chosen = chosen.where(*(one.where(listing.values[one.name]) for one in wanted if one not in told))
        if told and not whole:
            chosen = lists.latest_of(listing, chosen, self)
        return chosen.where(*(one.where(listing.values[one.name]) for one in told))

    # Pages

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The list."""
        listing = lists.read(request.args, self.filters, self.sorts_on_offer(), self.default_sort)
        lists.fill(listing, self.matching(listing), self)
        shown: ResponseReturnValue = self.render(
            self.list_template,
            view=self,
            listing=listing,
            columns=self.get_list_columns(),
            get_value=self.get_list_value,
            saved=offered_for(self.endpoint),
        )
        return shown

    @page("/export.<form>")
    def export_view(self, form: str) -> ResponseReturnValue:
        """All that the list shows, as a file."""
        if form not in FORMS:
            abort(404)
        listing = lists.read(request.args, self.filters, self.sorts_on_offer(), self.default_sort)
        if listing.misread:
            # The page says so; a file would hold more than was asked for without a word.
            abort(400, " ".join(listing.misread))
        return download(listing, self.matching(listing, whole=True), self, form)

    def exported(self, matching: Select[Any]) -> tuple[Select[Any], list[Any]]:
        """What the list shows with what its file takes beside it, and the columns of the file."""
        return readable(self.model, matching)

    @page("/<key>")
    def details_view(self, key: str) -> ResponseReturnValue:
        """The page of one record."""
        record = self.get(key, self.loaded_for_page)
        as_of.check(record)
        return self.show(record)

    def show(self, record: Any) -> ResponseReturnValue:
        """The page of this record, found before."""
        shown: ResponseReturnValue = self.render(
            self.details_template,
            view=self,
            record=record,
            columns=self.get_details_columns(),
            get_value=self.get_detail_value,
            sections=self.sections(record),
        )
        return shown

    @page("/<key>/history")
    def history_view(self, key: str) -> ResponseReturnValue:
        """Who changed the record and what belongs to it, from what to what."""
        record = self.get(key)
        history = history_of(record)
        shown = sum(len(events) for _, events in history)
        told: str = self.render(
            "admin/history.html", view=self, record=record, history=history, more=shown if shown == SHOWN else 0
        )
        return told

    def sections(self, record: Any) -> list[Section]:
        """What belongs to the record and is shown with it."""
        return []

    @page("/new", "GET", "POST")
    def create_view(self) -> ResponseReturnValue:
        """The form of a new record; arguments of the address fill it in."""
        form = self.new_form()
        if form.validate_on_submit():
            record = self.create_model(form)
            if record:
                flash(f"{self.noun.capitalize()} saved.", "success")
                return redirect(self.after_save(record))
        return self.render_form(form, None)

    @page("/<key>/edit", "GET", "POST")
    def edit_view(self, key: str) -> ResponseReturnValue:
        """The form of an existing record."""
        record = self.find(key)
        if record is None and request.method == "POST" and self.is_allowed("create"):
            # Deleted meanwhile: what was typed can become a new record.
            return self.render_form((self.first_form or self.form)(), None, gone=True), 404
        form = self.form(obj=record or abort(404))
        if request.method == "GET":
            form.version.data = version_of(record)
        if request.method == "GET" or "review" in request.form:
            return self.render_form(form, record)
        if form.validate():
            try:
                if self.update_model(form, record):
                    flash(f"{self.noun.capitalize()} saved.", "success")
                    return redirect(self.after_save(record))
            except Conflict:
                db.session.rollback()
                return self.show_conflict(form, self.get(key)), 409
        return self.render_form(form, record)

    @page("/<key>/delete", "GET", "POST")
    def delete_view(self, key: str) -> ResponseReturnValue:
        """Asks first, and tells what goes with the record or keeps it from going."""
        record = self.get(key)
        blocking = referring_to(db.session(), record)
        # Asked for while the record still knows what it belongs to.
        leads_to = self.after_delete(record)
        if request.method == "POST" and not blocking and self.delete_model(record):
            flash(f"{self.noun.capitalize()} deleted.", "success")
            return redirect(leads_to)
        shown: str = self.render(
            "admin/delete.html", view=self, record=record, blocking=blocking, owned=owned_by(record)
        )
        return shown, 409 if request.method == "POST" else 200

    # Forms

    def new_form(self) -> RecordForm:
        """An empty form, or what the address or the post fills in."""
        form = self.first_form or self.form
        return form(formdata=request.args) if request.method == "GET" and request.args else form()

    def render_form(self, form: RecordForm, record: Any, *, gone: bool = False) -> str:
        """The form on its page; `gone` where its record was deleted while it was open."""
        template = self.create_template if record is None else self.edit_template
        back = self.back(form, record)
        shown: str = self.render(template, view=self, form=form, record=record, back=back, gone=gone)
        return shown

    def back(self, form: RecordForm, record: Any) -> str:
        """Where "Cancel" leads."""
        return self.address(record) if record is not None else url_for(f"{self.endpoint}.index_view")

    def after_save(self, record: Any) -> str:
        """Where a saved form leads."""
        return self.address(record)

    def after_delete(self, record: Any) -> str:
        """Where a deletion leads."""
        return url_for(f"{self.endpoint}.index_view")

    def show_conflict(self, form: RecordForm, record: Any) -> str:
        """Both versions side by side, field by field, and a way to keep either."""
        theirs = self.form(formdata=None, obj=record)
        rows = [(mine, theirs[mine.short_name]) for mine in form.inputs()]
        form.version.data = version_of(record)
        shown: str = self.render("admin/conflict.html", view=self, form=form, record=record, rows=rows)
        return shown


class ChildView(RecordView):
    """Records that are shown and reached on the page of the record that they belong to, not in the menu."""

    key = "id"
    parent: ClassVar[str]

    def owner(self, record: Any) -> Any:
        """The record that this one belongs to."""
        return getattr(record, self.parent)

    def after_save(self, record: Any) -> str:
        return address_of(self.owner(record))

    def after_delete(self, record: Any) -> str:
        return address_of(self.owner(record))

    def back(self, form: RecordForm, record: Any) -> str:
        owner = self.owner(record) if record is not None else form[self.parent].data
        return address_of(owner) if owner is not None else super().back(form, None)

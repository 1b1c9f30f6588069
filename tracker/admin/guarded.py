"""What every view may do to records, and to whom it is allowed: checked at the page and again at each write."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask_admin import BaseView
from flask_admin.contrib.sqla import ModelView
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker.admin.as_of import past
from tracker.admin.forms import RecordForm, refusals_told, slug_from, version_of
from tracker.admin.handle import db
from tracker.auth.access import READ, needed
from tracker.auth.roles import allowed, require


class Conflict(Exception):
    """Somebody else has saved the record since the form was shown."""


class Guarded:
    """What every view of ours shares: it lets nobody do anything that is not written down in `auth.access`."""

    endpoint: str
    # Address, name and methods of each page, collected by the library from `page`.
    _urls: list[tuple[str, str, Sequence[str]]]

    def create_blueprint(self, admin: Any) -> Any:
        # A page that is open to nobody has no address at all.
        self._urls = [url for url in self._urls if needed(f"{self.endpoint}.{url[1]}")]
        return super().create_blueprint(admin)  # type: ignore[misc] # of the library's view, beside which this stands

    def is_allowed(self, action: str) -> bool:
        """Whether who asks may use the page of this name here."""
        return allowed(f"{self.endpoint}.{action}")

    def is_accessible(self) -> bool:
        """Whether the menu leads here."""
        return self.is_allowed("index")

    def _handle_view(self, name: str, **kwargs: Any) -> None:
        require(f"{self.endpoint}.{name}")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # The library would call the page a second time after any TypeError within it.
        return fn(self, *args, **kwargs)


class PageView(Guarded, BaseView):  # type: ignore[misc] # Flask-Admin is not typed
    """A view of something other than one kind of record."""


class GuardedView(Guarded, ModelView):  # type: ignore[misc] # Flask-Admin is not typed
    """A view of one kind of record; it asks for the permission again before each write."""

    group: ClassVar[str | None] = None

    # What the library offers beside our pages writes without a version or reads without a limit.
    action_view = None
    action_delete = None
    ajax_lookup = None
    ajax_update = None
    export = None

    def is_allowed(self, action: str) -> bool:
        # On a past day nobody does more than read.
        return super().is_allowed(action) and (past() is None or action in READ)

    def is_visible(self) -> bool:
        return self.group is not None

    def is_action_allowed(self, name: str) -> bool:
        return self.is_allowed(name)

    # Writing: the permission is asked for here again, whichever page or action leads to it

    def create_model(self, form: RecordForm) -> Any:
        require(f"{self.endpoint}.create")
        return self.save(form, self.model(), is_created=True)

    def update_model(self, form: RecordForm, model: Any) -> Any:
        require(f"{self.endpoint}.edit")
        # Where the database lets others write meanwhile, nobody does between this look and the save.
        db.session.refresh(model, with_for_update=True)
        if form.version.data != version_of(model):
            raise Conflict
        return self.save(form, model, is_created=False)

    def delete_model(self, model: Any) -> bool:
        require(f"{self.endpoint}.delete")
        db.session.delete(model)
        try:
            db.session.commit()
        except IntegrityError:
            # Somebody has referred to it since it was looked at; the page now shows what.
            db.session.rollback()
            return False
        return True

    def save(self, form: RecordForm, record: Any, *, is_created: bool) -> Any:
        """Fill the record and commit; None where a rule or the database refuses, told in the form."""
        try:
            with refusals_told(form):
                with db.session.no_autoflush:
                    form.populate_obj(record)
                    self.on_model_change(form, record, is_created)
                if is_created:
                    db.session.add(record)
                db.session.commit()
                return record
        except StaleDataError as error:
            raise Conflict from error
        return None

    def on_model_change(self, form: RecordForm, model: Any, is_created: bool) -> None:
        if hasattr(model, "slug") and not model.slug:
            model.slug = slug_from(self.model, self.slug_text(model))

    def slug_text(self, record: Any) -> str:
        """What a slug is made of where none is given."""
        return str(record)

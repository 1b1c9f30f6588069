"""What every form of a record shares: the token, the version that it showed, and errors at their fields."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import HiddenField
from wtforms.validators import ValidationError

from tracker.admin.fields import PeriodField
from tracker.admin.handle import db
from tracker.models.base import Base, RuleError


class RecordForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is not typed
    """A form of ours; `version` is that of the record when the form was shown."""

    version = HiddenField()

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **keywords: Any) -> None:
        super().process(formdata, obj, data=data, **keywords)
        for field in self:
            if isinstance(field, PeriodField) and obj is not None and not field.raw_data:
                field.precision = getattr(obj, field.precision_name)

    def populate_obj(self, obj: Any) -> None:
        """Fill the record; fields that are not its attributes are the view's business."""
        for field in self.inputs():
            if hasattr(type(obj), field.short_name):
                field.populate_obj(obj, field.short_name)

    def place(self, sentence: str, field: str | None) -> None:
        """Put an error at its field, or at the top of the form."""
        if field and field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def validate_slug(self, field: Any) -> None:
        if field.data == "new":
            raise ValidationError("'new' is the address of the form for a new record; choose another slug.")

    def inputs(self) -> list[Any]:
        """The fields that people fill in."""
        return [field for field in self if field.type not in ("CSRFTokenField", "HiddenField")]


def version_of(record: Base) -> str:
    """What tells one state of a record from another: its version, or a digest of its columns where it has none."""
    version = getattr(record, "version", None)
    if version is not None:
        return str(version)
    values = [getattr(record, attribute.key) for attribute in inspect(type(record)).column_attrs]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def slug_from(model: type[Base], text: str) -> str:
    """A slug made of this text that no record of the model has."""
    column: Any = model.slug  # type: ignore[attr-defined] # asked of models with slugs alone
    base = slug_from_text(text, set())
    return slug_from_text(text, set(db.session.scalars(select(column).where(column.startswith(base)))))


def slug_from_text(text: str, taken: set[str]) -> str:
    """The letters and digits of this text as a slug that is not taken; 2+2 is 2-plus-2."""
    plain = unicodedata.normalize("NFKD", text.replace("+", " plus ")).encode("ascii", "ignore").decode().lower()
    base = "-".join(re.findall(r"[a-z0-9]+", plain))[:100].strip("-") or "record"
    # The address of the form for a new record.
    taken = taken | {"new"}
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


# Where an error of a rule or a constraint belongs: a part of its text, and the field.
PLACES = (
    ("tell the reason", "reason"),
    ("cite at least one source", "source"),
    ("that day has not come yet", "effective_on"),
    ("either a minister or", "minister"),
    ("name at least one statement", "statements"),
    ("has no strength", "strength"),
    ("operative words", "operative_phrase"),
)
# Constraint (the part after the table's name) -> the field and what to say.
CONSTRAINTS = {
    "held_has_date": ("start_date", "A meeting that was held needs its date."),
    "starts_before_it_ends": ("end_date", "It ends before it starts."),
    "edition_of_series": ("edition", "An edition is a number from 1 and belongs to a series."),
    "not_own_parent": ("parent", "A record cannot be part of itself."),
    "slug_shape": ("slug", "Use lower case letters, digits and hyphens, at most 120."),
    "code_shape": ("code", "Write the code in capitals."),
    "public_id_shape": ("public_id", "Write the public id in capitals, without spaces."),
    "sha256_shape": ("sha256", "A SHA-256 is 64 digits from 0-9 and a-f."),
    "language_shape": ("language", "Use the two letters of ISO 639-1, as en."),
    "country_or_organization": ("country", "Choose a country or an organisation, not both."),
    "inference_explained": ("note", "Say why: no text states this link."),
    "not_to_itself": ("target", "A commitment cannot be linked to itself."),
    "met_on_when_met": ("met_on", "Only a milestone that is met, in part or whole, has such a day."),
    "operative_has_kind": ("kind", "Operative words propose a kind; other words do not."),
    "strength_of_kind": ("strength", "Only undertakings, tasks and proposals have a strength."),
    "strength_justified": ("strength", "Only undertakings, tasks and proposals have a strength."),
}


@contextmanager
def refusals_told(form: RecordForm) -> Iterator[None]:
    """Roll back what a rule or the database refuses, and tell it in the form."""
    try:
        yield
    except (RuleError, ValueError) as error:
        db.session.rollback()
        place_error(form, error)
    except IntegrityError as error:
        db.session.rollback()
        place_integrity_error(form, error)


def keep(form: RecordForm, make: Callable[[], Base]) -> Any:
    """Make a record and commit it; None where a rule or the database refuses, told in the form."""
    try:
        with refusals_told(form):
            with db.session.no_autoflush:
                record = make()
                db.session.add(record)
            db.session.commit()
            return record
    except StaleDataError:
        db.session.rollback()
        form.place("Somebody else has changed it meanwhile. Look at it once more, and send this again.", None)
    return None


def place_error(form: RecordForm, error: Exception) -> None:
    """Put what a rule or the database said at the field that it is about."""
    for sentence in getattr(error, "problems", None) or [str(error)]:
        field = next((field for part, field in PLACES if part in sentence), None)
        form.place(sentence[:1].upper() + sentence[1:], field)


def place_integrity_error(form: RecordForm, error: IntegrityError) -> None:
    """Say in words what the database refused."""
    told = str(error.orig).splitlines()[0]
    for name, (field, sentence) in CONSTRAINTS.items():
        if re.search(rf"ck_\w+_{name}\b", told):
            form.place(sentence, field)
            return
    if "unique" in told.lower():
        names = [field.short_name for field in form.inputs()]
        taken = next((name for name in names if re.search(rf"\.{name}\b|\buq_\w+_{name}\b", told)), None)
        form.place("There is such a record already.", taken)
    else:
        form.place(told.removeprefix("ERROR:").strip(), None)

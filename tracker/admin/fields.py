"""Form fields for what records are made of: clean text, words, days, periods and other records."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from flask import url_for
from sqlalchemy import inspect
from wtforms import DateField, Field, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice  # type: ignore[attr-defined] # newer than the published stubs
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import Select, TextInput

from tracker.admin import finding
from tracker.admin.pages import view_of
from tracker.models.base import Base, clean_text

LONGEST = 20_000
PERIOD_HINT = "As far as known: 2024-08-20, 2024-08 or 2024."
PERIOD = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")

LARGEST = 1_000_000


def _clean(value: str | None) -> str | None:
    return clean_text(value.replace("\r\n", "\n")) if value else None


def _checks(required: bool, longest: int = LONGEST) -> list[Any]:
    needed = [DataRequired("This is needed.")] if required else [Optional()]
    return [*needed, Length(max=longest, message=f"At most {longest} characters.")]


def line(label: str, *, required: bool = False, hint: str = "", **keywords: Any) -> StringField:
    """A line of text; blank is nothing."""
    return StringField(label, filters=[_clean], validators=_checks(required, 1000), description=hint, **keywords)


def prose(label: str, *, required: bool = False, hint: str = "", rows: int = 3) -> TextAreaField:
    """Text of several lines; blank is nothing."""
    return TextAreaField(
        label, filters=[_clean], validators=_checks(required), description=hint, render_kw={"rows": rows}
    )


def number(label: str, hint: str = "") -> IntegerField:
    """A whole number, or nothing."""
    bounds = NumberRange(0, LARGEST, f"Use a whole number up to {LARGEST:,}.")
    return IntegerField(label, validators=[Optional(), bounds], description=hint)


def day(label: str, *, required: bool = False, hint: str = "", **keywords: Any) -> DateField:
    """A full day."""
    needed = InputRequired("Give a day.") if required else Optional()
    return DateField(label, validators=[needed], description=hint, **keywords)


def word(label: str, words: Sequence[str], *, required: bool = True, hint: str = "", **keywords: Any) -> SelectField:
    """One of these words."""
    choices = {} if required else {"": "None"}
    choices |= {name: name.replace("_", " ").capitalize() for name in words}
    return SelectField(
        label,
        choices=choices,
        filters=[lambda value: value or None],
        validators=[InputRequired("Choose one.") if required else Optional()],
        description=hint,
        **keywords,
    )


def parse_period(text: str) -> tuple[date, date, str]:
    """First day, last day and precision of `2024`, `2024-08` or `2024-08-20`; raises ValueError."""
    match = PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError("Write a day as 2024-08-20, a month as 2024-08 or a year as 2024.")
    year, month, day_of_month = (int(part) if part else None for part in match.groups())
    try:
        if year and month and day_of_month:
            exact = date(year, month, day_of_month)
            return exact, exact, "day"
        if year and month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month"
        return date(year or 0, 1, 1), date(year or 0, 12, 31), "year"
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"There is no such day as {text.strip()}.") from error


def show_period(value: date | None, precision: str | None) -> str:
    """The date as it is written in files: as much of it as is known."""
    return value.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)] if value else ""


class PeriodField(Field):
    """A date as exactly as it is known; fills the date column and its precision column.

    A beginning is stored as the first day of its period, an end (`last=True`) as the last.
    """

    widget = TextInput()

    def __init__(
        self, label: str, precision: str, *, last: bool = False, hint: str = PERIOD_HINT, **keywords: Any
    ) -> None:
        keywords.setdefault("validators", [Optional()])
        # No keypad of digits alone, which has no hyphen.
        shown = {"class": "short"} | ({} if hint == PERIOD_HINT else {"placeholder": "2024-08"})
        super().__init__(label, description=hint, render_kw=shown, **keywords)
        self.precision_name = precision
        self.last = last
        self.data: date | None = None
        self.precision: str | None = None
        self.text = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.text = valuelist[0].strip()
        self.data = None
        if self.text:
            first, last, self.precision = parse_period(self.text)
            self.data = last if self.last else first

    def _value(self) -> str:
        return self.text if self.raw_data else show_period(self.data, self.precision)

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.data)
        setattr(obj, self.precision_name, self.precision if self.data else None)


class Reference:
    """What a field that refers to records knows of them: all there are, or where they are looked up."""

    model: type[Base]
    key: str

    @cached_property
    def choosable(self) -> finding.Choices | None:
        """Key and name of each record; None where there are too many."""
        return finding.few(self.model, self.key)

    @property
    def lookup(self) -> str | None:
        """The address that looks records up, where there are too many to choose from."""
        return url_for("search.lookup_view", key=view_of(self.model).endpoint) if self.choosable is None else None


class ReferenceWidget:
    """A select, or a line that a look-up helps to fill; without a script it takes a key or words."""

    def __call__(self, field: Any, **keywords: Any) -> Any:
        if field.lookup is None:
            return Select()(field, **keywords)
        shown = finding.called(field.data) if field.data else field.typed
        keywords |= {"data-lookup": field.lookup, "data-shown": shown, "autocomplete": "off"}
        return TextInput()(field, **keywords)


class RecordField(Reference, SelectField):
    """A reference to another record, told by its key (slug, code or public id)."""

    widget = ReferenceWidget()

    def __init__(
        self, label: str, model: type[Base], *, key: str = "slug", required: bool = False, hint: str = "", **kw: Any
    ) -> None:
        needed = InputRequired("Choose one.") if required else Optional()
        super().__init__(label, validators=[needed], description=hint, choices={}, **kw)
        self.model, self.key, self.required = model, key, required
        self.typed = ""

    def iter_choices(self) -> Iterator[Choice]:
        chosen = self.chosen_key()
        yield Choice("", "Choose" if self.required else "None", chosen == "", {})
        if chosen and self.data is None:
            yield Choice(chosen, f"{chosen} (does not exist)", True, {})
        held = [(chosen, finding.called(self.data))] if self.data else []
        for value, label in held if self.choosable is None else self.choosable:
            yield Choice(value, label, value == chosen, {})

    def chosen_key(self) -> str:
        """The key of what is chosen, also where it was mistyped."""
        return str(getattr(self.data, self.key)) if self.data else self.typed

    _value = chosen_key

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.typed = valuelist[0]
        self.data = None
        if self.typed:
            self.data = finding.meant(self.model, self.key, self.typed)

    def pre_validate(self, form: Any) -> None:
        """Whether it exists was seen when it was read."""

    def populate_obj(self, obj: Any, name: str) -> None:
        # Both ends of the reference, so that rules which look at the column see it before the flush.
        for local, remote in inspect(type(obj)).relationships[name].local_remote_pairs:
            setattr(obj, local.key, getattr(self.data, remote.key) if self.data else None)
        setattr(obj, name, self.data)


class RecordsField(Reference, SelectMultipleField):
    """References to several records.

    Its form sends an empty value along, so that choosing none differs from a post that lacks the field.
    """

    def __init__(self, label: str, model: type[Base], *, required: str = "", hint: str = "", **keywords: Any) -> None:
        super().__init__(label, description=hint, choices={}, **keywords)
        self.model, self.key, self.required = model, "slug", required

    def iter_choices(self) -> Iterator[Choice]:
        held = [(str(getattr(record, self.key)), finding.called(record)) for record in self.data or ()]
        chosen = {value for value, _ in held}
        # What is chosen stands first: nobody has to look for it in a long list.
        offered = held if self.choosable is None else sorted(self.choosable, key=lambda one: one[0] not in chosen)
        for value, label in offered:
            yield Choice(value, label, value in chosen, {})

    def process_data(self, value: Iterable[Any] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = []
            for typed in filter(None, dict.fromkeys(valuelist)):
                record = finding.meant(self.model, self.key, typed)
                if record not in self.data:
                    self.data.append(record)

    def pre_validate(self, form: Any) -> None:
        # Whether they exist was seen when they were read.
        if self.required and not self.data:
            raise ValidationError(self.required)

"""Countries, organisations, ministers and offices."""

from typing import Any, ClassVar

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.base import ChildView, RecordView
from tracker.admin.fields import PeriodField, RecordField, line, word
from tracker.admin.filtering import filter_by, filter_by_record
from tracker.admin.forms import RecordForm
from tracker.admin.minister_page import answered_for, taken_over
from tracker.admin.sections import SHOWN, Section, section
from tracker.admin.show import when
from tracker.models import (
    Attendance,
    Country,
    Minister,
    MinisterName,
    Office,
    OfficeTerm,
    Organization,
    Statement,
)
from tracker.models.people import ORGANIZATION_CLASSIFICATIONS

SLUG_HINT = "Its name in addresses and files. Left empty, one is made."


class CountryForm(RecordForm):
    code = line("Code", required=True, hint="Two capital letters of ISO 3166-1, as IN.")
    name = line("Name", required=True)


class CountryView(RecordView):
    """Countries by their codes."""

    noun, plural, group, key = "country", "Countries", "Record", "code"
    form = CountryForm
    column_list = ("name", "code")
    column_details_list = ("code",)
    searched = (Country.name, Country.code)
    sorts: ClassVar = {"name": (Country.name,), "code": (Country.code,)}
    default_sort = "name"

    def sections(self, record: Country) -> list[Section]:
        ministers = select(Minister).where(Minister.country_code == record.code)
        organizations = select(Organization).where(Organization.country_code == record.code)
        return [
            section("Ministers", Minister, ministers, (Minister.sort_name,), ("name",)),
            section("Organisations", Organization, organizations, (Organization.name,), ("name", "kind")),
        ]


class OrganizationForm(RecordForm):
    name = line("Name", required=True)
    classification = word("Kind", ORGANIZATION_CLASSIFICATIONS)
    country = RecordField("Country", Country, key="code")
    parent = RecordField("Part of", Organization)
    slug = line("Slug", hint=SLUG_HINT)


class OrganizationView(RecordView):
    """Ministries, agencies and other bodies."""

    noun, plural, group = "organisation", "Organisations", "Record"
    form = OrganizationForm
    column_list = ("name", "kind", "country")
    column_details_list = ("kind", "country", "parent", "slug")
    column_labels: ClassVar = {"parent": "Part of"}
    column_formatters: ClassVar = {"kind": lambda view, context, model, name: model.classification.replace("_", " ")}
    filters = (filter_by("kind", "Kind", Organization.classification, ORGANIZATION_CLASSIFICATIONS),)
    sorts: ClassVar = {"name": (Organization.name,), "kind": (Organization.classification,)}
    default_sort = "name"
    loaded = (selectinload(Organization.country),)

    def sections(self, record: Organization) -> list[Section]:
        offices = select(Office).where(Office.organization_id == record.id)
        add = url_for("offices.create_view", organization=record.slug)
        return [section("Offices", Office, offices, (Office.label,), ("label",), add=add, add_label="Add office")]


class OfficeForm(RecordForm):
    label = line("Label", required=True, hint="As External Affairs Minister of India.")
    organization = RecordField("Organisation", Organization, required=True)
    slug = line("Slug", hint=SLUG_HINT)


class OfficeView(RecordView):
    """Posts that ministers hold."""

    noun, plural, group = "office", "Offices", "Record"
    form = OfficeForm
    column_list = ("label", "organization")
    column_details_list = ("organization", "slug")
    column_labels: ClassVar = {"organization": "Organisation"}
    sorts: ClassVar = {"label": (Office.label,), "organization": (Organization.name, Office.label)}
    default_sort = "label"
    loaded = (selectinload(Office.organization),)

    def selection(self) -> Any:
        return select(Office).join(Office.organization)

    def sections(self, record: Office) -> list[Section]:
        terms = select(OfficeTerm).where(OfficeTerm.office_id == record.id)
        add = url_for("office_terms.create_view", office=record.slug)
        columns = ("minister", "start", "end")
        return [section("Held by", OfficeTerm, terms, (OfficeTerm.start_date,), columns, add=add, add_label="Add term")]


class MinisterForm(RecordForm):
    name = line("Name", required=True, hint="As records name them.")
    family_name = line("Family name")
    given_name = line("Given name")
    sort_name = line("Sorted as", hint="Left empty: family name, given name.")
    native_name = line("Name in their own script")
    country = RecordField("Country", Country, key="code", required=True)
    slug = line("Slug", hint=SLUG_HINT)


class MinisterView(RecordView):
    """People who hold or held office."""

    noun, plural, group = "minister", "Ministers", "Record"
    form = MinisterForm
    details_template = "admin/minister.html"
    column_list = ("name", "country", "offices")
    column_details_list = ("native_name", "family_name", "given_name", "country", "sort_name", "slug")
    column_labels: ClassVar = {"native_name": "In their own script", "sort_name": "Sorted as"}
    column_formatters: ClassVar = {
        "offices": lambda view, context, model, name: [term.office for term in model.office_terms]
    }
    filters = (
        filter_by_record(
            "office",
            "Office",
            Office,
            lambda slug: Minister.office_terms.any(OfficeTerm.office.has(Office.slug == slug)),
            "offices",
        ),
    )
    sorts: ClassVar = {"name": (Minister.sort_name,), "country": (Minister.country_code, Minister.sort_name)}
    default_sort = "name"
    loaded = (
        selectinload(Minister.country),
        selectinload(Minister.office_terms).selectinload(OfficeTerm.office),
    )

    def show(self, record: Minister) -> ResponseReturnValue:
        shown: str = self.render(
            self.details_template,
            view=self,
            record=record,
            columns=self.get_details_columns(),
            get_value=self.get_detail_value,
            sections=self.sections(record),
            answered_for=answered_for(record),
            shown=SHOWN,
        )
        return shown

    def on_model_change(self, form: RecordForm, model: Minister, is_created: bool) -> None:
        if not model.sort_name:
            model.sort_name = ", ".join(filter(None, (model.family_name, model.given_name))) or model.name
        super().on_model_change(form, model, is_created)

    def sections(self, record: Minister) -> list[Section]:
        terms = select(OfficeTerm).where(OfficeTerm.minister_id == record.id)
        names = select(MinisterName).where(MinisterName.minister_id == record.id)
        attended = select(Attendance).where(Attendance.minister_id == record.id)
        said = select(Statement).where(Statement.minister_id == record.id)
        add_term: dict[str, Any] = {
            "add": url_for("office_terms.create_view", minister=record.slug),
            "add_label": "Add term",
        }
        add_name: dict[str, Any] = {
            "add": url_for("other_names.create_view", minister=record.slug),
            "add_label": "Add name",
        }
        theirs = url_for("statements.index_view", minister=record.slug)
        return [
            section("Offices", OfficeTerm, terms, (OfficeTerm.start_date,), ("office", "start", "end"), **add_term),
            section("Other names", MinisterName, names, (MinisterName.name,), ("name",), **add_name),
            taken_over(record),
            section("Meetings", Attendance, attended, (), ("meeting", "office")),
            section(
                "Statements",
                Statement,
                said,
                (Statement.said_on,),
                ("said", "summary", "meeting"),
                descending=True,
                whole=theirs,
            ),
        ]


class MinisterNameForm(RecordForm):
    minister = RecordField("Minister", Minister, required=True)
    name = line("Name", required=True, hint="Another spelling or word order. No two ministers share one.")


class MinisterNameView(ChildView):
    """Other spellings of ministers' names."""

    noun, plural, parent = "name", "Other names", "minister"
    form = MinisterNameForm
    column_list = ("name", "minister")
    column_details_list = ("name", "minister")
    sorts: ClassVar = {"name": (MinisterName.name,)}
    default_sort = "name"
    loaded = (selectinload(MinisterName.minister),)


class OfficeTermForm(RecordForm):
    minister = RecordField("Minister", Minister, required=True)
    office = RecordField("Office", Office, required=True)
    start_date = PeriodField("From", "start_precision")
    end_date = PeriodField("To", "end_precision", last=True)


class OfficeTermView(ChildView):
    """Who held which office, from when to when."""

    noun, plural, parent = "office term", "Office terms", "minister"
    form = OfficeTermForm
    column_list = ("minister", "office", "start", "end")
    column_details_list = ("minister", "office", "start", "end")
    column_labels: ClassVar = {"start": "From", "end": "To"}
    column_formatters: ClassVar = {
        "start": lambda view, context, model, name: when(model.start_date, model.start_precision),
        "end": lambda view, context, model, name: when(model.end_date, model.end_precision),
    }
    sorts: ClassVar = {"start": (OfficeTerm.start_date,)}
    default_sort = "-start"
    loaded = (selectinload(OfficeTerm.minister), selectinload(OfficeTerm.office))

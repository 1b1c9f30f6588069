"""Sources, the passages cited from them, and what checking those gave."""

from typing import Any, ClassVar

from flask import current_app, url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.base import ChildView, RecordView
from tracker.admin.evidence import CITED
from tracker.admin.fields import RecordField, day, line, prose, word
from tracker.admin.filtering import filter_by
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.pages import view_of
from tracker.admin.people import SLUG_HINT
from tracker.admin.sections import Section, section
from tracker.admin.show import checked, link, when, words
from tracker.auth.roles import allowed
from tracker.documents import archive, differences
from tracker.documents.archive import DocumentError
from tracker.documents.quotes import Text
from tracker.models import Citation, Document, Source, Statement, StatusUpdate, Verification
from tracker.models.sources import BEARINGS, SOURCE_CLASSIFICATIONS, VERIFICATION_RESULTS


class SourceForm(RecordForm):
    title = line("Title", required=True)
    url = line("Address", hint="Where it can be read, as https://...")
    classification = word("Kind", SOURCE_CLASSIFICATIONS, default="press_report")
    publisher = line("Publisher")
    published_on = day("Published on")
    accessed_on = day("Accessed on")
    language = line("Language", hint="Two letters of ISO 639-1, as en.")
    document_number = line("Document number")
    sha256 = line("SHA-256", hint="Of the current text; follows by itself where one is added.")
    note = prose("Note")
    slug = line("Slug", hint=SLUG_HINT)


def read_at_the_desk(source: Source) -> str | Markup:
    """The way to the text of a source, where one was archived."""
    address = url_for("reading.text_view", key=source.slug)
    return Markup('<a href="{}">Read it at the desk</a>').format(address) if source.sha256 else ""


class SourceView(RecordView):
    """Documents that statements and status updates rest on."""

    noun, plural, group = "source", "Sources", "Record"
    form = SourceForm
    column_list = ("title", "publisher", "kind", "published")
    column_details_list = (
        "publisher",
        "kind",
        "address",
        "published",
        "text",
        "accessed_on",
        "language",
        "document_number",
        "sha256",
        "note",
        "slug",
    )
    column_labels: ClassVar = {"sha256": "SHA-256"}
    column_formatters: ClassVar = {
        "kind": lambda view, context, model, name: words(model.classification),
        "published": lambda view, context, model, name: when(model.published_on),
        "address": lambda view, context, model, name: model.url,
        "text": lambda view, context, model, name: read_at_the_desk(model),
    }
    filters = (filter_by("kind", "Kind", Source.classification, SOURCE_CLASSIFICATIONS),)
    sorts: ClassVar = {
        "title": (Source.title,),
        "publisher": (Source.publisher,),
        "kind": (Source.classification,),
        "published": (Source.published_on,),
    }
    default_sort = "-published"

    def sections(self, record: Source) -> list[Section]:
        cited = select(Citation).where(Citation.source_id == record.id)
        owners = (
            selectinload(Citation.statement),
            selectinload(Citation.status_update).selectinload(StatusUpdate.commitment),
        )
        columns = ("quote", "locator", "cited_by", "check")
        add = url_for("texts.create_view", source=record.slug)
        kept = ("version", "added_at", "added_by", "read_from", "characters")
        texts = Section("Texts", view_of(Document), record.documents[::-1], kept, add, "Add a text")
        return [
            # Not for visitors, where the records are public: the texts are others'.
            *([texts] if texts.view.is_allowed("index") else []),
            section("Cited from it", Citation, cited, (Citation.start_offset,), columns, loaded=owners),
        ]


class CitationForm(RecordForm):
    """One more citation of a statement, or the correction of a wrong one."""

    statement = RecordField("Statement", Statement, required=True)
    source = RecordField("Source", Source, required=True)
    exact = prose("Quote", hint="The very words, as they stand in the source.")
    locator = line("Where in it", hint="As paragraph 3.")
    bearing = word("Bearing", BEARINGS, default="supports")


def owner_of(citation: Citation) -> Any:
    """The statement or the commitment that rests on this citation."""
    return citation.statement or (citation.status_update.commitment if citation.status_update else None)


def found_in_text(citation: Citation) -> dict[str, Any]:
    """For the page of a citation: its last check, what stands around it, or the nearest passage and what differs."""
    check = citation.verifications[-1] if citation.verifications else None
    may_read = allowed("reading.text_view")
    near: dict[str, Any] = {"last": check, "nearest": None, "runs": (), "may_read": may_read}
    if not may_read or check is None or check.result != "not_found" or check.sha256 != citation.source.sha256:
        return near
    try:
        text = archive.read(current_app.config["DOCUMENTS"], check.sha256 or "")
    except DocumentError:
        text = None
    passage = Text(text).words.nearest(citation.exact or "", citation.start_offset) if text else None
    if passage is not None:
        near |= {"nearest": passage, "runs": differences.words(citation.exact or "", passage.text)}
    return near


class CitationView(ChildView):
    """Passages of sources; append-only."""

    noun, plural, parent = "citation", "Citations", "statement"
    form = CitationForm
    details_template = "admin/citation.html"
    column_list = ("quote", "source", "locator", "bearing", "check")
    column_details_list = ("quote", "source", "locator", "bearing", "cited_by", "check", "corrects")
    column_formatters: ClassVar = {
        "quote": lambda view, context, model, name: model.exact or "(no quote)",
        "bearing": lambda view, context, model, name: words(model.bearing),
        "cited_by": lambda view, context, model, name: link(owner_of(model)),
        "check": lambda view, context, model, name: checked(model),
    }
    filters = (filter_by("bearing", "Bearing", Citation.bearing, BEARINGS),)
    sorts: ClassVar = {"source": (Source.title, Citation.start_offset), "quote": (Citation.exact,)}
    default_sort = "source"
    loaded = CITED

    def selection(self) -> Any:
        return select(Citation).join(Citation.source)

    def owner(self, record: Citation) -> Any:
        return owner_of(record)

    def on_model_change(self, form: RecordForm, model: Citation, is_created: bool) -> None:
        taken = select(Citation.ordinal).where(Citation.statement_id == form.statement.data.id)
        model.ordinal = max(db.session.scalars(taken), default=0) + 1

    def sections(self, record: Citation) -> list[Section]:
        return [Section("Checks", view_of(Verification), record.verifications, ("result", "checked_at", "sha256"))]

    def show(self, record: Citation) -> Any:
        self._template_args.update(found_in_text(record))
        return super().show(record)


class VerificationView(ChildView):
    """What checking quotes against archived texts gave; append-only."""

    noun, plural, parent = "check", "Checks", "citation"
    column_list = ("citation", "result", "checked_at")
    column_details_list = (
        "citation",
        "result",
        "checked_at",
        "sha256",
        "paragraph",
        "start_offset",
        "end_offset",
        "prefix",
        "suffix",
    )
    column_labels: ClassVar = {"checked_at": "When", "sha256": "Text (SHA-256)", "prefix": "Before", "suffix": "After"}
    column_formatters: ClassVar = {"result": lambda view, context, model, name: words(model.result)}
    filters = (filter_by("result", "Result", Verification.result, VERIFICATION_RESULTS),)
    sorts: ClassVar = {"checked_at": (Verification.checked_at,)}
    default_sort = "-checked_at"
    loaded = (selectinload(Verification.citation).selectinload(Citation.source),)

"""The texts of sources: the versions that are kept, a new one by file or by pasting, what changed between two."""

from itertools import groupby
from typing import Any, ClassVar

from flask import Response, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.file import FileField
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from wtforms import TextAreaField

from tracker.admin.base import ChildView
from tracker.admin.fields import RecordField
from tracker.admin.forms import RecordForm, keep
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.reading_list import page_number
from tracker.auth.roles import require
from tracker.documents import archive, differences, extraction, versions
from tracker.documents.archive import SIZE_LIMIT, DocumentError
from tracker.documents.differences import Change
from tracker.documents.extraction import Extract
from tracker.documents.paragraphs import paragraphs
from tracker.documents.reading import portions
from tracker.models import Document, Source
from tracker.models.sources import MEDIA_TYPES

# Bytes of a post that brings a file: the largest file, and what else a form sends.
LARGEST_UPLOAD = SIZE_LIMIT + 200_000
# Characters. Larger texts are compared on the command line alone.
COMPARED = 1_000_000
READ_FROM = dict(zip(MEDIA_TYPES, ("Plain text", "HTML", "PDF", "DOCX"), strict=True))


class TextForm(RecordForm):
    """A text to be kept: a file, or what is pasted."""

    source = RecordField("Source", Source, required=True)
    file = FileField(
        "File",
        description="Plain text, HTML, PDF or DOCX, up to 10 MB. Its text is read out and kept, the file is not.",
        render_kw={"data-largest": SIZE_LIMIT, "data-told": "too-large"},
    )
    pasted = TextAreaField("Or paste the text", render_kw={"rows": 14})

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if bool(self.file.data) == bool(self.pasted.data):
            self.place("Choose a file or paste the text, not both." if self.file.data else NOTHING, "file")
            return False
        return valid

    def extract(self) -> Extract:
        """The text; DocumentError where it cannot be read."""
        if self.file.data:
            return extraction.extract(self.file.data.read(SIZE_LIMIT + 1), self.file.data.filename or "the file")
        return extraction.pasted(self.pasted.data or "")


NOTHING = "Choose a file, or paste the text below."


class DocumentView(ChildView):
    """Versions of the texts of sources; append-only."""

    noun, plural, parent = "text", "Texts", "source"
    of_the_past = False
    form = TextForm
    details_template = "admin/text.html"
    create_template = "admin/add_text.html"
    column_list = ("version", "source", "added_at", "added_by", "read_from", "characters")
    column_details_list = (
        "source",
        "added_at",
        "added_by",
        "read_from",
        "extractor",
        "characters",
        "sha256",
        "file_sha256",
    )
    column_labels: ClassVar = {
        "added_at": "Added",
        "extractor": "Read by",
        "sha256": "SHA-256",
        "file_sha256": "SHA-256 of the file",
    }
    column_formatters: ClassVar = {
        "version": lambda view, context, model, name: f"Version {model.ordinal}",
        "read_from": lambda view, context, model, name: READ_FROM[model.media_type],
        "characters": lambda view, context, model, name: f"{model.characters:,}",
        "extractor": lambda view, context, model, name: None if model.extractor == "none" else model.extractor,
    }
    sorts: ClassVar = {"added_at": (Document.added_at,)}
    default_sort = "-added_at"
    loaded = (selectinload(Document.source),)

    def selection(self) -> Any:
        return select(Document).join(Document.source)

    def title(self, record: Document) -> str:
        return f"{record.source}: version {record.ordinal}"

    def show(self, record: Document) -> ResponseReturnValue:
        text, problem = _text_of(record)
        pages = portions(paragraphs(text))
        number = min(page_number(), len(pages))
        shown: str = self.render(
            self.details_template,
            view=self,
            record=record,
            columns=self.get_details_columns(),
            get_value=self.get_detail_value,
            sections=[],
            text=text,
            problem=problem,
            paragraphs=pages[number - 1],
            number=number,
            pages=len(pages),
            others=[one for one in record.source.documents if one is not record],
        )
        return shown

    def create_model(self, form: TextForm) -> Any:
        require(f"{self.endpoint}.create")
        slug = form.source.data.slug
        # Nothing is read or parsed while a transaction is open.
        db.session.rollback()
        try:
            extract = form.extract()
            archive.keep(current_app.config["DOCUMENTS"], extract.content)
        except DocumentError as error:
            form.place(str(error), "file" if form.file.data else "pasted")
            return None
        return keep(form, lambda: _new_version(slug, extract))

    def after_save(self, record: Document) -> str:
        return self.address(record)

    @page("/<key>/changes")
    def changes_view(self, key: str) -> ResponseReturnValue:
        """What this version says otherwise than another, by default the one before it."""
        record: Document = self.get(key)
        asked = request.args.get("since", str(record.ordinal - 1))
        other = next((one for one in record.source.documents if str(one.ordinal) == asked), None)
        if other is None:
            flash("There is no other version to compare this one with.", "warning")
            return redirect(self.address(record))
        (old, missing), (new, missing_too) = _text_of(other), _text_of(record)
        problem = missing or missing_too
        if max(len(old), len(new)) > COMPARED:
            problem = (
                f"These texts are too long to be compared here. Use 'tracker documents diff {record.source.slug}'."
            )
        shown: str = self.render(
            "admin/changes.html",
            view=self,
            record=record,
            other=other,
            problem=problem,
            groups=[] if problem else _grouped(differences.changes(old, new)),
        )
        return shown

    @page("/<key>/plain")
    def plain_view(self, key: str) -> ResponseReturnValue:
        """The text as a file: never a page, whatever is written in it."""
        record: Document = self.get(key)
        text, problem = _text_of(record)
        if problem:
            flash(problem, "warning")
            return redirect(self.address(record))
        name = f"{record.source.slug}-{record.ordinal}.txt"
        return Response(
            text,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _grouped(changes: list[Change]) -> list[tuple[bool, list[Change]]]:
    """Runs of paragraphs that are the same, to be folded away, and of those that are not."""
    return [(alike, list(run)) for alike, run in groupby(changes, lambda change: change.kind == "same")]


def _new_version(slug: str, extract: Extract) -> Document:
    added = versions.add(db.session(), versions.get_source(db.session(), slug), extract, current_user.username)
    if added is None:
        raise DocumentError("this is the current text of the source already; nothing was changed")
    return added


def _text_of(record: Document) -> tuple[str, str | None]:
    """The text of this version, and why it cannot be shown where it cannot."""
    try:
        text = archive.read(current_app.config["DOCUMENTS"], record.sha256)
    except DocumentError as error:
        return "", str(error)
    return (text, None) if text is not None else ("", "This text is not held here.")

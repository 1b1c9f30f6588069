"""Evidence in a form: a source that is known or a new one, the words quoted from it, and where they stand."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import selectinload
from wtforms.validators import URL, ValidationError

from tracker.admin.fields import RecordField, line, prose, word
from tracker.admin.forms import RecordForm, slug_from
from tracker.models import Citation, Source
from tracker.models.sources import BEARINGS

# What is shown with a quote.
CITED = (selectinload(Citation.source), selectinload(Citation.verifications))


class EvidenceForm(RecordForm):
    """The fields of one citation."""

    source = RecordField("Source", Source)
    source_title = line("Title of a new source", hint="If it is not in the list.")
    source_url = line("Its address")
    exact = prose("Quote", hint="The very words, as they stand in the source.", rows=2)
    locator = line("Where in it", hint="As paragraph 3.")
    bearing = word("Bearing", BEARINGS, default="supports")

    EVIDENCE = ("source", "source_title", "source_url", "exact", "locator", "bearing")

    def validate_source_url(self, field: Any) -> None:
        if field.data:
            URL(require_tld=False, message="Write the whole address, as https://...")(self, field)

    def validate_source(self, field: Any) -> None:
        if field.data and (self.source_title.data or self.source_url.data):
            raise ValidationError("Choose a source or describe a new one, not both.")

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        named = self.source.data or self.source.typed or self.source_title.data
        if not named and (self.source_url.data or self.exact.data or self.locator.data):
            self.place("Choose a source, or give the title of a new one.", "source")
            return False
        return valid


def citation_from(form: EvidenceForm, ordinal: int = 1) -> Citation | None:
    """The citation that the form describes, with a new source where it names one; None where it is left empty."""
    source = source_from(form)
    if source is None:
        return None
    return Citation(
        source=source,
        exact=form.exact.data,
        locator=form.locator.data,
        bearing=form.bearing.data or "supports",
        ordinal=ordinal,
    )


def source_from(form: EvidenceForm) -> Source | None:
    """The source that the form chooses, or the new one that it describes."""
    chosen: Source | None = form.source.data
    if chosen is not None or not form.source_title.data:
        return chosen
    return Source(
        slug=slug_from(Source, form.source_title.data),
        title=form.source_title.data,
        url=form.source_url.data,
        classification="other",
        accessed_on=datetime.now(UTC).date(),
    )

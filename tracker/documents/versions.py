"""The versions of a source's text: which there are, and a new one."""

from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.documents.archive import DocumentError
from tracker.documents.extraction import Extract
from tracker.models import Document, Source


def newest(session: Session, source: Source) -> Document | None:
    """The version of the source's text that was added last; None where there is none."""
    found = select(Document).where(Document.source_id == source.id).order_by(Document.ordinal.desc()).limit(1)
    return session.scalars(found).first()


def add(session: Session, source: Source, extract: Extract, added_by: str) -> Document | None:
    """Make this text, kept in the archive before, the current one of the source; None where it is that already.

    The caller commits. DocumentError where it is the text of another source.
    """
    # Where others write meanwhile, they wait: versions are numbered one after another.
    session.refresh(source, with_for_update=True)
    last = newest(session, source)
    if last is not None and last.sha256 == extract.sha256 == source.sha256:
        return None
    owner = find_source(session, extract.sha256)
    if owner is not None and owner is not source:
        raise DocumentError(f"this is the text of the source {owner.slug!r}; cite that one")
    document = Document(
        source=source,
        ordinal=last.ordinal + 1 if last else 1,
        sha256=extract.sha256,
        file_sha256=extract.file_sha256,
        media_type=extract.media_type,
        extractor=extract.extractor,
        characters=len(extract.text),
        added_by=added_by,
    )
    source.sha256 = extract.sha256
    session.add(document)
    return document


def sha256_of(source: Source, ordinal: int | None) -> str:
    """By what the archive names this version of the source's text, or the current one; DocumentError for none."""
    if ordinal is None and source.sha256:
        return source.sha256
    found = next((document.sha256 for document in source.documents if document.ordinal == ordinal), None)
    if found is None:
        known = ", ".join(str(document.ordinal) for document in source.documents) or "none"
        raise DocumentError(f"{source.slug} has no such version of its text; there are: {known}")
    return found


def find_source(session: Session, sha256: str) -> Source | None:
    """The source whose current text has this SHA-256."""
    return session.scalars(select(Source).where(Source.sha256 == sha256)).one_or_none()


def get_source(session: Session, slug: str) -> Source:
    """The source of this name; DocumentError, with the name that may be meant, where there is none."""
    source = session.scalars(select(Source).where(Source.slug == slug)).one_or_none()
    if source is None:
        close = get_close_matches(slug, session.scalars(select(Source.slug)), n=1)
        hint = f"did you mean {close[0]!r}?" if close else "'tracker documents list' shows them"
        raise DocumentError(f"no source is called {slug!r}; {hint}")
    return source

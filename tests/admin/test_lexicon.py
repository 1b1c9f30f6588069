"""The lexicon as a page: everybody reads it, editors change it, and what makes no sense is told at its field."""

from sqlalchemy import select

from tests.admin.conftest import Browser, SignedIn
from tracker.db import Session
from tracker.models import LexiconEntry


def entry(records: Session, forms: str) -> LexiconEntry | None:
    records.rollback()
    return records.scalars(select(LexiconEntry).where(LexiconEntry.forms.startswith(forms))).one_or_none()


def test_everybody_reads_the_rules_and_the_words(signed_in: SignedIn) -> None:
    html = signed_in("viewer").get("/lexicon/").text
    assert "the weakest of the chain decides" in html
    assert "agree, agrees, agreed" in html


def test_an_editor_adds_changes_and_deletes_an_entry(editor: Browser, records: Session) -> None:
    editor.fill("/lexicon/new", forms="vow, vowed", used_for="operative", kind="undertaking", strength="decided")
    made = entry(records, "vow")
    assert made is not None
    editor.fill(f"/lexicon/{made.id}/edit", forms="vow, vows, vowed")
    assert entry(records, "vow, vows, vowed") is not None
    assert editor.fill(f"/lexicon/{made.id}/delete").status_code == 302
    assert entry(records, "vow") is None


MISTAKES = (
    ({"forms": ""}, "This is needed."),
    ({"forms": " , "}, "Write at least one word"),
    ({"kind": ""}, "Operative words propose a kind; other words do not."),
    ({"used_for": "saying"}, "Operative words propose a kind; other words do not."),
    ({"kind": "principle"}, "Undertakings, tasks and proposals have a strength; others have none."),
    ({"strength": ""}, "Undertakings, tasks and proposals have a strength; others have none."),
    ({"forms": "will, shall, would"}, "There is such a record already."),
)


def test_what_makes_no_sense_is_told_at_its_field(editor: Browser, records: Session) -> None:
    whole = {"forms": "vow", "used_for": "operative", "kind": "undertaking", "strength": "decided"}
    for typed, told in MISTAKES:
        assert told in editor.fill("/lexicon/new", **whole | typed).text, typed
    assert entry(records, "vow") is None

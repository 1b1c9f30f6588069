"""Every door leaves its name: who changed which record from what to what, shown as differences."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.admin.conftest import Browser, SignedIn
from tests.admin.test_forms import EDITABLE, NEW, rows
from tests.cast import first_commitment
from tracker.admin.history import belongs_to, marked
from tracker.cli import main
from tracker.config import Config
from tracker.db import Session
from tracker.models import AuditBatch, AuditEvent

PARTS = r"(?s)<{0}>.*?</{0}>"


def batches(records: Session) -> int:
    records.rollback()
    return len(records.scalars(select(AuditBatch.position)).all())


def changed_tables(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


def last(records: Session) -> tuple[AuditBatch, set[str]]:
    records.rollback()
    batch = records.scalars(select(AuditBatch).order_by(AuditBatch.position.desc()).limit(1)).one()
    return batch, {event.record for event in batch.events}


def edits() -> list[tuple[str, dict[str, str]]]:
    """A change of each kind of record by its form."""
    fields = {"topics": "label", "commitments": "title", "statements": "summary", "offices": "label", "links": "note"}
    fields |= {"sources": "title", "milestones": "criterion"}
    left_out = ("attendance", "parties", "office-terms")
    kinds = [address for address in EDITABLE if not address.startswith(left_out)]
    return [(address, {fields.get(address.split("/")[0], "name"): "Another one"}) for address in kinds]


@pytest.mark.parametrize(("address", "typed"), edits(), ids=str)
def test_an_edit_by_form_leaves_its_batch(
    editor: Browser, records: Session, address: str, typed: dict[str, str]
) -> None:
    before, number = rows(records), batches(records)
    assert editor.fill(f"/{address}/edit", **typed).status_code == 302
    changed = changed_tables(before, rows(records))
    batch, told = last(records)
    assert changed
    assert batches(records) == number + 1
    assert (batch.actor, batch.door, batch.address) == ("editor", "web", "127.0.0.1")
    assert changed <= told


def test_making_and_deleting_by_form_leave_their_batches(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    for noun, (typed, _) in NEW.items():
        before, number = rows(records), batches(records)
        assert admin.fill(f"/{noun}/new", **typed).status_code == 302, noun
        changed = {table for table in changed_tables(before, rows(records)) if "_topic" not in table}
        assert batches(records) == number + 1
        # What a check of a quote gives is a row of its own that only grows, and no change of a record.
        assert changed - {"commitment_statement", "verification"} <= last(records)[1], noun
    for address in ("series/quad", "countries/FR"):
        number = batches(records)
        admin.get(f"/{address}/delete")
        assert admin.post(f"/{address}/delete").status_code == 302
        assert batches(records) == number + 1
        assert last(records)[0].events[0].action == "deleted"


ACTS: list[tuple[str, dict[str, str], str]] = [
    ("/commitments/IJ-2024-01/status", {"status": "stalled", "reason": "It rests."}, "status_update"),
    ("/commitments/IJ-2024-01/withdraw", {"withdrawn_reason": "Twice."}, "commitment"),
    ("/statements/consulate/withdraw", {"withdrawn_reason": "Never said."}, "statement"),
]


@pytest.mark.parametrize(("address", "typed", "record"), ACTS, ids=[act[0] for act in ACTS])
def test_an_act_leaves_its_batch(
    editor: Browser, records: Session, address: str, typed: dict[str, str], record: str
) -> None:
    number = batches(records)
    assert editor.fill(address, **typed).status_code == 302
    batch, told = last(records)
    assert batches(records) == number + 1
    assert record in told
    assert batch.actor == "editor"


def test_a_record_that_is_brought_back_leaves_its_batch(editor: Browser, records: Session) -> None:
    editor.fill("/commitments/IJ-2024-02/withdraw", withdrawn_reason="Twice.")
    number = batches(records)
    editor.get("/commitments/IJ-2024-02")
    assert editor.post("/commitments/IJ-2024-02/reinstate").status_code == 302
    assert batches(records) == number + 1
    assert set(last(records)[0].events[0].changes) == {"withdrawn_on", "withdrawn_reason"}


def _command(config: Config, *words: str) -> None:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    result = CliRunner().invoke(main, words, env=environment)
    assert result.exit_code == 0, result.output


def _load_seeds(config: Config, folder: Path) -> None:
    (folder / "countries.yaml").write_text("- code: FR\n  name: France\n")
    _command(config, "seeds", "load", str(folder))


def _add_document(config: Config, folder: Path) -> None:
    (folder / "text.txt").write_text("India will open a new Consulate in Fukuoka.\n")
    _command(config, "documents", "add", "--source", "paper", str(folder / "text.txt"))


@pytest.mark.parametrize(
    ("act", "door", "record"), [(_load_seeds, "seeds", "country"), (_add_document, "cli", "source")]
)
def test_a_command_leaves_its_batch(
    web_config: Config, records: Session, tmp_path: Path, act: Callable[..., None], door: str, record: str
) -> None:
    number = batches(records)
    act(web_config, tmp_path)
    batch, told = last(records)
    assert batches(records) > number
    assert batch.door == door
    assert record in told


def test_the_history_shows_what_went_out_and_what_came_in(editor: Browser) -> None:
    editor.fill("/commitments/IJ-2024-01/edit", title="Open a consulate in Osaka <b>soon</b>")
    editor.fill("/topics/consular/edit", slug="consulates", label="Consulates")
    page = editor.get("/commitments/IJ-2024-01/history").text
    assert "Open a consulate in<del> Fukuoka</del><ins> Osaka &lt;b&gt;soon&lt;/b&gt;</ins>" in page
    assert "<dt>Meeting</dt><dd>Third India-Japan 2+2</dd>" in page
    renamed = editor.get("/topics/consulates/history").text
    assert "<del>Consular</del> <ins>Consulates</ins>" in renamed
    assert "Created" in renamed


def test_a_viewer_reads_the_history_but_not_from_where(signed_in: SignedIn) -> None:
    signed_in("editor").fill("/topics/consular/edit", label="Other")
    assert "from 127.0.0.1" not in signed_in("viewer").get("/topics/consular/history").text
    assert "from 127.0.0.1" in signed_in("admin").get("/topics/consular/history").text


def test_the_audit_page_narrows_by_who_when_door_and_record(signed_in: SignedIn, records: Session) -> None:
    signed_in("editor").fill("/topics/consular/edit", label="Other")
    admin = signed_in("admin")
    assert '<p class="count" role="status">1 change found</p>' in admin.get("/audit/?actor=editor").text
    assert "1 change found" in admin.get("/audit/?since=1&door=web&record=topic&action=updated").text
    event = records.scalars(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert "<del>Consular</del> <ins>Other</ins>" in admin.get(f"/audit/{event}").text


WORDS = st.lists(st.text(st.characters(categories=["L", "P", "S"]), min_size=1, max_size=6), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_without_what_went_out_it_is_the_new_text_and_the_other_way_round(before: str, after: str) -> None:
    shown = str(marked(before, after))
    new = unescape(re.sub(r"</?ins>", "", re.sub(PARTS.format("del"), "", shown)))
    old = unescape(re.sub(r"</?del>", "", re.sub(PARTS.format("ins"), "", shown)))
    assert (old.strip(), new.strip()) == (before, after)


def test_what_belongs_to_a_record_is_found_by_an_index_on_each_engine(session: Session) -> None:
    first_commitment(session)
    found = select(AuditEvent.record_key).where(belongs_to(session, "IJ-2024-01"))
    keys = session.scalars(found).all()
    assert keys
    assert [key for key in keys if not key.startswith("IJ-2024-01/")] == []
    asked = str(found.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    on_server = session.get_bind().dialect.name == "postgresql"
    if on_server:
        # A table of a few rows is read whole where that is allowed.
        session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.connection().exec_driver_sql(f"EXPLAIN {'' if on_server else 'QUERY PLAN '}{asked}")
    told = " ".join(map(str, plan))
    assert "ix_audit_event_record_key" in told
    # From the first of them to the last, and not all of the index.
    assert ("Index Cond" if on_server else "record_key>? AND record_key<?") in told

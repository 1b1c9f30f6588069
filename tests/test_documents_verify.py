"""Verification: every citation that stands against its text, recorded only where the result is another."""

import hashlib
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from tests import seed_folder
from tests.cast import citation, first_commitment, update
from tracker.cli import main
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.documents import archive, extraction, verify, versions
from tracker.documents.archive import DocumentError
from tracker.documents.quotes import Quote, Text
from tracker.models import Citation, Commitment, Source, Statement, Verification

PAPER = "The minister said that India\nwill open a new Consulate in Fukuoka. It did so “in time”.\n"
# Where the real press texts are, on the machines that hold them; the project ships none.
PRESS_TEXTS = Path(os.environ.get("TRACKER_TEST_PRESS_TEXTS", PROJECT.parent / "shared" / "documents"))


# One more statement of a seed file, which misquotes its source.
SHUT = """  - slug: shut
    minister: rajnath-singh
    summary: He shut it.
    citations:
      - source: report
        exact: agreed to shut a framework
"""


def archived(config: Config, session: Session, text: str = PAPER) -> Commitment:
    """IJ-2024-01, whose statement cites the source `paper`, with the text of that source in the archive."""
    commitment = first_commitment(session)
    content = text.encode()
    commitment.statements[0].citations[0].source.sha256 = hashlib.sha256(content).hexdigest()
    session.commit()
    (config.instance / "paper.txt").write_bytes(content)
    archive.keep(config.documents, content)
    return commitment


def cite(session: Session, exact: str | None, **fields: object) -> Citation:
    """One more citation of `paper` by the statement."""
    statement = session.scalars(select(Statement)).one()
    added = citation(session.scalars(select(Source)).one(), exact, len(statement.citations) + 1)
    for name, value in fields.items():
        setattr(added, name, value)
    statement.citations.append(added)
    session.commit()
    return added


def results(config: Config, session: Session) -> dict[str, str]:
    """The result of each citation by its key; recorded as a command would."""
    checked = list(verify.check(verify.citations(session), config.documents))
    verify.store(session, checked)
    session.commit()
    return {found.key: found.match.result for found in checked}


def run(config: Config, *arguments: str) -> Result:
    """The command `tracker` with these arguments."""
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, arguments, env=environment)


def test_each_citation_gets_the_result_that_its_quote_deserves(config: Config, session: Session) -> None:
    archived(config, session)
    cite(session, "India will  open")
    cite(session, "will open a new Embassy")
    cite(session, None)
    assert results(config, session) == {
        "consulate#1": "verbatim",
        "consulate#2": "normalised",
        "consulate#3": "not_found",
        "consulate#4": "no_quote",
    }


def test_the_evidence_of_a_status_update_is_verified_too(config: Config, session: Session) -> None:
    commitment = archived(config, session)
    paper = commitment.statements[0].citations[0].source
    commitment.status_updates.append(
        update("fulfilled", date(2025, 3, 1), key="opened", citations=[citation(paper, 'It did so "in time"')])
    )
    session.commit()
    assert results(config, session)["IJ-2024-01/opened#1"] == "normalised"


def test_without_the_text_nothing_is_said_about_the_quote(config: Config, session: Session) -> None:
    first_commitment(session)
    assert results(config, session) == {"consulate#1": "no_document"}


def test_a_verification_keeps_where_and_in_which_text_the_quote_stands(config: Config, session: Session) -> None:
    archived(config, session)
    added = cite(session, "minister  said")
    results(config, session)
    kept = session.scalars(select(Verification).filter_by(citation_id=added.id)).one()
    assert kept.sha256 == hashlib.sha256(PAPER.encode()).hexdigest()
    assert PAPER[kept.start_offset : kept.end_offset] == "minister said"


def test_a_second_run_records_nothing_until_something_changes(config: Config, session: Session) -> None:
    commitment = archived(config, session)
    cite(session, None)
    count = select(func.count(Verification.id))
    results(config, session)
    before = session.scalar(count)
    results(config, session)
    assert session.scalar(count) == before

    later = ("Later. " + PAPER).encode()
    (config.documents / f"{hashlib.sha256(later).hexdigest()}.txt").write_bytes(later)
    commitment.statements[0].citations[0].source.sha256 = hashlib.sha256(later).hexdigest()
    session.commit()
    results(config, session)
    assert session.scalar(count) == (before or 0) + 1


def test_what_was_corrected_or_withdrawn_is_left_out(config: Config, session: Session) -> None:
    commitment = archived(config, session)
    wrong = cite(session, "will open a new Embassy")
    cite(session, "will open a new Consulate", corrects_id=wrong.id)
    paper = wrong.source
    mistaken = update("fulfilled", date(2025, 3, 1), key="a", citations=[citation(paper, "no such words")])
    commitment.status_updates.append(mistaken)
    session.flush()
    commitment.status_updates.append(update("in_progress", date(2025, 3, 1), key="b", corrects_id=mistaken.id))
    session.commit()
    assert results(config, session) == {"consulate#1": "verbatim", "consulate#3": "verbatim"}

    commitment.statements[0].withdrawn_on = date(2025, 4, 1)
    commitment.statements[0].withdrawn_reason = "Never said."
    session.commit()
    assert results(config, session) == {}


def test_the_tally_counts_the_latest_results(config: Config, session: Session) -> None:
    first_commitment(session)
    cite(session, "will open a new Embassy")
    assert verify.tally(session) == {"paper": Counter({"no_document": 1, "unchecked": 1})}
    results(config, session)
    assert verify.tally(session) == {"paper": Counter({"no_document": 2})}


def test_citations_of_one_source_can_be_checked_alone(config: Config, session: Session) -> None:
    archived(config, session)
    assert [row.slug for row in verify.citations(session, ["paper"])] == ["paper"]
    with pytest.raises(DocumentError, match="no source is called 'papre'; did you mean 'paper'"):
        verify.citations(session, ["papre"])


def test_a_quote_that_stands_more_than_once_is_found_where_it_was_before(config: Config, session: Session) -> None:
    commitment = archived(config, session, "They agreed. One. They agreed. Two.")
    paper = commitment.statements[0].citations[0].source
    added = cite(session, "They agreed", start_offset=18, end_offset=29)
    results(config, session)
    longer = b"Zero. They agreed. Nought. They agreed. One. They agreed. Two. They agreed. Three."
    archive.keep(config.documents, longer)
    paper.sha256 = hashlib.sha256(longer).hexdigest()
    session.commit()
    results(config, session)
    kept = session.scalars(select(Verification).filter_by(citation_id=added.id).order_by(Verification.id)).all()
    assert [(one.start_offset, one.prefix, one.suffix, one.paragraph) for one in kept] == [
        (18, "They agreed. One.", ". Two.", 1),
        (45, "They agreed. Nought. They agreed. One.", ". Two. They agreed. Three.", 1),
    ]


def test_what_was_checked_against_another_text_is_outdated(config: Config, session: Session) -> None:
    commitment = archived(config, session)
    paper = commitment.statements[0].citations[0].source

    def stale() -> list[str]:
        return [f"{row.statement}#{row.ordinal}" for row in verify.selected(session, verify.outdated())]

    assert stale() == []
    versions.add(session, paper, extraction.pasted(PAPER), "tester")
    cite(session, "India will  open")
    cite(session, None)
    assert stale() == ["consulate#1", "consulate#2"]
    results(config, session)
    assert stale() == []
    paper.sha256 = "c" * 64
    session.commit()
    assert stale() == ["consulate#1", "consulate#2"]


def test_add_keeps_the_text_and_verifies_its_quotes(config: Config, session: Session) -> None:
    archived(config, session)
    file = config.instance / "paper.txt"
    done = run(config, "documents", "add", str(file))
    assert done.stdout.splitlines() == [
        f"{file}: kept as version 2: paper, {len(PAPER)} characters, {hashlib.sha256(PAPER.encode()).hexdigest()}.txt",
        "1 citation: 1 verbatim",
    ]
    assert run(config, "documents", "add", str(file)).stdout.startswith(f"{file}: already there: paper")


def test_add_reports_file_by_file_and_fails_if_one_was_refused(config: Config, session: Session) -> None:
    archived(config, session)
    other = config.instance / "other.txt"
    other.write_text("Nobody names this.")
    held = set(config.documents.iterdir())
    done = run(config, "documents", "add", str(other), str(config.instance), str(config.instance / "paper.txt"))
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{config.instance / 'paper.txt'}: kept as version 2: paper, {len(PAPER)} characters")
    assert done.stderr.splitlines() == [
        f"{other}: no source has the SHA-256 {hashlib.sha256(other.read_bytes()).hexdigest()}; "
        "name it as sha256 of its source in seeds/sources.yaml and run 'tracker seeds load', or say --source",
        f"{config.instance}: is a folder; name the files in it",
    ]
    assert set(config.documents.iterdir()) == held


def test_a_text_of_a_named_source_becomes_its_newest_version(config: Config, session: Session) -> None:
    archived(config, session)
    later = config.instance / "later.txt"
    later.write_text(PAPER.replace("Fukuoka", "Osaka"))
    done = run(config, "documents", "add", "--source", "paper", str(later))
    assert done.exit_code == 0, done.output
    session.expire_all()
    paper = session.scalars(select(Source)).one()
    assert [one.ordinal for one in paper.documents] == [1, 2]
    assert paper.sha256 == paper.documents[1].sha256 == hashlib.sha256(later.read_bytes()).hexdigest()
    assert "no source is called 'papre'" in run(config, "documents", "add", "--source", "papre", str(later)).stderr
    assert "name one FILE" in run(config, "documents", "add", "--source", "paper", str(later), str(later)).stderr


def test_the_text_of_another_source_is_refused(config: Config, session: Session) -> None:
    archived(config, session)
    session.add(Source(slug="other", title="Another", classification="other"))
    session.commit()
    done = run(config, "documents", "add", "--source", "other", str(config.instance / "paper.txt"))
    assert (done.exit_code, done.stderr) == (1, "this is the text of the source 'paper'; cite that one\n")


def test_verify_shows_each_result_and_the_words_that_differ(config: Config, session: Session) -> None:
    archived(config, session)
    cite(session, "India will shut a new Consulate in Fukuoka", locator="paragraph 1")
    done = run(config, "documents", "verify")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        'verbatim     consulate#1  paper  -            "will open a new Consulate"',
        'not_found    consulate#2  paper  paragraph 1  "India will shut a new Consulate in Fukuoka"',
        '  nearest: characters 23 to 65: "India will open a new Consulate in Fukuoka"',
        '  the quote has "shut", the text "open"',
        "2 citations: 1 verbatim, 1 not found; 2 recorded",
    ]
    assert run(config, "documents", "verify", "paper").stdout.endswith("; 0 recorded\n")


def test_verify_succeeds_where_no_text_is_archived(config: Config, session: Session) -> None:
    first_commitment(session)
    session.commit()
    done = run(config, "documents", "verify")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 citation: 1 no document; 0 recorded")
    assert done.stderr == "of 1 source no text is held here; if you have it: 'tracker documents add FILE...'\n"


def test_verify_tells_of_a_damaged_text_and_fails(config: Config, session: Session) -> None:
    archived(config, session)
    [kept] = config.documents.iterdir()
    kept.write_text("forged")
    done = run(config, "documents", "verify")
    assert done.exit_code == 1
    assert done.stderr == f"{kept}: damaged, its SHA-256 is another; remove it and add the document again\n"


def test_list_shows_what_is_archived_and_what_was_found(config: Config, session: Session) -> None:
    archived(config, session)
    assert run(config, "documents", "list").stdout == f"paper  archived, {len(PAPER)} characters  1 no document\n"
    run(config, "documents", "verify")
    assert run(config, "documents", "list").stdout == f"paper  archived, {len(PAPER)} characters  1 verbatim\n"


def test_nothing_to_verify_is_told(config: Config) -> None:
    assert run(config, "documents", "verify").stdout == "there are no citations to verify\n"
    assert run(config, "documents", "list").stdout == "there are no sources yet; run 'tracker seeds load' first\n"
    assert "no source is called 'x'" in run(config, "documents", "verify", "x").stderr


def test_versions_are_shown_and_compared(config: Config, session: Session) -> None:
    archived(config, session)
    file = config.instance / "paper.txt"
    run(config, "documents", "add", str(file))
    file.write_text(PAPER.replace("Fukuoka", "Osaka") + "\nIt is over.\n")
    run(config, "documents", "add", "--source", "paper", str(file))
    assert run(config, "documents", "show", "paper").stdout == file.read_text()
    assert run(config, "documents", "show", "paper", "--version", "2").stdout == PAPER
    assert run(config, "documents", "diff", "paper").stdout.splitlines() == [
        "paragraph 1 -> paragraph 1: changed",
        "The minister said that India",
        "will open a new Consulate in [-Fukuoka-]{+Osaka+}. It did so “in time”.",
        "- -> paragraph 2: added",
        "{+It is over.+}",
    ]
    assert run(config, "documents", "diff", "paper", "--since", "3").stdout == "the words are the same\n"
    assert (
        "has no such version of its text; there are: 1, 2, 3"
        in run(config, "documents", "show", "paper", "--version", "9").stderr
    )
    assert "is not held here" in run(config, "documents", "diff", "paper", "--since", "1").stderr


def test_a_load_verifies_the_quotes_that_it_brings(sqlite_config: Config, tmp_path: Path) -> None:
    text = tmp_path / "report.txt"
    text.write_text("He said: we agreed to prepare a framework for it.")
    third = seed_folder.edited(seed_folder.MEETING, "summary: He spoke of a framework.", "summary: He spoke.")
    assert run(sqlite_config, "seeds", "load", str(seed_folder.write(tmp_path / "seeds"))).exit_code == 0
    added = run(sqlite_config, "documents", "add", "--source", "report", str(text))
    assert added.stdout.splitlines()[-1] == "3 citations: 1 verbatim, 2 no quote"
    again = run(sqlite_config, "seeds", "load", str(seed_folder.write(tmp_path / "seeds", third)))
    assert "verified" not in again.stdout
    fourth = seed_folder.edited(seed_folder.MEETING, "commitments:\n", SHUT + "commitments:\n")
    loaded = run(sqlite_config, "seeds", "load", str(seed_folder.write(tmp_path / "seeds", fourth)))
    assert loaded.stdout.splitlines()[-1] == "verified 1 citation: 1 not found"


@pytest.mark.skipif(not PRESS_TEXTS.is_dir(), reason=f"the press texts are not in {PRESS_TEXTS}")
def test_every_quote_of_the_seeds_stands_in_the_press_texts(config: Config, session: Session) -> None:
    loaded = run(config, "seeds", "load")
    assert loaded.exit_code == 0, loaded.output
    assert run(config, "documents", "add", *map(str, sorted(PRESS_TEXTS.glob("*.txt")))).exit_code == 0
    assert run(config, "documents", "verify").exit_code == 0
    counts = sum(verify.tally(session).values(), Counter[str]())
    assert counts["verbatim"] + counts["normalised"] > 0
    assert set(counts) <= {"verbatim", "normalised", "no_quote"}
    offsets = select(Citation.start_offset, Verification.start_offset).join(Verification)
    given = offsets.where(Citation.start_offset.is_not(None))
    assert all(claimed == found for claimed, found in session.execute(given))


@pytest.mark.skipif(not PRESS_TEXTS.is_dir(), reason=f"the press texts are not in {PRESS_TEXTS}")
def test_one_letter_changed_in_a_quote_of_the_seeds_is_found_out(sqlite_config: Config) -> None:
    run(sqlite_config, "seeds", "load")
    run(sqlite_config, "documents", "add", *map(str, sorted(PRESS_TEXTS.glob("*.txt"))))
    engine = create_engine(sqlite_config.database_url)
    with Session(engine) as session:
        rows = [row for row in verify.selected(session) if row.exact]
    engine.dispose()
    texts: dict[str, Text] = {}
    astray = []
    for row in rows:
        text = texts.setdefault(row.sha256, Text(archive.read(sqlite_config.documents, row.sha256) or ""))
        letters = [at for at, character in enumerate(row.exact) if character.isalpha()]
        at = letters[len(letters) // 2]
        changed = row.exact[:at] + ("x" if row.exact[at] != "x" else "y") + row.exact[at + 1 :]
        match = text.find(Quote(changed, row.prefix, row.suffix, row.start_offset, row.end_offset))
        near = match.nearest
        right = near and near.start < row.known_end_offset and row.known_start_offset < near.end
        if match.result != "not_found" or not right or near is None or len(near.differences) != 1:
            astray.append((changed, match))
    assert len(rows) > 50
    assert astray == []

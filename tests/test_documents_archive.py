"""The archive of source texts: matched by SHA-256, written once, read back only if undamaged."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.cast import meeting_of_2024
from tracker.config import Config
from tracker.db import Session
from tracker.documents import archive
from tracker.documents.archive import DocumentError
from tracker.models import AuditBatch, Source

CONTENT = "India will open a new Consulate in Fukuoka.\r\nNothing more «so far».\n".encode()


def source_of(session: Session, content: bytes = CONTENT) -> str:
    """The source `paper`, which names the SHA-256 of `content`; returns it."""
    meeting_of_2024(session)
    sha256 = hashlib.sha256(content).hexdigest()
    session.query(Source).filter_by(slug="paper").one().sha256 = sha256
    session.commit()
    return sha256


def written(folder: Path, content: bytes = CONTENT, name: str = "paper.txt") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_a_text_is_kept_under_its_hash_for_the_source_that_names_it(
    config: Config, session: Session, tmp_path: Path
) -> None:
    sha256 = source_of(session)
    kept = archive.add(session, config.documents, written(tmp_path))
    assert (kept.source, kept.sha256, kept.new) == ("paper", sha256, True)
    assert kept.path == config.documents / f"{sha256}.txt"
    assert kept.path.read_bytes() == CONTENT
    assert archive.read(config.documents, sha256) == CONTENT.decode()
    assert os.listdir(config.documents) == [kept.path.name]


def test_archiving_writes_nothing_to_the_database(config: Config, session: Session, tmp_path: Path) -> None:
    source_of(session)
    before = session.query(AuditBatch).count()
    archive.add(session, config.documents, written(tmp_path))
    session.commit()
    assert session.query(AuditBatch).count() == before


def test_a_text_that_is_there_is_left_as_it_is(config: Config, session: Session, tmp_path: Path) -> None:
    source_of(session)
    kept = archive.add(session, config.documents, written(tmp_path)).path
    before = kept.stat()
    assert not archive.add(session, config.documents, written(tmp_path)).new
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_byte_order_mark_is_kept_in_the_file_and_not_in_the_text(
    config: Config, session: Session, tmp_path: Path
) -> None:
    content = b"\xef\xbb\xbf" + CONTENT
    sha256 = source_of(session, content)
    assert archive.add(session, config.documents, written(tmp_path, content)).path.read_bytes() == content
    assert archive.read(config.documents, sha256) == CONTENT.decode()


def test_a_text_that_no_source_names_is_refused_with_its_hash_and_the_remedy(
    config: Config, session: Session, tmp_path: Path
) -> None:
    source_of(session)
    other = written(tmp_path, b"another text")
    with pytest.raises(DocumentError, match=f"{hashlib.sha256(b'another text').hexdigest()}.*seeds/sources.yaml"):
        archive.add(session, config.documents, other)
    assert not config.documents.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"India\xff will", "byte 0xff at offset 5"),
        (b"\xef\xbb\xbfIndia\xff will", "byte 0xff at offset 8"),
        (b"India \xe2\x80", "byte 0xe2 at offset 6"),
        ("India".encode("utf-16"), "byte 0xff at offset 0"),
        ("India".encode("utf-16-le"), "a NUL byte at offset 1"),
    ],
    ids=["latin-1", "after a byte order mark", "cut off", "utf-16", "utf-16 unmarked"],
)
def test_what_is_not_plain_text_is_refused_with_the_place(content: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=f"paper.txt: .*{message}; save it as plain text in UTF-8"):
        archive.decode(content, "paper.txt")


def test_what_is_no_text_file_is_refused_and_nothing_kept(session: Session, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file, message in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "not a regular file"),
        (tmp_path / "missing", "No such"),
        (written(tmp_path, b"India\xff", "latin-1.txt"), "not UTF-8"),
        (written(tmp_path, b"a" * (archive.SIZE_LIMIT + 1), "large.txt"), "larger than 10 MB"),
    ):
        with pytest.raises(DocumentError, match=message):
            archive.add(session, tmp_path / "archive", file)
    assert not (tmp_path / "archive").exists()


def test_a_damaged_text_is_never_read_nor_taken_for_archived(config: Config, session: Session, tmp_path: Path) -> None:
    sha256 = source_of(session)
    kept = archive.add(session, config.documents, written(tmp_path)).path
    kept.write_bytes(CONTENT + b"!")
    with pytest.raises(DocumentError, match="damaged"):
        archive.read(config.documents, sha256)
    with pytest.raises(DocumentError, match="remove it and add the document again"):
        archive.add(session, config.documents, written(tmp_path))


def test_the_archive_never_leads_outside(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / f"{sha256}.txt").symlink_to(written(tmp_path))
    with pytest.raises(DocumentError, match="is a link"):
        archive.read(folder, sha256)
    with pytest.raises(DocumentError, match="not a SHA-256"):
        archive.read(folder, "../" * 20 + "etc0")


def test_a_folder_that_cannot_be_written_is_told(session: Session, tmp_path: Path) -> None:
    source_of(session)
    (tmp_path / "archive").write_text("a file stands where the folder should be")
    with pytest.raises(DocumentError, match="cannot be written"):
        archive.add(session, tmp_path / "archive" / "documents", written(tmp_path))

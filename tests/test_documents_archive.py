"""The archive of source texts: named by SHA-256, written once, read back only if undamaged."""

import hashlib
import os
from pathlib import Path

import pytest

from tracker.documents import archive
from tracker.documents.archive import DocumentError

CONTENT = "India will open a new Consulate in Fukuoka.\r\nNothing more «so far».\n".encode()


def written(folder: Path, content: bytes = CONTENT, name: str = "paper.txt") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_a_text_is_kept_under_its_hash(tmp_path: Path) -> None:
    assert archive.keep(tmp_path / "archive", CONTENT)
    assert archive.path(tmp_path / "archive", SHA256).read_bytes() == CONTENT
    assert archive.read(tmp_path / "archive", SHA256) == CONTENT.decode()
    assert os.listdir(tmp_path / "archive") == [f"{SHA256}.txt"]


def test_a_text_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    archive.keep(tmp_path, CONTENT)
    before = archive.path(tmp_path, SHA256).stat()
    assert not archive.keep(tmp_path, CONTENT)
    after = archive.path(tmp_path, SHA256).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_byte_order_mark_is_kept_in_the_file_and_not_in_the_text(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + CONTENT
    archive.keep(tmp_path, content)
    sha256 = hashlib.sha256(content).hexdigest()
    assert archive.path(tmp_path, sha256).read_bytes() == content
    assert archive.read(tmp_path, sha256) == CONTENT.decode()


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


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for file, message in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "not a regular file"),
        (tmp_path / "missing", "No such"),
        (written(tmp_path, b"a" * (archive.SIZE_LIMIT + 1), "large.txt"), "larger than 10 MB"),
    ):
        with pytest.raises(DocumentError, match=message):
            archive.content_of(file)


def test_a_damaged_text_is_never_read_nor_taken_for_archived(tmp_path: Path) -> None:
    archive.keep(tmp_path, CONTENT)
    archive.path(tmp_path, SHA256).write_bytes(CONTENT + b"!")
    with pytest.raises(DocumentError, match="damaged"):
        archive.read(tmp_path, SHA256)
    with pytest.raises(DocumentError, match="remove it and add the document again"):
        archive.keep(tmp_path, CONTENT)


def test_the_archive_never_leads_outside(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / f"{SHA256}.txt").symlink_to(written(tmp_path))
    with pytest.raises(DocumentError, match="is a link"):
        archive.read(folder, SHA256)
    with pytest.raises(DocumentError, match="not a SHA-256"):
        archive.read(folder, "../" * 20 + "etc0")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file stands where the folder should be")
    with pytest.raises(DocumentError, match="cannot be written"):
        archive.keep(tmp_path / "archive" / "documents", CONTENT)

"""Text read out of HTML, PDF and DOCX; hostile files are refused or read within limits, and nothing is fetched."""

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import document_files as files
from tracker.documents import extraction
from tracker.documents.archive import DocumentError
from tracker.documents.extraction import extract, media_type
from tracker.documents.quotes import Quote, Text

HTML = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Ministry | News</title><style>p { color: red }</style></head>
<body onload="steal()"><h1>Joint  Statement</h1><!-- draft -->
<p>1. The <b>Mini</b>sters will&nbsp;open a
   Consulate.<br>So they said.</p><script>alert("scripted")</script><noscript>enable</noscript>
<ul><li>one</li><li>two</li></ul><div>outer<div>inner</div></div>
<table><tr><td>Lead</td><td>India</td></tr><tr><td>Due</td><td>2026</td></tr></table>
<p hidden>hidden</p><p style="display: none">unseen</p><template><p>template</p></template></body></html>"""


def text_of(content: bytes | str, name: str = "paper") -> str:
    return extract(content.encode() if isinstance(content, str) else content, name).text


def test_of_html_what_a_browser_shows_is_read() -> None:
    assert text_of(HTML) == (
        "Joint Statement\n\n1. The Ministers will\xa0open a Consulate.\nSo they said.\n\n"
        "one\n\ntwo\n\nouter\n\ninner\n\nLead India\nDue 2026\n"
    )


def test_of_pdf_paragraphs_and_words_broken_at_line_ends_are_read() -> None:
    first = ["Joint Statement", "", "1. The Ministers will open", "a “Consulate”.", "", "2. They said so."]
    assert text_of(files.pdf([first, ["End"]])) == (
        "Joint Statement\n\n1. The Ministers will open\na “Consulate”.\n\n2. They said so.\n\nEnd\n"
    )


def test_of_docx_paragraphs_and_tables_are_read() -> None:
    content = files.word("Joint Statement", "The Ministers will open a Consulate.")
    assert text_of(content) == "Joint Statement\n\nThe Ministers will open a Consulate.\n\nLead\n\nIndia\n"


def test_of_docx_insertions_count_and_deletions_do_not() -> None:
    body = (
        "<w:p><w:r><w:t>They</w:t></w:r><w:ins><w:r><w:t xml:space='preserve'> will</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText> may</w:delText></w:r></w:del><w:r><w:tab/><w:t>non</w:t><w:noBreakHyphen/>"
        "<w:t>binding</w:t><w:br/><w:t>end</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>again</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert text_of(files.word_with_body(body)) == "They will\tnon\u2011binding\nend\n\ncontrolled\n\nbox\n"


def test_an_extract_tells_where_it_comes_from() -> None:
    content = files.word("They agreed.")
    found = extract(content, "paper.docx")
    assert found.file_sha256 == hashlib.sha256(content).hexdigest()
    assert (found.media_type, found.extractor.split()[0]) == (media_type(content), "python-docx")
    assert found.content == found.text.encode()
    assert found.sha256 == hashlib.sha256(found.content).hexdigest()


def test_plain_text_is_kept_byte_for_byte() -> None:
    content = b"\xef\xbb\xbfThey agreed.\r\n"
    found = extract(content, "paper.txt")
    assert (found.content, found.text, found.extractor) == (content, "They agreed.\r\n", "none")
    assert extraction.pasted("They\r\nagreed.").content == b"They\nagreed."


@pytest.mark.parametrize(
    "content",
    [HTML.encode(), HTML.replace("utf-8", "UTF-8").encode("utf-8-sig"), HTML.encode("utf-16")],
    ids=["utf-8", "marked", "utf-16"],
)
def test_html_is_read_in_its_encoding(content: bytes) -> None:
    assert text_of(content) == text_of(HTML)


def test_what_the_web_calls_latin_1_is_read_as_browsers_do() -> None:
    assert text_of(b'<html><meta charset="ISO-8859-1"><p>\x93caf\xe9\x94') == "“café”\n"
    assert text_of("<html><meta charset=Shift_JIS><p>合意した".encode("cp932")) == "合意した\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.pdf([["x"]]), "application/pdf"),
        (b"\n" + files.pdf([["x"]]), "application/pdf"),
        (HTML.encode(), "text/html"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<html>", "text/html"),
        (HTML.encode("utf-16"), "text/html"),
        (b"In HTML, <html> begins a page.", "text/plain"),
        (b"", "text/plain"),
    ],
)
def test_content_tells_what_a_file_is(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


def test_quotes_are_found_in_what_was_read() -> None:
    pages = [["They agreed on non-", "binding cooper-", "ation in defence."]]
    text = Text(text_of(files.pdf(pages)))
    assert text.find(Quote("agreed on non-binding cooperation in defence")).result == "normalised"


ENTITIES = (
    "<!DOCTYPE w ["
    + '<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL = '<!DOCTYPE w [<!ENTITY a SYSTEM "http://127.0.0.1:{port}/entity">]>'
# Made when they are asked for: some are large.
BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "half an archive": (lambda: files.word("x")[:200], "damaged"),
    "an archive of something else": (lambda: files.archive_of("mimetype", b"x"), "no DOCX"),
    "a zip bomb": (
        lambda: files.replaced(files.word("x"), "word/media/bomb.bin", bytes(101_000_000)),
        "more than 100 MB",
    ),
    "an XML bomb": (lambda: files.word_with_body("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", ENTITIES), "entit|damaged"),
    "an XML bomb in a part beside": (
        lambda: files.replaced(files.word("x"), "word/styles.xml", f"{ENTITIES}<w>&i;</w>".encode()),
        "entit|damaged",
    ),
    "no sound PDF": (lambda: b"%PDF-1.7 and nothing else", "no sound PDF"),
    "a scan": (lambda: files.pdf([[""]]), "holds no text"),
    "an empty file": (lambda: b"", "holds no text"),
    "an old Word document": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as DOCX"),
    "rich text": (lambda: rb"{\rtf1 They agreed.}", "save it as DOCX"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a picture"),
    "another encoding": (lambda: b"They agreed on caf\xe9s", "not UTF-8 text: byte 0xe9 at offset 18"),
    "HTML in another encoding": (lambda: b"<html><meta charset=utf-8><p>caf\xe9", "not utf-8 as it says: byte 0xe9"),
    "HTML in no encoding": (lambda: b"<html><meta charset=klingon><p>x", "no encoding is called 'klingon'"),
    "HTML in a codec that is none": (lambda: b"<html><meta charset=base64><p>x", "no encoding is called 'base64'"),
    "a file of 50 MB": (lambda: b"%PDF-1.7" + bytes(50_000_000), "larger than 10 MB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_refused_with_a_reason(name: str) -> None:
    made, reason = BROKEN[name]
    with pytest.raises(DocumentError, match=f"paper: .*({reason})"):
        extract(made(), "paper")


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A port of this machine, and the connections that were made to it."""
    met: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                connection.close()
                met.append(address)

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], met
        ended.set()
        thread.join()


def test_nothing_is_fetched(listener: tuple[int, list[object]]) -> None:
    port, met = listener
    page = (
        f'<html><head><link rel=stylesheet href="http://127.0.0.1:{port}/a.css"><base href="http://127.0.0.1:{port}/">'
        f'<script src="http://127.0.0.1:{port}/x.js"></script></head><body><img src="http://127.0.0.1:{port}/i.png">'
        f'<iframe src="http://127.0.0.1:{port}/f"></iframe><p>They agreed.</p></body></html>'
    )
    assert text_of(page) == "They agreed.\n"
    with pytest.raises(DocumentError):
        text_of(files.word_with_body("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", EXTERNAL.format(port=port)))
    assert met == []


PROBE = """
import json, socket, sys
sys.path.insert(0, {folder!r})
import worker
worker.confine()
found = {{}}
for name, act in {{
    "connect": lambda: socket.create_connection(("127.0.0.1", {port}), 1),
    "resolve": lambda: socket.getaddrinfo("localhost", 80),
    "read a file": lambda: open("/etc/hostname"),
    "write a file": lambda: open("/tmp/written-by-a-document", "w"),
    "start a process": lambda: __import__("subprocess").run(["true"]),
}}.items():
    try:
        act()
        found[name] = "done"
    except OSError as error:
        found[name] = "refused"
sys.stdout.write(json.dumps({{"text": json.dumps(found), "extractor": "probe"}}))
"""


def test_the_process_that_reads_can_open_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: tuple[int, list[object]]
) -> None:
    port, met = listener
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE.format(folder=str(extraction.WORKER.parent), port=port))
    monkeypatch.setattr(extraction, "WORKER", probe)
    answered = text_of(HTML)
    assert "done" not in answered
    assert answered.count("refused") == 5
    assert met == []


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(60)", "raise SystemExit(1)", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"],
    ids=["hangs", "gives up", "crashes"],
)
def test_a_process_that_does_not_answer_is_ended_and_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(program)
    monkeypatch.setattr(extraction, "WORKER", broken)
    monkeypatch.setattr(extraction, "SECONDS", 1)
    with pytest.raises(DocumentError, match="takes too long or too much memory"):
        text_of(HTML)


def test_a_pdf_of_500_pages_is_read() -> None:
    lines = [f"Line {n}: the Ministers agreed to continue their consultations on this." for n in range(40)]
    text = text_of(files.pdf([[f"Page {n}", "", *lines] for n in range(500)]))
    assert text.startswith("Page 0\n\nLine 0")
    assert text.count("Page ") == 500


ENDLESS: dict[str, Callable[[], bytes]] = {
    "a PDF bomb": lambda: files.pdf_bomb(2_000_000_000),
    "HTML as deep as a well": lambda: b"<html>" + b"<div>" * 300_000 + b"deep",
    "HTML that mends itself for ever": lambda: b"<html>" + b"<b><p>" * 500_000 + b"mended",
}


@pytest.mark.long
@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_take_for_ever_ends_within_the_limits(name: str) -> None:
    try:
        told = extract(ENDLESS[name](), "paper").text
    except DocumentError as error:
        told = str(error)
    assert any(said in told for said in ("takes too", "holds no text", "mended"))

"""What is taken into the archive: the text of a file or of what somebody pasted, and where it came from.

HTML, PDF and DOCX are read by `worker.py`, a process of its own with limits.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from tracker.documents.archive import SIZE_LIMIT, DocumentError, decode
from tracker.models.base import HIDDEN
from tracker.models.sources import MEDIA_TYPES

WORKER = Path(__file__).with_name("worker.py")
# Seconds on the clock; the worker itself bounds the time of the processor and the memory that it takes.
SECONDS = 40
# How many files are read at once, whoever asks.
AT_ONCE = BoundedSemaphore(2)

PLAIN, HTML, PDF, WORD = MEDIA_TYPES
PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
# How a file begins -> what it is: read, or refused by name.
READ = {
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Word document; save it as DOCX, PDF or plain text",
    b"{\\rtf": "rich text (RTF); save it as DOCX, PDF or plain text",
    b"\x89PNG": "a picture; text has to be recognised (OCR) first",
    b"\xff\xd8\xff": "a picture; text has to be recognised (OCR) first",
}


@dataclass(frozen=True)
class Extract:
    """A text to be kept: `content` is the very bytes of its file, `file_sha256` is that of what it was taken from."""

    content: bytes
    text: str
    media_type: str
    extractor: str
    file_sha256: str

    @property
    def sha256(self) -> str:
        """The name of the text in the archive."""
        return hashlib.sha256(self.content).hexdigest()


def media_type(content: bytes) -> str:
    """What a file is by what is in it, whatever its name says."""
    start = content[:4096].removeprefix(b"\xef\xbb\xbf")
    # PDF may begin a little later.
    known = next((kind for magic, kind in READ.items() if start.startswith(magic)), None)
    if known is None and b"%PDF-" in start[:1024]:
        known = PDF
    if known is None and start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")[2:]
    return known or (HTML if PAGE.match(start) else PLAIN)


def extract(content: bytes, name: str) -> Extract:
    """The text of a file, which `name` names in errors; plain text is kept byte for byte."""
    if len(content) > SIZE_LIMIT:
        raise DocumentError(f"{name}: larger than {SIZE_LIMIT // 1_000_000} MB; is it the text of one document?")
    told = next((said for magic, said in REFUSED.items() if content.startswith(magic)), None)
    if told:
        raise DocumentError(f"{name}: {told}")
    kind = media_type(content)
    if kind == PLAIN:
        return plain(content, name)
    answer = _answer(content, kind, name)
    if "error" in answer:
        raise DocumentError(f"{name}: {answer['error']}")
    text = tidied(answer["text"])
    _require_words(text, name)
    return Extract(text.encode(), text, kind, answer["extractor"], hashlib.sha256(content).hexdigest())


def plain(content: bytes, name: str) -> Extract:
    """A file that is plain text in UTF-8 already: it is kept byte for byte."""
    text = decode(content, name)
    _require_words(text, name)
    return Extract(content, text, PLAIN, "none", hashlib.sha256(content).hexdigest())


def pasted(text: str) -> Extract:
    """What somebody pasted into a form: line ends are made alike, since forms change them."""
    return plain(text.replace("\r\n", "\n").encode(), "the pasted text")


def tidied(text: str) -> str:
    """Text as a reader of files gives it, without hidden characters and more than one empty line."""
    text = HIDDEN.sub("", text.replace("\r\n", "\n"))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _answer(content: bytes, kind: str, name: str) -> dict[str, Any]:
    """What the worker says about the file."""
    with AT_ONCE, tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        given.write(content)
        given.seek(0)
        try:
            subprocess.run(
                [sys.executable, "-I", str(WORKER), kind],
                stdin=given,
                stdout=answered,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,
                timeout=SECONDS,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise DocumentError(
                f"{name}: reading it takes too long or too much memory; save the text that you need as plain text"
            ) from error
        answered.seek(0)
        found: dict[str, Any] = json.load(answered)
        return found


def _require_words(text: str, name: str) -> None:
    if not any(character.isalnum() for character in text):
        raise DocumentError(f"{name}: holds no text; a scan needs text recognition (OCR) first")

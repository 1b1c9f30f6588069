"""What is taken into the archive: the text of a file or of what somebody pasted, and where it came from."""

import hashlib
from dataclasses import dataclass

from tracker.documents.archive import DocumentError, decode

PLAIN = "text/plain"


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


def plain(content: bytes, name: str) -> Extract:
    """A file that is plain text in UTF-8 already: it is kept byte for byte."""
    text = decode(content, name)
    _require_words(text, name)
    return Extract(content, text, PLAIN, "none", hashlib.sha256(content).hexdigest())


def pasted(text: str) -> Extract:
    """What somebody pasted into a form: line ends are made alike, since forms change them."""
    return plain(text.replace("\r\n", "\n").encode("utf-8"), "the pasted text")


def _require_words(text: str, name: str) -> None:
    if not any(character.isalnum() for character in text):
        raise DocumentError(f"{name}: holds no text; a scan needs text recognition (OCR) first")

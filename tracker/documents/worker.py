"""Reads the text out of one file in a process of its own, which opens nothing and cannot reach the network.

A program, not a module of the package: `extraction.py` starts it with the file as its input and the media type as its
argument. It answers with one JSON object: {"text": ..., "extractor": ...}, or {"error": what was wrong}.
"""

import codecs
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import docx
import pypdfium2
from docx.oxml.ns import qn
from selectolax.lexbor import LexborHTMLParser, LexborNode

# Bytes and seconds of processor time.
MEMORY = 1 << 30
ANSWER = 60_000_000
SECONDS = 20
# Bytes that a DOCX may have once it is unpacked. The longest communiques have a hundredth of it.
UNPACKED = 100_000_000

# Encodings that the libraries ask for while they read; each is a module, and found on the disk.
LATE = ("utf-16-le", "cp437")
DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# What the web calls by one name and Python by another.
ALIASES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "shift_jis": "cp932", "gb2312": "gb18030"}
UNSEEN = (
    "head, script, style, noscript, template, iframe, object, svg, canvas, audio, video, select, textarea, [hidden], "
    "[style*='display:none' i], [style*='display: none' i]"
)
PARAGRAPH, LINE = "\u2029", "\u2028"
# What stands before and after an element.
BREAKS = {"br": (LINE, ""), "tr": (LINE, ""), "td": ("", " "), "th": ("", " ")} | dict.fromkeys(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
        "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
    ),
    (PARAGRAPH, PARAGRAPH),
)  # fmt: skip
# A gap between two lines, in heights of a line, from which on a paragraph ends.
GAP = 0.75


class Unreadable(ValueError):
    """A file that cannot be read; the message tells why and what to do."""


def confine() -> None:
    """From here on nothing is opened: no file, no connection, no process; time and memory are bounded."""
    for name in LATE:
        codecs.lookup(name)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
    # macOS refuses such a limit, whatever it is.
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def decoded(content: bytes) -> str:
    """HTML in the encoding that its first bytes tell, UTF-8 where they tell none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    else:
        declared = DECLARED.search(content[:4096])
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
    try:
        return content.decode(ALIASES.get(name, name))
    except LookupError as error:
        raise Unreadable(f"no encoding is called {name!r}; save it as plain text in UTF-8") from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise Unreadable(
            f"not {name} as it says: byte 0x{byte:02x} at offset {error.start}; save it as plain text in UTF-8"
        ) from error


def html(content: str) -> str:
    """The text of a page as a browser lays it out, without what it does not show."""
    page = LexborHTMLParser(content)
    for node in page.css(UNSEEN):
        node.decompose()
    text = re.sub(r"[ \t\n\r\f]+", " ", "".join(_pieces(page.root)))
    text = re.sub(rf" *{PARAGRAPH}[ {PARAGRAPH}{LINE}]*", "\n\n", text)
    return re.sub(rf" *{LINE} *", "\n", text)


def _pieces(root: LexborNode | None) -> Iterator[str]:
    """Text and breaks in order; without recursion, since pages nest as deep as they like."""
    waiting: list[Any] = [root] if root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif node.is_text_node:
            text = (node.text_content or "").replace(PARAGRAPH, " ").replace(LINE, " ")
            inside_pre = node.parent is not None and node.parent.tag == "pre"
            yield text.replace("\n", LINE) if inside_pre else text
        elif not node.is_comment_node:
            before, after = BREAKS.get(node.tag or "", ("", ""))
            yield before
            waiting += [after, *reversed(list(node.iter(include_text=True)))]


def pdf(content: bytes) -> str:
    """The text of each page, line by line; scans have none."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        protected = "password" in str(error).lower()
        raise Unreadable(
            "it is protected by a password; save it without one" if protected else "it is no sound PDF; print it anew"
        ) from error
    return "\n\n".join(_page(document[number].get_textpage()) for number in range(len(document)))


def _page(page: pypdfium2.PdfTextPage) -> str:
    """The lines of a page, an empty one between paragraphs; a hyphen at the end of a line ends it."""
    text = page.get_text_range(errors="replace").replace("\ufffe", "-\n")
    pieces, at, below = [], 0, None
    for line in text.split("\r\n"):
        last = page.count_chars() - 1
        if line.strip() and at <= last:
            _, bottom, _, top = page.get_charbox(at, loose=True)
            if below is not None and below - top > GAP * (top - bottom):
                pieces.append("")
            below = page.get_charbox(min(at + len(line.rstrip()) - 1, last), loose=True)[1]
        pieces.append(line)
        at += len(line) + 2
    return "\n".join(pieces)


def word(content: bytes) -> str:
    """The paragraphs of a DOCX in order, those in tables and text boxes too; what was struck out is left out."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    if "word/document.xml" not in archive.namelist():
        raise Unreadable("it is an archive, but no DOCX; save the document as DOCX, PDF or plain text")
    if sum(member.file_size for member in archive.infolist()) > UNPACKED:
        raise Unreadable(f"unpacked it has more than {UNPACKED // 1_000_000} MB; save its text alone")
    body = docx.Document(io.BytesIO(content)).element
    if body.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("it defines entities, which no word processor does; save it as plain text")
    return "\n\n".join(_runs(paragraph) for paragraph in body.iter(qn("w:p")))


MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
# Moved away from here; a second form of the same for old programs.
PASSED_OVER = {qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def _runs(paragraph: Any) -> str:
    """The text of one paragraph, without that of those within it."""
    if any(parent.tag in PASSED_OVER for parent in paragraph.iterancestors()):
        return ""
    pieces, waiting = [], list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == qn("w:t"):
            pieces.append(element.text or "")
        elif element.tag in MARKS:
            pieces.append(MARKS[element.tag])
        elif element.tag not in PASSED_OVER and element.tag != qn("w:p"):
            waiting += reversed(element)
    return "".join(pieces)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READERS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "text/html": ("selectolax", html),
    "application/pdf": ("pypdfium2", pdf),
    WORD: ("python-docx", word),
}


def main() -> None:
    """Answer for the one file on the standard input."""
    library, read = READERS[sys.argv[1]]
    answer: dict[str, str] = {"extractor": f"{library} {version(library)}"}
    content: bytes | str = sys.stdin.buffer.read()
    try:
        # Before the doors are closed, since its encoding may be any.
        content = decoded(content) if read is html else content  # type: ignore[arg-type] # read as bytes above
        confine()
        answer["text"] = read(content)
    except Unreadable as error:
        answer["error"] = str(error)
    except MemoryError:
        answer["error"] = "reading it takes too much memory; save its text alone"
    except Exception as error:  # whatever a library says about a broken file: this process has no other business
        answer["error"] = f"it is damaged ({type(error).__name__}); open it and save it anew"
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

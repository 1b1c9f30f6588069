"""Files as people hand them in, made by the tests: HTML, PDF and DOCX, honest and hostile."""

import io
import zipfile
import zlib
from collections.abc import Sequence

import docx

# Points between two lines of a paragraph, and between two paragraphs.
LINE, GAP = 14, 28


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF; each page is a list of lines in Latin letters, an empty one parts paragraphs."""
    objects = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for lines in pages:
        shown, at = [], 800
        for line in lines:
            at -= LINE if line else GAP - LINE
            escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            shown.append(f"1 0 0 1 50 {at} Tm ({escaped}) Tj" if line else "")
        stream = f"BT /F1 11 Tf {' '.join(shown)} ET".encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 0 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 1 0 R >> >> >>" % len(objects)
        )
    tree = len(objects) + 1
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids)))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    return _numbered([one.replace(b"/Parent 0 0 R", b"/Parent %d 0 R" % tree) for one in objects])


def pdf_bomb(size: int) -> bytes:
    """A PDF whose one page unpacks to `size` bytes."""
    packed = zlib.compress(b" " * size, 9)
    objects = [
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents 1 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
        b"<< /Type /Catalog /Pages 3 0 R >>",
    ]
    return _numbered(objects)


def _numbered(objects: Sequence[bytes]) -> bytes:
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(objects), start)
    )
    return out.getvalue()


def word(*paragraphs: str) -> bytes:
    """A DOCX with these paragraphs and a table of two cells."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    for cell, text in zip(document.add_table(1, 2).rows[0].cells, ("Lead", "India"), strict=True):
        cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_with_body(body: str, before: str = "") -> bytes:
    """A DOCX whose body is this XML; `before` stands before the root element."""
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    return replaced(
        word(), "word/document.xml", f"{before}<w:document {names}><w:body>{body}</w:body></w:document>".encode()
    )


def replaced(content: bytes, name: str, part: bytes) -> bytes:
    """The same zip with another part in this place, packed as well as zip can."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, True, 9) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, part)
    return out.getvalue()


def archive_of(name: str, part: bytes) -> bytes:
    """A zip that holds this alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, part)
    return out.getvalue()

"""The brief as a paper: Markdown, HTML that prints well, and DOCX."""

import html
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from docx import Document
from docx.document import Document as Paper
from docx.shared import Pt

from tracker.reports.brief import Brief, Item, Passage, Section

EMPTY = "Nothing."
STYLE = """
body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #16222a; }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.25; }
h2 { border-bottom: 2px solid #16222a; padding-bottom: 0.2rem; margin-top: 2rem; }
h3 { font-size: 1rem; color: #44545e; margin-bottom: 0.3rem; }
.item { margin: 0 0 1rem; break-inside: avoid; }
.item p { margin: 0.15rem 0; }
.id { font: 600 0.85em system-ui, sans-serif; white-space: nowrap; }
.soft, figcaption { color: #44545e; font-size: 0.9em; }
figure { margin: 0.3rem 0 0.3rem 1.2rem; }
blockquote { margin: 0; }
@page { margin: 18mm; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } h2, h3 { break-after: avoid; } }
"""


def write_markdown(brief: Brief, out: BinaryIO) -> None:
    """The brief in Markdown."""
    lines = [f"# {_md(brief.title)}", "", *(f"- {_md(line)}" for line in brief.head)]
    for section in brief.sections:
        lines += ["", f"## {_md(section.title)}", "", _md(section.about)]
        for topic, items in section.topics.items():
            lines += ["", f"### {_md(topic)}"]
            for item in items:
                lines += ["", *_item_in_markdown(item)]
        lines += [] if section.topics else ["", EMPTY]
    out.write(("\n".join(lines) + "\n").encode())


def _item_in_markdown(item: Item) -> Iterator[str]:
    yield f"**{_md(item.public_id)}** {_md(item.title)}  "
    yield f"{_md(item.facts)}" + (f"  \n{_md(item.remark)}" if item.remark else "")
    for passage in item.passages:
        yield ""
        quote = f"{_quoted(_md(passage.exact))} " if passage.exact else ""
        yield f"> {quote}{_md(_origin(passage))}"


def write_html(brief: Brief, out: BinaryIO) -> None:
    """The brief as one page without scripts."""
    title = html.escape(brief.title)
    head = f"<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n<style>{STYLE}</style>\n"
    lines = [f"{head}<h1>{title}</h1>", *(f"<p>{html.escape(line)}</p>" for line in brief.head)]
    for section in brief.sections:
        lines += _section_in_html(section)
    out.write(("\n".join(lines) + "\n</html>\n").encode())


def _section_in_html(section: Section) -> Iterator[str]:
    yield f"<h2>{html.escape(section.title)}</h2>\n<p class=soft>{html.escape(section.about)}</p>"
    for topic, items in section.topics.items():
        yield f"<h3>{html.escape(topic)}</h3>"
        for item in items:
            named = f"<span class=id>{html.escape(item.public_id)}</span> {html.escape(item.title)}"
            yield f"<div class=item><p>{named}</p>"
            yield "".join(f"<p class=soft>{html.escape(line)}</p>" for line in (item.facts, item.remark) if line)
            for passage in item.passages:
                quote = f"<blockquote>{_quoted(html.escape(passage.exact))}</blockquote>" if passage.exact else ""
                yield f"<figure>{quote}<figcaption>{html.escape(_origin(passage))}</figcaption></figure>"
            yield "</div>"
    if not section.topics:
        yield f"<p>{EMPTY}</p>"


def write_docx(brief: Brief, out: BinaryIO) -> None:
    """The brief for a word processor, with headings that make its outline."""
    paper = Document()
    paper.core_properties.title = _plain(brief.title)
    paper.core_properties.author = ""
    paper.add_heading(_plain(brief.title), 0)
    for line in brief.head:
        paper.add_paragraph(_plain(line), style="List Bullet")
    for section in brief.sections:
        paper.add_heading(_plain(section.title), 1)
        paper.add_paragraph(_plain(section.about))
        for topic, items in section.topics.items():
            paper.add_heading(_plain(topic), 2)
            for item in items:
                _add_item(paper, item)
        if not section.topics:
            paper.add_paragraph(EMPTY)
    paper.save(out)


def _add_item(paper: Paper, item: Item) -> None:
    first = paper.add_paragraph()
    first.paragraph_format.keep_with_next = True
    first.paragraph_format.space_after = Pt(2)
    first.add_run(f"{item.public_id} ").bold = True
    first.add_run(_plain(item.title))
    paper.add_paragraph(_plain(" ".join(filter(None, (f"{item.facts}.", item.remark)))))
    for passage in item.passages:
        quote = paper.add_paragraph(style="Quote")
        quote.add_run(_plain(f"{_quoted(passage.exact)} " if passage.exact else "")).italic = True
        quote.add_run(_plain(_origin(passage))).italic = False


def _quoted(text: str) -> str:
    return f"“{text}”"


def _origin(passage: Passage) -> str:
    checked = f" ({passage.checked})" if passage.checked else ""
    return f"{passage.source}{checked}"


def _md(text: str) -> str:
    escaped = re.sub(r"([\\`*_<>\[\]#|])", r"\\\1", text)
    return " ".join(escaped.split())


def _plain(text: str) -> str:
    """The text without what XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


PAPERS: dict[str, Callable[[Brief, BinaryIO], None]] = {"md": write_markdown, "html": write_html, "docx": write_docx}
MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

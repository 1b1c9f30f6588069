"""How values are shown in pages: dates, words, quotes, and the operative words within a quote."""

import re
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, get_template_attribute
from markupsafe import Markup, escape

from tracker.admin.history import differences
from tracker.admin.pages import address_of
from tracker.auth.roles import may
from tracker.models import Base, Citation, Commitment, Status, Strength

PLURALS = {"country": "countries", "meeting series": "series", "series": "series", "lexicon entry": "lexicon entries"}


def when(value: date | datetime | None, precision: str | None = "day") -> str | Markup:
    """A date as exactly as it is known: 20 Aug 2024, Aug 2024 or 2024; a moment with its minute, in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        shown, machine = f"{moment.day} {moment:%b %Y, %H:%M} UTC", moment.isoformat(timespec="seconds")
    else:
        shown = {"year": f"{value:%Y}", "month": f"{value:%b %Y}"}.get(precision or "day", f"{value.day} {value:%b %Y}")
        machine = value.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)]
    return Markup('<time datetime="{}">{}</time>').format(machine, shown)


def spoken(day: date | None, precision: str | None = "day") -> str:
    """A date as `when` shows it, without its tags."""
    return Markup(when(day, precision)).striptags()


def dated(kept: str) -> str | Markup:
    """A day as the audit trail keeps it, shown as other days are; whatever else as it is."""
    try:
        return when(date.fromisoformat(kept))
    except ValueError:
        return kept


def sentence(message: str) -> str:
    """A message as a page writes it: commands put theirs after a word of their own, so that it begins small."""
    return message[:1].upper() + message[1:]


def words(value: str | None) -> str:
    """A word of the schema as people read it: joint_statement -> Joint statement."""
    return value.replace("_", " ").capitalize() if value else ""


def link(record: Any, text: str | None = None) -> str | Markup:
    """The record's name, leading to its page."""
    if record is None:
        return ""
    return Markup('<a href="{}">{}</a>').format(address_of(record), text or named(record))


def named(record: Any) -> str | Markup:
    """What the record is called; the id of a commitment does not break over lines."""
    if isinstance(record, Commitment):
        return Markup('<span class="id">{}</span> {}').format(record.public_id, record.title)
    return str(record)


def counted(number: int, noun: str) -> str:
    """A number and its noun: 1 status update, 2 countries."""
    return f"{number} {noun if number == 1 else PLURALS.get(noun, f'{noun}s')}"


def badge(term: Status) -> Markup:
    """The status as a badge: a shape, a word and a colour."""
    shown: Markup = get_template_attribute("admin/marks.html", "badge")(term)
    return shown


def strength(term: Strength | None) -> str | Markup:
    """The strength as a word with bars."""
    shown: Markup | str = get_template_attribute("admin/marks.html", "strength")(term) if term else ""
    return shown


def checked(citation: Citation) -> Markup:
    """What the last check of a quote gave, as a mark."""
    shown: Markup = get_template_attribute("admin/marks.html", "checked")(citation)
    return shown


def marked(quote: str, phrase: str | None) -> Markup:
    """The quote with the operative words marked where they stand in it."""
    if not phrase or not phrase.strip():
        return escape(quote)
    pattern = r"\s+".join(re.escape(part) for part in phrase.split())
    found = re.search(pattern, quote, re.IGNORECASE)
    if found is None:
        return escape(quote)
    before, inside, after = quote[: found.start()], found.group(), quote[found.end() :]
    return Markup("{}<mark>{}</mark>{}").format(before, inside, after)


def exactly(text: str) -> Markup:
    """Words of a text so that a browser keeps every character: it would take a carriage return for a line end."""
    return Markup(escape(text).replace("\r", Markup("&#13;")))


def plain(value: Any) -> str | Markup:
    """Any cell of a list or page: records become links, dates dates, nothing an empty cell."""
    if value is None or value == []:
        return ""
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return when(value)
    if isinstance(value, list):
        return Markup(", ").join(plain(one) for one in value)
    return link(value) if isinstance(value, Base) else str(value)


def init_show(app: Flask) -> None:
    """Make these known to every template."""
    app.jinja_env.filters.update(
        differences=differences,
        when=when,
        dated=dated,
        sentence=sentence,
        words=words,
        link=link,
        marked=marked,
        exactly=exactly,
        plain=plain,
        named=named,
    )
    app.jinja_env.globals.update(may=may, address_of=address_of, counted=counted)

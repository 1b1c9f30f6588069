"""The search over everything: one page with what each kind of record holds of the words, and the words marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker import search
from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.lookups import look_up
from tracker.admin.pages import page, view_of
from tracker.admin.show import badge, checked, link, when
from tracker.models import (
    Base,
    Citation,
    Commitment,
    Country,
    Meeting,
    MeetingSeries,
    Milestone,
    Minister,
    Office,
    Organization,
    Source,
    Statement,
    StatusUpdate,
    Topic,
)

SHOWN = 5
LONGEST_ASKED = 200
# A passage is cut to so many characters; as many stand before the first word that was found.
PASSAGE, BEFORE = 260, 80


@dataclass(frozen=True)
class Kind:
    """A kind of record in the results: how a hit is called, what else of it is searched, and what places it."""

    model: type[Base]
    title: Callable[[Any], str | None] = str
    texts: Callable[[Any], Sequence[str | None]] = lambda record: ()
    aside: Callable[[Any], Sequence[str | Markup]] = lambda record: ()
    loaded: Sequence[Any] = ()


KINDS = (
    Kind(
        Commitment,
        lambda one: f"{one.public_id} {one.title}",
        lambda one: (one.summary, one.operative_phrase),
        lambda one: (badge(one.status_term), link(one.meeting), "Withdrawn" if one.withdrawn_on else ""),
        (selectinload(Commitment.status_term), selectinload(Commitment.meeting)),
    ),
    Kind(
        Statement,
        lambda one: one.summary,
        lambda one: (one.attribution,),
        lambda one: (link(one.meeting), "Withdrawn" if one.withdrawn_on else ""),
        (selectinload(Statement.meeting),),
    ),
    Kind(
        Citation,
        lambda one: one.exact,
        aside=lambda one: (link(one.source), checked(one) if one.exact else ""),
        loaded=(selectinload(Citation.source), selectinload(Citation.verifications)),
    ),
    Kind(
        StatusUpdate,
        lambda one: one.reason,
        aside=lambda one: (badge(one.status_term), when(one.effective_on), link(one.commitment)),
        loaded=(selectinload(StatusUpdate.status_term), selectinload(StatusUpdate.commitment)),
    ),
    Kind(
        Minister,
        texts=lambda one: (one.native_name, *(other.name for other in one.other_names)),
        aside=lambda one: (one.country.name,),
        loaded=(selectinload(Minister.other_names), selectinload(Minister.country)),
    ),
    Kind(
        Meeting, texts=lambda one: (one.city, one.note), aside=lambda one: (when(one.start_date, one.date_precision),)
    ),
    Kind(MeetingSeries, aside=lambda one: (one.code,)),
    Kind(
        Source,
        texts=lambda one: (one.publisher, one.document_number, one.url, one.note),
        aside=lambda one: (when(one.published_on),),
    ),
    Kind(
        Milestone,
        lambda one: one.criterion,
        aside=lambda one: (link(one.commitment),),
        loaded=(selectinload(Milestone.commitment),),
    ),
    Kind(Topic),
    Kind(Office),
    Kind(Organization),
    Kind(Country),
)


@dataclass(frozen=True)
class Hit:
    """A record that was found, as it is shown."""

    record: Any
    title: Markup
    passages: Sequence[Markup]
    aside: Sequence[str | Markup]


@dataclass(frozen=True)
class Results:
    """What was found of one kind: the newest, and how many there are."""

    view: Any
    hits: Sequence[Hit]
    count: int

    @property
    def more(self) -> bool:
        """Whether the list of this kind shows more."""
        return self.count > len(self.hits)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > search.COUNTED


class SearchView(PageView):
    """Everything that holds some words."""

    def __init__(self) -> None:
        super().__init__(name="Search", endpoint="search", url="/search")

    def is_visible(self) -> bool:
        # The field in the frame leads here.
        return False

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """What was found, kind by kind."""
        asked = asked_for()
        found = [results(kind, asked) for kind in KINDS] if search.words_of(asked) else []
        found = [one for one in found if one.hits]
        nearest = search.nearest(db.session(), asked) if asked and not found else None
        shown: str = self.render("admin/search.html", asked=asked, found=found, nearest=nearest)
        return shown

    @page("/lookup/<key>")
    def lookup_view(self, key: str) -> ResponseReturnValue:
        """What a field for one kind of record offers while somebody types, as JSON."""
        return jsonify(look_up(key, asked_for()))


def asked_for() -> str:
    """The words in the address."""
    return request.args.get("q", "").replace("\0", "").strip()[:LONGEST_ASKED]


def results(kind: Kind, asked: str) -> Results:
    """The newest records of a kind that hold the words, with these marked; before them the one whose id was typed."""
    found = search.find(db.session(), kind.model, asked, SHOWN, loaded=kind.loaded)
    records = dict.fromkeys([*_of_this_id(kind.model, asked), *found.records])
    return Results(view_of(kind.model), [hit(kind, record, asked) for record in list(records)[:SHOWN]], found.count)


def _of_this_id(model: type[Base], asked: str) -> Sequence[Commitment]:
    """The commitment of this very id: hundreds of newer ones may hold the parts of it."""
    if model is not Commitment or "-" not in asked:
        return ()
    return db.session.scalars(select(Commitment).where(Commitment.public_id == asked.upper())).all()


def hit(kind: Kind, record: Any, asked: str) -> Hit:
    """A record as it is shown, with those of its texts in which a word was found."""
    inside = kind.model in search.NAMES
    texts = [text for text in kind.texts(record) if text and search.spans(text, asked, inside=inside)]
    aside = [part for part in kind.aside(record) if part]
    title = kind.title(record) or str(record)
    passages = [passage(text, asked, inside=inside) for text in texts]
    return Hit(record, passage(title, asked, inside=inside), passages, aside)


def passage(text: str, asked: str, *, inside: bool = False) -> Markup:
    """The text, or what stands around the first word that was found in it, with the words marked."""
    found = search.spans(text, asked, inside=inside)
    start = max(0, found[0][0] - BEFORE) if found and len(text) > PASSAGE else 0
    end = start + PASSAGE
    if start:
        # Not in the midst of a word.
        start = text.find(" ", start, found[0][0]) + 1 or start
    marked, place = Markup("\N{HORIZONTAL ELLIPSIS} " if start else ""), start
    for first, last in found:
        if first >= place and last <= end:
            marked += Markup("{}<mark>{}</mark>").format(text[place:first], text[first:last])
            place = last
    return marked + escape(text[place:end]) + (" \N{HORIZONTAL ELLIPSIS}" if end < len(text) else "")

"""The two pictures of home, drawn as SVG: the colours come from the style sheet, so that they follow light and dark.

What is drawn is data made elsewhere; each picture stands beside a table of the same data.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

import svg
from markupsafe import Markup, escape

WIDTH = 900
LABELS = 300
BAR = 22
STEP = 32
LINE = 20
TOP = 30
# Letters of this size are this wide on average.
LETTER = 6.6


@dataclass(frozen=True)
class Bar:
    """How many commitments of one meeting stand at each status: (name, label, number), in the order of statuses."""

    label: str
    parts: Sequence[tuple[str, str, int]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(number for _, _, number in self.parts)


@dataclass(frozen=True)
class Span:
    """A commitment in time: promised, to be done by, closed; each as far as known."""

    label: str
    title: str
    status: str
    promised_on: date
    target_on: date | None
    closed_on: date | None


def stacked_bars(bars: Sequence[Bar], name: str) -> Markup:
    """Horizontal bars, one a meeting, cut by status; each part carries its number and a pattern of its own."""
    longest = max((bar.total for bar in bars), default=1)
    scale = (WIDTH - LABELS - 50) / longest
    drawn: list[svg.Element] = list(_patterns())
    for row, bar in enumerate(bars):
        y = row * STEP + 4
        drawn.append(_text(LABELS - 12, y + 16, shortened(bar.label, LABELS - 12), anchor="end"))
        x = float(LABELS)
        for status, label, number in bar.parts:
            width = number * scale
            drawn += _part(x, y, width, status, f"{bar.label}: {number} {label.lower()}", number)
            x += width
        drawn.append(_text(x + 8, y + 16, str(bar.total), "strong"))
    return _picture(drawn, len(bars) * STEP + 8, name)


def _part(x: float, y: float, width: float, status: str, told: str, number: int) -> Iterator[svg.Element]:
    drawn = svg.Rect(x=round(x, 1), y=y, width=round(max(width - 2, 1), 1), height=BAR, rx=3)
    yield replace(drawn, class_=["part", f"part-{status}"], elements=[svg.Title(text=str(escape(told)))])
    if status in HATCHES:
        yield replace(drawn, fill=f"url(#hatch-{status})", pointer_events="none")
    if width > len(str(number)) * LETTER + 8:
        yield _text(x + width / 2, y + 16, str(number), f"on-{status}", anchor="middle")


def time_line(spans: Sequence[Span], name: str, today: date) -> Markup:
    """One line a commitment: a dot where it was promised, a bar at its target, a ring or a disc where it ended."""
    first = min((span.promised_on for span in spans), default=today)
    last = max([today, *(span.target_on for span in spans if span.target_on)])
    start, end = date(first.year, 1, 1), date(last.year + 1, 1, 1)
    scale = (WIDTH - LABELS - 20) / (end - start).days

    def place(day: date) -> float:
        return round(LABELS + (day - start).days * scale, 1)

    height = TOP + len(spans) * LINE + 8
    drawn: list[svg.Element] = []
    for year in range(start.year, end.year + 1):
        x = place(date(year, 1, 1))
        drawn.append(svg.Line(x1=x, x2=x, y1=TOP - 8, y2=height, class_=["grid"]))
        if year < end.year:
            drawn.append(_text(x + 4, 14, str(year), "soft"))
    now = place(today)
    drawn.append(svg.Line(x1=now, x2=now, y1=TOP - 8, y2=height, class_=["now"]))
    for row, span in enumerate(spans):
        drawn += _line(span, TOP + row * LINE + 8, place, today)
    return _picture(drawn, height, name)


def _line(span: Span, y: float, place: Callable[[date], float], today: date) -> Iterator[svg.Element]:
    begins, ends = place(span.promised_on), place(span.closed_on or today)
    yield _text(LABELS - 12, y + 4, shortened(span.label, LABELS - 12), anchor="end")
    dashes: Literal["none"] | list[float | Decimal] = "none" if span.closed_on else [4, 3]
    yield svg.Line(x1=begins, x2=ends, y1=y, y2=y, class_=["span"], stroke_dasharray=dashes)
    yield svg.Circle(cx=begins, cy=y, r=4, class_=["begun"], elements=[svg.Title(text=str(escape(span.title)))])
    if span.target_on:
        x = place(span.target_on)
        late = (span.closed_on or today) > span.target_on
        yield svg.Line(x1=x, x2=x, y1=y - 7, y2=y + 7, class_=["target", "late"] if late else ["target"])
    if span.closed_on:
        yield svg.Circle(cx=ends, cy=y, r=5.5, class_=["ended", f"part-{span.status}"])


# Statuses whose part is hatched as well, with the stroke that does it.
HATCHES = {
    "no_evidence_found": "M0 3H6",
    "stalled": "M0 6L6 0",
    "partly_fulfilled": "M3 0V6",
    "not_fulfilled": "M0 0L6 6M6 0L0 6",
    "abandoned": "M0 0L6 6",
    "uncheckable": "M3 3h.1",
}


def _patterns() -> Iterator[svg.Element]:
    for status, stroke in HATCHES.items():
        line: svg.Element = svg.Path(d=stroke, class_=["hatch"])  # type: ignore[arg-type] # a path as text is good SVG
        yield svg.Pattern(id=f"hatch-{status}", width=6, height=6, patternUnits="userSpaceOnUse", elements=[line])


def _text(x: float, y: float, text: str, kind: str = "plain", anchor: str = "start") -> svg.Text:
    shown = str(escape(text))
    return svg.Text(x=round(x, 1), y=y, text=shown, class_=[kind], text_anchor=anchor)  # type: ignore[arg-type] # start, middle or end


def shortened(text: str, width: int) -> str:
    """As much of the text as fits into this width."""
    fits = int(width / LETTER)
    return text if len(text) <= fits else text[: fits - 1].rstrip() + "…"


def _picture(drawn: list[svg.Element], height: float, name: str) -> Markup:
    picture = svg.SVG(
        viewBox=f"0 0 {WIDTH} {round(height)}",  # type: ignore[arg-type] # as text, like the path
        class_=["picture"],
        elements=drawn,
        extra={"role": "img", "aria-labelledby": name},
    )
    return Markup(str(picture))

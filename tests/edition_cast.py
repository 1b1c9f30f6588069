"""Three editions of one series, with what was carried on, put off, softened and not mentioned again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session as OrmSession

from tests.cast import citation
from tests.conftest import TESTER
from tracker.db import Session
from tracker.models import (
    Attendance,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Country,
    Meeting,
    MeetingSeries,
    Minister,
    Office,
    OfficeTerm,
    Organization,
    Source,
    Statement,
    StatusUpdate,
    Topic,
    Verification,
)


class Cast:
    """What the records below refer to."""

    def __init__(self, session: OrmSession) -> None:
        self.india, self.japan = Country(code="IN", name="India"), Country(code="JP", name="Japan")
        self.ministry = Organization(slug="mea", name="External Affairs", classification="ministry", country=self.india)
        self.agency = Organization(slug="jica", name="Agency", classification="agency", country=self.japan)
        self.office = Office(slug="eam", label="External Affairs Minister", organization=self.ministry)
        self.first = self._minister("a-first", "A First", None, date(2023, 5, 31))
        self.second = self._minister("b-second", "B Second", date(2023, 6, 1), None)
        # Known to have held the office, but not when: what nobody may conclude anything from.
        self.undated = self._minister("a-undated", "A A Undated", None, None)
        self.source = Source(
            slug="paper", title="A paper", classification="press_report", published_on=date(2022, 9, 9)
        )
        self.topics = [Topic(slug="sea", label="Sea"), Topic(slug="air", label="Air")]
        self.series = MeetingSeries(slug="talks", code="TK", name="Talks")
        self.meetings = [self._meeting(n, date(2021 + n, 9, 8)) for n in (1, 2, 3)]
        session.add_all([self.series, self.agency, self.undated])

    def _minister(self, slug: str, name: str, start: date | None, end: date | None) -> Minister:
        term = OfficeTerm(
            office=self.office,
            start_date=start,
            start_precision=start and "day",
            end_date=end,
            end_precision=end and "day",
        )
        return Minister(slug=slug, name=name, sort_name=name, country=self.india, office_terms=[term])

    def _meeting(self, edition: int, day: date) -> Meeting:
        minister = self.first if edition == 1 else self.second
        return Meeting(
            slug=f"talks-{edition}",
            series=self.series,
            edition=edition,
            name=f"Talks {edition}",
            classification="ministerial",
            start_date=day,
            date_precision="day",
            city="Tokyo",
            attendances=[Attendance(minister=minister, office=self.office, country=self.india)],
        )

    def commitment(
        self,
        edition: int,
        number: int,
        *,
        strength: str | None = "decided",
        kind: str = "undertaking",
        target: date | None = None,
        updates: Sequence[tuple[str, date]] = (),
        follows: Commitment | None = None,
        relation: str = "continues",
    ) -> Commitment:
        """A commitment of India with the agency as partner, carried by a statement of its own."""
        meeting = self.meetings[edition - 1]
        statement = Statement(
            slug=f"said-{edition}-{number}",
            meeting=meeting,
            minister=self.first if number == 1 else None,
            attribution=None if number == 1 else "India and Japan",
            summary=f"Matter {number} of {edition}.",
            position=number,
            topics=self.topics[:number],
            citations=[citation(self.source, f"will go on with {edition}-{number}")],
        )
        made = Commitment(
            public_id=f"TK-{edition}-{number:02}",
            meeting=meeting,
            kind=kind,
            strength=strength,
            operative_phrase="will go on" if strength else None,
            title=f"Matter {number}",
            original_target_on=target,
            original_target_precision=target and "day",
            statements=[statement],
            topics=self.topics[:1],
            parties=[
                CommitmentParty(country=self.india, role="lead", office=self.office),
                CommitmentParty(country=self.india, role="partner"),
                CommitmentParty(organization=self.agency, role="partner"),
                CommitmentParty(country=self.japan, role="addressee"),
            ],
        )
        if follows is not None:
            made.links.append(CommitmentLink(target=follows, relation=relation, basis="stated"))
        made.status_updates += [self.update(status, day) for status, day in updates]
        return made

    def update(self, status: str, day: date, **fields: object) -> StatusUpdate:
        """What became of it, recorded at noon of that day, with a citation."""
        told = {"recorded_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC), "recorded_by": "tester"}
        return StatusUpdate(
            status=status,
            effective_on=day,
            reason=f"Since {day}.",
            citations=[citation(self.source, f"since {day}")],
            **(told | fields),
        )


def fill(engine: Engine) -> None:
    """Seven commitments of the first edition, three of the second, one of the third."""
    with Session(engine, info={"origin": TESTER}) as session:
        cast = Cast(session)
        first = _first_edition(cast)
        second = _later_editions(cast, first)
        session.add_all([*first, *second])
        session.flush()
        _corrections(cast, first[0], session)
        quotes = [quote for one in first for statement in one.statements for quote in statement.citations]
        for quote, result in zip(quotes, ("verbatim", "normalised", "not_found", "no_document"), strict=False):
            quote.verifications.append(Verification(result=result))
        session.commit()


def _first_edition(cast: Cast) -> list[Commitment]:
    return [
        cast.commitment(1, 1, target=date(2023, 1, 31), updates=[("in_progress", date(2022, 10, 1))]),
        cast.commitment(1, 2, target=date(2023, 6, 30), updates=[("fulfilled", date(2023, 5, 1))]),
        cast.commitment(1, 3, updates=[("superseded", date(2023, 9, 8))]),
        cast.commitment(1, 4, strength="intended", updates=[("abandoned", date(2023, 2, 1))]),
        cast.commitment(1, 5, updates=[("partly_fulfilled", date(2024, 1, 15))]),
        cast.commitment(1, 6, kind="task", strength="agreed"),
        cast.commitment(1, 7, kind="principle", strength=None),
    ]


def _later_editions(cast: Cast, first: list[Commitment]) -> list[Commitment]:
    slipped = cast.commitment(2, 1, strength="intended", target=date(2024, 1, 31), follows=first[0])
    replaced = cast.commitment(2, 2, follows=first[2], relation="supersedes")
    proposed = cast.commitment(2, 3, kind="proposal", strength="exploratory")
    # Not at the next edition, but at the one after it.
    late = cast.commitment(3, 1, follows=first[4], relation="restates")
    late.links.append(CommitmentLink(target=slipped, relation="continues", note="Same words."))
    late.links.append(CommitmentLink(target=proposed, relation="depends_on", note="It needs that."))
    return [slipped, replaced, proposed, late]


def _corrections(cast: Cast, commitment: Commitment, session: OrmSession) -> None:
    """Held to be stalled since March 2023, until that was put right in May: it had gone on, with a new date."""
    wrong = cast.update("stalled", date(2023, 3, 1))
    commitment.status_updates.append(wrong)
    session.flush()
    commitment.status_updates.append(
        cast.update(
            "in_progress",
            date(2023, 3, 1),
            recorded_at=datetime(2023, 5, 10, 9, tzinfo=UTC),
            corrects=wrong,
            new_target_on=date(2024, 3, 31),
            new_target_precision="day",
        )
    )

"""A communique of three pages, worked through from paste to eight commitments with the keyboard alone."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenBrowser, Watched, tracker
from tests.browser.test_pages import LOOKS, seen_as
from tests.conftest import TESTER
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Attendance, Commitment, Meeting, Source

pytestmark = pytest.mark.browser

COMMUNIQUE = Path(__file__).with_name("communique.txt")
HERE = "/reading/joint-statement-2026"
# The first words of each sentence that becomes a commitment, its title, kind, strength and target, as proposed.
WORKED = (
    ("The Ministers decided to hold a joint exercise", "Joint exercise", "undertaking", "decided", "2027"),
    ("They agreed to task their officials", "Repair of ships in ports", "task", "agreed", ""),
    ("The Ministers decided to sign the arrangements", "Signing of UNICORN", "undertaking", "decided", "2026-06"),
    ("The Ministers explored the possibility", "Parts of unmanned vehicles", "proposal", "exploratory", ""),
    ("The Ministers announced a joint centre", "Centre for semiconductors", "undertaking", "decided", ""),
    ("Minister Jaishankar said that India will send", "Two hundred engineers", "undertaking", "decided", ""),
    ("The Ministers agreed to expand the flow", "More skilled workers", "undertaking", "agreed", ""),
    ("They instructed the working group on mobility", "Report on students", "task", "agreed", "2027-03"),
)
# Those that take up one of the edition before.
LINKED = {"Signing of UNICORN": "IJ-2024-03", "More skilled workers": "IJ-2024-30"}


@pytest.fixture
def fourth(seeded_config: Config) -> None:
    """The fourth edition, with those who attended it."""
    engine = create_engine(seeded_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        third = session.query(Meeting).filter_by(slug="india-japan-2-plus-2-third").one()
        meeting = Meeting(
            slug="india-japan-2-plus-2-fourth",
            series=third.series,
            edition=4,
            name="Fourth India-Japan 2+2 Foreign and Defence Ministerial Meeting",
            classification="ministerial",
            start_date=date(2026, 3, 3),
            date_precision="day",
            attendances=[
                Attendance(minister=one.minister, office=one.office, country=one.country) for one in third.attendances
            ],
        )
        session.add(meeting)
        session.commit()
    engine.dispose()


@pytest.fixture
def archived(fourth: None, seeded_config: Config) -> None:
    """The communique of the fourth edition, archived."""
    engine = create_engine(seeded_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        session.add(
            Source(
                slug="joint-statement-2026",
                title="Joint Statement 2026",
                classification="joint_statement",
                published_on=date(2026, 3, 3),
                language="en",
            )
        )
        session.commit()
    engine.dispose()
    tracker(seeded_config, "documents", "add", str(COMMUNIQUE), "--source", "joint-statement-2026")


def tab_to(page: Page, condition: str, limit: int = 60) -> None:
    """Press Tab until the element with the focus meets the condition, in JavaScript about `it`."""
    for _ in range(limit):
        if page.evaluate(f"(it => {condition})(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to where {condition}")


def go_to(page: Page, words: str) -> None:
    """Press N until the sentence with these words is the current one."""
    for _ in range(40):
        page.keyboard.press("n")
        if page.locator(".sentence.current").text_content().startswith(words):  # type: ignore[union-attr] # there is one
            return
    raise AssertionError(f"N does not lead to {words!r}")


def proposed(page: Page) -> tuple[str, str, str]:
    form = page.locator("form.compact")
    return (
        form.get_by_label("Kind").input_value(),
        form.get_by_label("Strength").input_value(),
        form.get_by_label("Target").input_value(),
    )


def follow(page: Page, name: str) -> None:
    """Go to the link or button of this name by Tab, and press Enter."""
    tab_to(page, f"it.textContent.trim() === {name!r}", 90)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def paste(desk: Watched) -> None:
    """Describe the source and paste its text, from home to the reading desk."""
    page, keyboard = desk.page, desk.page.keyboard
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", COMMUNIQUE.read_text(encoding="utf-8"))
    follow(page, "Sources")
    follow(page, "New source")
    tab_to(page, "it.name === 'title'")
    keyboard.type("Joint Statement 2026")
    tab_to(page, "it.name === 'classification'")
    keyboard.type("Joint")
    tab_to(page, "it.name === 'published_on'")
    keyboard.type("03032026")
    with page.expect_navigation():
        keyboard.press("Control+Enter")
    follow(page, "Add a text")
    tab_to(page, "it.name === 'pasted'")
    keyboard.press("Control+v")
    follow(page, "Keep it")
    follow(page, "Read it at the desk")
    page.wait_for_url(f"**{HERE}")


@pytest.mark.usefixtures("fourth")
def test_a_communique_is_worked_through_with_the_keyboard_alone(desk: Watched, seeded_config: Config) -> None:
    page = desk.page
    paste(desk)
    before = page.locator(".sentence[data-overlooked]").count()
    for words, title, *expected in WORKED:
        go_to(page, words)
        if title == "Joint exercise":
            # The place and the day are left to the target: a shorter quote says enough.
            page.keyboard.press("Shift+ArrowLeft")
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("c")
        expect(page.locator("form.compact")).to_be_visible()
        assert list(proposed(page)) == expected, title
        expect(page.locator("[name=title]")).to_be_focused()
        page.keyboard.type(title)
        if title in LINKED:
            tab_to(page, f"it.name === 'relation-{LINKED[title]}'")
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**{HERE}?*")
    assert page.locator(".sentence[data-overlooked]").count() == before - len(WORKED)
    expect(page.locator(".cited-list li")).to_have_count(len(WORKED))
    expect(page.locator(".cited-list .check.good")).to_have_count(len(WORKED))
    engine = create_engine(seeded_config.database_url)
    with Session(engine) as session:
        made = session.query(Commitment).filter(Commitment.public_id.startswith("IJ-2026-")).all()
        assert [one.title for one in made] == [title for _, title, *_ in WORKED]
        links = {(one.title, link.relation, link.target.public_id) for one in made for link in one.links}
        assert links == {(title, "continues", earlier) for title, earlier in LINKED.items()}
        said = {one.title: one.statements[0] for one in made}
        assert said["Two hundred engineers"].minister.slug == "s-jaishankar"  # type: ignore[union-attr] # it has one
        assert said["Joint exercise"].attribution == "India and Japan"
    engine.dispose()


@pytest.mark.usefixtures("archived")
def test_the_desk_serves_everybody(desk: Watched, open_browser: OpenBrowser) -> None:
    """In every look, with the mouse too, and without a script."""
    page = desk.open(HERE)
    page.keyboard.press("n")
    expect(page.locator("[data-selection]")).to_be_visible()
    found = seen_as(page, LOOKS)
    for key, looks in (("c", LOOKS), ("e", LOOKS[1:])):
        desk.open(HERE)
        page.keyboard.press("n")
        page.keyboard.press(key)
        expect(page.locator("form.compact")).to_be_visible()
        found += seen_as(page, looks)
    page.locator("form.compact button.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += seen_as(page, LOOKS[:1])
    assert "\n".join(found) == ""
    select_with_the_mouse(desk)
    record_without_a_script(open_browser(desk.address, java_script_enabled=False), desk)


def select_with_the_mouse(desk: Watched) -> None:
    """Drag from within a word to within another: whole words are taken, to the character as in the text."""
    page = desk.open(HERE)
    box = page.locator("#s2 [data-at]").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 8)
    page.mouse.up()
    expect(page.locator("[data-selection]")).to_be_visible()
    start, end = (int(page.locator(f"[data-selection] [name={name}]").input_value()) for name in ("start", "end"))
    text = COMMUNIQUE.read_text(encoding="utf-8")
    assert text[start - 1] in " \n"
    assert text[end] in " ,."
    # The page answers to keys once its script is there, which the words do not wait for.
    with page.expect_navigation():
        page.keyboard.press("s")
    expect(page.locator(".beside blockquote")).to_have_text(text[start:end])
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{HERE}?*")


def record_without_a_script(plain: Watched, desk: Watched) -> None:
    plain.context.add_cookies(desk.context.cookies())  # type: ignore[arg-type] # as Playwright gave them
    page = plain.open(HERE)
    expect(page.locator("article")).to_contain_text("They condemned attacks on merchant shipping")
    page.locator("a.take").first.click()
    page.get_by_label("Title").fill("A title")
    page.get_by_role("button", name="Save commitment").click()
    expect(page.get_by_text("Commitment saved.")).to_be_visible()

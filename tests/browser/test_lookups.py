"""Looking records up by keyboard, where there are too many to choose from."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import LOOKS, seen_as
from tests.conftest import TESTER
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Topic

pytestmark = pytest.mark.browser


@pytest.fixture
def many_topics(seeded_config: Config) -> None:
    """More topics than are chosen from."""
    engine = create_engine(seeded_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        session.add_all(Topic(slug=f"matter-{n}", label=f"Matter number {n}") for n in range(60))
        session.commit()
    engine.dispose()


def test_a_look_up_is_used_by_keyboard_alone(desk: Watched, many_topics: None) -> None:
    page = desk.open("/commitments/IJ-2024-03/edit")
    added = page.get_by_role("group", name="Topics", exact=True).get_by_role("combobox")
    added.press_sequentially("matter 42")
    expect(page.get_by_role("option", name="Matter number 42")).to_be_visible()
    assert seen_as(page, LOOKS) == []
    added.press("ArrowDown")
    added.press("Enter")
    expect(page.get_by_role("checkbox", name="Matter number 42")).to_be_checked()
    added.press("Control+Enter")
    expect(page.get_by_text("Commitment saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Matter number 42")).to_be_visible()

    page = desk.open("/commitments/")
    narrowed = page.get_by_role("combobox", name="Topic and those below")
    narrowed.press_sequentially("number 42")
    expect(page.get_by_role("option", name="Matter number 42")).to_be_visible()
    narrowed.press("ArrowDown")
    narrowed.press("Enter")
    page.wait_for_url("**topic=matter-42**")
    expect(page.get_by_text("1 commitment found")).to_be_visible()
    expect(narrowed).to_have_value("Matter number 42")
    assert seen_as(page, LOOKS) == []

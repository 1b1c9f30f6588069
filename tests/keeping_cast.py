"""Records and accounts of every sort, for what keeps and carries them."""

from datetime import UTC, date, datetime

from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session as OrmSession

from tests.cast import citation, first_commitment, update
from tests.conftest import TESTER
from tracker.cli import main
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.keeping.checking import METADATA
from tracker.keeping.copying import snapshot
from tracker.keeping.digests import digests as of_tables
from tracker.keeping.digests import together
from tracker.models import Meeting, Organization, SeedOrigin, Status, Topic
from tracker.models.users import Link, User, UserSession, Watch, WorkingNote
from tracker.schema import trees


def run(config: Config, *words: str) -> Result:
    """The command `tracker` on these settings."""
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, words, env=environment)


def fill(config: Config) -> None:
    """A history with a correction and evidence, parents with later numbers, a word of our own, an account."""
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        commitment = first_commitment(session)
        source = commitment.statements[0].citations[0].source
        wrong = update("stalled", date(2024, 10, 1), new_target_on=date(2026, 6, 30), new_target_precision="month")
        commitment.status_updates.append(wrong)
        session.flush()
        right = update("fulfilled", date(2024, 10, 2), "Il est ouvert, 領事館.\n'quoted' \"twice\" \\", corrects=wrong)
        right.citations.append(citation(source, "領事館を開設"))
        commitment.status_updates.append(right)
        low = [
            Topic(slug="visas", label="Visas"),
            Meeting(slug="side", name="Side", classification="other", status="planned"),
        ]
        low.append(Organization(slug="passports", name="Passports", classification="agency"))
        session.add_all(
            [*low, Status(name="paused", position=99, label="Paused", definition="It rests.", is_open=True)]
        )
        session.flush()
        high = [
            Topic(slug="travel", label="Travel"),
            Meeting(slug="main", name="Main", classification="other", status="planned"),
        ]
        high.append(Organization(slug="state", name="State", classification="ministry"))
        session.add_all(high)
        session.flush()
        for child, parent in zip(low, high, strict=True):
            child.parent = parent
        session.add(SeedOrigin(record="meeting", record_key="x", file="x.yaml", content={"b": [1, None], "a": "ü"}))
        session.commit()
    engine.dispose()
    _fill_accounts(create_engine(config.accounts_url))


def _fill_accounts(engine: Engine) -> None:
    moment = datetime.now(UTC)
    with OrmSession(engine) as session:
        user = User(username="ada", email="ada@example.org", role="admin", fs_uniquifier="x", active=False)
        user.sessions.append(UserSession(token_hash="t", expires_at=moment))
        session.add_all([user, Link(token_hash="l", purpose="setup", role="admin", expires_at=moment)])
        session.flush()
        session.add_all([Watch(user_id=user.id, public_id="X"), WorkingNote(user_id=user.id, public_id="X", text="x")])
        session.commit()
    engine.dispose()


def digests(config: Config) -> dict[str, str]:
    """One digest for each of the two databases."""
    found = {}
    for tree in trees(config):
        with snapshot(tree) as connection:
            found[tree.name] = together(of_tables(connection, METADATA[tree.name]))
    return found


def execute(config: Config, *statements: str) -> None:
    """Raw SQL on the records."""
    engine = create_engine(config.database_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()

"""The ground: every table, view and trigger of the records.

Frozen: it repeats what the models said when it was made, so that it means the same for ever.
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, DropConstraint, DropTable

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
ROWS: dict[str, list[dict[str, object]]] = {
    "status": [
        {
            "name": "unreviewed",
            "position": 1,
            "label": "Unreviewed",
            "is_open": True,
            "definition": "Nobody has looked yet.",
        },
        {
            "name": "no_evidence_found",
            "position": 2,
            "label": "No evidence found",
            "is_open": True,
            "definition": "Somebody looked and found nothing either way.",
        },
        {
            "name": "not_started",
            "position": 3,
            "label": "Not started",
            "is_open": True,
            "definition": "There is evidence that nothing has begun.",
        },
        {
            "name": "in_progress",
            "position": 4,
            "label": "In progress",
            "is_open": True,
            "definition": "Work has begun and goes on.",
        },
        {
            "name": "stalled",
            "position": 5,
            "label": "Stalled",
            "is_open": True,
            "definition": "Work had begun and has stopped without being given up.",
        },
        {
            "name": "partly_fulfilled",
            "position": 6,
            "label": "Partly fulfilled",
            "is_open": True,
            "definition": "Some of what was promised has been done; the rest stands.",
        },
        {"name": "fulfilled", "position": 7, "label": "Fulfilled", "is_open": False, "definition": "Done as promised."},
        {
            "name": "not_fulfilled",
            "position": 8,
            "label": "Not fulfilled",
            "is_open": False,
            "definition": "The time for it has passed and it was not done.",
        },
        {
            "name": "abandoned",
            "position": 9,
            "label": "Abandoned",
            "is_open": False,
            "definition": "Those who promised it have given it up.",
        },
        {
            "name": "superseded",
            "position": 10,
            "label": "Superseded",
            "is_open": False,
            "definition": "A later commitment has taken its place.",
        },
        {
            "name": "uncheckable",
            "position": 11,
            "label": "Uncheckable",
            "is_open": False,
            "definition": "Nothing that could be observed would show whether it was done.",
        },
    ],
    "kind": [
        {
            "name": "undertaking",
            "position": 1,
            "label": "Undertaking",
            "is_scored": True,
            "review_days": 180,
            "definition": "Something that a party says it will do.",
        },
        {
            "name": "task",
            "position": 2,
            "label": "Task",
            "is_scored": True,
            "review_days": 180,
            "definition": "Work given to officials.",
        },
        {
            "name": "proposal",
            "position": 3,
            "label": "Proposal",
            "is_scored": False,
            "review_days": 365,
            "definition": "Something to be explored or considered.",
        },
        {
            "name": "request",
            "position": 4,
            "label": "Request",
            "is_scored": False,
            "review_days": 365,
            "definition": "Something asked of the other side.",
        },
        {
            "name": "call",
            "position": 5,
            "label": "Call",
            "is_scored": False,
            "review_days": 365,
            "definition": "Something called for from third parties.",
        },
        {
            "name": "principle",
            "position": 6,
            "label": "Principle",
            "is_scored": False,
            "review_days": None,
            "definition": "A position reaffirmed or an act condemned.",
        },
        {
            "name": "report",
            "position": 7,
            "label": "Report",
            "is_scored": False,
            "review_days": None,
            "definition": "Something reported as done.",
        },
    ],
    "strength": [
        {
            "name": "exploratory",
            "position": 1,
            "label": "Exploratory",
            "definition": "To explore, consider or discuss.",
        },
        {
            "name": "intended",
            "position": 2,
            "label": "Intended",
            "definition": "A desire or an aim; something looked forward to.",
        },
        {
            "name": "agreed",
            "position": 3,
            "label": "Agreed",
            "definition": "Agreed, concurred on, or given to officials as a task.",
        },
        {"name": "decided", "position": 4, "label": "Decided", "definition": "Decided or announced; will be done."},
        {"name": "binding", "position": 5, "label": "Binding", "definition": "Signed."},
    ],
    "status_crosswalk": [
        {"status": "not_started", "scheme": "ogp", "term": "not started"},
        {"status": "in_progress", "scheme": "ogp", "term": "limited"},
        {"status": "partly_fulfilled", "scheme": "ogp", "term": "substantial"},
        {"status": "fulfilled", "scheme": "ogp", "term": "complete"},
        {"status": "abandoned", "scheme": "ogp", "term": "withdrawn"},
        {"status": "not_started", "scheme": "g20_research_group", "term": "-1"},
        {"status": "in_progress", "scheme": "g20_research_group", "term": "0"},
        {"status": "partly_fulfilled", "scheme": "g20_research_group", "term": "0"},
        {"status": "fulfilled", "scheme": "g20_research_group", "term": "+1"},
        {"status": "not_fulfilled", "scheme": "g20_research_group", "term": "-1"},
        {"status": "abandoned", "scheme": "g20_research_group", "term": "-1"},
        {"status": "unreviewed", "scheme": "politifact", "term": "Not Yet Rated"},
        {"status": "in_progress", "scheme": "politifact", "term": "In the Works"},
        {"status": "stalled", "scheme": "politifact", "term": "Stalled"},
        {"status": "partly_fulfilled", "scheme": "politifact", "term": "Compromise"},
        {"status": "fulfilled", "scheme": "politifact", "term": "Promise Kept"},
        {"status": "not_fulfilled", "scheme": "politifact", "term": "Promise Broken"},
        {"status": "abandoned", "scheme": "politifact", "term": "Promise Broken"},
        {"status": "not_started", "scheme": "ocds", "term": "scheduled"},
        {"status": "in_progress", "scheme": "ocds", "term": "scheduled"},
        {"status": "stalled", "scheme": "ocds", "term": "scheduled"},
        {"status": "partly_fulfilled", "scheme": "ocds", "term": "partiallyMet"},
        {"status": "fulfilled", "scheme": "ocds", "term": "met"},
        {"status": "not_fulfilled", "scheme": "ocds", "term": "notMet"},
        {"status": "abandoned", "scheme": "ocds", "term": "notMet"},
    ],
}


def tables(dialect: str) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=NAMES)
    now = sa.text(NOW[dialect])
    sa.Table(
        "audit_batch",
        metadata,
        sa.Column("position", BIG, autoincrement=False, primary_key=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("door IN ('web', 'cli', 'seeds', 'import', 'sql')", name="door_known"),
        sa.UniqueConstraint("hash"),
    )
    sa.Table(
        "country",
        metadata,
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("length(code) = 2 AND code = upper(code)", name="code_shape"),
        sa.UniqueConstraint("name"),
    )
    sa.Table(
        "kind",
        metadata,
        sa.Column("is_scored", sa.Boolean(), nullable=False),
        sa.Column("review_days", sa.Integer()),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.UniqueConstraint("position"),
    )
    sa.Table(
        "meeting_series",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("code = upper(code) AND code <> ''", name="code_shape"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("slug"),
    )
    sa.Table(
        "seed_origin",
        metadata,
        sa.Column("record", sa.Text(), primary_key=True),
        sa.Column("record_key", sa.Text(), primary_key=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False, server_default=now),
    )
    sa.Table(
        "source",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text()),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("published_on", sa.Date()),
        sa.Column("accessed_on", sa.Date()),
        sa.Column("language", sa.Text()),
        sa.Column("document_number", sa.Text()),
        sa.Column("sha256", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "classification IN ('press_report', 'press_statement', 'joint_statement', 'release', 'memorandum', 'transcript', 'other')",
            name="classification_known",
        ),
        sa.CheckConstraint("length(language) = 2 AND language = lower(language)", name="language_shape"),
        sa.CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name="sha256_shape"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("sha256"),
        sa.UniqueConstraint("slug"),
        sa.Index("ix_source_published_on", "published_on"),
    )
    sa.Table(
        "status",
        metadata,
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.UniqueConstraint("position"),
    )
    sa.Table(
        "strength",
        metadata,
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.UniqueConstraint("position"),
    )
    sa.Table(
        "topic",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("parent_id", BIG),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("parent_id <> id", name="not_own_parent"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["parent_id"], ["topic.id"]),
        sa.Index("ix_topic_label", "label", "slug"),
        sa.Index("ix_topic_parent_id", "parent_id"),
    )
    sa.Table(
        "audit_event",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("batch_position", BIG, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint("action IN ('created', 'updated', 'deleted')", name="action_known"),
        sa.UniqueConstraint("batch_position", "ordinal"),
        sa.ForeignKeyConstraint(["batch_position"], ["audit_batch.position"]),
        sa.Index("ix_audit_event_record", "record", "record_key"),
    )
    sa.Table(
        "meeting",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("series_id", BIG),
        sa.Column("edition", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="held"),
        sa.Column("start_date", sa.Date()),
        sa.Column("date_precision", sa.Text()),
        sa.Column("end_date", sa.Date()),
        sa.Column("city", sa.Text()),
        sa.Column("country_code", sa.Text()),
        sa.Column("parent_id", BIG),
        sa.Column("note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "classification IN ('ministerial', 'summit', 'bilateral', 'dialogue', 'call_on', 'other')",
            name="classification_known",
        ),
        sa.CheckConstraint("date_precision IN ('day', 'month', 'year')", name="date_precision_known"),
        sa.CheckConstraint("edition IS NULL OR (edition > 0 AND series_id IS NOT NULL)", name="edition_of_series"),
        sa.CheckConstraint("status <> 'held' OR start_date IS NOT NULL", name="held_has_date"),
        sa.CheckConstraint("parent_id <> id", name="not_own_parent"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.CheckConstraint("(start_date IS NULL) = (date_precision IS NULL)", name="start_date_with_precision"),
        sa.CheckConstraint("start_date <= end_date", name="starts_before_it_ends"),
        sa.CheckConstraint("status IN ('planned', 'held', 'postponed', 'cancelled')", name="status_known"),
        sa.UniqueConstraint("series_id", "edition"),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"]),
        sa.ForeignKeyConstraint(["parent_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["series_id"], ["meeting_series.id"]),
        sa.Index("ix_meeting_country_code", "country_code"),
        sa.Index("ix_meeting_parent_id", "parent_id"),
        sa.Index("ix_meeting_start_date", "start_date"),
    )
    sa.Table(
        "minister",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text()),
        sa.Column("given_name", sa.Text()),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.Column("native_name", sa.Text()),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"]),
        sa.Index("ix_minister_country_code", "country_code"),
        sa.Index("ix_minister_sort_name", "sort_name"),
    )
    sa.Table(
        "organization",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("classification", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text()),
        sa.Column("parent_id", BIG),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "classification IN ('government', 'ministry', 'agency', 'armed_service', 'intergovernmental', 'company', 'other')",
            name="classification_known",
        ),
        sa.CheckConstraint("parent_id <> id", name="not_own_parent"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"]),
        sa.ForeignKeyConstraint(["parent_id"], ["organization.id"]),
        sa.Index("ix_organization_country_code", "country_code"),
        sa.Index("ix_organization_parent_id", "parent_id"),
    )
    sa.Table(
        "status_crosswalk",
        metadata,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["status"], ["status.name"]),
    )
    sa.Table(
        "commitment",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("meeting_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text()),
        sa.Column("operative_phrase", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("promised_on", sa.Date()),
        sa.Column("promised_precision", sa.Text()),
        sa.Column("original_target_on", sa.Date()),
        sa.Column("original_target_precision", sa.Text()),
        sa.Column("target_on", sa.Date()),
        sa.Column("target_precision", sa.Text()),
        sa.Column("review_due_on", sa.Date()),
        sa.Column("owner", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False, server_default="unreviewed"),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("withdrawn_reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "(original_target_on IS NULL) = (original_target_precision IS NULL)",
            name="original_target_on_with_precision",
        ),
        sa.CheckConstraint(
            "original_target_precision IN ('day', 'month', 'year')", name="original_target_precision_known"
        ),
        sa.CheckConstraint("(promised_on IS NULL) = (promised_precision IS NULL)", name="promised_on_with_precision"),
        sa.CheckConstraint("promised_precision IN ('day', 'month', 'year')", name="promised_precision_known"),
        sa.CheckConstraint("public_id = upper(public_id) AND public_id NOT LIKE '% %'", name="public_id_shape"),
        sa.CheckConstraint(
            "strength IS NULL OR (operative_phrase IS NOT NULL AND kind IN ('undertaking', 'task', 'proposal'))",
            name="strength_justified",
        ),
        sa.CheckConstraint("(target_on IS NULL) = (target_precision IS NULL)", name="target_on_with_precision"),
        sa.CheckConstraint("target_precision IN ('day', 'month', 'year')", name="target_precision_known"),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
        sa.UniqueConstraint("public_id"),
        sa.ForeignKeyConstraint(["kind"], ["kind.name"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["status"], ["status.name"]),
        sa.ForeignKeyConstraint(["strength"], ["strength.name"]),
        sa.Index("ix_commitment_meeting_id", "meeting_id", "status", "kind", "strength", "withdrawn_on"),
        sa.Index("ix_commitment_original_target_on", "original_target_on"),
        sa.Index(
            "ix_commitment_review_due_on",
            "review_due_on",
            sqlite_where=sa.text("withdrawn_on IS NULL AND review_due_on IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_on IS NULL AND review_due_on IS NOT NULL"),
        ),
        sa.Index("ix_commitment_status", "status", "kind"),
        sa.Index(
            "ix_commitment_target_on",
            "target_on",
            sqlite_where=sa.text("withdrawn_on IS NULL AND target_on IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_on IS NULL AND target_on IS NOT NULL"),
        ),
    )
    sa.Table(
        "minister_name",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("minister_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.UniqueConstraint("folded"),
        sa.ForeignKeyConstraint(["minister_id"], ["minister.id"]),
        sa.Index("ix_minister_name_minister_id", "minister_id"),
    )
    sa.Table(
        "office",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("organization_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.Index("ix_office_organization_id", "organization_id"),
    )
    sa.Table(
        "statement",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("meeting_id", BIG, nullable=False),
        sa.Column("minister_id", BIG),
        sa.Column("attribution", sa.Text()),
        sa.Column("said_on", sa.Date()),
        sa.Column("said_precision", sa.Text()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("first_citation", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("withdrawn_reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("(minister_id IS NULL) <> (attribution IS NULL)", name="minister_or_attribution"),
        sa.CheckConstraint("(said_on IS NULL) = (said_precision IS NULL)", name="said_on_with_precision"),
        sa.CheckConstraint("said_precision IN ('day', 'month', 'year')", name="said_precision_known"),
        sa.CheckConstraint(
            "slug = lower(slug) AND slug NOT LIKE '% %' AND length(slug) BETWEEN 1 AND 120", name="slug_shape"
        ),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(
            ["id", "first_citation"],
            ["citation.statement_id", "citation.ordinal"],
            name="fk_statement_first_citation",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["minister_id"], ["minister.id"]),
        sa.Index("ix_statement_meeting_id", "meeting_id", "position"),
        sa.Index("ix_statement_minister_id", "minister_id", "said_on"),
    )
    sa.Table(
        "attendance",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("meeting_id", BIG, nullable=False),
        sa.Column("minister_id", BIG, nullable=False),
        sa.Column("office_id", BIG),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.UniqueConstraint("meeting_id", "minister_id"),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["minister_id"], ["minister.id"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.Index("ix_attendance_minister_id", "minister_id"),
        sa.Index("ix_attendance_office_id", "office_id"),
    )
    sa.Table(
        "commitment_link",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("from_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False, server_default="inferred"),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint("basis IN ('stated', 'inferred')", name="basis_known"),
        sa.CheckConstraint("basis = 'stated' OR note IS NOT NULL", name="inference_explained"),
        sa.CheckConstraint("from_id <> to_id", name="not_to_itself"),
        sa.CheckConstraint(
            "relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits', 'depends_on')",
            name="relation_known",
        ),
        sa.UniqueConstraint("from_id", "to_id", "relation"),
        sa.ForeignKeyConstraint(["from_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["commitment.id"]),
        sa.Index("ix_commitment_link_to_id", "to_id"),
    )
    sa.Table(
        "commitment_party",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("country_code", sa.Text()),
        sa.Column("organization_id", BIG),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("office_id", BIG),
        sa.CheckConstraint("(country_code IS NULL) <> (organization_id IS NULL)", name="country_or_organization"),
        sa.CheckConstraint("role IN ('lead', 'partner', 'beneficiary', 'addressee')", name="role_known"),
        sa.UniqueConstraint("commitment_id", "country_code", "role"),
        sa.UniqueConstraint("commitment_id", "organization_id", "role"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.Index("ix_commitment_party_country_code", "country_code", "commitment_id"),
        sa.Index("ix_commitment_party_office_id", "office_id", "commitment_id"),
        sa.Index("ix_commitment_party_organization_id", "organization_id", "commitment_id"),
    )
    sa.Table(
        "commitment_statement",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("statement_id", BIG, nullable=False),
        sa.UniqueConstraint("commitment_id", "statement_id"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"]),
        sa.Index("ix_commitment_statement_statement_id", "statement_id"),
    )
    sa.Table(
        "commitment_topic",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.UniqueConstraint("commitment_id", "topic_id"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"]),
        sa.Index("ix_commitment_topic_topic_id", "topic_id"),
    )
    sa.Table(
        "milestone",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_precision", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False, server_default="scheduled"),
        sa.Column("met_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("(due_on IS NULL) = (due_precision IS NULL)", name="due_on_with_precision"),
        sa.CheckConstraint("due_precision IN ('day', 'month', 'year')", name="due_precision_known"),
        sa.CheckConstraint("met_on IS NULL OR status IN ('met', 'partially_met')", name="met_on_when_met"),
        sa.CheckConstraint("status IN ('scheduled', 'met', 'partially_met', 'not_met')", name="status_known"),
        sa.UniqueConstraint("commitment_id", "slug"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
    )
    sa.Table(
        "office_term",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("minister_id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("start_date", sa.Date()),
        sa.Column("start_precision", sa.Text()),
        sa.Column("end_date", sa.Date()),
        sa.Column("end_precision", sa.Text()),
        sa.CheckConstraint("(end_date IS NULL) = (end_precision IS NULL)", name="end_date_with_precision"),
        sa.CheckConstraint("end_precision IN ('day', 'month', 'year')", name="end_precision_known"),
        sa.CheckConstraint("(start_date IS NULL) = (start_precision IS NULL)", name="start_date_with_precision"),
        sa.CheckConstraint("start_precision IN ('day', 'month', 'year')", name="start_precision_known"),
        sa.CheckConstraint("start_date <= end_date", name="starts_before_it_ends"),
        sa.UniqueConstraint("minister_id", "office_id", "start_date"),
        sa.ForeignKeyConstraint(["minister_id"], ["minister.id"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.Index("ix_office_term_office_id", "office_id"),
        sa.Index(
            "uq_office_term_unknown_start",
            "minister_id",
            "office_id",
            unique=True,
            sqlite_where=sa.text("start_date IS NULL"),
            postgresql_where=sa.text("start_date IS NULL"),
        ),
    )
    sa.Table(
        "statement_topic",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("statement_id", BIG, nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.UniqueConstraint("statement_id", "topic_id"),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"]),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"]),
        sa.Index("ix_statement_topic_topic_id", "topic_id"),
    )
    sa.Table(
        "status_update",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("commitment_id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False, server_default=now),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("new_target_on", sa.Date()),
        sa.Column("new_target_precision", sa.Text()),
        sa.Column("corrects_id", BIG),
        sa.Column("first_citation", sa.Integer()),
        sa.CheckConstraint("corrects_id < id", name="corrects_earlier"),
        sa.CheckConstraint(
            "status NOT IN ('fulfilled', 'partly_fulfilled', 'not_fulfilled', 'abandoned') OR first_citation IS NOT NULL",
            name="has_evidence",
        ),
        sa.CheckConstraint("status = 'unreviewed' OR (reason IS NOT NULL AND trim(reason) <> '')", name="has_reason"),
        sa.CheckConstraint(
            "(new_target_on IS NULL) = (new_target_precision IS NULL)", name="new_target_on_with_precision"
        ),
        sa.CheckConstraint("new_target_precision IN ('day', 'month', 'year')", name="new_target_precision_known"),
        sa.UniqueConstraint("commitment_id", "id"),
        sa.UniqueConstraint("commitment_id", "key"),
        sa.UniqueConstraint("corrects_id"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"]),
        sa.ForeignKeyConstraint(
            ["commitment_id", "corrects_id"],
            ["status_update.commitment_id", "status_update.id"],
            name="fk_status_update_corrects_same_commitment",
        ),
        sa.ForeignKeyConstraint(
            ["id", "first_citation"],
            ["citation.status_update_id", "citation.ordinal"],
            name="fk_status_update_first_citation",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["status"], ["status.name"]),
        sa.Index("ix_status_update_commitment_id", "commitment_id", "effective_on", "recorded_at", "id", "status"),
        sa.Index("ix_status_update_effective_on", "effective_on", "commitment_id"),
    )
    sa.Table(
        "citation",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("statement_id", BIG),
        sa.Column("status_update_id", BIG),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("exact", sa.Text()),
        sa.Column("prefix", sa.Text()),
        sa.Column("suffix", sa.Text()),
        sa.Column("start_offset", sa.Integer()),
        sa.Column("end_offset", sa.Integer()),
        sa.Column("locator", sa.Text()),
        sa.Column("bearing", sa.Text(), nullable=False, server_default="supports"),
        sa.Column("corrects_id", BIG),
        sa.CheckConstraint("bearing IN ('supports', 'contradicts', 'context')", name="bearing_known"),
        sa.CheckConstraint("corrects_id < id", name="corrects_earlier"),
        sa.CheckConstraint("0 <= start_offset AND start_offset < end_offset", name="offsets_in_order"),
        sa.CheckConstraint("start_offset IS NULL OR exact IS NOT NULL", name="offsets_of_quote"),
        sa.CheckConstraint("(start_offset IS NULL) = (end_offset IS NULL)", name="offsets_together"),
        sa.CheckConstraint("(statement_id IS NULL) <> (status_update_id IS NULL)", name="one_owner"),
        sa.CheckConstraint("ordinal > 0", name="ordinal_positive"),
        sa.UniqueConstraint("corrects_id"),
        sa.UniqueConstraint("statement_id", "ordinal"),
        sa.UniqueConstraint("status_update_id", "ordinal"),
        sa.ForeignKeyConstraint(["corrects_id"], ["citation.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"]),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"]),
        sa.ForeignKeyConstraint(["status_update_id"], ["status_update.id"]),
        sa.Index("ix_citation_source_id_start_offset", "source_id", "start_offset"),
    )
    sa.Table(
        "verification",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("citation_id", BIG, nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False, server_default=now),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("start_offset", sa.Integer()),
        sa.Column("end_offset", sa.Integer()),
        sa.CheckConstraint(
            "result IN ('verbatim', 'normalised', 'not_found', 'no_document', 'no_quote')", name="result_known"
        ),
        sa.ForeignKeyConstraint(["citation_id"], ["citation.id"]),
        sa.Index("ix_verification_citation_id", "citation_id", "id"),
    )
    return metadata


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    metadata = tables(dialect)
    for table in metadata.sorted_tables:
        op.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            op.execute(CreateIndex(index))
    if dialect != "sqlite":
        for key in late_keys(metadata):
            op.execute(AddConstraint(key))
    for name, rows in ROWS.items():
        op.bulk_insert(metadata.tables[name], rows)
    for statement in statements(dialect):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    metadata = tables(dialect)
    made = [re.match(r"CREATE (VIEW|FUNCTION) (\w+)", statement) for statement in statements(dialect)]
    for view in reversed([match[2] for match in made if match and match[1] == "VIEW"]):
        op.execute(sa.text(f"DROP VIEW {view}"))
    if dialect != "sqlite":
        for key in late_keys(metadata):
            op.execute(DropConstraint(key))
    for table in reversed(metadata.sorted_tables):
        op.execute(DropTable(table))
    for function in [match[2] for match in made if match and match[1] == "FUNCTION"]:
        op.execute(sa.text(f"DROP FUNCTION {function}"))


def late_keys(metadata: sa.MetaData) -> list[sa.ForeignKeyConstraint]:
    """The keys of two tables that refer to each other; SQLite takes them with the table."""
    keys = [key for table in metadata.sorted_tables for key in table.foreign_key_constraints if key.use_alter]
    return sorted(keys, key=lambda key: str(key.name))


def statements(dialect: str) -> list[str]:
    """The views, functions and triggers of this revision."""
    return (Path(__file__).parent / "0001" / f"{dialect}.sql").read_text(encoding="utf-8").strip().split("\n----\n")

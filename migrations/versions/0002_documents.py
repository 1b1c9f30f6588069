"""The versions of a source's text, and where in it a quote was found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}
FOUND_AT = (("prefix", sa.Text()), ("suffix", sa.Text()), ("paragraph", sa.Integer()))
REFUSED = "document: append-only; record a correction instead"
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER document_no_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        f"CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        f"CREATE TRIGGER document_no_replace BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, '{REFUSED}') "
        "WHERE EXISTS (SELECT 1 FROM document o WHERE o.id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM document o WHERE o.source_id = NEW.source_id AND o.ordinal = NEW.ordinal); END",
    ],
    "postgresql": [
        "CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    op.create_table(
        "document",
        sa.Column("id", BIG, autoincrement=True),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False, server_default=sa.text(NOW[dialect].replace(":", "\\:"))),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_document_source_id"),
        sa.UniqueConstraint("source_id", "ordinal", name="uq_document_source_id_ordinal"),
        sa.CheckConstraint(
            "media_type IN ('text/plain', 'text/html', 'application/pdf', "
            "'application/vnd.openxmlformats-officedocument.wordprocessingml.document')",
            name=op.f("ck_document_media_type_known"),
        ),
        sa.CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name=op.f("ck_document_sha256_shape")),
        sa.CheckConstraint(
            "length(file_sha256) = 64 AND file_sha256 = lower(file_sha256)", name=op.f("ck_document_file_sha256_shape")
        ),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_document_ordinal_positive")),
        sa.CheckConstraint("characters > 0", name=op.f("ck_document_characters_positive")),
    )
    op.create_index("ix_document_sha256", "document", ["sha256"])
    for name, kind in FOUND_AT:
        op.add_column("verification", sa.Column(name, kind))
    for statement in TRIGGERS[dialect]:
        op.execute(statement)


def downgrade() -> None:
    for name, _ in FOUND_AT:
        op.drop_column("verification", name)
    op.drop_table("document")

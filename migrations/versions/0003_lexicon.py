"""The lexicon: the words by which the reading desk proposes kind, strength and speaker."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPERATIVE = (
    ("undertaking", "binding", "signed, have signed, has signed, was signed, were signed"),
    ("undertaking", "decided", "will, shall, would"),
    ("undertaking", "decided", "decide, decides, decided, decision to"),
    ("undertaking", "decided", "announce, announces, announced, announcing"),
    ("undertaking", "decided", "commit to, commits to, committed to, committing to, commit ourselves to"),
    ("undertaking", "decided", "pledge, pledges, pledged, pledging"),
    ("undertaking", "decided", "undertake to, undertakes to, undertook to, undertaking to"),
    ("undertaking", "decided", "resolve to, resolves to, resolved to, determined to"),
    ("undertaking", "decided", "confirm that, confirms that, confirmed that"),
    ("undertaking", "agreed", "agree, agrees, agreed, agreeing, agreement to"),
    ("undertaking", "agreed", "concur, concurs, concurred, concurring"),
    ("undertaking", "agreed", "reach agreement, reached agreement, reaching agreement"),
    ("undertaking", "agreed", "approve, approves, approved, endorse, endorses, endorsed"),
    ("task", "agreed", "task, tasks, tasked, tasking"),
    ("task", "agreed", "instruct, instructs, instructed, instructing"),
    ("task", "agreed", "direct officials, directed officials, directed their officials, directed the officials"),
    ("task", "agreed", "entrust, entrusts, entrusted, mandate, mandates, mandated"),
    ("undertaking", "intended", "intend, intends, intended, intending, intention to"),
    ("undertaking", "intended", "aim to, aims to, aimed to, aiming to, aim at, aims at, aimed at, aiming at"),
    ("undertaking", "intended", "plan to, plans to, planned to, planning to"),
    ("undertaking", "intended", "look forward to, looks forward to, looked forward to, looking forward to"),
    ("undertaking", "intended", "desire, desires, desired"),
    ("undertaking", "intended", "seek to, seeks to, sought to, seeking to"),
    ("undertaking", "intended", "hope to, hopes to, hoped to, hoping to"),
    (
        "undertaking",
        "intended",
        "endeavour to, endeavours to, endeavoured to, endeavor to, endeavors to, endeavored to",
    ),
    ("undertaking", "intended", "strive to, strives to, strove to, striving to, strive for"),
    ("undertaking", "intended", "wish to, wishes to, wished to, wishing to"),
    ("undertaking", "intended", "expect to, expects to, expected to"),
    ("undertaking", "intended", "ready to, readiness to, willing to, willingness to"),
    ("undertaking", "intended", "is a priority, are a priority, are priorities"),
    ("undertaking", "intended", "let us"),
    ("proposal", "exploratory", "explore, explores, explored, exploring"),
    ("proposal", "exploratory", "consider, considers, considered, considering"),
    ("proposal", "exploratory", "discuss, discusses, discussed, discussing, discussions"),
    ("proposal", "exploratory", "examine, examines, examined, examining"),
    (
        "proposal",
        "exploratory",
        "study the possibility, studied the possibility, studying the possibility, study the feasibility",
    ),
    ("proposal", "exploratory", "look into, looks into, looked into, looking into"),
    ("proposal", "exploratory", "propose, proposes, proposed, proposing, proposal to"),
    ("proposal", "exploratory", "exchange views, exchanged views, exchanging views"),
    ("proposal", "exploratory", "deliberate, deliberates, deliberated, deliberating"),
    ("proposal", "exploratory", "potential for, scope for"),
    ("request", None, "request, requests, requested, requesting"),
    ("request", None, "ask, asks, asked, asking"),
    ("request", None, "urge, urges, urged, urging"),
    ("request", None, "invite, invites, invited, inviting"),
    ("request", None, "seeking, sought"),
    ("request", None, "encourage, encourages, encouraged, encouraging"),
    ("call", None, "call for, calls for, called for, calling for"),
    ("call", None, "call on, calls on, called on, calling on, call upon, calls upon, called upon, calling upon"),
    ("call", None, "demand, demands, demanded, demanding that"),
    ("principle", None, "reaffirm, reaffirms, reaffirmed, reaffirming"),
    ("principle", None, "reiterate, reiterates, reiterated, reiterating"),
    ("principle", None, "affirm, affirms, affirmed, affirming"),
    ("principle", None, "condemn, condemns, condemned, condemning"),
    (
        "principle",
        None,
        "underline, underlines, underlined, underlining, underscore, underscores, underscored, underscoring",
    ),
    (
        "principle",
        None,
        "emphasise, emphasises, emphasised, emphasising, emphasize, emphasizes, emphasized, emphasizing",
    ),
    ("principle", None, "stress, stresses, stressed, stressing"),
    (
        "principle",
        None,
        "recognise, recognises, recognised, recognising, recognize, recognizes, recognized, recognizing",
    ),
    ("principle", None, "acknowledge, acknowledges, acknowledged, acknowledging"),
    ("principle", None, "oppose, opposes, opposed, opposition to, reject, rejects, rejected"),
    ("principle", None, "share the view, shared the view, shares the view"),
    ("principle", None, "express concern, expressed concern, expressed their concern, expressed grave concern"),
    ("principle", None, "uphold, upholds, upheld, upholding"),
    ("report", None, "welcome, welcomes, welcomed, welcoming"),
    ("report", None, "note, notes, noted, noting, took note of"),
    ("report", None, "appreciate, appreciates, appreciated, appreciating, appreciation for"),
    ("report", None, "commend, commends, commended, commending"),
)
SAYING = (
    "say, says, said, saying",
    "state, states, stated, stating",
    "tell, tells, told, telling",
    "add, adds, added, adding",
    "point out, points out, pointed out, pointing out",
    "remark, remarks, remarked, remarking",
    "observe, observes, observed, observing",
    "highlight, highlights, highlighted, highlighting",
    "echo, echoes, echoed",
    "explain, explains, explained, explaining",
    "declare, declares, declared, declaring",
    "maintain, maintains, maintained, maintaining",
    "describe, describes, described, describing",
    "convey, conveys, conveyed, conveying",
    "according to",
)
JOINT = (
    "both sides, the two sides, the sides",
    "both countries, the two countries",
    "the ministers, both ministers, the two ministers, the four ministers",
    "the leaders, both leaders, the two leaders",
    "the participants, the parties",
    "the statement, the joint statement, the communique, the communiqué, the outcome document",
    "they",
    "we",
)


def upgrade() -> None:
    table = op.create_table(
        "lexicon_entry",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("used_for", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("strength", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_lexicon_entry"),
        sa.ForeignKeyConstraint(["kind"], ["kind.name"], name="fk_lexicon_entry_kind"),
        sa.ForeignKeyConstraint(["strength"], ["strength.name"], name="fk_lexicon_entry_strength"),
        sa.CheckConstraint("used_for IN ('operative', 'saying', 'joint')", name="used_for_known"),
        sa.CheckConstraint("(used_for = 'operative') = (kind IS NOT NULL)", name="operative_has_kind"),
        sa.CheckConstraint(
            "strength IS NULL OR kind IN ('undertaking', 'task', 'proposal')",
            name="strength_of_kind",
        ),
        sa.UniqueConstraint("used_for", "forms", name="uq_lexicon_entry_used_for_forms"),
    )
    rows = [{"used_for": "operative", "kind": k, "strength": s, "forms": forms} for k, s, forms in OPERATIVE]
    others = [("saying", forms) for forms in SAYING] + [("joint", forms) for forms in JOINT]
    rows += [{"used_for": used, "kind": None, "strength": None, "forms": forms} for used, forms in others]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("lexicon_entry")

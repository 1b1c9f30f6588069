"""What the lexicon holds before anybody edits it; a migration brings the same."""

# Kind and strength -> what proposes them.
OPERATIVE: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("undertaking", "binding"): ("signed, have signed, has signed, was signed, were signed",),
    ("undertaking", "decided"): (
        "will, shall, would",
        "decide, decides, decided, decision to",
        "announce, announces, announced, announcing",
        "commit to, commits to, committed to, committing to, commit ourselves to",
        "pledge, pledges, pledged, pledging",
        "undertake to, undertakes to, undertook to, undertaking to",
        "resolve to, resolves to, resolved to, determined to",
        "confirm that, confirms that, confirmed that",
    ),
    ("undertaking", "agreed"): (
        "agree, agrees, agreed, agreeing, agreement to",
        "concur, concurs, concurred, concurring",
        "reach agreement, reached agreement, reaching agreement",
        "approve, approves, approved, endorse, endorses, endorsed",
    ),
    ("task", "agreed"): (
        "task, tasks, tasked, tasking",
        "instruct, instructs, instructed, instructing",
        "direct officials, directed officials, directed their officials, directed the officials",
        "entrust, entrusts, entrusted, mandate, mandates, mandated",
    ),
    ("undertaking", "intended"): (
        "intend, intends, intended, intending, intention to",
        "aim to, aims to, aimed to, aiming to, aim at, aims at, aimed at, aiming at",
        "plan to, plans to, planned to, planning to",
        "look forward to, looks forward to, looked forward to, looking forward to",
        "desire, desires, desired",
        "seek to, seeks to, sought to, seeking to",
        "hope to, hopes to, hoped to, hoping to",
        "endeavour to, endeavours to, endeavoured to, endeavor to, endeavors to, endeavored to",
        "strive to, strives to, strove to, striving to, strive for",
        "wish to, wishes to, wished to, wishing to",
        "expect to, expects to, expected to",
        "ready to, readiness to, willing to, willingness to",
        "is a priority, are a priority, are priorities",
        "let us",
    ),
    ("proposal", "exploratory"): (
        "explore, explores, explored, exploring",
        "consider, considers, considered, considering",
        "discuss, discusses, discussed, discussing, discussions",
        "examine, examines, examined, examining",
        "study the possibility, studied the possibility, studying the possibility, study the feasibility",
        "look into, looks into, looked into, looking into",
        "propose, proposes, proposed, proposing, proposal to",
        "exchange views, exchanged views, exchanging views",
        "deliberate, deliberates, deliberated, deliberating",
        "potential for, scope for",
    ),
    ("request", None): (
        "request, requests, requested, requesting",
        "ask, asks, asked, asking",
        "urge, urges, urged, urging",
        "invite, invites, invited, inviting",
        "seeking, sought",
        "encourage, encourages, encouraged, encouraging",
    ),
    ("call", None): (
        "call for, calls for, called for, calling for",
        "call on, calls on, called on, calling on, call upon, calls upon, called upon, calling upon",
        "demand, demands, demanded, demanding that",
    ),
    ("principle", None): (
        "reaffirm, reaffirms, reaffirmed, reaffirming",
        "reiterate, reiterates, reiterated, reiterating",
        "affirm, affirms, affirmed, affirming",
        "condemn, condemns, condemned, condemning",
        "underline, underlines, underlined, underlining, underscore, underscores, underscored, underscoring",
        "emphasise, emphasises, emphasised, emphasising, emphasize, emphasizes, emphasized, emphasizing",
        "stress, stresses, stressed, stressing",
        "recognise, recognises, recognised, recognising, recognize, recognizes, recognized, recognizing",
        "acknowledge, acknowledges, acknowledged, acknowledging",
        "oppose, opposes, opposed, opposition to, reject, rejects, rejected",
        "share the view, shared the view, shares the view",
        "express concern, expressed concern, expressed their concern, expressed grave concern",
        "uphold, upholds, upheld, upholding",
    ),
    ("report", None): (
        "welcome, welcomes, welcomed, welcoming",
        "note, notes, noted, noting, took note of",
        "appreciate, appreciates, appreciated, appreciating, appreciation for",
        "commend, commends, commended, commending",
    ),
}
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


def lexicon_rows() -> list[dict[str, object]]:
    """What the lexicon holds before anybody edits it."""
    operative: list[dict[str, object]] = [
        {"forms": forms, "used_for": "operative", "kind": kind, "strength": strength}
        for (kind, strength), rows in OPERATIVE.items()
        for forms in rows
    ]
    others = [(forms, "saying") for forms in SAYING] + [(forms, "joint") for forms in JOINT]
    return operative + [{"forms": f, "used_for": used_for, "kind": None, "strength": None} for f, used_for in others]

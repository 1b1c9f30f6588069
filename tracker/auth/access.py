"""Who may use which page: written down once, here; `tracker/docs/access.md` shows it, a test tries every route.

A page that is not in it is open to nobody.
"""

from collections.abc import Mapping

# Also without signing in. Everything else names the lowest role that may use the page.
ANYONE = "anyone"
# Visitors too, where the records are public to read; where they are not, viewers.
READER = "reader"

READ = {"index": READER, "details": READER, "export": "viewer", "history": "viewer"}
EDIT = READ | {"create": "editor", "edit": "editor", "delete": "admin"}
WITHDRAW = EDIT | {"withdraw": "editor", "reinstate": "editor"}

# view -> page -> role. A page has the name of its method without "_view"; GET and POST of a page need the same role.
MATRIX: Mapping[str, Mapping[str, str]] = {
    "home": {"index": READER},
    "views": {"index": "viewer", "save": "viewer", "delete": "viewer"},
    "search": {"index": READER, "lookup": READER},
    "commitments": WITHDRAW
    | {"status": "editor", "watch": "viewer", "note": "viewer", "many": "editor", "done": "editor"},
    "statements": WITHDRAW,
    "meetings": EDIT,
    "sources": EDIT,
    "ministers": EDIT,
    "offices": EDIT,
    "organisations": EDIT,
    "topics": EDIT,
    "series": EDIT,
    "countries": EDIT,
    "attendance": EDIT,
    "other_names": EDIT,
    "office_terms": EDIT,
    "parties": EDIT,
    "milestones": EDIT,
    "links": EDIT,
    "citations": READ | {"create": "editor"},
    "checks": READ,
    # The texts of others: to keep them is one thing, to publish them another.
    "texts": dict.fromkeys(("index", "details", "export", "history", "changes", "plain"), "viewer")
    | {"create": "editor"},
    "status_updates": READ,
    "statuses": READ,
    "kinds": READ,
    "strengths": READ,
    "lexicon": EDIT | {"index": "viewer", "details": "viewer", "delete": "editor"},
    "entering": {"index": "editor", "meeting": "editor", "similar": "editor"},
    "audit": {"index": "admin", "details": "admin", "export": "admin"},
    "reports": {"index": READER, "report": READER, "brief": READER, "stop": READER},
    "accounts": {"index": "admin", "details": "admin", "invite": "admin", "role": "admin", "state": "admin"}
    | dict.fromkeys(("reset", "sign_out", "withdraw", "second_factor"), "admin"),
    "account": {"index": "viewer", "end": "viewer", "end_others": "viewer", "token": "viewer", "revoke": "viewer"},
    "second_factor": {"index": "viewer", "codes": "viewer", "off": "viewer"},
    "editions": {"index": READER, "compare": READER},
    "review": {"index": "viewer", "look": "editor"},
    "reading": {"index": "viewer", "text": "viewer", "cite": "editor"},
    "console": {"index": "admin", "run": "admin"},
    "welcome": {"page": ANYONE},
    "code": {"page": ANYONE},
    "security": {"login": ANYONE, "logout": "viewer", "change_password": "viewer", "verify": "viewer"},
    "static": {"": ANYONE},
    "health": {"live": ANYONE, "ready": ANYONE},
}


def needed(endpoint: str) -> str | None:
    """The role that the page of this endpoint needs; None where nobody may use it."""
    view, _, name = endpoint.partition(".")
    return MATRIX.get(view, {}).get(name.removesuffix("_view"))

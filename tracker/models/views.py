"""The views: what reports read, and the projection that triggers hold commitments to. One SQL for both engines."""


def latest(column: str, of: str = "c", until: str = "", known: str = "") -> str:
    """The one definition of what a history makes of commitment `of`: this column of the last update that stands.

    `until` leaves out what became true after that day; `known` leaves out what was recorded from that moment on,
    corrections too. Without them: how it stands today. A target is that of the last update that moved it.
    """
    kept = [f"u.commitment_id = {of}.id"]
    kept += [f"u.effective_on <= {until}"] if until else []
    kept += ["u.new_target_on IS NOT NULL"] if column != "status" else []
    kept += [f"u.recorded_at < {known}"] if known else []
    corrected = f"k.corrects_id = u.id AND k.recorded_at < {known}" if known else "k.corrects_id = u.id"
    kept.append(f"NOT EXISTS (SELECT 1 FROM status_update k WHERE {corrected})")
    newest_first = "u.effective_on DESC, u.recorded_at DESC, u.id DESC"
    return f"SELECT u.{column} FROM status_update u WHERE {' AND '.join(kept)} ORDER BY {newest_first} LIMIT 1"


COMMITMENT_PROJECTION = f"""
SELECT c.id AS commitment_id,
       COALESCE(({latest("status")}), 'unreviewed') AS status,
       COALESCE(({latest("new_target_on")}), c.original_target_on) AS target_on,
       COALESCE(({latest("new_target_precision")}), c.original_target_precision) AS target_precision
  FROM commitment c
"""

# Commitments that stand, each with the words for its meeting, kind, strength and status.
COMMITMENT_OVERVIEW = """
SELECT c.id AS commitment_id, c.public_id, c.title, c.summary,
       c.kind, k.label AS kind_label, k.is_scored,
       c.strength, g.label AS strength_label, g.position AS strength_position, c.operative_phrase,
       c.status, s.label AS status_label, s.position AS status_position, s.is_open,
       c.promised_on, c.original_target_on, c.target_on, c.target_precision, c.review_due_on, c.owner,
       m.id AS meeting_id, m.slug AS meeting, m.name AS meeting_name, m.edition, m.start_date AS meeting_date,
       r.slug AS series, r.name AS series_name
  FROM commitment c
  JOIN kind k ON k.name = c.kind
  JOIN status s ON s.name = c.status
  JOIN meeting m ON m.id = c.meeting_id
  LEFT JOIN strength g ON g.name = c.strength
  LEFT JOIN meeting_series r ON r.id = m.series_id
 WHERE c.withdrawn_on IS NULL
"""

# Statements that stand; `speaker` is the minister or, for a joint one, the attribution.
STATEMENT_OVERVIEW = """
SELECT t.id AS statement_id, t.slug AS statement, COALESCE(p.name, t.attribution) AS speaker,
       p.slug AS minister, t.said_on, t.said_precision, t.summary, t.position,
       m.slug AS meeting, m.name AS meeting_name, m.start_date AS meeting_date, r.slug AS series,
       (SELECT COUNT(*) FROM citation q WHERE q.statement_id = t.id
           AND NOT EXISTS (SELECT 1 FROM citation k WHERE k.corrects_id = q.id)) AS citations
  FROM statement t
  JOIN meeting m ON m.id = t.meeting_id
  LEFT JOIN minister p ON p.id = t.minister_id
  LEFT JOIN meeting_series r ON r.id = m.series_id
 WHERE t.withdrawn_on IS NULL
"""

# Status updates that were not corrected, each with the status before it; found by key, since a window would make each
# question about one commitment read them all.
STATUS_HISTORY = """
SELECT u.id AS status_update_id, u.commitment_id, c.public_id, c.title, u.key,
       COALESCE((SELECT p.status
                   FROM status_update p
                  WHERE p.commitment_id = u.commitment_id
                    AND (p.effective_on, p.recorded_at, p.id) < (u.effective_on, u.recorded_at, u.id)
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = p.id)
                  ORDER BY p.effective_on DESC, p.recorded_at DESC, p.id DESC
                  LIMIT 1), 'unreviewed') AS previous_status,
       u.status, u.effective_on, u.recorded_at, u.recorded_by, u.reason, u.new_target_on, u.corrects_id
  FROM status_update u
  JOIN commitment c ON c.id = u.commitment_id
 WHERE c.withdrawn_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
"""

# Citations that were not corrected, of statements and commitments that stand, each with what its latest check gave.
CITATION_OVERVIEW = """
SELECT q.id AS citation_id, q.statement_id, q.status_update_id, q.ordinal,
       d.slug AS source, d.title AS source_title, d.publisher, d.published_on, d.url,
       q.exact, q.locator, q.bearing, v.result AS verification, v.checked_at, v.sha256 AS verified_against
  FROM citation q
  JOIN source d ON d.id = q.source_id
  LEFT JOIN verification v ON v.id = (SELECT MAX(w.id) FROM verification w WHERE w.citation_id = q.id)
  LEFT JOIN statement t ON t.id = q.statement_id
  LEFT JOIN status_update u ON u.id = q.status_update_id
  LEFT JOIN commitment c ON c.id = u.commitment_id
 WHERE t.withdrawn_on IS NULL AND c.withdrawn_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM citation k WHERE k.corrects_id = q.id)
"""

VIEWS = {
    "commitment_projection": COMMITMENT_PROJECTION,
    "commitment_overview": COMMITMENT_OVERVIEW,
    "statement_overview": STATEMENT_OVERVIEW,
    "status_history": STATUS_HISTORY,
    "citation_overview": CITATION_OVERVIEW,
}

# Date arithmetic for reports, where the engine does not lend itself to it: SQLite gets the same two as functions of
# the connection, from the reports.
POSTGRESQL_SHIMS = {
    "days_between": """
CREATE FUNCTION days_between(a date, b date) RETURNS integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT b - a'""",
    "add_days": """
CREATE FUNCTION add_days(d date, n bigint) RETURNS date
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT d + n::integer'""",
}


def create_view(name: str) -> str:
    """The statement that makes one view."""
    return f"CREATE VIEW {name} AS {VIEWS[name].strip()}"

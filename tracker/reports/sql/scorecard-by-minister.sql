/*
title = "Scorecard by minister"
description = """
What became of what each minister undertook, and of how much? A commitment counts for a minister who made the
statement that carries it, or who then held the office that answers for a party. Undertakings and tasks count; those
in progress count too, those that a later commitment superseded do not. Under six there is no percentage: it would
say nothing.
"""
tags = ["commitments", "scorecard"]

[chart]
label = "name"
values = ["counted", "fulfilled"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.since]
type = "date"
label = "Meetings since"

[params.until]
type = "date"
label = "Meetings until"

[columns.name]
label = "Minister"

[columns.minister]
label = "Key"
link = "minister"

[columns.counted]
label = "Counted"

[columns.fulfilled]
label = "Fulfilled"

[columns.partly_fulfilled]
label = "Partly fulfilled"

[columns.in_progress]
label = "Under way or not begun"

[columns.not_fulfilled]
label = "Not fulfilled"

[columns.abandoned]
label = "Abandoned"

[columns.uncheckable]
label = "Uncheckable"

[columns.not_assessed]
label = "Not assessed"

[columns.superseded]
label = "Superseded, left out"

[columns.fulfilled_percent]
label = "Fulfilled, per cent of counted"
*/
WITH scored AS NOT MATERIALIZED (
  SELECT c.id, c.status, c.meeting_id
    FROM commitment c
   WHERE c.withdrawn_on IS NULL
     AND c.kind IN (SELECT name FROM kind WHERE is_scored)
     /*? series: AND c.meeting_id IN (SELECT m.id FROM meeting m JOIN meeting_series r ON r.id = m.series_id
                                       WHERE r.slug IN (:series)) */
     /*? since: AND c.meeting_id IN (SELECT id FROM meeting WHERE start_date >= :since) */
     /*? until: AND c.meeting_id IN (SELECT id FROM meeting WHERE start_date <= :until) */
),
attended AS NOT MATERIALIZED (
  SELECT meeting_id, office_id, minister_id
    FROM attendance
   WHERE office_id IS NOT NULL
),
held AS (
  SELECT h.holder, h.status, COUNT(*) AS number
    FROM (SELECT s.id, s.status, t.minister_id AS holder
            FROM scored s
            JOIN commitment_statement cs ON cs.commitment_id = s.id
            JOIN statement t ON t.id = cs.statement_id
           WHERE t.minister_id IS NOT NULL AND t.withdrawn_on IS NULL
           UNION
          -- Who attended in the office that answers; where nobody did, whose term is known to take in that day.
          SELECT s.id, s.status, COALESCE(a.minister_id, t.minister_id)
            FROM scored s
            JOIN meeting m ON m.id = s.meeting_id
            JOIN commitment_party p ON p.commitment_id = s.id
            LEFT JOIN attended a ON a.meeting_id = m.id AND a.office_id = p.office_id
            LEFT JOIN office_term t
                   ON t.office_id = p.office_id
                  AND a.minister_id IS NULL
                  AND COALESCE(t.start_date, t.end_date) IS NOT NULL
                  AND (t.start_date IS NULL OR t.start_date <= m.start_date)
                  AND (t.end_date IS NULL OR t.end_date >= m.start_date)
           WHERE p.role IN ('lead', 'partner')
             AND p.office_id IS NOT NULL
             AND COALESCE(a.minister_id, t.minister_id) IS NOT NULL) h
   GROUP BY h.holder, h.status
),
card AS (
  SELECT holder,
         SUM(CASE WHEN status <> 'superseded' THEN number ELSE 0 END) AS counted,
         SUM(CASE status WHEN 'fulfilled' THEN number ELSE 0 END) AS fulfilled,
         SUM(CASE status WHEN 'partly_fulfilled' THEN number ELSE 0 END) AS partly_fulfilled,
         SUM(CASE WHEN status IN ('not_started', 'in_progress', 'stalled') THEN number ELSE 0 END) AS in_progress,
         SUM(CASE status WHEN 'not_fulfilled' THEN number ELSE 0 END) AS not_fulfilled,
         SUM(CASE status WHEN 'abandoned' THEN number ELSE 0 END) AS abandoned,
         SUM(CASE status WHEN 'uncheckable' THEN number ELSE 0 END) AS uncheckable,
         SUM(CASE WHEN status IN ('unreviewed', 'no_evidence_found') THEN number ELSE 0 END) AS not_assessed,
         SUM(CASE status WHEN 'superseded' THEN number ELSE 0 END) AS superseded
    FROM held
   GROUP BY holder
)
SELECT p.name,
       p.slug AS minister,
       card.counted,
       card.fulfilled,
       card.partly_fulfilled,
       card.in_progress,
       card.not_fulfilled,
       card.abandoned,
       card.uncheckable,
       card.not_assessed,
       card.superseded,
       CASE WHEN card.counted >= 6 THEN ROUND(100.0 * card.fulfilled / card.counted, 1) END AS fulfilled_percent
  FROM card
  JOIN minister p ON p.id = card.holder
 ORDER BY card.counted DESC, p.slug;

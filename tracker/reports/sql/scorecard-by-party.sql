/*
title = "Scorecard by party"
description = """
How do the countries stand that lead a commitment or are a partner in it, and of how many? Undertakings and tasks
count; those in progress count too, those that a later commitment superseded do not. Under six there is no
percentage: it would say nothing.
"""
tags = ["commitments", "scorecard"]

[chart]
label = "party"
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

[columns.party]
label = "Country"

[columns.country]
label = "Code"

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
WITH scored AS (
  SELECT c.id, c.status, c.meeting_id
    FROM commitment c
   WHERE c.withdrawn_on IS NULL
     AND c.kind IN (SELECT name FROM kind WHERE is_scored)
     /*? series: AND c.meeting_id IN (SELECT m.id FROM meeting m JOIN meeting_series r ON r.id = m.series_id
                                       WHERE r.slug IN (:series)) */
     /*? since: AND c.meeting_id IN (SELECT id FROM meeting WHERE start_date >= :since) */
     /*? until: AND c.meeting_id IN (SELECT id FROM meeting WHERE start_date <= :until) */
),
held AS (
  SELECT p.country_code AS holder, s.status, COUNT(*) AS number
    FROM scored s
   CROSS JOIN commitment_party p
   WHERE p.commitment_id = s.id
     AND p.country_code IS NOT NULL
     AND (p.role = 'lead'
          OR (p.role = 'partner'
              AND NOT EXISTS (SELECT 1 FROM commitment_party q
                               WHERE q.commitment_id = p.commitment_id AND q.country_code = p.country_code
                                 AND q.role = 'lead')))
   GROUP BY p.country_code, s.status
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
SELECT n.name AS party,
       n.code AS country,
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
  JOIN country n ON n.code = card.holder
 ORDER BY card.counted DESC, n.code;

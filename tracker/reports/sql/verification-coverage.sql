/*
title = "Verification by meeting"
description = """
Of what was said at each meeting, how much is quoted, and how many of the quotes were found in the archived text of
their source? The last column counts the commitments whose status rests on a citation. Newest meeting first.
"""
tags = ["sources", "evidence", "meetings"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[columns.meeting]
label = "Meeting"
link = "meeting"

[columns.name]
label = "Name"

[columns.held_on]
label = "Held on"

[columns.statements]
label = "Statements"

[columns.quotes]
label = "Quotes"

[columns.found]
label = "Found in the text"

[columns.not_found]
label = "Not found"

[columns.not_checked]
label = "Not checked"

[columns.commitments]
label = "Commitments"

[columns.with_evidence]
label = "Status with evidence"
*/
SELECT m.slug AS meeting,
       m.name,
       m.start_date AS held_on,
       (SELECT COUNT(*) FROM statement t WHERE t.meeting_id = m.id AND t.withdrawn_on IS NULL) AS statements,
       (SELECT COUNT(*)
          FROM statement t
          JOIN citation_overview q ON q.statement_id = t.id
         WHERE t.meeting_id = m.id AND q.exact IS NOT NULL) AS quotes,
       (SELECT COUNT(*)
          FROM statement t
          JOIN citation_overview q ON q.statement_id = t.id
         WHERE t.meeting_id = m.id AND q.verification IN ('verbatim', 'normalised')) AS found,
       (SELECT COUNT(*)
          FROM statement t
          JOIN citation_overview q ON q.statement_id = t.id
         WHERE t.meeting_id = m.id AND q.verification = 'not_found') AS not_found,
       (SELECT COUNT(*)
          FROM statement t
          JOIN citation_overview q ON q.statement_id = t.id
         WHERE t.meeting_id = m.id
           AND q.exact IS NOT NULL AND COALESCE(q.verification, 'no_document') IN ('no_document', 'no_quote')) AS not_checked,
       (SELECT COUNT(*) FROM commitment c WHERE c.meeting_id = m.id AND c.withdrawn_on IS NULL) AS commitments,
       (SELECT COUNT(*)
          FROM commitment c
         WHERE c.meeting_id = m.id AND c.withdrawn_on IS NULL
           AND EXISTS (SELECT 1
                         FROM status_update u
                         JOIN citation q ON q.status_update_id = u.id
                        WHERE u.commitment_id = c.id AND u.status = c.status
                          AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id))) AS with_evidence
  FROM meeting m
 WHERE (EXISTS (SELECT 1 FROM statement t WHERE t.meeting_id = m.id AND t.withdrawn_on IS NULL)
        OR EXISTS (SELECT 1 FROM commitment c WHERE c.meeting_id = m.id AND c.withdrawn_on IS NULL))
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 ORDER BY m.start_date DESC NULLS LAST, m.slug;

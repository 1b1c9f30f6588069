/*
title = "Slipped"
description = """
Which commitments came back with a later date or in softer words than at the edition before? One line for each
commitment that carries an earlier one on, newest first. Dates are the first ones set; words are softer where their
strength is lower.
"""
tags = ["commitments", "editions"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.by]
type = "choice"
label = "Slipped by"
options = ["date", "words", "date and words"]

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.meeting]
label = "Meeting"

[columns.held_on]
label = "Held on"

[columns.earlier]
label = "Earlier one"
link = "commitment"

[columns.earlier_held_on]
label = "Its meeting held on"

[columns.slipped_by]
label = "Slipped by"

[columns.earlier_target]
label = "Earlier target date"

[columns.target]
label = "Target date"

[columns.days_later]
label = "Days later"

[columns.earlier_strength]
label = "Earlier strength"

[columns.strength]
label = "Strength"

[columns.earlier_words]
label = "Earlier words"

[columns.words]
label = "Words"
*/
WITH pair AS (
  SELECT c.id, c.meeting_id, c.public_id, c.title, c.original_target_on AS target, g.label AS strength,
         c.operative_phrase AS words, b.meeting_id AS earlier_meeting_id, b.public_id AS earlier,
         b.original_target_on AS earlier_target, f.label AS earlier_strength, b.operative_phrase AS earlier_words,
         CASE WHEN c.original_target_on > b.original_target_on AND g.position < f.position THEN 'date and words'
              WHEN c.original_target_on > b.original_target_on THEN 'date'
              WHEN g.position < f.position THEN 'words' END AS slipped_by
    FROM commitment c
    JOIN commitment_link l ON l.from_id = c.id
    JOIN commitment b ON b.id = l.to_id
    LEFT JOIN strength g ON g.name = c.strength
    LEFT JOIN strength f ON f.name = b.strength
   WHERE l.relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits')
     AND c.withdrawn_on IS NULL AND b.withdrawn_on IS NULL
)
SELECT p.public_id,
       p.title,
       m.name AS meeting,
       m.start_date AS held_on,
       p.earlier,
       e.start_date AS earlier_held_on,
       p.slipped_by,
       p.earlier_target,
       p.target,
       CASE WHEN p.target > p.earlier_target THEN days_between(p.earlier_target, p.target) END AS days_later,
       p.earlier_strength,
       p.strength,
       p.earlier_words,
       p.words
  FROM meeting m
  JOIN pair p ON p.meeting_id = m.id
  JOIN meeting e ON e.id = p.earlier_meeting_id
 WHERE p.slipped_by IS NOT NULL
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
   /*? by: AND p.slipped_by = :by */
 ORDER BY m.start_date DESC NULLS LAST, p.public_id, p.earlier;

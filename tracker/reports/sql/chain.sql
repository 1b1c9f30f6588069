/*
title = "Chain of a commitment"
description = """
Where does one commitment come from, and what came of it at later meetings? Every commitment that leads to it or
follows from it, oldest first, with the words and dates of each, what it follows, and how: as a text says, or as we
infer.
"""
tags = ["commitments", "editions"]

[params.commitment]
label = "Commitment"
help = "Its public id, as IJ-2024-01."

[columns.held_on]
label = "Held on"

[columns.meeting]
label = "Meeting"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.relation]
label = "Relation"

[columns.follows]
label = "Follows"
link = "commitment"

[columns.basis]
label = "Basis"

[columns.note]
label = "Why we think so"

[columns.strength]
label = "Strength"

[columns.words]
label = "Words"

[columns.first_target]
label = "First target date"

[columns.target_on]
label = "Target date now"

[columns.status]
label = "Status"
*/
WITH RECURSIVE link AS (
  SELECT from_id, to_id, relation, basis, note
    FROM commitment_link
   WHERE relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits')
),
earlier (id) AS (
  SELECT id FROM commitment WHERE public_id = UPPER(:commitment)
  UNION
  SELECT l.to_id FROM earlier e JOIN link l ON l.from_id = e.id
),
later (id) AS (
  SELECT id FROM commitment WHERE public_id = UPPER(:commitment)
  UNION
  SELECT l.from_id FROM later e JOIN link l ON l.to_id = e.id
),
member (id) AS (
  SELECT id FROM earlier
  UNION
  SELECT id FROM later
)
SELECT c.meeting_date AS held_on,
       c.meeting_name AS meeting,
       c.public_id,
       c.title,
       l.relation,
       p.public_id AS follows,
       l.basis,
       l.note,
       c.strength_label AS strength,
       c.operative_phrase AS words,
       c.original_target_on AS first_target,
       c.target_on,
       c.status_label AS status
  FROM member
  JOIN commitment_overview c ON c.commitment_id = member.id
  LEFT JOIN link l ON l.from_id = c.commitment_id AND l.to_id IN (SELECT id FROM member)
  LEFT JOIN commitment p ON p.id = l.to_id
 ORDER BY c.meeting_date NULLS LAST, c.public_id, p.public_id NULLS FIRST, l.relation;

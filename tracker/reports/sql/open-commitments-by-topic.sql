/*
title = "Open commitments by topic"
description = """
What is still open, subject by subject? A commitment with two topics stands under each of them; one without a topic
comes last. A topic takes in those below it.
"""
tags = ["commitments", "topics"]

[params.topic]
type = "choices"
label = "Topic"
options_sql = "SELECT slug, label FROM topic ORDER BY label, slug"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.kind]
type = "choices"
label = "Kind"
options_sql = "SELECT name, label FROM kind ORDER BY position"

[columns.topic]
label = "Topic"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.kind]
label = "Kind"

[columns.strength]
label = "Strength"

[columns.status]
label = "Status"

[columns.target_on]
label = "Target date"

[columns.meeting]
label = "Meeting"

[columns.meeting_date]
label = "Held on"
*/
WITH RECURSIVE topic_tree (root, topic_id) AS (
  SELECT slug, id FROM topic
  UNION
  SELECT tree.root, below.id
    FROM topic_tree tree
    JOIN topic below ON below.parent_id = tree.topic_id
)
SELECT t.label AS topic,
       c.public_id,
       c.title,
       c.kind_label AS kind,
       c.strength_label AS strength,
       c.status_label AS status,
       c.target_on,
       c.meeting_name AS meeting,
       c.meeting_date
  FROM commitment_overview c
  LEFT JOIN commitment_topic ct ON ct.commitment_id = c.commitment_id
  LEFT JOIN topic t ON t.id = ct.topic_id
 WHERE c.is_open
   /*? topic: AND t.id IN (SELECT topic_id FROM topic_tree WHERE root IN (:topic)) */
   /*? series: AND c.series IN (:series) */
   /*? kind: AND c.kind IN (:kind) */
 ORDER BY t.label NULLS LAST, c.target_on NULLS LAST, c.public_id;

/*
title = "Statements by minister and topic"
description = """
What did each minister say, when, where and on what, and does it rest on more than one source? Newest meeting first,
in the order in which things were said. Joint statements stand under their attribution, and are left out where a
minister is chosen. A topic takes in those below it.
"""
tags = ["statements", "ministers", "topics"]

[params.minister]
type = "choices"
label = "Minister"
options_sql = "SELECT slug, name FROM minister ORDER BY sort_name, slug"

[params.topic]
type = "choices"
label = "Topic"
options_sql = "SELECT slug, label FROM topic ORDER BY label, slug"

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

[columns.speaker]
label = "Speaker"

[columns.said_on]
label = "Said on"

[columns.meeting]
label = "Meeting"

[columns.meeting_date]
label = "Held on"

[columns.summary]
label = "Statement"

[columns.citations]
label = "Citations"

[columns.commitments]
label = "Commitments"

[columns.statement]
label = "Key"
link = "statement"
*/
WITH RECURSIVE topic_tree (root, topic_id) AS (
  SELECT slug, id FROM topic
  UNION
  SELECT tree.root, below.id
    FROM topic_tree tree
    JOIN topic below ON below.parent_id = tree.topic_id
)
SELECT s.speaker,
       s.said_on,
       s.meeting_name AS meeting,
       s.meeting_date,
       s.summary,
       s.citations,
       (SELECT COUNT(*)
          FROM commitment_statement cs
          JOIN commitment_overview c ON c.commitment_id = cs.commitment_id
         WHERE cs.statement_id = s.statement_id) AS commitments,
       s.statement
  FROM statement_overview s
 WHERE 1 = 1
   /*? minister: AND s.minister IN (:minister) */
   /*? topic: AND EXISTS (SELECT 1
                            FROM statement_topic st
                            JOIN topic_tree tree ON tree.topic_id = st.topic_id
                           WHERE st.statement_id = s.statement_id AND tree.root IN (:topic)) */
   /*? series: AND s.series IN (:series) */
   /*? since: AND s.meeting_date >= :since */
   /*? until: AND s.meeting_date <= :until */
 ORDER BY s.meeting_date DESC NULLS LAST, s.meeting, s.position, s.statement;

/*
title = "Stale and never reviewed"
description = """
Which open commitments has nobody looked at for too long? Those that were never reviewed, those whose review is due,
and those without news for so many days. The oldest meeting comes first.
"""
tags = ["commitments", "review"]

[params.as_of]
type = "date"
label = "As of"
default = "today"

[params.days]
type = "integer"
label = "Days without news"
default = 180

[params.kind]
type = "choices"
label = "Kind"
options_sql = "SELECT name, label FROM kind ORDER BY position"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.owner]
label = "Followed by"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.kind]
label = "Kind"

[columns.status]
label = "Status"

[columns.why]
label = "Why"

[columns.review_due_on]
label = "Review due on"

[columns.last_news_on]
label = "Last news of"

[columns.days_since]
label = "Days since"

[columns.owner]
label = "Followed by"

[columns.meeting]
label = "Meeting"

[columns.meeting_date]
label = "Held on"
*/
SELECT c.public_id,
       c.title,
       c.kind_label AS kind,
       c.status_label AS status,
       CASE WHEN l.id IS NULL THEN 'never reviewed'
            WHEN c.review_due_on < :as_of THEN 'review due'
            ELSE 'no news' END AS why,
       c.review_due_on,
       l.effective_on AS last_news_on,
       days_between(l.effective_on, :as_of) AS days_since,
       c.owner,
       c.meeting_name AS meeting,
       c.meeting_date
  FROM commitment_overview c
  LEFT JOIN status_update l
         ON l.id = (SELECT u.id
                      FROM status_update u
                     WHERE u.commitment_id = c.commitment_id
                     ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
                     LIMIT 1)
 WHERE c.is_open
   AND (l.id IS NULL
        OR c.review_due_on < :as_of
        OR l.effective_on < add_days(:as_of, -:days))
   /*? kind: AND c.kind IN (:kind) */
   /*? series: AND c.series IN (:series) */
   /*? owner: AND c.owner = :owner */
 ORDER BY c.meeting_date NULLS LAST, c.meeting, c.public_id;

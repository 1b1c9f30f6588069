/*
title = "Evidence by source"
description = """
What do the records rest on, and how many of the quotes were found in the archived text of their source? One line a
source that is cited, newest first. A link without a quote counts as a citation and cannot be checked.
"""
tags = ["sources", "evidence"]

[columns.source]
label = "Source"
link = "source"

[columns.title]
label = "Title"

[columns.publisher]
label = "Publisher"

[columns.published_on]
label = "Published on"

[columns.citations]
label = "Citations"

[columns.quotes]
label = "Quotes"

[columns.found]
label = "Found in the text"

[columns.not_found]
label = "Not found"

[columns.not_checked]
label = "Not checked"
*/
SELECT d.slug AS source,
       d.title,
       d.publisher,
       d.published_on,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.source = d.slug) AS citations,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.source = d.slug AND q.exact IS NOT NULL) AS quotes,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.source = d.slug AND q.verification IN ('verbatim', 'normalised')) AS found,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.source = d.slug AND q.verification = 'not_found') AS not_found,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.source = d.slug
           AND q.exact IS NOT NULL AND COALESCE(q.verification, 'no_document') IN ('no_document', 'no_quote')) AS not_checked
  FROM source d
 WHERE EXISTS (SELECT 1 FROM citation_overview q WHERE q.source = d.slug)
 ORDER BY d.published_on DESC NULLS LAST, d.slug;

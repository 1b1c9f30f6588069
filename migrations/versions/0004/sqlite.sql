CREATE VIRTUAL TABLE search_commitment USING fts5(public_id, title, summary, operative_phrase, content='commitment', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_statement USING fts5(summary, attribution, slug, content='statement', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_citation USING fts5(exact, content='citation', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_status_update USING fts5(reason, content='status_update', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_milestone USING fts5(criterion, content='milestone', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_meeting USING fts5(name, city, note, slug, content='meeting', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_meeting_series USING fts5(name, code, slug, content='meeting_series', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_source USING fts5(title, publisher, document_number, url, note, slug, content='source', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_minister USING fts5(name, sort_name, native_name, slug, content='minister', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_minister_name USING fts5(name, content='minister_name', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_organization USING fts5(name, slug, content='organization', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_office USING fts5(label, slug, content='office', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE VIRTUAL TABLE search_topic USING fts5(label, slug, content='topic', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
----
CREATE TRIGGER search_commitment_insert AFTER INSERT ON commitment BEGIN INSERT INTO search_commitment(rowid, public_id, title, summary, operative_phrase) VALUES (NEW.id, NEW.public_id, NEW.title, NEW.summary, NEW.operative_phrase); END
----
CREATE TRIGGER search_commitment_update AFTER UPDATE OF id, public_id, title, summary, operative_phrase ON commitment BEGIN INSERT INTO search_commitment(search_commitment, rowid, public_id, title, summary, operative_phrase) VALUES ('delete', OLD.id, OLD.public_id, OLD.title, OLD.summary, OLD.operative_phrase); INSERT INTO search_commitment(rowid, public_id, title, summary, operative_phrase) VALUES (NEW.id, NEW.public_id, NEW.title, NEW.summary, NEW.operative_phrase); END
----
CREATE TRIGGER search_commitment_delete AFTER DELETE ON commitment BEGIN INSERT INTO search_commitment(search_commitment, rowid, public_id, title, summary, operative_phrase) VALUES ('delete', OLD.id, OLD.public_id, OLD.title, OLD.summary, OLD.operative_phrase); END
----
CREATE TRIGGER search_statement_insert AFTER INSERT ON statement BEGIN INSERT INTO search_statement(rowid, summary, attribution, slug) VALUES (NEW.id, NEW.summary, NEW.attribution, NEW.slug); END
----
CREATE TRIGGER search_statement_update AFTER UPDATE OF id, summary, attribution, slug ON statement BEGIN INSERT INTO search_statement(search_statement, rowid, summary, attribution, slug) VALUES ('delete', OLD.id, OLD.summary, OLD.attribution, OLD.slug); INSERT INTO search_statement(rowid, summary, attribution, slug) VALUES (NEW.id, NEW.summary, NEW.attribution, NEW.slug); END
----
CREATE TRIGGER search_statement_delete AFTER DELETE ON statement BEGIN INSERT INTO search_statement(search_statement, rowid, summary, attribution, slug) VALUES ('delete', OLD.id, OLD.summary, OLD.attribution, OLD.slug); END
----
CREATE TRIGGER search_citation_insert AFTER INSERT ON citation BEGIN INSERT INTO search_citation(rowid, exact) VALUES (NEW.id, NEW.exact); END
----
CREATE TRIGGER search_status_update_insert AFTER INSERT ON status_update BEGIN INSERT INTO search_status_update(rowid, reason) VALUES (NEW.id, NEW.reason); END
----
CREATE TRIGGER search_milestone_insert AFTER INSERT ON milestone BEGIN INSERT INTO search_milestone(rowid, criterion) VALUES (NEW.id, NEW.criterion); END
----
CREATE TRIGGER search_milestone_update AFTER UPDATE OF id, criterion ON milestone BEGIN INSERT INTO search_milestone(search_milestone, rowid, criterion) VALUES ('delete', OLD.id, OLD.criterion); INSERT INTO search_milestone(rowid, criterion) VALUES (NEW.id, NEW.criterion); END
----
CREATE TRIGGER search_milestone_delete AFTER DELETE ON milestone BEGIN INSERT INTO search_milestone(search_milestone, rowid, criterion) VALUES ('delete', OLD.id, OLD.criterion); END
----
CREATE TRIGGER search_meeting_insert AFTER INSERT ON meeting BEGIN INSERT INTO search_meeting(rowid, name, city, note, slug) VALUES (NEW.id, NEW.name, NEW.city, NEW.note, NEW.slug); END
----
CREATE TRIGGER search_meeting_update AFTER UPDATE OF id, name, city, note, slug ON meeting BEGIN INSERT INTO search_meeting(search_meeting, rowid, name, city, note, slug) VALUES ('delete', OLD.id, OLD.name, OLD.city, OLD.note, OLD.slug); INSERT INTO search_meeting(rowid, name, city, note, slug) VALUES (NEW.id, NEW.name, NEW.city, NEW.note, NEW.slug); END
----
CREATE TRIGGER search_meeting_delete AFTER DELETE ON meeting BEGIN INSERT INTO search_meeting(search_meeting, rowid, name, city, note, slug) VALUES ('delete', OLD.id, OLD.name, OLD.city, OLD.note, OLD.slug); END
----
CREATE TRIGGER search_meeting_series_insert AFTER INSERT ON meeting_series BEGIN INSERT INTO search_meeting_series(rowid, name, code, slug) VALUES (NEW.id, NEW.name, NEW.code, NEW.slug); END
----
CREATE TRIGGER search_meeting_series_update AFTER UPDATE OF id, name, code, slug ON meeting_series BEGIN INSERT INTO search_meeting_series(search_meeting_series, rowid, name, code, slug) VALUES ('delete', OLD.id, OLD.name, OLD.code, OLD.slug); INSERT INTO search_meeting_series(rowid, name, code, slug) VALUES (NEW.id, NEW.name, NEW.code, NEW.slug); END
----
CREATE TRIGGER search_meeting_series_delete AFTER DELETE ON meeting_series BEGIN INSERT INTO search_meeting_series(search_meeting_series, rowid, name, code, slug) VALUES ('delete', OLD.id, OLD.name, OLD.code, OLD.slug); END
----
CREATE TRIGGER search_source_insert AFTER INSERT ON source BEGIN INSERT INTO search_source(rowid, title, publisher, document_number, url, note, slug) VALUES (NEW.id, NEW.title, NEW.publisher, NEW.document_number, NEW.url, NEW.note, NEW.slug); END
----
CREATE TRIGGER search_source_update AFTER UPDATE OF id, title, publisher, document_number, url, note, slug ON source BEGIN INSERT INTO search_source(search_source, rowid, title, publisher, document_number, url, note, slug) VALUES ('delete', OLD.id, OLD.title, OLD.publisher, OLD.document_number, OLD.url, OLD.note, OLD.slug); INSERT INTO search_source(rowid, title, publisher, document_number, url, note, slug) VALUES (NEW.id, NEW.title, NEW.publisher, NEW.document_number, NEW.url, NEW.note, NEW.slug); END
----
CREATE TRIGGER search_source_delete AFTER DELETE ON source BEGIN INSERT INTO search_source(search_source, rowid, title, publisher, document_number, url, note, slug) VALUES ('delete', OLD.id, OLD.title, OLD.publisher, OLD.document_number, OLD.url, OLD.note, OLD.slug); END
----
CREATE TRIGGER search_minister_insert AFTER INSERT ON minister BEGIN INSERT INTO search_minister(rowid, name, sort_name, native_name, slug) VALUES (NEW.id, NEW.name, NEW.sort_name, NEW.native_name, NEW.slug); END
----
CREATE TRIGGER search_minister_update AFTER UPDATE OF id, name, sort_name, native_name, slug ON minister BEGIN INSERT INTO search_minister(search_minister, rowid, name, sort_name, native_name, slug) VALUES ('delete', OLD.id, OLD.name, OLD.sort_name, OLD.native_name, OLD.slug); INSERT INTO search_minister(rowid, name, sort_name, native_name, slug) VALUES (NEW.id, NEW.name, NEW.sort_name, NEW.native_name, NEW.slug); END
----
CREATE TRIGGER search_minister_delete AFTER DELETE ON minister BEGIN INSERT INTO search_minister(search_minister, rowid, name, sort_name, native_name, slug) VALUES ('delete', OLD.id, OLD.name, OLD.sort_name, OLD.native_name, OLD.slug); END
----
CREATE TRIGGER search_minister_name_insert AFTER INSERT ON minister_name BEGIN INSERT INTO search_minister_name(rowid, name) VALUES (NEW.id, NEW.name); END
----
CREATE TRIGGER search_minister_name_update AFTER UPDATE OF id, name ON minister_name BEGIN INSERT INTO search_minister_name(search_minister_name, rowid, name) VALUES ('delete', OLD.id, OLD.name); INSERT INTO search_minister_name(rowid, name) VALUES (NEW.id, NEW.name); END
----
CREATE TRIGGER search_minister_name_delete AFTER DELETE ON minister_name BEGIN INSERT INTO search_minister_name(search_minister_name, rowid, name) VALUES ('delete', OLD.id, OLD.name); END
----
CREATE TRIGGER search_organization_insert AFTER INSERT ON organization BEGIN INSERT INTO search_organization(rowid, name, slug) VALUES (NEW.id, NEW.name, NEW.slug); END
----
CREATE TRIGGER search_organization_update AFTER UPDATE OF id, name, slug ON organization BEGIN INSERT INTO search_organization(search_organization, rowid, name, slug) VALUES ('delete', OLD.id, OLD.name, OLD.slug); INSERT INTO search_organization(rowid, name, slug) VALUES (NEW.id, NEW.name, NEW.slug); END
----
CREATE TRIGGER search_organization_delete AFTER DELETE ON organization BEGIN INSERT INTO search_organization(search_organization, rowid, name, slug) VALUES ('delete', OLD.id, OLD.name, OLD.slug); END
----
CREATE TRIGGER search_office_insert AFTER INSERT ON office BEGIN INSERT INTO search_office(rowid, label, slug) VALUES (NEW.id, NEW.label, NEW.slug); END
----
CREATE TRIGGER search_office_update AFTER UPDATE OF id, label, slug ON office BEGIN INSERT INTO search_office(search_office, rowid, label, slug) VALUES ('delete', OLD.id, OLD.label, OLD.slug); INSERT INTO search_office(rowid, label, slug) VALUES (NEW.id, NEW.label, NEW.slug); END
----
CREATE TRIGGER search_office_delete AFTER DELETE ON office BEGIN INSERT INTO search_office(search_office, rowid, label, slug) VALUES ('delete', OLD.id, OLD.label, OLD.slug); END
----
CREATE TRIGGER search_topic_insert AFTER INSERT ON topic BEGIN INSERT INTO search_topic(rowid, label, slug) VALUES (NEW.id, NEW.label, NEW.slug); END
----
CREATE TRIGGER search_topic_update AFTER UPDATE OF id, label, slug ON topic BEGIN INSERT INTO search_topic(search_topic, rowid, label, slug) VALUES ('delete', OLD.id, OLD.label, OLD.slug); INSERT INTO search_topic(rowid, label, slug) VALUES (NEW.id, NEW.label, NEW.slug); END
----
CREATE TRIGGER search_topic_delete AFTER DELETE ON topic BEGIN INSERT INTO search_topic(search_topic, rowid, label, slug) VALUES ('delete', OLD.id, OLD.label, OLD.slug); END

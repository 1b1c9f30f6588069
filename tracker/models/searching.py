"""The search indexes: which columns of which table are searched, and how each engine keeps them.

SQLite: an FTS5 table for each, which takes its text from the table itself and is kept by triggers. PostgreSQL: a GIN
index for each, which the server keeps. No extension is needed. Both fold case and accents and cut the text into words.
"""

from collections.abc import Iterator

# What a search index is called on both engines: this and the name of its table.
PREFIX = "search_"
SEARCHED = {
    "commitment": ("public_id", "title", "summary", "operative_phrase"),
    "statement": ("summary", "attribution", "slug"),
    "citation": ("exact",),
    "status_update": ("reason",),
    "milestone": ("criterion",),
    "meeting": ("name", "city", "note", "slug"),
    "meeting_series": ("name", "code", "slug"),
    "source": ("title", "publisher", "document_number", "url", "note", "slug"),
    "minister": ("name", "sort_name", "native_name", "slug"),
    "minister_name": ("name",),
    "organization": ("name", "slug"),
    "office": ("label", "slug"),
    "topic": ("label", "slug"),
}
# These two refuse UPDATE and DELETE, so that nothing but new rows has to be followed.
ONLY_GROWS = ("citation", "status_update")
# What the parser of PostgreSQL would take for a sign, an address or a tag, and FTS5 for a space.
JOINING = "-/+.@<>&_~:=?%#"
WORDS_FUNCTION = f"""
CREATE FUNCTION search_words(content text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
  SELECT to_tsvector('pg_catalog.simple'::regconfig, translate(
    CASE WHEN octet_length(content) = char_length(content) THEN content
         ELSE regexp_replace(normalize(content, NFKD), '[\\u0300-\\u036f]', '', 'g') END,
    '{JOINING}', '{" " * len(JOINING)}'))
$$"""


def words_expression(table: str) -> str:
    """The words of a row on PostgreSQL, spelt as its index spells them: only so does the server use the index."""
    texts = " || ' ' || ".join(f"COALESCE({table}.{column}, '')" for column in SEARCHED[table])
    return f"search_words({texts})"


def sqlite_search_tables() -> dict[str, str]:
    """Name and statement of each FTS5 table."""
    return {
        f"{PREFIX}{table}": f"CREATE VIRTUAL TABLE {PREFIX}{table} USING fts5({', '.join(columns)}, "
        f"content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
        for table, columns in SEARCHED.items()
    }


def sqlite_word_lists() -> list[str]:
    """A statement for each FTS5 table that gives a connection the list of its words."""
    return [
        f"CREATE VIRTUAL TABLE temp.words_of_{table} USING fts5vocab(main, {PREFIX}{table}, instance)"
        for table in SEARCHED
    ]


def sqlite_search_triggers() -> dict[str, str]:
    """Name and statement of each trigger that keeps an FTS5 table."""
    return dict(trigger for table in SEARCHED for trigger in _triggers_of(table))


def _triggers_of(table: str) -> Iterator[tuple[str, str]]:
    index, columns = f"{PREFIX}{table}", ", ".join(SEARCHED[table])
    new, old = (", ".join(f"{row}.{column}" for column in SEARCHED[table]) for row in ("NEW", "OLD"))
    enter = f"INSERT INTO {index}(rowid, {columns}) VALUES (NEW.id, {new});"
    # FTS5 forgets a row by the very words that it was entered with.
    leave = f"INSERT INTO {index}({index}, rowid, {columns}) VALUES ('delete', OLD.id, {old});"
    moments = {"insert": ("INSERT", enter)}
    if table not in ONLY_GROWS:
        moments |= {"update": (f"UPDATE OF id, {columns}", f"{leave} {enter}"), "delete": ("DELETE", leave)}
    for name, (moment, body) in moments.items():
        yield f"{index}_{name}", f"CREATE TRIGGER {index}_{name} AFTER {moment} ON {table} BEGIN {body} END"


def postgresql_search_indexes() -> dict[str, str]:
    """Name and statement of each GIN index."""
    return {
        f"{PREFIX}{table}": f"CREATE INDEX {PREFIX}{table} ON {table} "
        f"USING gin ({words_expression(table).replace(f'{table}.', '')})"
        for table in SEARCHED
    }


def search_statements(dialect: str) -> list[str]:
    """Every statement that makes the search of one engine, in order."""
    if dialect == "sqlite":
        return [*sqlite_search_tables().values(), *sqlite_search_triggers().values()]
    return [WORDS_FUNCTION.strip(), *postgresql_search_indexes().values()]

"""Files that are sent while they are made: what a list shows, all of it, and whatever a report gives."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from threading import Thread
from typing import Any

from flask import Response
from sqlalchemy import Column, Select

from tracker.admin import as_of
from tracker.admin.handle import db
from tracker.admin.lists import Listing
from tracker.admin.paging import count, parts_of, walk
from tracker.db import reading
from tracker.reports.errors import ReportError
from tracker.reports.formats import FORMATS, Sheet

CHUNK = 1 << 16
BATCH = 500
# In which a list is sent.
FORMS = ("csv", "xlsx", "json")
# What tells one state of a row from another, and what nobody reads.
LEFT_OUT = ("version", "folded", "first_citation")
# By what people know a record that a number refers to.
KNOWN_BY = ("public_id", "slug", "key")


def written(sheet: Sheet, form: str) -> Iterator[bytes]:
    """The bytes of the file as its writer makes them, in a thread of its own."""
    ours, theirs = os.pipe()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with open(theirs, "wb", buffering=CHUNK) as out:
                FORMATS[form].write(sheet, out)
        except (ReportError, OSError) as error:
            failed.append(error)

    writer = Thread(target=write)
    writer.start()
    try:
        with open(ours, "rb", buffering=0) as pipe:
            while data := pipe.read(CHUNK):
                yield data
    finally:
        writer.join()
    if failed:
        raise failed[0]


def download(listing: Listing, matching: Select[Any], view: Any, form: str) -> Response:
    """All that a list shows on all its pages, in its order, as a file."""
    selection, columns = view.exported(matching)
    key = view.model.__mapper__.primary_key[0]
    listing.count = count(matching, key)
    order, by = view.sorts[listing.sort], key
    if listing.capped and listing.newest is not None:
        # To sort all that a search found in great numbers would keep who asked waiting.
        order, by = (), listing.newest
    queries = [
        walk(selection, by, part, listing.descending).with_only_columns(*columns, maintain_column_froms=True)
        for part in parts_of(order, listing.descending)
    ]
    names = [column.name for column in columns]
    with ExitStack() as begun:
        # Not the session of the request: the file is written in a thread of its own.
        connection = begun.enter_context(reading(db.engine).connect())
        rows = (
            tuple(map(_plain, row))
            for query in queries
            for row in connection.execute(query, execution_options={"yield_per": BATCH})
        )
        sheet = Sheet(names, rows, [name.replace("_", " ").capitalize() for name in names], view.name)
        response = Response(written(sheet, form), content_type=FORMATS[form].media_type)
        name = f"{view.endpoint.replace('_', '-')}-{date.today()}{as_of.suffix()}{FORMATS[form].ending}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        response.call_on_close(begun.pop_all().close)
    return response


def readable(model: Any, selection: Select[Any]) -> tuple[Select[Any], list[Any]]:
    """Every column of a model, with the keys that people know in place of numbers; and what that takes."""
    columns: list[Any] = []
    for column in model.__table__.columns:
        referred, known = _referred(column)
        if referred is not None and known:
            other = referred.table.alias(f"of_{column.name}")
            selection = selection.outerjoin(other, column == other.c[referred.name])
            columns.append(other.c[known].label(column.name.removesuffix("_id")))
        elif column.name not in LEFT_OUT and not (column.primary_key and column.name == "id"):
            columns.append(column)
    return selection, columns


def _referred(column: Column[Any]) -> tuple[Column[Any] | None, str | None]:
    """The number that a column refers to by itself, if it does, and the key by which people know what it is of."""
    for key in column.foreign_keys:
        if key.constraint is not None and len(key.constraint.elements) == 1 and key.column.name == "id":
            return key.column, next((name for name in KNOWN_BY if name in key.column.table.c), None)
    return None, None


def _plain(cell: Any) -> str | int | float | None:
    if isinstance(cell, date):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict | list) else cell

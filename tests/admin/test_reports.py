"""The pages of the reports: their list, form, table, chart and SQL, and the same as a download."""

import csv
import io
import threading
import time
from pathlib import Path

import pytest
from flask import Flask

from tests.admin.conftest import Browser, SignedIn
from tracker.admin import running
from tracker.config import Config
from tracker.reports import catalog
from tracker.reports.stop import Stop

ENDLESS = """/*
title = "Endless"
description = "Never done."
*/
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) AS n FROM n
"""


@pytest.fixture
def viewer(signed_in: SignedIn) -> Browser:
    """A browser in which a viewer is signed in."""
    return signed_in("viewer")


def own(config: Config, name: str, text: str) -> None:
    folder = config.instance / "reports"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(text, encoding="utf-8")


def test_the_list_names_each_report_and_what_is_wrong_with_one(viewer: Browser, web_config: Config) -> None:
    own(web_config, "broken", "SELECT 1")
    page = viewer.get("/reports/").text
    for name in catalog.paths():
        assert f'href="/reports/{name}"' in page
    assert "broken.sql:1: begin with the front matter" in page


@pytest.mark.parametrize("name", sorted(catalog.paths()))
def test_each_report_has_a_page(viewer: Browser, name: str) -> None:
    response = viewer.get(
        f"/reports/{name}?commitment=IJ-2024-01" if name in ("chain", "commitment-history") else f"/reports/{name}"
    )
    assert response.status_code == 200
    assert "The SQL of this report" in response.text
    assert "flash error" not in response.text
    assert 'class="answer"' in response.text
    assert "style=" not in response.text


def test_the_page_shows_form_table_and_links_that_carry_the_values(viewer: Browser) -> None:
    page = viewer.get("/reports/overdue?as_of=2026-01-31&series=india-japan-2plus2").text
    assert 'value="2026-01-31" type="date"' in page
    assert 'value="india-japan-2plus2" checked>' in page
    assert '<a href="/commitments/IJ-2024-01">IJ-2024-01</a>' in page
    assert "As of: 2026-01-31. Meeting series: india-japan-2plus2." in page
    assert "/reports/overdue.csv?as_of=2026-01-31&amp;series=india-japan-2plus2" in page
    assert "FROM commitment_overview c" in page


def test_a_value_that_is_needed_is_asked_for_and_a_wrong_one_told(viewer: Browser) -> None:
    asked = viewer.get("/reports/chain").text
    assert "Give a value for Commitment first." in asked
    assert 'class="answer"' not in asked
    wrong = viewer.get("/reports/overdue?as_of=soon")
    assert "Parameter as_of (As of): &#39;soon&#39; is not a date; write YYYY-MM-DD" in wrong.text
    assert "has no parameter &#39;serie&#39;; did you mean" in viewer.get("/reports/overdue?serie=x").text
    assert viewer.get("/reports/overdue.csv?as_of=soon").status_code == 400


def test_a_box_that_is_not_ticked_is_a_no(viewer: Browser) -> None:
    assert "Undertakings and tasks only: yes" in viewer.get("/reports/silently-dropped").text
    assert "Undertakings and tasks only: no" in viewer.get("/reports/silently-dropped?sent=1").text


def test_a_chart_is_drawn_beside_its_table(viewer: Browser) -> None:
    page = viewer.get("/reports/status-by-meeting").text
    assert page.count("<rect ") == 3
    assert 'width="88.0%"' in page
    assert "Third India-Japan 2+2" in page


def test_a_report_comes_as_a_file_that_tells_its_values(viewer: Browser) -> None:
    response = viewer.client.get("/reports/overdue.csv?as_of=2026-01-31", base_url="http://127.0.0.1:8000")
    assert response.headers["Content-Disposition"] == "attachment; filename=overdue-as-of-2026-01-31.csv"
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
    assert [row["public_id"] for row in rows] == ["IJ-2024-01"]
    for form, start in (("xlsx", b"PK"), ("json", b"["), ("jsonl", b"{"), ("md", b"# "), ("html", b"<!doctype")):
        response = viewer.client.get(f"/reports/status-by-meeting.{form}", base_url="http://127.0.0.1:8000")
        assert (response.status_code, response.data[: len(start)]) == (200, start)


def test_what_is_no_report_or_no_form_is_not_found(viewer: Browser) -> None:
    for address in ("/reports/absent", "/reports/overdue.exe", "/reports/overdue.table", "/reports/..%2Foverdue"):
        assert viewer.get(address).status_code == 404


def test_cells_are_escaped(viewer: Browser, web_config: Config) -> None:
    own(web_config, "hostile", '/*\ntitle = "<b>T"\ndescription = "D"\n*/\nSELECT \'<script>\' AS "<i>"')
    page = viewer.get("/reports/hostile").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>T" not in page


def test_more_rows_than_fit_are_told(viewer: Browser, web_config: Config) -> None:
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT i FROM n"
    own(web_config, "many", f'/*\ntitle = "T"\ndescription = "D"\n*/\n{many}')
    page = viewer.get("/reports/many").text
    assert "Cut off: only the first 200 rows are shown" in page
    assert page.count("<tr>") == 201
    assert len(viewer.get("/reports/many.jsonl").text.splitlines()) == 300


def test_a_running_report_is_stopped_by_who_began_it_and_nobody_else(
    app: Flask, signed_in: SignedIn, web_config: Config
) -> None:
    own(web_config, "endless", ENDLESS)
    viewer, other = signed_in("viewer"), signed_in("editor")
    stopper = signed_in("viewer")
    pages: list[str] = []
    thread = threading.Thread(target=lambda: pages.append(viewer.get("/reports/endless").text))
    thread.start()
    runs: running.Runs = app.extensions["report_runs"]
    while not runs.going:
        time.sleep(0.01)
    (key,) = runs.going
    assert other.post(f"/reports/runs/{key}/stop").status_code == 410
    began = time.monotonic()
    assert stopper.post(f"/reports/runs/{key}/stop").status_code == 302
    thread.join()
    assert time.monotonic() - began < 5
    assert "stopped, as somebody asked" in pages[0]
    assert runs.going == {}


def test_only_so_many_run_at_once(app: Flask, viewer: Browser) -> None:
    runs: running.Runs = app.extensions["report_runs"]
    for n in range(running.AT_ONCE):
        runs.going[str(n)] = ("anna", Stop())
    response = viewer.get("/reports/overdue")
    assert response.status_code == 429
    assert "Too many reports run at once" in response.text
    runs.going.clear()
    assert viewer.get("/reports/overdue").status_code == 200
    assert runs.going == {}


def test_a_download_that_nobody_waits_for_is_ended(
    app: Flask, viewer: Browser, web_config: Config, tmp_path: Path
) -> None:
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    own(web_config, "many", f'/*\ntitle = "T"\ndescription = "D"\n*/\n{many}')
    response = viewer.client.get("/reports/many.csv", base_url="http://127.0.0.1:8000", buffered=False)
    stream = iter(response.response)
    assert next(stream).startswith(b"i\r\n1\r\n")
    response.close()
    assert app.extensions["report_runs"].going == {}


def test_the_brief_is_a_page_and_a_file(viewer: Browser) -> None:
    assert 'href="/reports/brief/india-japan-2plus2"' in viewer.get("/reports/").text
    page = viewer.get("/reports/brief/india-japan-2plus2").text
    assert "Agreed last time" in page
    assert "will open a new Consulate" in page
    for form, start in (("md", b"# Brief"), ("html", b"<!doctype"), ("docx", b"PK")):
        address = f"/reports/brief/india-japan-2plus2.{form}"
        response = viewer.client.get(address, base_url="http://127.0.0.1:8000")
        assert (response.status_code, response.data[: len(start)]) == (200, start)
    assert "known are: india-japan-2plus2" in viewer.get("/reports/brief/india").text
    assert viewer.get("/reports/brief/india-japan-2plus2.exe").status_code == 404

"""The admin UI: one view a kind of record, all on the base view of ours."""

from flask import Flask
from flask_admin import Admin

from tracker import models
from tracker.admin.account import AccountView
from tracker.admin.accounts import AccountsView
from tracker.admin.as_of import init_as_of
from tracker.admin.audit import AuditView
from tracker.admin.base import RecordView
from tracker.admin.changes import init_changes
from tracker.admin.commitments import CommitmentView
from tracker.admin.console import ConsoleView, Histories
from tracker.admin.dashboard import HomeView
from tracker.admin.editions import EditionsView
from tracker.admin.entering import EnteringView
from tracker.admin.handle import db
from tracker.admin.lexicon import LexiconView
from tracker.admin.meetings import AttendanceView, MeetingView, SeriesView
from tracker.admin.parts import LinkView, MilestoneView, PartyView
from tracker.admin.people import (
    CountryView,
    MinisterNameView,
    MinisterView,
    OfficeTermView,
    OfficeView,
    OrganizationView,
)
from tracker.admin.reading import ReadingView
from tracker.admin.reports import ReportsView
from tracker.admin.review import ReviewView
from tracker.admin.running import Runs
from tracker.admin.saved_views import SavedViewsView
from tracker.admin.searching import SearchView
from tracker.admin.second_factor import SecondFactorView
from tracker.admin.show import init_show
from tracker.admin.sources import CitationView, SourceView, VerificationView
from tracker.admin.statements import StatementView, TopicView
from tracker.admin.terms import KindView, StatusView, StrengthView
from tracker.admin.texts import DocumentView
from tracker.admin.updates import StatusUpdateView
from tracker.admin.verifying import init_verifying

# In the order of the menu.
VIEWS: tuple[tuple[type[RecordView], type[models.Base]], ...] = (
    (CommitmentView, models.Commitment),
    (StatusUpdateView, models.StatusUpdate),
    (MeetingView, models.Meeting),
    (StatementView, models.Statement),
    (SourceView, models.Source),
    (MinisterView, models.Minister),
    (OfficeView, models.Office),
    (OrganizationView, models.Organization),
    (TopicView, models.Topic),
    (SeriesView, models.MeetingSeries),
    (CountryView, models.Country),
    (AuditView, models.AuditEvent),
    (StatusView, models.Status),
    (KindView, models.Kind),
    (StrengthView, models.Strength),
    (LexiconView, models.LexiconEntry),
    (AttendanceView, models.Attendance),
    (CitationView, models.Citation),
    (DocumentView, models.Document),
    (VerificationView, models.Verification),
    (MinisterNameView, models.MinisterName),
    (OfficeTermView, models.OfficeTerm),
    (PartyView, models.CommitmentParty),
    (MilestoneView, models.Milestone),
    (LinkView, models.CommitmentLink),
)


def init_admin(app: Flask) -> None:
    """Give the app its handle on the records and every view."""
    db.init_app(app)
    # An address of its own for the library's files keeps it from giving them one; no view serves any.
    admin = Admin(app, name="Commitment Tracker", index_view=HomeView(), static_url_path="/unused")
    app.extensions["record_views"] = {model: view(model) for view, model in VIEWS}
    views = app.extensions["record_views"].values()
    app.extensions["report_runs"] = Runs()
    app.extensions["console_histories"] = Histories()
    pages = (SearchView, SavedViewsView, ReviewView, EditionsView, ReadingView, EnteringView, ReportsView)
    own = (AccountsView, ConsoleView, AccountView, SecondFactorView)
    # In the order of the menu: what is followed, then the work, then the records that it leaves.
    admin.add_views(*(view for view in views if view.group == "Track"), *(view() for view in pages))
    admin.add_views(*(view for view in views if view.group != "Track"), *(view() for view in own))
    for view in admin._views:
        # The library would keep the address of the first request, its past day too.
        view.menu._cache = False
    init_as_of(app, [view for view in views if view.of_the_past])
    init_show(app)
    init_changes(app)
    init_verifying(app)

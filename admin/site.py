"""The management pages below /admin: Flask-Admin finds the rows, our pages show them.

The frame, the tables and the forms are those of the other pages, so none of Flask-Admin's own style or
script is sent. Its session only reads; commands go through the use cases.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, g
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Bootstrap4Theme
from sqlalchemy import func, select

from admin.reading import Reading, open_reading
from admin.views import (
    audit,
    authoring,
    calendars,
    counter,
    files,
    organisation,
    papers,
    people,
    procedures,
    running,
    teamwork,
    templates,
)
from admin.views.base import OfficeView, lazy, refuse
from engine.domain.texts import Text
from engine.store import rows
from engine.store.counter_rows import FilingRow, HandOverRow, RatingRow
from engine.store.document_rows import DocumentRow, TemplateRow
from engine.store.draft_rows import DraftCommentRow, DraftCopyRow, DraftVersionRow
from engine.store.duty_rows import LendingRuleRow, SigningFormRow, SubstitutionRow
from engine.store.file_rows import FileStateRow, UploadRow
from engine.store.law_rows import LegalDocumentRow
from engine.store.message_rows import MessageRow
from engine.store.notification_rows import NotificationRow
from engine.store.study_rows import StudyRow
from engine.store.teamwork_rows import (
    BulkLineRow,
    BulkRow,
    CommentRow,
    DelegationRow,
    SavedViewRow,
    WatchRow,
)
from engine.store.token_rows import ApiTokenRow
from engine.store.word_rows import WordFileRow

# Category, then its views: class, row, address, name.
VIEWS: tuple[tuple[Any, tuple[tuple[type[OfficeView], Any, str, Any], ...]], ...] = (
    (
        lazy("Tổ chức", "Organisation"),
        (
            (organisation.UnitView, rows.UnitRow, "units", lazy("Đơn vị", "Units")),
            (organisation.PositionView, rows.PositionRow, "positions", lazy("Chức vụ", "Positions")),
            (
                organisation.AssignmentView,
                rows.AssignmentRow,
                "assignments",
                lazy("Phân công", "Assignments"),
            ),
            (people.UserView, rows.UserRow, "users", lazy("Tài khoản", "Accounts")),
            (people.TokenView, ApiTokenRow, "tokens", lazy("Khóa của chương trình", "Keys of programs")),
            (organisation.LevelView, rows.LevelRow, "levels", lazy("Cấp", "Levels")),
        ),
    ),
    (
        lazy("Lịch làm việc", "Calendars"),
        (
            (calendars.CalendarDayView, rows.CalendarDayRow, "days", lazy("Ngày nghỉ, làm bù", "Days")),
            (calendars.CalendarView, rows.CalendarRow, "calendars", lazy("Lịch", "Calendars")),
        ),
    ),
    (
        lazy("Quy trình", "Procedures"),
        (
            (procedures.ProcedureView, rows.ProcedureRow, "procedures", lazy("Thủ tục", "Procedures")),
            (procedures.RevisionView, rows.RevisionRow, "revisions", lazy("Phiên bản", "Versions")),
            (
                procedures.DraftVersionView,
                DraftVersionRow,
                "draft-versions",
                lazy("Lần lưu bản nháp", "Saves of drafts"),
            ),
            (
                procedures.DraftCommentView,
                DraftCommentRow,
                "draft-comments",
                lazy("Ghi chú ở bản nháp", "Comments on drafts"),
            ),
            (procedures.DraftCopyView, DraftCopyRow, "draft-copies", lazy("Bản sao", "Copies of drafts")),
            (authoring.StudyView, StudyRow, "studies", lazy("Lần tính thử", "Studies")),
            (authoring.LegalDocumentView, LegalDocumentRow, "law", lazy("Văn bản pháp luật", "Law")),
            (procedures.DefinitionView, rows.DefinitionRow, "definitions", lazy("Bản vẽ", "Drawings")),
            (procedures.SetImportView, rows.SetImportRow, "imports", lazy("Lần nhập bộ chuẩn", "Imports")),
        ),
    ),
    (
        lazy("Làm việc chung", "Working together"),
        (
            (teamwork.BulkView, BulkRow, "bulks", lazy("Việc hàng loạt", "Acts on many")),
            (teamwork.BulkLineView, BulkLineRow, "bulk-lines", lazy("Bước hàng loạt", "Steps of acts")),
            (teamwork.SavedViewView, SavedViewRow, "saved-views", lazy("Khung nhìn", "Saved views")),
            (teamwork.WatchView, WatchRow, "watches", lazy("Theo dõi", "Followed dossiers")),
            (teamwork.CommentView, CommentRow, "comments", lazy("Trao đổi", "Comments")),
            (teamwork.DelegationView, DelegationRow, "loans", lazy("Việc nhờ", "Steps lent")),
            (teamwork.SubstitutionView, SubstitutionRow, "substitutions", lazy("Thay việc", "Substitution")),
            (teamwork.LendingRuleView, LendingRuleRow, "lending-rules", lazy("Quy tắc thay", "Lending")),
            (
                teamwork.SigningFormView,
                SigningFormRow,
                "signing-forms",
                lazy("Cách ký thay", "Ways to sign"),
            ),
        ),
    ),
    (
        lazy("Vận hành", "Operation"),
        (
            (running.IncidentView, rows.IncidentRow, "incidents", lazy("Sự cố", "Incidents")),
            (running.DossierView, rows.DossierRow, "dossiers", lazy("Hồ sơ", "Dossiers")),
            (counter.FilingView, FilingRow, "filings", lazy("Hồ sơ nộp", "Filings")),
            (counter.HandOverView, HandOverRow, "hand-overs", lazy("Trả kết quả", "Hand-overs")),
            (counter.RatingView, RatingRow, "ratings", lazy("Đánh giá", "Ratings")),
            (running.WorkItemView, rows.WorkItemRow, "steps", lazy("Bước việc", "Steps")),
            (running.TimerView, rows.TimerRow, "timers", lazy("Hẹn giờ", "Timers")),
            (running.MessageView, MessageRow, "messages", lazy("Tin liên thông", "Messages of dossiers")),
            (papers.DocumentView, DocumentRow, "papers", lazy("Văn bản", "Papers")),
            (templates.TemplateView, TemplateRow, "templates", lazy("Mẫu văn bản", "Templates")),
            (papers.WordFileView, WordFileRow, "word-files", lazy("Tệp Word", "Word files")),
            (files.FileStateView, FileStateRow, "files", lazy("Tệp", "Files")),
            (files.UploadView, UploadRow, "uploads", lazy("Tệp đang gửi", "Files on their way")),
            (running.OutboxView, rows.OutboxRow, "outbox", lazy("Tin nhắn", "Messages")),
            (running.NotificationView, NotificationRow, "notifications", lazy("Thông báo", "Notifications")),
            (audit.AuditView, rows.AuditRow, "audit", lazy("Nhật ký", "Audit log")),
        ),
    ),
)


class Overview(AdminIndexView):
    """The first page: what needs somebody's eye, as numbers that lead to their lists."""

    def __init__(self, session: Reading) -> None:
        super().__init__(name=lazy("Tổng quan", "Overview"), url="/admin", template="office/index.html")
        self.session = session

    def is_accessible(self) -> bool:
        return any(view.is_accessible() for view in self.admin._views if isinstance(view, OfficeView))

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        refuse(OfficeView.roles)

    @expose("/")
    def index(self) -> str:
        is_audited = any(
            view.is_accessible() for view in self.admin._views if isinstance(view, audit.AuditView)
        )
        acts = audit.latest_acts(self.session, 8) if is_audited else []
        return self.render(self._template, counts=self._counts(), acts=acts, act=audit.act)

    def _counts(self) -> list[tuple[Text, int, str, str]]:
        """Return (words, number, tone, address of the list) of what this person may see."""

        def count(row: Any, *where: Any) -> int:
            return self.session.scalar(select(func.count()).select_from(row).where(*where)) or 0

        day, user, unit = rows.CalendarDayRow, rows.UserRow, rows.UnitRow
        incident, message = rows.IncidentRow, rows.OutboxRow
        waits = count(incident, incident.ended_at.is_(None))
        unsent = count(message, message.sent_at.is_(None), message.next_try_at.is_(None))
        expected = count(day, day.confirmed.is_(False))
        people, offices = count(user, user.is_active), count(unit, unit.effective_to.is_(None))
        lines = (
            (Text("sự cố chưa xử lý", "open incidents"), waits, "late", "incidents", {}),
            (Text("tin nhắn gửi không được", "messages not sent"), unsent, "late", "outbox", {}),
            (
                Text("ngày lịch chưa xác nhận", "days not confirmed"),
                expected,
                "soon",
                "days",
                {"confirmed": "0"},
            ),
            (Text("tài khoản đang mở", "open accounts"), people, "", "users", {"is_active": "1"}),
            (Text("đơn vị đang hoạt động", "working units"), offices, "", "units", {}),
        )
        seen = {view.endpoint for view in self.admin._views if view.is_accessible()}
        return [
            (words, number, tone, self.get_url(f"{_endpoint(address)}.index_view", **query))
            for words, number, tone, address, query in lines
            if _endpoint(address) in seen
        ]


def init_admin(app: Flask) -> None:
    """Serve the management pages of `app`; its engine must be in place."""
    session = open_reading(app, app.extensions["motcua"])
    app.register_blueprint(
        Blueprint(
            "office",
            __name__,
            template_folder="templates",
            static_folder="static",
            static_url_path="/admin/office",
        )
    )
    admin = Admin(
        app,
        name="Một Cửa",
        url="/admin",
        theme=Bootstrap4Theme(base_template="office/frame.html"),
        index_view=Overview(session),
    )
    for _category, views in VIEWS:
        for view, row, address, name in views:
            admin.add_view(
                view(
                    row,
                    session,
                    name=name,
                    endpoint=_endpoint(address),
                    url=f"/admin/{address}",
                )
            )
    app.context_processor(lambda: {"office_menu": lambda: _menu(admin)})


def _menu(admin: Admin) -> list[tuple[Any, list[tuple[Any, str, str]]]]:
    """Return what this person may open: category → (name, address, endpoint)."""
    if g.actor.user_id is None:
        return []
    found = []
    for category, views in VIEWS:
        lines = []
        for _view, _row, address, name in views:
            view = next(one for one in admin._views if one.endpoint == _endpoint(address))
            if view.is_accessible():
                lines.append((name, view.get_url(f"{view.endpoint}.index_view"), view.endpoint))
        if lines:
            found.append((category, lines))
    return found


def _endpoint(address: str) -> str:
    return f"office_{address}"

"""The audit log, for IT staff and for those who oversee."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.views.base import IT_ADMIN, OfficeView, language, lazy
from engine.domain.texts import Text
from engine.store.rows import AuditRow, UserRow

SUPERVISOR = "SUPERVISOR"

# What an act is called; one that is not here is shown by its code.
ACTS: Mapping[str, Text] = {
    "account.created": Text("mở tài khoản", "opened an account"),
    "account.disabled": Text("khóa tài khoản", "closed an account"),
    "account.enabled": Text("mở lại tài khoản", "opened an account again"),
    "account.password_changed": Text("đổi mật khẩu", "changed a password"),
    "account.password_reset": Text("đặt lại mật khẩu", "set a new password"),
    "account.signed_in": Text("đăng nhập", "signed in"),
    "account.unlocked": Text("cho đăng nhập lại", "allowed signing in again"),
    "assignment.created": Text("phân công", "assigned a person"),
    "assignment.ended": Text("kết thúc phân công", "ended an assignment"),
    "bulk.stopped": Text("dừng việc hàng loạt", "stopped an act on many"),
    "calendar.day_cleared": Text("bỏ một ngày trong lịch", "cleared a day"),
    "calendar.day_set": Text("ghi một ngày trong lịch", "set a day"),
    "document.word_made": Text("lập tệp Word của văn bản", "made a Word file of a paper"),
    "dossier.moved": Text("chuyển hồ sơ cho đơn vị kế thừa", "moved a dossier"),
    "dossier.received": Text("tiếp nhận hồ sơ", "received a dossier"),
    "draft.opened": Text("mở bản nháp quy trình", "opened a draft"),
    "draft.saved": Text("lưu bản nháp quy trình", "saved a draft"),
    "incident.opened": Text("phát sinh sự cố", "an incident arose"),
    "incident.retried": Text("thử lại sau sự cố", "retried an incident"),
    "incident.overtaken": Text("sự cố hết vì bước đã xong", "an incident ended with its step"),
    "incident.resent": Text("sự cố hết vì gửi lại tin nhắn", "an incident ended: message sent again"),
    "message.retried": Text("gửi lại tin nhắn", "sent a message again"),
    "personal_data.read": Text("xem dữ liệu cá nhân", "saw personal data"),
    "position.created": Text("thêm chức vụ", "added a position"),
    "revision.approved": Text("duyệt quy trình", "approved a revision"),
    "revision.imported": Text("nhập quy trình từ bộ chuẩn", "imported a revision"),
    "revision.published": Text("ban hành quy trình", "published a revision"),
    "revision.resumed": Text("áp dụng lại quy trình", "resumed a revision"),
    "revision.sent_back": Text("trả lại bản nháp", "sent a version back"),
    "revision.submitted": Text("gửi duyệt quy trình", "submitted a revision"),
    "revision.superseded": Text("quy trình có bản thay thế", "superseded a revision"),
    "revision.suspended": Text("tạm dừng quy trình", "suspended a revision"),
    "set.imported": Text("nhập bộ quy trình chuẩn", "imported a standard set"),
    "task.completed": Text("làm xong một bước", "completed a step"),
    "template.added": Text("thêm mẫu văn bản", "added a template"),
    "template.ended": Text("kết thúc mẫu văn bản", "ended a template"),
    "timer.fired": Text("hẹn giờ đến hạn", "a timer fired"),
    "token.issued": Text("cấp khóa cho chương trình", "issued a key to a program"),
    "token.revoked": Text("thu hồi khóa của chương trình", "took a key back"),
    "unit.closed": Text("đóng đơn vị", "closed a unit"),
    "unit.created": Text("thêm đơn vị", "added a unit"),
    "view.removed": Text("xóa khung nhìn", "deleted a view"),
}


def act(code: str) -> str:
    """Return what an act is called in the reader's language."""
    return ACTS[code].say(language()) if code in ACTS else code


def latest_acts(session: Session, count: int) -> list[tuple[AuditRow, str]]:
    """Return the last acts, each with the name of who did it; sign-ins would be all there is to see."""
    acts = select(AuditRow).where(AuditRow.action != "account.signed_in")
    lines = session.scalars(acts.order_by(AuditRow.id.desc()).limit(count)).all()
    people = {line.user_id for line in lines if line.user_id}
    names = dict(session.execute(select(UserRow.id, UserRow.full_name).where(UserRow.id.in_(people))).all())
    return [(line, names.get(line.user_id or 0, "")) for line in lines]


class AuditView(OfficeView):
    roles = frozenset({IT_ADMIN, SUPERVISOR})
    about = Text(
        "Mỗi dòng nối với dòng trước bằng mã băm: sửa hoặc bỏ một dòng là phát hiện được.",
        "Each line is chained to the one before: a line changed or cut out is noticed.",
    )
    column_list = ("at", "action", "chain", "number", "user_id", "data")
    column_details_list = (
        *("at", "action", "chain", "number", "user_id", "assignment_id", "data", "previous", "hash"),
    )
    column_sortable_list = ("at", "action", "chain")
    column_searchable_list = ("chain", "action")
    column_default_sort = ("id", True)
    column_formatters = {"action": lambda _view, _context, row, _name: act(row.action)}
    column_labels = {
        "at": lazy("Lúc", "At"),
        "action": lazy("Việc", "Act"),
        "chain": lazy("Về", "About"),
        "number": lazy("Thứ tự", "Number"),
        "user_id": lazy("Người số", "Person number"),
        "assignment_id": lazy("Phân công số", "Assignment number"),
        "data": lazy("Nội dung", "Content"),
        "previous": lazy("Nối sau", "Follows"),
        "hash": lazy("Mã băm", "Hash"),
    }

    def title_of(self, model: AuditRow) -> str:
        return f"{model.chain} · {model.number}"

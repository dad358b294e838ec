"""Files by their content: what was scanned and drawn; and files on their way in."""

from __future__ import annotations

from admin.views.base import Facet, OfficeView, language, lazy
from engine.domain.texts import Text
from engine.store.file_rows import FileStateRow, UploadRow

SCANS = {
    "waiting": Text("chưa quét", "not scanned"),
    "clean": Text("sạch", "clean"),
    "infected": Text("có mã độc, giữ lại", "malware, held back"),
}
DRAWINGS = {
    "waiting": Text("đang chờ", "waiting"),
    "made": Text("có ảnh nhỏ", "has a small picture"),
    "none": Text("không có ảnh", "no picture"),
}


class FileStateView(OfficeView):
    about = Text(
        "Mỗi nội dung tệp một dòng, theo mã băm; tên tệp và hồ sơ không hiện ở đây.",
        "One line for each content of a file, by its hash; names and dossiers are not shown here.",
    )
    column_list = ("sha256", "content_type", "scan", "found", "scanned_at", "scan_tries", "drawing")
    column_details_list = (
        "sha256", "content_type", "scan", "found", "scanned_at", "scan_at", "scan_tries", "drawing",
        "draw_at", "draw_tries", "pages",
    )  # fmt: skip
    column_sortable_list = ("scanned_at", "scan_tries")
    column_default_sort = ("scanned_at", True)
    column_searchable_list = ("sha256", "found")
    column_formatters = {
        "scan": lambda _v, _c, row, _n: SCANS.get(row.scan, Text(row.scan)).say(language()),
        "drawing": lambda _v, _c, row, _n: DRAWINGS.get(row.drawing, Text(row.drawing)).say(language()),
    }
    column_labels = {
        "sha256": lazy("Mã băm", "Hash"),
        "content_type": lazy("Loại", "Kind"),
        "scan": lazy("Quét mã độc", "Malware scan"),
        "found": lazy("Tìm thấy", "Found"),
        "scanned_at": lazy("Quét lúc", "Scanned"),
        "scan_at": lazy("Quét tiếp lúc", "Next scan"),
        "scan_tries": lazy("Số lần không quét được", "Failed scans"),
        "drawing": lazy("Ảnh xem trước", "Preview"),
        "draw_at": lazy("Vẽ lúc", "Next drawing"),
        "draw_tries": lazy("Số lần vẽ", "Tries to draw"),
        "pages": lazy("Số trang", "Pages"),
    }
    facets = (
        Facet(
            FileStateRow.scan,
            Text("Quét mã độc", "Malware scan"),
            lambda _session: [(code, text.say(language())) for code, text in SCANS.items()],
        ),
    )

    def title_of(self, model: FileStateRow) -> str:
        return model.sha256[:12]


class UploadView(OfficeView):
    about = Text(
        "Tệp đang tải lên hoặc chưa dùng; tự xóa sau một ngày.",
        "Files on their way in or not used yet; forgotten by themselves after a day.",
    )
    column_list = ("begun_at", "user", "size", "received", "expires_at")
    column_details_list = ("begun_at", "user", "content_type", "size", "received", "sha256", "expires_at")
    column_sortable_list = ("begun_at", "size", "expires_at")
    column_default_sort = ("begun_at", True)
    column_labels = {
        "begun_at": lazy("Bắt đầu", "Begun"),
        "user": lazy("Người gửi", "Sent by"),
        "content_type": lazy("Loại", "Kind"),
        "size": lazy("Cỡ, byte", "Size, bytes"),
        "received": lazy("Đã nhận, byte", "Received, bytes"),
        "sha256": lazy("Mã băm", "Hash"),
        "expires_at": lazy("Xóa lúc", "Forgotten at"),
    }

    def title_of(self, model: UploadRow) -> str:
        return f"{model.begun_at:%d/%m/%Y %H:%M}"

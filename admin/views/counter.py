"""The counter's books: what was handed in and not accepted, who took results, what applicants thought."""

from __future__ import annotations

from admin.views.base import Facet, OfficeView, language, lazy
from engine.domain.filings import FilingState
from engine.domain.texts import Text
from engine.store.counter_rows import FilingRow, HandOverRow, RatingRow
from engine.store.rows import ProcedureRow
from engine.usecases.hand_overs import CHECKS, METHODS
from engine.usecases.ratings import STEPS

CHANNELS = {"counter": Text("tại quầy", "at the counter"), "web": Text("trang tra cứu", "look-up page")}


class FilingView(OfficeView):
    about = Text(
        "Hồ sơ nộp chưa được tiếp nhận, có mã riêng, chưa tính hạn. Họ tên, giấy tờ và điện thoại được che.",
        "Filings that were not accepted, with a number of their own and no clock. Personal data is covered.",
    )
    column_list = ("number", "procedure", "applicant_name", "state", "held_by_unit", "submitted_at", "until")
    column_details_list = (
        "number", "procedure", "state", "applicant_name", "applicant_id_no", "applicant_phone",
        "applicant_email", "received_unit", "held_by_unit", "competent_unit", "rounds", "until",
        "submitted_at", "ended_at",
    )  # fmt: skip
    column_sortable_list = ("number", "state", "submitted_at", "until")
    column_searchable_list = ("number",)  # not by name or number: a search would uncover what is covered
    column_default_sort = ("submitted_at", True)
    masked = frozenset({"applicant_name", "applicant_id_no", "applicant_phone", "applicant_email"})
    column_formatters = {
        "state": lambda _v, _c, row, _n: FilingState(row.state).label.say(language()),
        "procedure": lambda _v, _c, row, _n: _procedure(row.procedure),
    }
    column_labels = {
        "number": lazy("Mã hồ sơ nộp", "Number"),
        "procedure": lazy("Thủ tục", "Procedure"),
        "state": lazy("Tình trạng", "State"),
        "applicant_name": lazy("Người nộp", "Applicant"),
        "applicant_id_no": lazy("Số giấy tờ", "Paper number"),
        "applicant_phone": lazy("Điện thoại", "Telephone"),
        "applicant_email": lazy("Thư điện tử", "E-mail"),
        "received_unit": lazy("Nơi nhận", "Handed in at"),
        "held_by_unit": lazy("Đang ở", "Lies at"),
        "competent_unit": lazy("Cơ quan giải quyết", "Deciding office"),
        "rounds": lazy("Số lần yêu cầu bổ sung", "Requests for papers"),
        "until": lazy("Chờ bổ sung đến", "Papers awaited until"),
        "submitted_at": lazy("Nộp lúc", "Handed in"),
        "ended_at": lazy("Kết thúc lúc", "Ended"),
    }
    facets = (
        Facet(
            FilingRow.state,
            Text("Tình trạng", "State"),
            lambda _session: [(one.value, one.label.say(language())) for one in FilingState],
        ),
    )

    def title_of(self, model: FilingRow) -> str:
        return model.number


class HandOverView(OfficeView):
    about = Text(
        "Ai đã nhận kết quả, bằng cách nào. Họ tên và số giấy tờ được che.",
        "Who took results, and how. Names and paper numbers are covered.",
    )
    column_list = ("dossier", "recipient_name", "is_proxy", "method", "checked_by", "at", "unit", "user")
    column_details_list = (
        "dossier", "recipient_name", "recipient_id_no", "is_proxy", "proxy_paper", "method", "checked_by",
        "post_number", "note", "at", "unit", "user",
    )  # fmt: skip
    column_sortable_list = ("at", "method")
    column_default_sort = ("at", True)
    masked = frozenset({"recipient_name", "recipient_id_no", "proxy_paper"})
    column_formatters = {
        "method": lambda _v, _c, row, _n: METHODS[row.method].say(language()),
        "checked_by": lambda _v, _c, row, _n: CHECKS[row.checked_by].say(language()),
    }
    column_labels = {
        "dossier": lazy("Hồ sơ", "Dossier"),
        "recipient_name": lazy("Người nhận", "Recipient"),
        "recipient_id_no": lazy("Số giấy tờ", "Paper number"),
        "is_proxy": lazy("Nhận thay", "For somebody else"),
        "proxy_paper": lazy("Giấy ủy quyền", "Proxy paper"),
        "method": lazy("Cách trả", "How"),
        "checked_by": lazy("Kiểm tra bằng", "Known by"),
        "post_number": lazy("Mã bưu gửi", "Postal number"),
        "note": lazy("Ghi chú", "Note"),
        "at": lazy("Lúc", "When"),
        "unit": lazy("Nơi trả", "Handed back at"),
        "user": lazy("Người trả", "Handed back by"),
    }
    facets = (
        Facet(
            HandOverRow.method,
            Text("Cách trả", "How"),
            lambda _session: [(code, text.say(language())) for code, text in METHODS.items()],
        ),
    )

    def title_of(self, model: HandOverRow) -> str:
        return str(model.dossier)


class RatingView(OfficeView):
    about = Text(
        "Người nộp đánh giá từ 1 (rất không hài lòng) đến 5 (rất hài lòng), mỗi hồ sơ một lần.",
        "Ratings by applicants from 1 (very dissatisfied) to 5 (very satisfied), once for each dossier.",
    )
    column_list = ("dossier", "unit", "score", "channel", "at")
    column_details_list = ("dossier", "unit", "score", "comment", "channel", "at")
    column_sortable_list = ("score", "at")
    column_default_sort = ("at", True)
    column_formatters = {
        "channel": lambda _v, _c, row, _n: CHANNELS.get(row.channel, Text(row.channel)).say(language())
    }
    column_labels = {
        "dossier": lazy("Hồ sơ", "Dossier"),
        "unit": lazy("Cơ quan giải quyết", "Deciding office"),
        "score": lazy("Mức", "Score"),
        "comment": lazy("Góp ý", "Comment"),
        "channel": lazy("Đánh giá ở", "Rated at"),
        "at": lazy("Lúc", "When"),
    }
    facets = (
        Facet(
            RatingRow.score, Text("Mức", "Score"), lambda _session: [(str(one), str(one)) for one in STEPS]
        ),
    )

    def title_of(self, model: RatingRow) -> str:
        return str(model.dossier)


def _procedure(row: ProcedureRow) -> str:
    return f"{row.key} · {Text(row.name_vi, row.name_en).say(language())}"

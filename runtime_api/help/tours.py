"""First-visit tours: a few places of a page, each explained in a sentence or two; by the role of who looks.

A tour is part of the page, so it is read in the language of the page and without script too (under "help").
Script walks through it once for each person and browser, and again whenever it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request
from flask_babel import gettext as _

from engine.domain.access import Actor


@dataclass(frozen=True, slots=True)
class Stop:
    """One place: a selector of the page, a title, and what to know about it."""

    at: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Tour:
    name: str
    stops: tuple[Stop, ...]


def tour_of(endpoint: str, actor: Actor) -> Tour | None:
    """Return the tour of a page for this person; None where there is none."""
    make = {
        "staff.task_list": _task_list,
        "staff.task": _task,
        "staff.reception": _reception,
        "leader.progress": _leader,
        "designer.procedures": _designer,
    }.get(endpoint)
    return make(actor) if make else None


def tour_here() -> Tour | None:
    """Return the tour of the page that is being made, for whoever is signed in."""
    actor = g.get("actor")
    if not actor or not actor.user_id:
        return None
    return tour_of(request.endpoint or "", actor)


def _task_list(actor: Actor) -> Tour:
    stops = [
        Stop(
            "main h1",
            _("Việc của bạn bắt đầu ở đây"),
            _("Mỗi dòng là một việc đang chờ. Việc gấp nhất luôn ở trên cùng, việc quá hạn có dấu ▲ đỏ."),
        ),
        Stop(
            ".counts",
            _("Đếm sẵn theo tình trạng"),
            _("Bấm một ô để chỉ xem việc quá hạn, đến hạn hôm nay, hoặc đang chờ người khác."),
        ),
        Stop(
            "[data-search]",
            _("Tìm không cần dấu"),
            _("Gõ tên, mã hồ sơ, số giấy tờ hay điện thoại. Phím / đưa bạn đến đây từ bất cứ đâu."),
        ),
        Stop(
            '[data-key="n"]',
            _("Không biết làm gì trước?"),
            _("Bấm nút này hoặc phím N: hệ thống giao cho bạn việc gấp nhất chưa có ai làm."),
        ),
    ]
    if "RECEPTION" in actor.roles:
        stops.append(
            Stop(
                '[data-key="F2"]',
                _("Có người đến nộp hồ sơ"),
                _("Phím F2 mở màn hình tiếp nhận. Mọi thứ nhập được bằng bàn phím, in giấy hẹn bằng F9."),
            )
        )
    stops.append(_help_stop())
    return Tour("list-reception" if "RECEPTION" in actor.roles else "list", tuple(stops))


def _task(actor: Actor) -> Tour:
    judges = not actor.roles.isdisjoint(("HEAD", "SIGNATORY", "SUPERVISOR"))
    return Tour(
        "task-judge" if judges else "task",
        (
            Stop(
                ".todo",
                _("Cần làm gì, theo điều nào"),
                _("Các việc phải kiểm tra ở bước này và căn cứ pháp lý. Làm lần lượt từ trên xuống."),
            ),
            Stop(
                ".earlier" if judges else "#work .fields",
                _("Người trước đã ghi gì") if judges else _("Ghi kết quả vào đây"),
                _("Mở từng phần để xem ý kiến và dự thảo của các bước trước.")
                if judges
                else _("Nháp tự lưu trong lúc bạn nhập; đóng trang rồi mở lại vẫn còn."),
            ),
            Stop(
                ".outs",
                _("Mỗi nút dẫn đi đâu"),
                _("Cạnh mỗi nút ghi rõ hồ sơ chuyển cho ai và họ có bao lâu. Alt 1, Alt 2… để chọn."),
            ),
            Stop(
                ".files",
                _("Giấy tờ mở ngay bên cạnh"),
                _("Bấm tên tệp để đọc từng trang cạnh biểu mẫu, không phải tải về."),
            ),
            Stop(
                ".drawing",
                _("Hồ sơ đang ở đâu"),
                _("Màu xanh lá là bước đã xong, bước đậm là bước của bạn, màu xanh dương là cơ quan khác."),
            ),
            _help_stop(),
        ),
    )


def _reception(actor: Actor) -> Tour:
    return Tour(
        "reception",
        (
            Stop(
                "main h1",
                _("Tiếp nhận bắt đầu từ thủ tục"),
                _("Gõ vài chữ không dấu hoặc chữ cái đầu, ví dụ “gpxd”, rồi Enter."),
            ),
            Stop(
                "[data-filter], [data-search], main input",
                _("Chỉ cần bàn phím"),
                _("Enter sang ô kế, phím cách đánh dấu giấy tờ, F9 nhận và in giấy hẹn."),
            ),
            _help_stop(),
        ),
    )


def _leader(actor: Actor) -> Tour:
    return Tour(
        "leader",
        (
            Stop(
                "main h1",
                _("Tiến độ của các đơn vị"),
                _("Số liệu là của lúc này. Mỗi con số là một đường dẫn đến đúng các hồ sơ đó."),
            ),
            Stop(
                ".period",
                _("Chọn khoảng thời gian"),
                _("Tuần, tháng hoặc ngày bất kỳ; bảng bên dưới đổi theo."),
            ),
            Stop(
                "table",
                _("Quá hạn ở đâu, của ai"),
                _("Cột đỏ là hồ sơ quá hạn. Bấm vào số để xem đang nằm ở bước nào, ai giữ."),
            ),
            _help_stop(),
        ),
    )


def _designer(actor: Actor) -> Tour:
    return Tour(
        "designer",
        (
            Stop(
                "main h1",
                _("Quy trình của đơn vị"),
                _("Hồ sơ đang chạy giữ phiên bản lúc tiếp nhận; bạn sửa bản nháp mà không làm hỏng gì."),
            ),
            Stop(
                "table, .services, .way",
                _("Mở một quy trình"),
                _("Ở đó có phiên bản đang hiệu lực, bản nháp, so sánh và chạy thử từng bước."),
            ),
            _help_stop(),
        ),
    )


def _help_stop() -> Stop:
    return Stop(
        "[data-help]",
        _("Quên thì xem lại ở đây"),
        _("Trợ giúp của trang này, phím tắt, và xem lại hướng dẫn. Mỗi vai trò có thẻ một trang để in."),
    )

"""How every refusal and every breakdown looks: a page, a fragment for htmx, or problem details as JSON.

Each says what happened and what can be done next. A breakdown gets an incident number, which is all that
leaves the server; the rest is in the log.
"""

from __future__ import annotations

import logging
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from engine.domain.access import SYSTEM, RoleMissing
from engine.domain.texts import Text
from engine.errors import Conflict, Forbidden, Invalid, NotFound, ProcedureError, Refused
from engine.store.rows import RoleRow
from runtime_api.i18n import language

STATUS: dict[type[ProcedureError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Invalid: 422,
    Refused: 409,
    Conflict: 409,
}
STATUS_OF_CODE = {
    "sign_in_failed": 401,
    "sign_in_locked": 429,
    "too_many_tries": 429,
    "file_too_large": 413,
    "no_room": 503,
    "version_missing": 428,
}
RETRY_AFTER = 10  # seconds
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout)  # the database is away, or too busy

log = logging.getLogger("motcua.web")


def init_errors(app: Flask) -> None:
    """Map everything that can be raised in a view to an answer."""
    app.register_error_handler(ProcedureError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    for kind in UNREACHABLE:
        app.register_error_handler(kind, unreachable)
    app.register_error_handler(Exception, _broken)


def status_of(error: ProcedureError) -> int:
    """Return the HTTP status of a refusal."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 409)


def wants_json() -> bool:
    """Tell whether the caller is a program: below /api, or asking for JSON before HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def unreachable(error: Exception) -> Response:
    """Answer that the database is away: nothing is lost, it can be tried again."""
    incident = _incident(error)
    answer = _answer(503, _titles()[503], _messages()[503], code="unreachable", reference=incident)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


def problem_of(error: ProcedureError) -> Response:
    """Return a refusal as problem details, in the language of the request."""
    status = status_of(error)
    return _problem(status, _titles()[status], error.say(language()), error.code, "")


def _refused(error: ProcedureError) -> ResponseReturnValue:
    if isinstance(error, RoleMissing):
        error.facts["role"] = _role_called(str(error.facts.get("role", "")))
    return _answer(status_of(error), _titles()[status_of(error)], error.say(language()), code=error.code)


def _role_called(code: str) -> str:
    """Return what people call a role; its code where it has no name, or the database does not answer."""
    try:
        with current_app.extensions["motcua"].reading(SYSTEM) as unit:
            row = unit.session.scalars(select(RoleRow).where(RoleRow.code == code)).one_or_none()
            names = Text(row.name_vi, row.name_en) if row else Text(code)
    except UNREACHABLE:
        return code
    return f"“{names.say(language())}”" if names.vi != code else code


def _forged(error: CSRFError) -> ResponseReturnValue:
    if session.user_id is None and request.path.startswith("/staff/"):
        return _sign_in_first()  # the session ended while somebody typed: that, not forgery
    message = _(
        "Trang này mở đã lâu hoặc phiên làm việc đã đổi, nên hệ thống chưa nhận nội dung vừa gửi. "
        "Hãy quay lại trang trước, tải lại rồi gửi lần nữa."
    )
    return _answer(400, _("Chưa gửi được"), message, code="csrf")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if error.code == 401:
        return _sign_in_first()
    title = _titles().get(error.code, _("Không thực hiện được"))
    answer = _answer(error.code, title, _messages().get(error.code, title), code=f"http_{error.code}")
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _sign_in_first() -> ResponseReturnValue:
    if wants_json():
        return _answer(401, _titles()[401], _messages()[401], code="sign_in_first")
    back = request.full_path.rstrip("?") if request.method == "GET" else _page_left()
    target = url_for("auth.sign_in", next=back) if back else url_for("auth.sign_in")
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("auth.sign_in")})
    return redirect(target, 303)


def _page_left() -> str:
    """Return the path of our own page from which something was sent; its draft is found by its address."""
    left = urlsplit(request.referrer or "")
    if left.netloc != request.host or not left.path.startswith("/staff/"):
        return ""
    return f"{left.path}?{left.query}" if left.query else left.path


def _broken(error: Exception) -> ResponseReturnValue:
    return _answer(500, _titles()[500], _messages()[500], code="broken", reference=_incident(error))


def _incident(error: Exception) -> str:
    incident = secrets.token_hex(4)
    log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    return incident


def _answer(status: int, title: str, message: str, *, code: str, reference: str = "") -> Response:
    if wants_json():
        return _problem(status, title, message, code, reference)
    if "HX-Request" in request.headers:
        return _fragment(status, message, reference)
    try:
        page = render_template(
            "error.html", status=status, title=title, message=message, reference=reference, code=code
        )
    except Exception as second:  # a page that breaks while it says that a page broke
        log.error("the error page failed", exc_info=second)
        page = f"<!doctype html><meta charset=utf-8><h1>{escape(title)}</h1><p>{escape(message)} {reference}"
    return Response(page, status, mimetype="text/html")


def _problem(status: int, title: str, message: str, code: str, reference: str) -> Response:
    facts = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": message,
        "code": code,
        "instance": request.path,
    }
    if reference:
        facts["incident"] = reference
    answer = jsonify(facts)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def _fragment(status: int, message: str, reference: str) -> Response:
    number = f" <span class=num>{reference}</span>" if reference else ""
    answer = Response(f'<p class="flash bad" role="alert">{escape(message)}{number}</p>', status)
    answer.headers["HX-Retarget"] = "#main"
    answer.headers["HX-Reswap"] = "afterbegin"
    return answer


def _titles() -> dict[int, str]:
    return {
        400: _("Yêu cầu chưa đúng"),
        428: _("Yêu cầu chưa đúng"),
        401: _("Cần đăng nhập"),
        403: _("Bạn chưa có quyền làm việc này"),
        404: _("Không tìm thấy"),
        405: _("Không làm được ở địa chỉ này"),
        409: _("Chưa thực hiện được"),
        413: _("Nội dung gửi lên quá lớn"),
        422: _("Dữ liệu chưa đúng"),
        429: _("Đã thử quá nhiều lần"),
        500: _("Hệ thống gặp lỗi"),
        503: _("Hệ thống đang bận"),
    }


def _messages() -> dict[int, str]:
    return {
        400: _("Hệ thống không đọc được yêu cầu này. Hãy quay lại trang trước và thử lại."),
        401: _("Hãy đăng nhập rồi mở lại trang này."),
        403: _("Phân công hiện tại của bạn không có quyền này. Nếu cần, hãy liên hệ cán bộ CNTT."),
        404: _("Địa chỉ này không có trang nào: có thể đã gõ sai, hoặc bạn không có quyền xem."),
        405: _("Địa chỉ này không nhận thao tác vừa gửi. Hãy quay lại và dùng các nút trên trang."),
        413: _("Tệp hoặc nội dung gửi lên vượt quá dung lượng cho phép. Hãy gửi ít hơn hoặc tệp nhỏ hơn."),
        429: _("Hãy đợi ít phút rồi thử lại."),
        500: _("Chưa có gì được ghi. Hãy thử lại; nếu vẫn lỗi, báo mã sự cố dưới đây cho cán bộ CNTT."),
        503: _(
            "Cơ sở dữ liệu chưa trả lời. Hãy đợi ít giây rồi tải lại trang, xem đã ghi chưa rồi làm tiếp."
        ),
    }

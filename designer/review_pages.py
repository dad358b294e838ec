"""Taking a published revision out of force, from its page."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import withdrawals
from designer.requests import day, engine
from designer.review import Decision

bp = Blueprint("withdrawals", __name__, url_prefix="/designer/revisions")


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.post("/<int:revision_id>/roll-back")
def roll_back(revision_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        number = withdrawals.roll_back(unit, revision_id, request.form.get("reason", ""), version=_version())
    flash(
        _("Đã quay lại phiên bản %(number)s: hồ sơ nhận từ bây giờ đi theo phiên bản đó.", number=number),
        "success",
    )
    return _back(revision_id)


@bp.post("/<int:revision_id>/cancel")
def cancel(revision_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        withdrawals.cancel_publication(unit, revision_id, request.form.get("reason", ""), version=_version())
    flash(_("Đã hủy lịch ban hành; phiên bản trở lại trạng thái đã duyệt."), "success")
    return _back(revision_id)


@bp.post("/<int:revision_id>/abolish")
def abolish(revision_id: int) -> ResponseReturnValue:
    last_day = day("last_day")
    decision = Decision(number=request.form.get("decision_no", ""))
    with engine().unit(g.actor) as unit:
        withdrawals.abolish(
            unit, revision_id, last_day, decision, request.form.get("reason", ""), version=_version()
        )
    flash(_("Đã bãi bỏ thủ tục; hồ sơ đang giải quyết đi tiếp đến khi xong."), "success")
    return _back(revision_id)


def _version() -> int | None:
    return request.form.get("version", type=int)


def _back(revision_id: int) -> ResponseReturnValue:
    return redirect(url_for("designer.revision", revision_id=revision_id), 303)

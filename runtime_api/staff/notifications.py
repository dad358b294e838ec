"""What the person was told: the list behind the bell, and how each topic is told."""

from __future__ import annotations

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.notifications import TOPICS, WAYS
from engine.usecases import notifications
from runtime_api.auth import safe_next
from runtime_api.errors import UNREACHABLE
from runtime_api.staff.blueprint import bp, engine


def unread() -> int:
    """Return how much the person has not read; what the bell of every page asks, error pages included."""
    if request.method == "GET" and session.known is not None:
        return session.known.unread
    try:
        with engine().reading(g.actor) as unit:
            return notifications.unread_count(unit)
    except UNREACHABLE:  # the page that says so has a bar too
        return 0


@bp.get("/notifications")
def notification_list() -> ResponseReturnValue:
    before, only = request.args.get("before", ""), request.args.get("show") == "unread"
    with engine().reading(g.actor) as unit:
        page = notifications.list_notifications(
            unit, only_unread=only, before=int(before[:18]) if before.isdecimal() else None
        )
    return render_template("staff/notifications.html", page=page, only_unread=only)


@bp.get("/notifications/<int:notification_id>")
def notification(notification_id: int) -> ResponseReturnValue:
    """Open what a notification is about; it is read then."""
    with engine().unit(g.actor) as unit:
        target = notifications.open_notification(unit, notification_id)
    return redirect(safe_next(target) or url_for("staff.notification_list"), 303)


@bp.post("/notifications/read")
def notifications_read() -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        notifications.mark_all_read(unit)
    return redirect(url_for("staff.notification_list"), 303)


@bp.get("/notifications/settings")
def notification_settings() -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        choice = notifications.choice_of(unit, g.actor.user_id)
        email = notifications.address_of(unit, g.actor.user_id)
    return render_template(
        "staff/notification_settings.html",
        choice=choice,
        topics=TOPICS,
        email=email,
        has_mail=current_app.extensions["motcua"].mail is not None,
    )


@bp.post("/notifications/settings")
def save_notification_settings() -> ResponseReturnValue:
    form = request.form
    ways = {topic: [way for way in WAYS if form.get(f"{topic}.{way}")] for topic in TOPICS}
    digest = form.get("digest_at", "").strip() if form.get("digest") else ""
    with engine().unit(g.actor) as unit:
        notifications.choose(unit, ways, digest)
    flash(_("Đã lưu cách nhận thông báo."), "success")
    return redirect(url_for("staff.notification_settings"), 303)

"""The list of work: its tabs, filters, columns, saved views, live numbers, and the place to come back to."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.store.work import Unit
from engine.usecases import handing, views, watching, worklists
from engine.usecases.keysets import BadCursor
from engine.usecases.list_columns import BadFilter
from engine.usecases.list_queries import ListQuery
from engine.usecases.views import SavedView
from runtime_api.errors import status_of
from runtime_api.i18n import language, say
from runtime_api.staff.blueprint import bp, engine, looking
from runtime_api.staff.typed import whole

PLACE = "motcua_list"  # the cookie that remembers which page of which list was open
LINES = "lines"  # beside it: the steps on that page, in order
NOT_MINE = ("mine",)  # lists that a step leaves with its holder
NOT_OURS = ("mine", "role")  # lists that it leaves when somebody else has it
EVERYWHERE = ("role", "mine", "unit", "team", "waiting")
KEPT_FOR = 12 * 3600
LONGEST_PLACE = 2_000


@bp.get("/")
def task_list() -> ResponseReturnValue:
    with looking() as unit:
        saved = views.list_views(unit)
        view = _view(saved)
        query = view.query if view else ListQuery.of(request.args.to_dict())
        problems: dict[str, Any] = {}
        status = 200
        try:
            page = _page(unit, query, query.filters)
        except BadFilter as bad:
            problems, status = bad.problems, status_of(bad)
            page = _page(unit, query, {})
        except BadCursor as bad:  # a page of another order, e.g. of a view that was changed meanwhile
            flash(bad.say(language()), "info")
            first = {"view": view.id} if view else query.as_args()
            return redirect(url_for("staff.task_list", **first), 303)
        numbers = _numbers(page.counts, page.tabs)
        colleagues = handing.colleagues_led(unit) if page.lines else ()
    answer = make_response(
        render_template(
            "staff/task_list.html",
            page=page,
            query=query,
            asked=query.as_args(),
            problems=problems,
            saved=saved,
            view=view,
            sharing=[one for one in g.actor.assignments if one.roles & set(views.SHARERS)],
            order_names=_orders(page),
            colleagues=colleagues,
            **numbers,
        ),
        status,
    )
    return _remember(answer, page.lines)


@bp.get("/counts")
def live_counts() -> Response:
    """The numbers beside the tabs, asked for now and then; unchanged ones cost no bytes."""
    query = ListQuery.of(request.args.to_dict())
    with looking() as unit:
        counts, tabs = worklists.count_narrowed(
            unit, query.scope, query.text, query.procedure, query.step, query.filters
        )
    numbers = _numbers(counts, tabs)
    answer = make_response(
        render_template("staff/_counts.html", query=query, asked=query.as_args(), **numbers)
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/watched")
def watched() -> str:
    with looking() as unit:
        lines = watching.list_watched(unit)
    return render_template("staff/watched.html", lines=lines)


@bp.post("/views")
def save_view() -> ResponseReturnValue:
    query = ListQuery.of(dict(parse_qsl(request.form.get("query", "")[:LONGEST_PLACE])))
    shared = request.form.get("share", "")
    with engine().unit(g.actor) as unit:
        view_id = views.save_view(
            unit, request.form.get("name", ""), query, share_with=whole(shared) if shared else None
        )
        if request.form.get("first"):
            views.open_first(unit, view_id)
    flash(_("Đã lưu khung nhìn; mở được từ mọi máy."), "success")
    return redirect(url_for("staff.task_list", view=view_id), 303)


@bp.post("/views/<int:view_id>/first")
def open_first(view_id: int) -> ResponseReturnValue:
    wanted = request.form.get("first") == "1"
    with engine().unit(g.actor) as unit:
        views.open_first(unit, view_id if wanted else None)
    said = _("Danh sách sẽ mở bằng khung nhìn này.") if wanted else _("Danh sách mở như thường lệ.")
    flash(said, "success")
    return redirect(url_for("staff.task_list", view=view_id), 303)


@bp.post("/views/<int:view_id>/delete")
def delete_view(view_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        name = views.delete_view(unit, view_id)
    flash(_("Đã xóa khung nhìn “%(name)s”.", name=name), "success")
    return redirect(url_for("staff.task_list", scope="role"), 303)


def list_place(near: int = 0, *, gone: Container[str] = ()) -> str:
    """Return the address of the list as it was last open here, at the page that was open.

    Args:
        near: The step whose line is to have the focus; 0 for the beginning of the page.
        gone: The lists in which it no longer stands: there the line that came after it has the focus, else
            the one before.
    """
    kept = dict(parse_qsl(request.cookies.get(PLACE, "")[:LONGEST_PLACE]))
    query = ListQuery.of(kept)
    args = query.as_args()
    args |= {name: kept[name] for name in ("after", "before", "view") if kept.get(name, "\x00").isprintable()}
    lines = [int(one) for one in kept.get(LINES, "").split(".") if one.isascii() and one.isdecimal()]
    place = _neighbour(lines, near) if query.scope in gone else near
    address = url_for("staff.task_list") + (f"?{urlencode(args)}" if args else "")
    return f"{address}#w{place}" if place else address


def _neighbour(lines: list[int], gone: int) -> int:
    """Return the line that stood after another, else the one before it; 0 where there is none."""
    if gone not in lines:
        return 0
    at = lines.index(gone)
    beside = lines[at + 1 : at + 2] or lines[max(at - 1, 0) : at]
    return beside[0] if beside else 0


def _view(saved: tuple[SavedView, ...]) -> SavedView | None:
    """Return the saved view that is asked for: by its number, or the first one where nothing is asked."""
    asked = request.args.get("view", "")
    if asked:
        return next((one for one in saved if str(one.id) == asked), None)
    if set(request.args) - {"lang", "after", "before"}:
        return None
    return next((one for one in saved if one.is_first), None)


def _page(unit: Unit, query: ListQuery, filters: Any) -> worklists.TaskPage:
    return worklists.list_tasks(
        unit,
        scope=query.scope,  # type: ignore[arg-type]
        text=query.text,
        procedure=query.procedure,
        step=query.step,
        state=query.state,  # type: ignore[arg-type]
        sort=query.sort,
        filters=filters,
        after=request.args.get("after") or None,
        before=request.args.get("before") or None,
    )


def _numbers(counts: worklists.TaskCounts, tabs: worklists.TabCounts) -> dict[str, Any]:
    """Return the numbers beside the tabs and of the states."""
    names = {
        "role": _("Tôi làm được"),
        "mine": _("Tôi đã nhận"),
        "unit": _("Đơn vị"),
        "team": _("Tôi phụ trách"),
        "waiting": _("Chờ người khác"),
    }
    return {
        "tabs": [(one, names[one], number) for one, number in tabs.open],
        "followed": tabs.followed,
        "counts": [
            ("all", _("Tất cả việc đang mở"), counts.all, ""),
            ("late", _("Đã quá hạn"), counts.late, "late"),
            ("today", _("Đến hạn hôm nay"), counts.today, "soon"),
            ("supplement", _("Chờ người nộp bổ sung"), counts.supplement, ""),
            ("agency", _("Chờ cơ quan khác"), counts.agency, ""),
        ],
    }


def _orders(page: worklists.TaskPage) -> list[tuple[str, str]]:
    names = [
        ("urgent", _("Gấp nhất trước")),
        ("newest", _("Mới đến trước")),
        ("oldest", _("Đến lâu nhất trước")),
    ]
    for one in page.columns.shown:
        names.append((f"column.{one.name}", f"{say(one.label)} ↑"))
        names.append((f"column.-{one.name}", f"{say(one.label)} ↓"))
    return names


def _remember(answer: Response, lines: Iterable[worklists.TaskLine]) -> Response:
    """Keep the place and its lines, so that finishing a step leads back to it; a cookie needs no write."""
    place = request.query_string.decode("ascii", "replace")[:LONGEST_PLACE]
    there = urlencode({LINES: ".".join(str(one.id) for one in lines)})
    if len(place) + len(there) < LONGEST_PLACE:
        place = f"{place}&{there}" if place else there
    answer.set_cookie(
        PLACE,
        place,
        max_age=KEPT_FOR,
        path=f"{request.script_root}/staff",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return answer

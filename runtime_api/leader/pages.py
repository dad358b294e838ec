"""Progress by unit and procedure, for a period that a person chooses, and the lists behind the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from engine.domain.calendar import local_day
from engine.usecases import reports
from engine.usecases.organisation import UnitNode, unit_tree
from engine.usecases.ratings import ratings_by_unit
from engine.usecases.reports import UnitProgress
from engine.usecases.visibility import LEADERS
from runtime_api.i18n import say
from runtime_api.leader.blueprint import bp, engine

LONGEST_PERIOD = 3660  # days
COLUMNS = (
    *("received", "in_progress", "late", "supplement", "resolved_early", "resolved_on_time"),
    *("resolved_late", "not_collected", "returned"),
)
LATE = ("late", "resolved_late")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page shows: a period, and the unit at the top of it."""

    since: date
    until: date
    root_id: int | None
    problem: str = ""

    def as_query(self) -> dict[str, Any]:
        query: dict[str, Any] = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return query | ({"root": self.root_id} if self.root_id else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A unit with its procedures."""

    unit_id: int
    unit_name: str
    rows: list[UnitProgress]
    totals: dict[str, int] = field(default_factory=dict)


@bp.get("/")
def progress() -> str:
    with engine().reading(g.actor) as unit:
        today = local_day(unit.now)
        asked = _read(today)
        roots = _roots(unit_tree(unit, today))
        lines = reports.progress(unit, asked.root_id, since=asked.since, until=asked.until)
        ratings = ratings_by_unit(unit, asked.since, asked.until)
        now = unit.now
    lines = [one for one in lines if any(getattr(one, name) for name in COLUMNS)]
    return render_template(
        "leader/progress.html",
        asked=asked,
        since=asked.since,
        until=asked.until,
        problem=asked.problem,
        now=now,
        quick=_quick(today),
        kept={"root": asked.root_id} if asked.root_id else {},
        roots=roots,
        groups=_groups(lines),
        totals=reports.totals(lines),
        ratings=[one for one in ratings if one.total],
        headline=_headline(),
        measures=[(name, _measure_names()[name]) for name in COLUMNS],
        cell=lambda name, number, unit_id, key: _cell(asked, name, number, unit_id, key),
        list_url=lambda name: _list_url(asked, name, None, ""),
    )


@bp.get("/list/<measure>")
def dossiers(measure: str) -> str:
    """The dossiers behind one number; as many as the number said."""
    unit_id, key = _number(request.args.get("unit", "")), request.args.get("procedure", "")[:60]
    with engine().reading(g.actor) as unit:
        asked = _read(local_day(unit.now))
        lines = reports.list_for(
            unit,
            measure,
            since=asked.since,
            until=asked.until,
            root_unit_id=asked.root_id,
            unit_id=unit_id,
            procedure_key=key,
        )
    where = [lines[0].competent_unit] if lines and unit_id else []
    where += [say(lines[0].procedure_name)] if lines and key else []
    return render_template(
        "leader/list.html",
        lines=lines,
        heading=_measure_names()[measure],
        scope=" · ".join(where) or _("Mọi đơn vị trong phạm vi của bạn"),
        since=asked.since,
        until=asked.until,
        back=url_for("leader.progress", **asked.as_query()),
    )


def _read(today: date) -> Asked:
    """Read the period; what cannot be read falls back to this month, and says so."""
    since = _day(request.args.get("since", ""), today.replace(day=1))
    until = _day(request.args.get("until", ""), today)
    root_id = _number(request.args.get("root", ""))
    if since is None or until is None:
        problem = _("Ngày phải là ngày có thật, dạng 24/11/2026; đang xem tháng này.")
    elif until < since or (until - since).days > LONGEST_PERIOD:
        problem = _("Ngày cuối phải sau ngày đầu, cách nhau không quá 10 năm; đang xem tháng này.")
    else:
        return Asked(since=since, until=until, root_id=root_id)
    return Asked(since=today.replace(day=1), until=today, root_id=root_id, problem=problem)


def _day(text: str, default: date) -> date | None:
    text = text.strip()
    if not text:
        return default
    day, _slash, rest = text.partition("/")
    month, _slash, year = rest.partition("/")
    try:
        return date(int(year), int(month), int(day)) if rest else date.fromisoformat(text)
    except ValueError:
        return None


def _quick(today: date) -> list[tuple[str, date, date]]:
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        (_("Hôm nay"), today, today),
        (_("Tuần này"), today - timedelta(days=today.weekday()), today),
        (_("Tháng này"), month, today),
        (_("Tháng trước"), last_month, month - timedelta(days=1)),
        (_("Quý này"), quarter, today),
        (_("Năm nay"), date(today.year, 1, 1), today),
    ]


def _roots(tree: tuple[UnitNode, ...]) -> list[tuple[int, str]]:
    """Return the units at which this person may start: those led, and all below them, indented."""
    leading = {one.unit_id for one in g.actor.assignments if one.roles & LEADERS}
    found: list[tuple[int, str]] = []

    def walk(node: UnitNode, depth: int, inside: bool) -> None:
        inside = inside or node.id in leading
        if inside:
            found.append((node.id, "\u2003" * depth + say(node.name)))
        for child in node.children:
            walk(child, depth + inside, inside)

    for top in tree:
        walk(top, 0, False)
    return found


def _groups(lines: list[UnitProgress]) -> list[Group]:
    groups = []
    for (unit_id, name), rows in groupby(lines, key=lambda one: (one.unit_id, one.unit_name)):
        own = list(rows)
        groups.append(Group(unit_id=unit_id, unit_name=name, rows=own, totals=reports.totals(own)))
    return groups


def _cell(asked: Asked, name: str, number: int, unit_id: int | None, key: str) -> Markup:
    """Return a number as the link to its list; a zero has no list."""
    if not number:
        return Markup('<span class="zero">0</span>')
    tone = ' class="late"' if name in LATE else ""
    return Markup(f'<a{tone} href="{escape(_list_url(asked, name, unit_id, key))}">{number}</a>')


def _list_url(asked: Asked, name: str, unit_id: int | None, key: str) -> str:
    query = asked.as_query() | ({"unit": unit_id} if unit_id else {}) | ({"procedure": key} if key else {})
    return f"{url_for('leader.dossiers', measure=name)}?{urlencode(query)}"


def _headline() -> list[tuple[str, str, str]]:
    names = _measure_names()
    tones = {"late": "late", "due_soon": "soon"}
    return [
        (name, names[name], tones.get(name, ""))
        for name in ("received", "in_progress", "late", "due_soon", "not_collected")
    ]


def _measure_names() -> dict[str, str]:
    return {
        "received": _("Đã tiếp nhận"),
        "in_progress": _("Đang giải quyết"),
        "late": _("Quá hạn"),
        "due_soon": _("Đến hạn hôm nay, ngày mai"),
        "supplement": _("Chờ bổ sung"),
        "awaiting_payment": _("Chờ nộp tiền"),
        "resolved": _("Có kết quả"),
        "resolved_early": _("Xong trước hạn"),
        "resolved_on_time": _("Xong đúng hạn"),
        "resolved_late": _("Xong quá hạn"),
        "not_collected": _("Chờ trả"),
        "returned": _("Đã trả"),
        "withdrawn": _("Đã rút"),
        "stopped": _("Đã dừng"),
    }


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None

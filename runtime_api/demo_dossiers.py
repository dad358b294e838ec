"""Brings the stories of the demo to life: real receptions and real steps, on a clock set to the past.

All acts of all dossiers happen in the order of their moments, as they would have in the offices, so that
numbers, timers and histories are those that the product itself makes.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.domain.calendar import WorkingCalendar, at, local_day
from engine.runtime import Engine
from engine.store.rows import (
    AssignmentRow,
    DossierRow,
    PositionRow,
    TimerRow,
    UnitRow,
    UserRow,
    WorkItemRow,
)
from engine.usecases.calendars import calendar_of
from engine.usecases.dossiers import Reception, receive_dossier, stop_dossier, withdraw_dossier
from engine.usecases.hand_overs import HandOver
from engine.usecases.outbox import send_due
from engine.usecases.reception import Applicant, ReceivedComponent
from engine.usecases.tasks import claim_task, complete_task
from engine.usecases.timers import fire_due_timers
from runtime_api.demo_procedures import acting
from runtime_api.demo_stories import GROUND, REASON, STORIES, Story

ANSWERS: dict[str, dict[str, str]] = {  # what people write at a step, by procedure and node
    "P03 T3": {"land_ok": "1", "planning_ok": "1", "drawings_ok": "1"},
    "P03 T5a": {
        "red_line": "Cách tim đường 6,0 m",
        "building_line": "Lùi 2,0 m so với chỉ giới đường đỏ",
        "density": "60",
    },
    "P03 T5b": {
        "fire_document_no": "318/PC07",
        "fire_content": "Đồng ý; bố trí 2 bình bột ABC và lối thoát thứ hai.",
    },
    "P03 T4": {"site_findings": "Thửa đất đúng ranh, không tranh chấp; hiện trạng đất trống."},
    "P03 T6": {
        "consolidation": "Hồ sơ đủ điều kiện theo điều 95 Luật Xây dựng.",
        "permit_content": "Cấp phép xây dựng mới theo hồ sơ thiết kế kèm theo.",
    },
    "P03 TR": {"refusal_reason": REASON["refuse"], "refusal_legal": "Luật Xây dựng 50/2014/QH13, điều 91"},
    "P03 T10": {"method": "counter"},
    "P07 T2": {"original_intact": "1"},
    "P07 TR": {"refusal_ground": "altered", "refusal_reason": REASON["not_copyable"]},
    "P07 T5": {"method": "counter"},
    "P07 T5r": {"method": "counter"},
}
HANDED_OVER = ("P03 T10", "P07 T5", "P07 T5r")
MORNING = time(9)


@dataclass
class StoryClock:
    """The clock of the offices while their past is told."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(order=True)
class _Act:
    """The next thing that happens in one story."""

    moment: datetime
    number: int
    words: tuple[str, ...] = field(compare=False)


def tell_stories(engine: Engine) -> int:
    """Let every story happen up to the engine's present; return how many dossiers there are."""
    now = engine.clock.now()
    calendar = _calendar(engine)
    clock = StoryClock(min(_begin(calendar, now, story) for story in STORIES))
    past = replace(engine, clock=clock)
    dossiers: dict[int, int] = {}
    acts = [
        _Act(_begin(calendar, now, story), number, tuple(story.acts.split()))
        for number, story in enumerate(STORIES)
    ]
    heapq.heapify(acts)
    while acts and acts[0].moment <= now:
        act = heapq.heappop(acts)
        _let_time_pass(past, clock, act.moment)
        story = STORIES[act.number]
        if act.number not in dossiers:
            dossiers[act.number] = _receive(past, story, act.number)
            left = act.words
        else:
            _do(past, dossiers[act.number], story, act.number, act.words[0])
            left = act.words[1:]
        if left:
            minutes = int(float(left[0].split(":")[2]) * 60)
            heapq.heappush(acts, _Act(calendar.add_working_minutes(act.moment, minutes), act.number, left))
    _let_time_pass(past, clock, now)
    while send_due(past, 200):
        pass
    return len(dossiers)


def _calendar(engine: Engine) -> WorkingCalendar:
    with engine.reading(SYSTEM) as unit:
        office = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == "ttpvhcc")).one()
        return calendar_of(unit, office)


def _begin(calendar: WorkingCalendar, now: datetime, story: Story) -> datetime:
    day = _working_days_before(calendar, _today(now), story.days)
    return at(day, time.fromisoformat(story.at))


def _today(now: datetime) -> date:
    """The day that the stories call today: before the offices have begun, it is still yesterday."""
    day = local_day(now)
    return day if now >= at(day, MORNING) else day - timedelta(days=1)


def _working_days_before(calendar: WorkingCalendar, day: date, count: int) -> date:
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    for _ in range(count):
        day -= timedelta(days=1)
        while not calendar.is_working(day):
            day -= timedelta(days=1)
    return day


def _let_time_pass(engine: Engine, clock: StoryClock, until: datetime) -> None:
    """Fire the timers on the way, each at its own moment."""
    while True:
        with engine.reading(SYSTEM) as unit:
            due = unit.session.scalar(select(func.min(TimerRow.due_at)))
        if due is None or due > until:
            break
        clock.moment = max(due, clock.moment)
        if fire_due_timers(engine, 100) == 0:
            break
    clock.moment = until


def _receive(engine: Engine, story: Story, number: int) -> int:
    with acting(engine, story.clerk) as unit:
        place = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == story.place)).one()
        reception = Reception(
            procedure_key=story.procedure,
            receiving_unit_id=place,
            applicant=_applicant(story, number),
            data=story.data,
            components=[ReceivedComponent(code=code) for code in story.components],
        )
        return receive_dossier(unit, reception).dossier_id


def _applicant(story: Story, number: int) -> Applicant:
    return Applicant(
        kind=story.kind,
        name=story.name,
        id_no=f"2001{number:06d}"
        if story.kind == 1
        else f"0960{80 + number % 19}{number * 7919 % 10**6:06d}",
        phone=f"0918{number * 104_729 % 10**6:06d}",
        address=story.address,
    )


def _do(engine: Engine, dossier: int, story: Story, number: int, word: str) -> None:
    node, outcome, _ = word.split(":")
    if node == "withdraw":
        with acting(engine, story.clerk) as unit:
            withdraw_dossier(unit, dossier, REASON["withdraw"])
        return
    if node == "stop":
        with acting(engine, _signatory(engine, dossier)) as unit:
            stop_dossier(unit, dossier, REASON["stop"], GROUND)
        return
    task = _open_task(engine, dossier, node)
    with acting(engine, _who_may(engine, task)) as unit:
        if outcome == "claim":
            claim_task(unit, task)
            return
        raw = _answers(engine, story, number, node)
        taken = None
        if f"{story.procedure} {node}" in HANDED_OVER:
            taken = taken_by(raw["recipient_name"], raw["recipient_id_no"], is_proxy=story.kind != 0)
        reason = REASON.get(outcome, "")
        complete_task(unit, task, outcome=outcome, raw=raw, reason=reason, hand_over=taken)


def taken_by(name: str, id_no: str, *, is_proxy: bool = False) -> HandOver:
    """Return how results are taken in the demo: at the counter, with an identity card."""
    paper = "Giấy giới thiệu của công ty" if is_proxy else ""
    return HandOver(
        method="counter",
        checked_by="id_card",
        recipient_name=name,
        recipient_id_no=id_no,
        is_proxy=is_proxy,
        proxy_paper=paper,
    )


def _answers(engine: Engine, story: Story, number: int, node: str) -> Mapping[str, str]:
    key = f"{story.procedure} {node}"
    answers = dict(ANSWERS.get(key, {}))
    if key == "P03 T4":
        answers["visit_date"] = f"{local_day(engine.clock.now()):%d/%m/%Y}"
    if key in HANDED_OVER:
        answers["recipient_name"] = story.name if story.kind == 0 else "Người được ủy quyền"
        answers["recipient_id_no"] = f"0960{80 + number % 19}{number * 7919 % 10**6:06d}"
    return answers


def _open_task(engine: Engine, dossier: int, node: str) -> int:
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalars(
            select(WorkItemRow.id).where(
                WorkItemRow.dossier_id == dossier, WorkItemRow.node_id == node, WorkItemRow.status == "open"
            )
        ).one()


def _who_may(engine: Engine, task: int) -> str:
    """Whoever claimed the step, else the first person with its role in its unit."""
    with engine.reading(SYSTEM) as unit:
        item = unit.session.get_one(WorkItemRow, task)
        if item.claimed_by is not None:
            return unit.session.get_one(UserRow, item.claimed_by).login
        unit_id, role = item.unit_id, item.role
    return _holder(engine, unit_id, role)


def _signatory(engine: Engine, dossier: int) -> str:
    with engine.reading(SYSTEM) as unit:
        unit_id = unit.session.get_one(DossierRow, dossier).competent_unit_id
    return _holder(engine, unit_id, "SIGNATORY")


def _holder(engine: Engine, unit_id: int, role: str) -> str:
    today = local_day(engine.clock.now())
    with engine.reading(SYSTEM) as unit:
        held = unit.session.execute(
            select(UserRow.login, PositionRow.roles)
            .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
            .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
            .where(PositionRow.unit_id == unit_id, AssignmentRow.starts_on <= today)
            .order_by(AssignmentRow.id)
        )
        return next(login for login, roles in held if role in roles)

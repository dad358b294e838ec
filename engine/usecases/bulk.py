"""One act on many steps: exactly the chosen ones, each by itself, each with what came of it.

The choice is kept first, then the act is named and begun once. Lines that were done or refused are never
touched again, so a worker that dies goes on where it stopped, and a second click changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from engine.domain.access import SYSTEM, check_holds
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, ProcedureError, Refused
from engine.store import units
from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.teamwork_rows import BulkLineRow, BulkRow
from engine.store.work import Unit
from engine.usecases import handing, task_pages, tasks, watching
from engine.usecases.absences import away_in_form, away_sentence
from engine.usecases.accounts import load_actor
from engine.usecases.audit import record
from engine.usecases.hand_overs import hands_over
from engine.usecases.oversight import ADMIN, check_reason
from engine.usecases.substitutes import said_away
from engine.usecases.visibility import scope_of

if TYPE_CHECKING:
    from engine.runtime import Engine

MOST = 10_000
AT_ONCE = 25  # so few are done while somebody waits for the page
PAGE = 200
ACTS = ("complete", "claim", "release", "reassign", "watch")
SIGN = "sign"  # needs a PIN, so it is done by `bulk_signing` while somebody waits, never by the worker


class NothingChosen(Invalid):
    code = "nothing_chosen"
    vi = "Chưa chọn việc nào. Hãy đánh dấu các việc cần làm rồi thử lại."
    en = "No work is chosen. Tick what is to be done, then try again."


class TooManyChosen(Refused):
    code = "too_many_chosen"
    vi = "Danh sách có hơn {most} việc; một lần làm được tối đa {most}. Hãy lọc bớt. Chưa có gì thay đổi."
    en = "The list has more than {most} items; at most {most} at once. Narrow it. Nothing was changed."


class UnknownAct(Invalid):
    code = "unknown_act"
    vi = "Hãy chọn lại việc cần làm hàng loạt; giá trị gửi lên không có trong danh sách."
    en = "Choose again what is to be done in bulk; what was sent is not on the list."


class BulkStopped(Refused):
    code = "bulk_stopped"
    vi = "Bộ phận CNTT đã dừng việc hàng loạt này: {reason}. Bước này giữ nguyên."
    en = "IT staff stopped this act on many: {reason}. This step was left as it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """One chosen step. `state`: waiting, done, refused; `text`: what came of it."""

    task_id: int
    code: str
    step: Text
    state: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    code: str
    name: Text
    needs_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkView:
    """An act on many steps.

    Attributes:
        state: prepared, queued, running or done.
        outcomes: How all may be finished at once; empty unless all are the same step.
        at_desk: All are the same step, which hands results back, each to somebody who must be written down.
        places: To whom all may be handed; of the first, for the others are checked one by one.
        lines: The refused first, at most `PAGE`.
    """

    id: int
    act: str
    state: str
    total: int
    done: int
    refused: int
    outcomes: tuple[BulkOutcome, ...]
    at_desk: bool
    places: handing.Places
    lines: tuple[BulkLine, ...]

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.refused


def prepare(unit: Unit, chosen: Iterable[tuple[int, int]]) -> int:
    """Keep a choice of steps, each with the version that was shown; return the number of the bulk.

    Steps that do not exist or may not be seen stay in it and are refused, one by one, in these words.

    Raises:
        NothingChosen, TooManyChosen: If there is nothing, or too much, to do.
    """
    versions = dict(chosen)
    if not versions:
        raise NothingChosen("at least one", "none")
    if len(versions) > MOST:
        raise TooManyChosen(f"at most {MOST}", f"{len(versions)}", most=MOST)
    if unit.actor.user_id is None:
        raise NotFound("a person", "the system chooses nothing", what="người thực hiện")
    bulk = BulkRow(
        user_id=unit.actor.user_id, act="", facts={}, state="prepared", total=len(versions),
        done=0, refused=0, created_at=unit.now,
    )  # fmt: skip
    unit.session.add(bulk)
    unit.session.flush()
    known = _known(unit, list(versions))
    unit.session.add_all(
        BulkLineRow(
            bulk_id=bulk.id,
            work_item_id=task_id,
            version=version,
            state="waiting",
            **known.get(task_id, {}),
        )
        for task_id, version in versions.items()
    )
    return bulk.id


def begin(unit: Unit, bulk_id: int, act: str, facts: Mapping[str, Any]) -> bool:
    """Let a prepared choice be carried out; return false if it was begun before.

    Args:
        facts: "outcome" and "reason" to complete; "reason" and "user" or "unit" to reassign.

    Raises:
        UnknownAct: If there is no such act.
        HandingReasonMissing: To reassign without a reason.
    """
    bulk = own_bulk(unit, bulk_id, lock=True)
    if bulk.state != "prepared":
        return False
    if act not in ACTS:
        raise UnknownAct("one of the acts", act[:20])
    if act == "reassign":
        if not 0 < len(facts.get("reason", "").strip()) <= handing.LONGEST_REASON:
            raise handing.HandingReasonMissing("a reason", "none", most=handing.LONGEST_REASON)
        if not facts.get("user") and not facts.get("unit"):
            raise UnknownAct("a person or a unit", "neither")
    bulk.act, bulk.facts, bulk.state = act, dict(facts), "queued"
    return True


def stop(unit: Unit, bulk_id: int, reason: str) -> int:
    """Let the waiting lines of a begun bulk alone, as IT staff; return how many.

    Raises:
        RoleMissing: If the actor is not IT staff.
        ReasonTooShort: Without a reason.
        NotFound: If no such bulk is at work.
    """
    check_holds(unit.actor, ADMIN)
    check_reason(reason)
    bulk = unit.session.get(BulkRow, bulk_id, with_for_update=True)
    if bulk is None or bulk.state not in ("queued", "running"):
        raise NotFound("a bulk at work", "there is none", what="việc hàng loạt")
    left = bulk.total - bulk.done - bulk.refused
    refuse_rest(unit, bulk, BulkStopped("to go on", "it was stopped", reason=reason.strip()))
    record(unit, f"account:{bulk.user_id}", "bulk.stopped", {"bulk": bulk.id, "reason": reason.strip()})
    return left


def describe(unit: Unit, bulk_id: int) -> BulkView:
    """Return a bulk of the actor's."""
    bulk = own_bulk(unit, bulk_id)
    order = {"refused": 0, "waiting": 1, "done": 2}
    lines = unit.session.scalars(
        select(BulkLineRow)
        .where(BulkLineRow.bulk_id == bulk.id)
        .order_by(BulkLineRow.state.desc(), BulkLineRow.id)
        .limit(PAGE)
    ).all()
    outcomes, at_desk, places = (), False, handing.Places(colleagues=(), units=())
    if bulk.state == "prepared":
        outcomes, at_desk, places = _offers(unit, bulk)
    return BulkView(
        id=bulk.id,
        act=bulk.act,
        state=bulk.state,
        total=bulk.total,
        done=bulk.done,
        refused=bulk.refused,
        outcomes=outcomes,
        at_desk=at_desk,
        places=places,
        lines=tuple(
            BulkLine(
                task_id=one.work_item_id,
                code=one.code,
                step=Text(one.step_vi, one.step_en),
                state=one.state,
                text=Text(one.text_vi, one.text_en),
            )
            for one in sorted(lines, key=lambda one: (order[one.state], one.id))
        ),
    )


def chosen_codes(unit: Unit, bulk_id: int) -> list[str]:
    """Return the codes of the dossiers of a bulk that the actor may see, each once, in order."""
    own_bulk(unit, bulk_id)
    rows = unit.session.scalars(
        select(BulkLineRow.code)
        .where(BulkLineRow.bulk_id == bulk_id, BulkLineRow.code != "")
        .order_by(BulkLineRow.id)
    )
    return list(dict.fromkeys(rows))


def unknown_steps(unit: Unit, bulk_id: int) -> list[int]:
    """Return the numbers of chosen steps that do not exist or that the actor may not see; at most `PAGE`."""
    own_bulk(unit, bulk_id)
    wanted = select(BulkLineRow.work_item_id).where(BulkLineRow.bulk_id == bulk_id, BulkLineRow.code == "")
    return list(unit.session.scalars(wanted.order_by(BulkLineRow.id).limit(PAGE)))


# --- carrying out -----------------------------------------------------------------------------


def carry_out(engine: Engine, bulk_id: int, most: int) -> int:
    """Do at most `most` waiting lines of a begun bulk; return how many."""
    with engine.unit(SYSTEM) as unit:
        bulk = unit.session.get(BulkRow, bulk_id, with_for_update=True)
        if bulk is None or bulk.state not in ("queued", "running") or bulk.act == SIGN:
            return 0
        if bulk.state == "queued":
            bulk.state, bulk.begun_at = "running", unit.now
        try:
            actor = load_actor(unit, bulk.user_id)
        except NotFound as gone:  # the account was closed meanwhile
            refuse_rest(unit, bulk, gone)
            return 1
        act, facts = bulk.act, dict(bulk.facts)
        waiting = unit.session.scalars(
            select(BulkLineRow.id)
            .where(BulkLineRow.bulk_id == bulk_id, BulkLineRow.state == "waiting")
            .order_by(BulkLineRow.id)
            .limit(most)
        ).all()
        if not waiting:
            bulk.state, bulk.ended_at = "done", unit.now
    for line_id in waiting:
        try:
            with engine.unit(actor) as unit:
                line = waiting_line(unit, line_id)
                if line is not None:
                    said = _ACTS[act](unit, line, facts)
                    settle(unit, line, "done", said)
        except ProcedureError as refusal:
            with engine.unit(SYSTEM) as unit:
                line = waiting_line(unit, line_id)
                if line is not None:
                    settle(unit, line, "refused", Text(refusal.say("vi"), refusal.say("en")))
    return len(waiting)


def refuse_rest(unit: Unit, bulk: BulkRow, refusal: ProcedureError) -> None:
    """End a bulk: what still waits is left alone, and says why."""
    waiting = (BulkLineRow.bulk_id == bulk.id, BulkLineRow.state == "waiting")
    words = {"state": "refused", "text_vi": refusal.say("vi"), "text_en": refusal.say("en")}
    unit.session.execute(update(BulkLineRow).where(*waiting).values(words))
    bulk.refused, bulk.state, bulk.ended_at = bulk.total - bulk.done, "done", unit.now


def carry_out_due(engine: Engine, most: int) -> int:
    """Go on with the oldest begun bulk, for the worker; return how many lines were done."""
    with engine.reading(SYSTEM) as unit:
        bulk_id = unit.session.scalar(
            select(BulkRow.id)
            .where(BulkRow.state.in_(("queued", "running")), BulkRow.act != SIGN)
            .order_by(BulkRow.id)
            .limit(1)
        )
    if bulk_id is None:
        return 0
    return carry_out(engine, bulk_id, most) or 1  # the look that ends it counts, so that the next one begins


def next_bulk_due(unit: Unit) -> datetime | None:
    """A bulk is due at once, which the worker's own looking finds."""
    return None


def waiting_line(unit: Unit, line_id: int) -> BulkLineRow | None:
    """Return a line, locked, if nothing came of it yet."""
    line = unit.session.get(BulkLineRow, line_id, with_for_update=True)
    return line if line is not None and line.state == "waiting" else None


def settle(unit: Unit, line: BulkLineRow, state: str, said: Text) -> None:
    """Write down what came of a line: "done" or "refused", with its words."""
    line.state, line.text_vi, line.text_en = state, said.vi, said.say("en")
    counted = {"done": BulkRow.done + 1} if state == "done" else {"refused": BulkRow.refused + 1}
    unit.session.execute(update(BulkRow).where(BulkRow.id == line.bulk_id).values(counted))


def _complete(unit: Unit, line: BulkLineRow, facts: Mapping[str, Any]) -> Text:
    """Finish a step with what its page shows filled in, as if somebody opened it and pressed the button."""
    view = task_pages.get_task(unit, line.work_item_id)
    done = tasks.complete_task(
        unit,
        line.work_item_id,
        outcome=facts.get("outcome", ""),
        raw=view.values,
        reason=facts.get("reason", ""),
        version=line.version,
    )
    away = away_in_form(unit, unit.session.get_one(WorkItemRow, line.work_item_id), view.values)
    said = [_where_to(done), *away]
    return Text(" ".join(one.vi for one in said), " ".join(one.say("en") for one in said))


def _where_to(done: tasks.Completed) -> Text:
    if done.ended:
        return Text("Hồ sơ đã xong.", "The dossier is over.")
    steps = [f"{one.name.vi} ({one.unit})" for one in done.next]
    english = [f"{one.name.say('en')} ({one.unit})" for one in done.next]
    return Text(
        f"Chuyển sang: {'; '.join(steps)}." if steps else "Đã xong bước này; còn chờ bước khác.",
        f"Passed on to: {'; '.join(english)}." if steps else "Done; other steps are awaited.",
    )


def _claim(unit: Unit, line: BulkLineRow, _: Mapping[str, Any]) -> Text:
    tasks.claim_task(unit, line.work_item_id)
    return Text("Bạn đã nhận việc này.", "You took it.")


def _release(unit: Unit, line: BulkLineRow, _: Mapping[str, Any]) -> Text:
    tasks.release_task(unit, line.work_item_id)
    return Text("Đã trả lại cho đơn vị.", "Given back to the unit.")


def _reassign(unit: Unit, line: BulkLineRow, facts: Mapping[str, Any]) -> Text:
    handing.reassign_task(
        unit,
        line.work_item_id,
        facts["reason"],
        user_id=facts.get("user"),
        unit_id=facts.get("unit"),
        version=line.version,
    )
    said = Text("Đã chuyển.", "Moved on.")
    user_id = facts.get("user")
    away = said_away(unit, [user_id]).get(user_id) if user_id else None
    if away is None:
        return said
    warned = away_sentence(units.people_of(unit, [user_id])[user_id], away)
    return Text(f"{said.vi} {warned.vi}", f"{said.en} {warned.en}")


def _watch(unit: Unit, line: BulkLineRow, _: Mapping[str, Any]) -> Text:
    if not line.code:
        raise NotFound("the dossier to exist", "there is none", what="hồ sơ")
    watching.watch(unit, line.code)
    return Text("Đang theo dõi.", "Followed.")


_ACTS: Mapping[str, Callable[[Unit, BulkLineRow, Mapping[str, Any]], Text]] = {
    "complete": _complete,
    "claim": _claim,
    "release": _release,
    "reassign": _reassign,
    "watch": _watch,
}


# --- looking ----------------------------------------------------------------------------------


def own_bulk(unit: Unit, bulk_id: int, *, lock: bool = False) -> BulkRow:
    """Return a bulk of the actor's.

    Raises:
        NotFound: If there is none; that of a colleague is none.
    """
    bulk = unit.session.get(BulkRow, bulk_id, with_for_update=lock)
    if bulk is None or bulk.user_id != unit.actor.user_id:
        raise NotFound("the bulk to exist", "there is none", what="việc hàng loạt")
    return bulk


def _known(unit: Unit, ids: list[int]) -> dict[int, dict[str, str]]:
    """Return code and name of those steps that the actor may see; of the others nothing is said."""
    found: dict[int, dict[str, str]] = {}
    seen = scope_of(unit).dossiers()
    for start in range(0, len(ids), 500):
        for one in unit.session.execute(
            select(WorkItemRow.id, DossierRow.code, WorkItemRow.name_vi, WorkItemRow.name_en)
            .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
            .where(WorkItemRow.id.in_(ids[start : start + 500]), seen)
        ):
            found[one.id] = {"code": one.code, "step_vi": one.name_vi, "step_en": one.name_en}
    return found


def _offers(unit: Unit, bulk: BulkRow) -> tuple[tuple[BulkOutcome, ...], bool, handing.Places]:
    """Return how all may be finished at once, whether the desk hands them back, and to whom they may go."""
    kinds = unit.session.execute(
        select(OpenWorkRow.procedure_id, OpenWorkRow.node_id, func.min(OpenWorkRow.work_item_id).label("id"))
        .join(BulkLineRow, BulkLineRow.work_item_id == OpenWorkRow.work_item_id)
        .where(BulkLineRow.bulk_id == bulk.id, BulkLineRow.code != "")
        .group_by(OpenWorkRow.procedure_id, OpenWorkRow.node_id)
        .limit(2)
    ).all()
    if not kinds:
        return (), False, handing.Places(colleagues=(), units=())
    places = handing.places_for(unit, kinds[0].id)
    if len(kinds) > 1:
        return (), False, places
    view = task_pages.get_task(unit, kinds[0].id)
    at_desk = {one.code for one in view.outcomes if hands_over(view.step, one.code)}
    offered = tuple(
        BulkOutcome(code=one.code, name=one.name, needs_reason=one.needs_reason)
        for one in view.outcomes
        if one.code not in at_desk
    )
    return offered, bool(at_desk), places

"""What a revision would do: to dossiers under way, and to those of the last year played under it again.

Past dossiers are played twice by the same rules, under the revision in force and under this one, so that
what differs comes from the revision and not from the playing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean
from typing import Any

from sqlalchemy import func, select

from designer.changes.matching import align
from designer.drafts import get_revision
from designer.states import PUBLISHED, SUPERSEDED
from engine.bpmn.definitions import Definition
from engine.domain.calendar import WorkingCalendar
from engine.domain.forms import input_value
from engine.domain.messages import DELIVERED
from engine.domain.texts import Text
from engine.errors import Invalid, ProcedureError
from engine.scenarios.replay import Done, Heard, Played, Recorded, replay, ways_apart
from engine.store.message_rows import MessageRow
from engine.store.rows import DossierRow, RevisionRow, WorkItemRow
from engine.store.study_rows import StudyRow
from engine.store.work import Unit
from engine.usecases import migrations
from engine.usecases.calendars import calendar_of
from engine.usecases.migrations import Preview
from engine.usecases.procedures import definition_of, procedure_of
from engine.usecases.studies import (
    StudyBroken,
    StudyKind,
    begin_study,
    known_kinds,
    last_study,
)

KIND = "impact"
SLICE = 8
MOST_DOSSIERS, USUAL_DOSSIERS = 1_000, 300
MOST_TOLD = 12
MOST_CODES = 6


class NothingToReplay(Invalid):
    code = "nothing_to_replay"
    vi = "Trong {days} ngày qua chưa có hồ sơ nào của thủ tục này giải quyết xong để phát lại."
    en = "No dossier of this procedure was finished in the last {days} days, so there is none to play again."


class NoRevisionBefore(Invalid):
    code = "no_revision_before"
    vi = "Thủ tục này chưa có phiên bản nào được ban hành để so sánh."
    en = "No version of this procedure has been published to compare with."


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Dossiers under way on one older revision."""

    number: int
    count: int
    preview: Preview

    @property
    def reasons(self) -> list[tuple[Text, int]]:
        """Why dossiers cannot move, the commonest first."""
        found = Counter(one.why for one in self.preview.dossiers if one.why.vi)
        return found.most_common(MOST_TOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactPage:
    """What the page shows.

    Attributes:
        base: The number of the revision that past dossiers are compared with; 0 for none.
        is_stale: The revision was changed since the study.
        past: Finished dossiers of the last year.
    """

    running: tuple[Running, ...]
    base: int
    study: StudyRow | None
    is_stale: bool
    past: int
    unread: Text


def get_impact(unit: Unit, revision_id: int) -> ImpactPage:
    """Return what is known of the impact of a revision."""
    row = get_revision(unit, revision_id)
    base = base_of(unit, row)
    running, unread = [], Text("")
    try:
        for ident, number, count in migrations.sources(unit, row.id, ahead=True):
            seen = migrations.preview(unit, ident, row.id, ahead=True)
            running.append(Running(number=number, count=count, preview=seen))
    except ProcedureError as refused:
        running, unread = [], Text(refused.say("vi"), refused.say("en"))
    study = last_study(unit, KIND, row.id)
    return ImpactPage(
        running=tuple(running),
        base=base.number if base else 0,
        study=study,
        is_stale=study is not None and study.digest != digest_of(row),
        past=unit.session.scalar(_past(unit, row.procedure_id, 365).with_only_columns(func.count())) or 0,
        unread=unread,
    )


def begin_impact(unit: Unit, revision_id: int, days: int = 365, most: int = USUAL_DOSSIERS) -> int:
    """Begin to play past dossiers under a revision; return the id of the study.

    Raises:
        NoRevisionBefore: If there is no published revision to compare with.
        NothingToReplay: If no dossier was finished in that time.
    """
    row = get_revision(unit, revision_id)
    base = base_of(unit, row)
    if base is None:
        raise NoRevisionBefore("a published revision", "there is none")
    days, most = max(1, min(days, 730)), max(1, min(most, MOST_DOSSIERS))
    chosen = _past(unit, row.procedure_id, days).order_by(DossierRow.id.desc()).limit(most)
    ids = list(unit.session.scalars(chosen.with_only_columns(DossierRow.id)))
    if not ids:
        raise NothingToReplay("finished dossiers", "there are none", days=days)
    digest = digest_of(row)
    given = {"to": row.id, "from": base.id, "ids": sorted(ids), "digest": digest, "days": days}
    return begin_study(unit, KIND, row.id, base.id, given, len(ids), digest)


def base_of(unit: Unit, row: RevisionRow) -> RevisionRow | None:
    """Return what this revision is compared with: the newest published one, else what it was drafted from."""
    published = unit.session.scalars(
        select(RevisionRow)
        .where(
            RevisionRow.procedure_id == row.procedure_id,
            RevisionRow.id != row.id,
            RevisionRow.number < row.number,
            RevisionRow.state.in_((PUBLISHED, SUPERSEDED)),
        )
        .order_by(RevisionRow.number.desc())
        .limit(1)
    ).one_or_none()
    if published is not None or row.based_on_id is None:
        return published
    return unit.session.get(RevisionRow, row.based_on_id)


def digest_of(row: RevisionRow) -> str:
    """Return a hash of what a study looked at, without the scenarios."""
    content = {key: value for key, value in row.content.items() if key != "scenarios"}
    plain = json.dumps([content, row.definition_hash], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def recorded_of(unit: Unit, row: DossierRow) -> Recorded:
    """Return a dossier as it was: what was declared, and every act with its answers and how long it took."""
    procedure = procedure_of(row.revision)
    form = procedure.forms.get(procedure.reception_form)
    fields = form.asked if form else {}
    answers = {
        name: input_value(one, row.data.get(name))
        for name, one in fields.items()
        if not one.computed and row.data.get(name) is not None
    }
    items = unit.session.scalars(
        select(WorkItemRow)
        .where(WorkItemRow.dossier_id == row.id, WorkItemRow.status == "done")
        .order_by(WorkItemRow.ended_at, WorkItemRow.id)
    )
    steps = definition_of(unit, row.revision.definition_hash).steps
    acts = []
    for item in items:
        spec = steps.get(item.node_id)
        if item.kind == "receive" or item.ended_at is None:
            continue
        asked = procedure.forms.get(spec.form).asked if spec and spec.form in procedure.forms else {}  # type: ignore[union-attr]
        typed = {
            name: input_value(asked[name], value)
            for name, value in item.answers.items()
            if name in asked and value is not None and not asked[name].computed
        }
        took = max(item.ended_at - item.opened_at, timedelta(0))
        acts.append(Done(step=item.node_id, outcome=item.outcome, answers=typed, took=took))
    ended_as = row.status if row.status in ("withdrawn", "stopped") else ""
    after = row.ended_at - row.accepted_at if ended_as and row.ended_at else None
    return Recorded(
        code=row.code,
        accepted_at=row.accepted_at,
        answers=answers,
        acts=tuple(acts),
        heard=tuple(_heard(unit, row)),
        ended_as=ended_as,
        ended_after=after,
    )


def _heard(unit: Unit, row: DossierRow) -> Iterator[Heard]:
    """Yield the messages that a dossier took after it began."""
    taken = select(MessageRow.name, MessageRow.payload, MessageRow.ended_at).where(
        MessageRow.target_dossier_id == row.id,
        MessageRow.state == DELIVERED,
        MessageRow.ended_at > row.accepted_at,
    )
    for name, payload, at in unit.session.execute(taken.order_by(MessageRow.ended_at, MessageRow.id)):
        yield Heard(name=name, payload=dict(payload), at=at)


# --- slices ------------------------------------------------------------------------------------------


def _slice(unit: Unit, given: Mapping[str, Any], done: int) -> tuple[list[Any], int]:
    ids = given["ids"][done : done + SLICE]
    row, base = get_revision(unit, given["to"]), get_revision(unit, given["from"])
    if digest_of(row) != given["digest"]:
        raise StudyBroken(
            "the revision as it was",
            "it changed",
            reason_vi="phiên bản đã được sửa trong lúc tính; hãy tính lại.",
            reason="the version was changed meanwhile; begin again.",
        )
    sides = [(definition_of(unit, one.definition_hash), procedure_of(one)) for one in (base, row)]
    renamed = {was: now for now, was in align(base.definition.xml, row.definition.xml).ids.items()}
    found = []
    for dossier in unit.session.scalars(select(DossierRow).where(DossierRow.id.in_(ids))):
        calendar = calendar_of(unit, dossier.competent_unit_id)
        recorded = recorded_of(unit, dossier)
        played = [
            replay(definition, procedure, recorded, calendar, names)
            for (definition, procedure), names in zip(sides, ({}, renamed), strict=True)
        ]
        way = [renamed.get(one, one) for one in played[0].way]
        found.append(
            {
                "code": dossier.code,
                "before": _plain(played[0], recorded.accepted_at, calendar) | {"way": way},
                "after": _plain(played[1], recorded.accepted_at, calendar),
            }
        )
    return found, len(ids)


def _plain(one: Played, accepted: datetime, calendar: WorkingCalendar) -> dict[str, Any]:
    hours = calendar.working_minutes_between(accepted, one.resolved_at) / 60 if one.resolved_at else None
    return {
        "way": list(one.way),
        "due": one.due.isoformat() if one.due else "",
        "hours": hours,
        "late": one.is_late,
        "result": one.result,
        "why": one.why.as_json() if one.why else None,
        "assumed": list(one.assumed),
        "load": {role: round(minutes / 60, 2) for role, minutes in one.load.items() if minutes},
    }


def _finish(unit: Unit, given: Mapping[str, Any], pieces: list[Any]) -> dict[str, Any]:
    row = get_revision(unit, given["to"])
    base = get_revision(unit, given["from"])
    definitions = [definition_of(unit, one.definition_hash) for one in (row, base)]
    whole = [one for one in pieces if not one["before"]["why"] and not one["after"]["why"]]
    return {
        "dossiers": len(pieces),
        "played": len(whole),
        "base": base.number,
        "days": given["days"],
        "cannot": _cannot(pieces),
        **_ways(whole, definitions),
        **_deadlines(whole),
        "load": _load(whole),
        "assumed": _assumed(whole, definitions),
    }


def _cannot(pieces: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in pieces:
        why = Text.of(one["after"]["why"] or one["before"]["why"])
        if why:
            found[(why.vi, why.say("en"))].append(one["code"])
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    return [
        {"why": {"vi": vi, "en": en}, "count": len(codes), "codes": codes[:MOST_CODES]}
        for (vi, en), codes in ordered[:MOST_TOLD]
    ]


def _ways(whole: list[Mapping[str, Any]], definitions: list[Definition]) -> dict[str, Any]:
    apart: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    results: Counter[tuple[str, str]] = Counter()
    for one in whole:
        gone, new = ways_apart(one["before"]["way"], one["after"]["way"])
        if gone or new:
            apart[(tuple(gone), tuple(new))].append(one["code"])
        if one["before"]["result"] != one["after"]["result"]:
            results[(one["before"]["result"], one["after"]["result"])] += 1
    ordered = sorted(apart.items(), key=lambda pair: -len(pair[1]))
    return {
        "other_way": sum(len(codes) for codes in apart.values()),
        "ways": [
            {
                "gone": [_name(definitions, step) for step in gone],
                "new": [_name(definitions, step) for step in new],
                "count": len(codes),
                "codes": codes[:MOST_CODES],
            }
            for (gone, new), codes in ordered[:MOST_TOLD]
        ],
        "other_result": sum(results.values()),
    }


def _deadlines(whole: list[Mapping[str, Any]]) -> dict[str, Any]:
    earlier = [one for one in whole if one["after"]["due"] < one["before"]["due"]]
    later = [one for one in whole if one["after"]["due"] > one["before"]["due"]]
    timed = [one for one in whole if one["before"]["hours"] is not None and one["after"]["hours"] is not None]
    newly = [one["code"] for one in whole if one["after"]["late"] and not one["before"]["late"]]
    rescued = [one["code"] for one in whole if one["before"]["late"] and not one["after"]["late"]]
    return {
        "due_earlier": len(earlier),
        "due_later": len(later),
        "hours": [round(mean(one[side]["hours"] for one in timed), 1) if timed else None
                  for side in ("before", "after")],
        "late": [sum(one[side]["late"] for one in whole) for side in ("before", "after")],
        "newly_late": {"count": len(newly), "codes": newly[:MOST_CODES]},
        "no_longer_late": {"count": len(rescued), "codes": rescued[:MOST_CODES]},
    }  # fmt: skip


def _load(whole: list[Mapping[str, Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in whole:
        for at, side in enumerate(("before", "after")):
            for role, hours in one[side]["load"].items():
                found[role][at] += hours
    return {role: [round(hours, 1) for hours in pair] for role, pair in sorted(found.items())}


def _assumed(whole: list[Mapping[str, Any]], definitions: list[Definition]) -> list[dict[str, Any]]:
    found = Counter(step for one in whole for step in one["after"]["assumed"])
    return [
        {"step": _name(definitions, step), "count": count} for step, count in found.most_common(MOST_TOLD)
    ]


def _name(definitions: list[Definition], step: str) -> dict[str, str]:
    if not step:
        return {"vi": "Tiếp nhận", "en": "Acceptance"}
    for definition in definitions:
        spec = definition.steps.get(step)
        if spec is not None and spec.name:
            return spec.name.as_json()
    return {"vi": step}


def _past(unit: Unit, procedure_id: int, days: int):
    return select(DossierRow).where(
        DossierRow.procedure_id == procedure_id,
        DossierRow.accepted_at >= unit.now - timedelta(days=days),
        (DossierRow.resolved_at.is_not(None)) | (DossierRow.ended_at.is_not(None)),
    )


known_kinds[KIND] = StudyKind(slice=_slice, finish=_finish)

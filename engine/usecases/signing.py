"""Signing decisions: what waits for a signature, what it says, and the act itself.

A page is composed as it will be signed, painted and signed outside any transaction, and then the step is
finished, the very page kept and the signature written down in one transaction (`signing_batches`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from engine.documents import issuing
from engine.documents.facts import Signer
from engine.documents.issuing import Composed
from engine.domain.signing import SigningCapacity
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, time_left
from engine.errors import Refused
from engine.store import cases as rows
from engine.store.document_rows import DocumentRow, SignatureRow, SigningKeyRow
from engine.store.rows import WorkItemRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import may_act, signing_capacity
from engine.usecases.cases import Case
from engine.usecases.results import is_main
from engine.usecases.summaries import shown_sections
from engine.usecases.tasks import Completed, check_may_work, complete_task

SIGN, DRAFT = "sign", "draft"
OFFERED, REQUIRED = "offered", "required"
LONGEST_QUEUE = 100
PERSON, ORGANISATION = "person", "organisation"


class NoKey(Refused):
    """The person, or the office, has no signing key here."""

    code = "no_signing_key"
    vi = "{whose} chưa có khóa ký số trong hệ thống. Cán bộ CNTT gắn khóa ở trang Quản trị; chưa ký gì."
    en = "{whose} has no signing key in this system. IT staff assign one; nothing was signed."


class KeyOfAnother(Refused):
    """The key that was opened belongs to somebody else: nobody signs as another."""

    code = "key_of_another"
    vi = "Khóa ký này cấp cho {owner}, không phải {person}. Không ai được ký bằng khóa của người khác."
    en = "This key was issued to {owner}, not to {person}. Nobody signs with the key of another."


class NotToBeSigned(Refused):
    """The step is not one that signs a decision on the screen."""

    code = "not_to_be_signed"
    vi = "Bước “{step}” không ký số ở đây: thủ tục này ký trên giấy, hoặc bước đã xong."
    en = "The step “{step}” is not signed here: the procedure is signed on paper, or the step is done."


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """One decision that waits: what a leader reads in five lines.

    Attributes:
        decision: What is proposed: the title of the decision.
        gist: The heart of what it says: why it is refused, or what is granted.
        legal: The law it rests on, as one line.
        marks: What to be careful about: refusal, lateness, supplements, signing for somebody else.
    """

    task_id: int
    version: int
    code: str
    procedure: Text
    applicant: str
    decision: str
    gist: str
    legal: str
    due_at: datetime
    time: TimeLeft
    marks: tuple[Text, ...]


def signing_queue(unit: Unit) -> list[ToSign]:
    """Return the decisions that the actor may sign now, the most urgent first."""
    offices = unit.actor.unit_ids | {one.unit_id for one in unit.actor.lent}
    items = unit.session.scalars(
        select(WorkItemRow)
        .options(joinedload(WorkItemRow.dossier))
        .where(
            WorkItemRow.kind == SIGN,
            WorkItemRow.status == rows.OPEN,
            WorkItemRow.unit_id.in_(offices),
            (WorkItemRow.claimed_by.is_(None)) | (WorkItemRow.claimed_by == unit.actor.user_id),
        )
        .order_by(WorkItemRow.due_at, WorkItemRow.id)
        .limit(LONGEST_QUEUE)
    )
    mine = [item for item in items if may_act(unit, item.role, item.unit_id, item.dossier)]
    return [_line(unit, item) for item in mine if is_signed_here(Case.of(unit, item.dossier))]


def is_signed_here(case: Case) -> bool:
    """Say whether decisions of this procedure are signed on the screen."""
    return case.procedure.options.get("signature") in (OFFERED, REQUIRED)


def compose_decision(unit: Unit, task_id: int) -> tuple[WorkItemRow, Composed]:
    """Return the decision of a step that signs, as it would be signed by the actor now.

    Raises:
        NotToBeSigned, NoSigningPower, RoleMissing, TaskTaken, NotFound
    """
    item = rows.get_task(unit, task_id)
    check_may_work(unit, item)
    case = Case.of(unit, item.dossier)
    if item.kind != SIGN or item.status != rows.OPEN or not is_signed_here(case):
        raise NotToBeSigned("an open step that signs", item.status, step=item.name_vi)
    how = signing_capacity(unit, unit.actor.user_id or 0, item.dossier_id, item.unit_id)
    signer = Signer(name=how.signer, lines=how.lines, signed_at=unit.now)
    code = f"{issuing.RESULT}:{case.procedure.key}"
    made = issuing.compose(
        unit, item.dossier, code, decision_facts(case), signer=signer, office_id=item.unit_id
    )
    return item, made


def decision_facts(case: Case) -> dict[str, Any]:
    """Return what the decision of a dossier says, from the newest draft."""
    draft = _newest_draft(case)
    refused = draft is not None and _is_refusal(case, draft)
    results = [one.vi for one in case.procedure.results]
    title = (results[-1] if refused and len(results) > 1 else results[0]) if results else "Quyết định"
    form = case.procedure.forms.get(case.spec(draft.node_id).form) if draft else None
    shown = shown_sections(form, draft.answers, case.context()) if draft and form else ()
    return {
        "title": "Thông báo từ chối" if refused else title.partition(" kèm ")[0],  # not what goes with it
        "refused": refused,
        "legal": [{"document": one.document, "article": one.article} for one in case.procedure.legal],
        "sections": [
            {
                "title": section.title.vi,
                "lines": [{"label": label.vi, "value": answer.vi} for label, answer in section.lines],
            }
            for section in shown
        ],
        "values": {
            name: value for name, value in case.row.data.items() if isinstance(value, str | int | float)
        },
    }


def finish_signed(
    unit: Unit, task_id: int, version: int, made: Composed, sha256: str, size: int, serial: str
) -> Completed:
    """Finish the step with the decision that was signed; everything is written, or nothing.

    Raises:
        TaskNotOpen, TaskTaken, StalePage, NoSigningPower: If the actor may not sign it any more.
    """
    item = unit.session.get_one(WorkItemRow, task_id)
    how = signing_capacity(unit, unit.actor.user_id or 0, item.dossier_id, item.unit_id)
    spec = Case.of(unit, item.dossier).spec(item.node_id)
    outcome = next((one.code for one in spec.outcomes if is_main(spec, one.code)), "")
    done = complete_task(unit, task_id, outcome=outcome, version=version, signed=True)
    row = issuing.keep(unit, item.dossier, made, work_item_id=task_id)
    row.pdf_sha256, row.pdf_size = sha256, size
    add_signature(unit, row, PERSON, how.signer, serial, sha256, size)
    _record(unit, row, how, sha256)
    return done


def add_signature(
    unit: Unit, row: DocumentRow, kind: str, signer: str, serial: str, sha256: str, size: int
) -> None:
    unit.session.add(
        SignatureRow(
            document_id=row.id,
            kind=kind,
            user_id=unit.actor.user_id,
            unit_id=row.unit_id,
            signer=signer,
            organisation="",
            serial=serial,
            signed_at=unit.now,
            sha256=sha256,
            size=size,
        )
    )


def key_of_person(unit: Unit) -> SigningKeyRow:
    """Return the signing key of the actor.

    Raises:
        NoKey: If there is none.
    """
    return _key(unit, SigningKeyRow.user_id == unit.actor.user_id, unit.actor.name)


def key_of_office(unit: Unit, office_id: int, name: str) -> SigningKeyRow:
    return _key(unit, SigningKeyRow.unit_id == office_id, name)


def _key(unit: Unit, whose: Any, name: str) -> SigningKeyRow:
    row = unit.session.scalars(
        select(SigningKeyRow).where(whose, SigningKeyRow.ended_at.is_(None)).order_by(SigningKeyRow.id.desc())
    ).first()
    if row is None:
        raise NoKey("a signing key", "there is none", whose=name)
    return row


def _line(unit: Unit, item: WorkItemRow) -> ToSign:
    case = Case.of(unit, item.dossier)
    row, facts = item.dossier, decision_facts(case)
    texts = [line["value"] for section in facts["sections"] for line in section["lines"]]
    laws = [" ".join(filter(None, (one["document"], one["article"]))) for one in facts["legal"]]
    left = time_left(case.calendar(row.competent_unit_id), unit.now, row.current_due)
    return ToSign(
        task_id=item.id,
        version=item.version,
        code=row.code,
        procedure=case.procedure.name,
        applicant=row.applicant_name,
        decision=facts["title"],
        gist=(texts[0 if facts["refused"] else -1] if texts else "")[:160],
        legal="; ".join(laws[:3]),
        due_at=row.current_due,
        time=left,
        marks=tuple(_marks(unit, item, facts, left)),
    )


def _marks(unit: Unit, item: WorkItemRow, facts: Mapping[str, Any], left: TimeLeft) -> list[Text]:
    marks = []
    if facts["refused"]:
        marks.append(Text("Từ chối", "Refusal"))
    if left.tone == "late":
        marks.append(Text("Quá hạn", "Late"))
    if item.dossier.supplement_rounds:
        rounds = item.dossier.supplement_rounds
        marks.append(Text(f"Đã bổ sung {rounds} lần", f"Supplemented {rounds} times"))
    how = signing_capacity(unit, unit.actor.user_id or 0, item.dossier_id, item.unit_id)
    if how.principal:
        marks.append(Text(f"Ký thay {how.principal}", f"Signed for {how.principal}"))
    return marks


def _newest_draft(case: Case) -> WorkItemRow | None:
    done = [
        one
        for one in rows.all_items(case.unit, case.row.id)
        if one.kind == DRAFT and one.status == rows.DONE and one.ended_at is not None
    ]
    return max(done, key=lambda one: (one.ended_at, one.id), default=None)


def _is_refusal(case: Case, draft: WorkItemRow) -> bool:
    chosen = case.spec(draft.node_id).outcome(draft.outcome)
    return draft.outcome == "refuse" or bool(chosen and chosen.style == "danger")


def _record(unit: Unit, row: DocumentRow, how: SigningCapacity, sha256: str) -> None:
    facts = {"document": row.id, "signer": how.signer, "form": how.form, "for": how.principal}
    record(unit, f"dossier:{row.dossier_id}", "document.signed", {**facts, "sha256": sha256})

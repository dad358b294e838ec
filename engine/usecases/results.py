"""What a finished step means for the dossier as a whole: it is resolved, paid for, or handed back."""

from __future__ import annotations

from engine.bpmn.steps import StepSpec
from engine.domain.deadlines import punctuality
from engine.domain.dossiers import Status
from engine.store.steps import Item
from engine.usecases.cases import Case
from engine.usecases.notices import tell_result

NOT_READY, READY, HANDED_OVER, SENT = "not_ready", "ready", "handed_over", "sent_by_post"


def settle_result(case: Case, item: Item, spec: StepSpec) -> None:
    """Write what the completed step decides: result, payment, hand-over."""
    if spec.result and is_main(spec, item.outcome):
        _resolve(case, item, spec.result)
    if spec.kind == "collect_fee" and case.row.payment_status == "due" and is_main(spec, item.outcome):
        case.row.payment_status = "paid"
        case.note("fee.paid", item.node_id, item, amount=case.row.fee)
    if spec.kind == "return_result" and is_main(spec, item.outcome):
        _hand_over(case, item)


def is_main(spec: StepSpec, outcome: str) -> bool:
    """Say whether an outcome carries the step out, rather than sending the dossier back.

    The button in the main style does; where there is none, the first one. A step without buttons has one way.
    """
    if not spec.outcomes:
        return True
    main = [one.code for one in spec.outcomes if one.style == "main"] or [spec.outcomes[0].code]
    return outcome in main


def _resolve(case: Case, item: Item, result: str) -> None:
    row = case.row
    if row.resolved_at is not None:
        return
    row.resolved_at = case.unit.now
    row.result = result
    row.status = Status.RESOLVED.value
    row.delivery_status = READY
    when = punctuality(case.unit.now, row.current_due)
    case.note("resolved", item.node_id, item, result=result, punctuality=when)
    tell_result(case)


def _hand_over(case: Case, item: Item) -> None:
    row = case.row
    if row.resolved_at is None:  # a diagram that never says what came out; the linter warns about it
        _resolve(case, item, "granted")
    if row.payment_status == "due":
        row.payment_status = "paid"
        case.note("fee.paid", item.node_id, item, amount=row.fee)
    row.returned_at = case.unit.now
    row.status = Status.RETURNED.value
    method = item.answers.get("method") or row.return_method
    row.delivery_status = SENT if method == "post" else HANDED_OVER
    case.note("returned", item.node_id, item, method=method)

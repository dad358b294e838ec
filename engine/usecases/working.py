"""Finishing a step: the checks that come before, the answers, the number, and the movement.

Shared by the task page, by reception (which finishes the first step at once) and by tests of procedures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.steps import Outcome, StepSpec
from engine.domain.forms import Form, FormInvalid, as_context, parse_answers
from engine.domain.texts import Text
from engine.errors import Invalid, Refused
from engine.execution import Complete, get_executor
from engine.store.numbers import next_register_number
from engine.store.steps import Item
from engine.usecases.cases import Case
from engine.usecases.evaluation import evaluate
from engine.usecases.moving import move
from engine.usecases.results import is_main
from engine.usecases.step_reasons import LATE_CODE, LATE_REASON

LONGEST_REASON = 2000
NOTHING: Mapping[str, Any] = {}
METHODS = ("counter", "post", "electronic")

HAND_BACK = Form.from_json(
    {
        "id": "hand_back",
        "title": {"vi": "Trả kết quả", "en": "Hand back the result"},
        "sections": [
            {
                "title": {"vi": "Người nhận kết quả", "en": "Who takes the result"},
                "fields": [
                    {
                        "name": "recipient_name",
                        "label": {"vi": "Họ tên người nhận", "en": "Name of the recipient"},
                        "type": "text",
                        "required": True,
                        "max_length": 200,
                    },
                    {
                        "name": "recipient_id_no",
                        "label": {"vi": "Số giấy tờ của người nhận", "en": "Recipient's ID number"},
                        "type": "id_no",
                    },
                    {
                        "name": "method",
                        "label": {"vi": "Cách trả", "en": "How it is handed over"},
                        "type": "choice",
                        "required": True,
                        "default": "counter",
                        "options": [
                            {"value": "counter", "label": {"vi": "Tại quầy", "en": "At the counter"}},
                            {"value": "post", "label": {"vi": "Qua bưu chính", "en": "By post"}},
                            {"value": "electronic", "label": {"vi": "Bản điện tử", "en": "Electronically"}},
                        ],
                    },
                ],
            }
        ],
    }
)
"""What the counter fills in when the procedure brings no form of its own for the hand-over."""


class OutcomeUnknown(Invalid):
    """The button that was pressed is not one of this step's."""

    code = "outcome_unknown"
    vi = "Hãy chọn một trong các kết quả của bước này: {allowed}."
    en = "Choose one of this step's outcomes: {allowed_en}."


class ReasonMissing(Invalid):
    """This outcome needs a reason in words."""

    code = "reason_missing"
    vi = "Hãy ghi lý do khi chọn “{outcome}”; ô lý do đang để trống."
    en = "Write the reason for “{outcome_en}”; it is empty."


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    vi = "Lý do dài tối đa {most} ký tự; đang có {found_count} ký tự."
    en = "The reason may have at most {most} characters; it has {found_count}."


class SignatureNeeded(Refused):
    """The procedure wants this decision signed with a key, not with a button."""

    code = "signature_needed"
    vi = "Thủ tục này phải ký số: hãy ký ở trang “Ký văn bản”. Bước “{step}” chưa hoàn thành."
    en = "This procedure wants a digital signature: use the page “Sign decisions”. “{step_en}” is not done."


def check_signed_where_required(case: Case, spec: StepSpec, outcome: str, signed: bool) -> None:
    """Refuse to finish a step that signs by its button alone, where the procedure wants a signature."""
    required = spec.kind == "sign" and case.procedure.options.get("signature") == "required"
    if required and not signed and is_main(spec, outcome):
        raise SignatureNeeded("a signature", "there is none", step=spec.name.vi, step_en=spec.name.say("en"))


def form_of(case: Case, spec: StepSpec) -> Form | None:
    """Return the form of a step: its own, the built-in one of the hand-over, or none."""
    if spec.form:
        return case.procedure.forms.get(spec.form)
    return HAND_BACK if spec.kind == "return_result" else None


def check_outcome(spec: StepSpec, code: str, reason: str) -> Outcome | None:
    """Return the outcome that was chosen; None for a step with a single way on.

    Raises:
        OutcomeUnknown: If the step has outcomes and this is none of them, or has none and one was named.
        ReasonMissing, ReasonTooLong: If the reason does not fit.
    """
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong("a shorter reason", "it is long", most=LONGEST_REASON, found_count=len(reason))
    if not spec.outcomes and not code:
        return None
    chosen = spec.outcome(code)
    if chosen is None and not code and len(spec.outcomes) == 1:
        chosen = spec.outcomes[0]
    if chosen is None:
        names = [one.name for one in spec.outcomes] or [Text("hoàn thành", "complete")]
        raise OutcomeUnknown(
            "one of the step's outcomes",
            f"{code!r} was chosen",
            allowed=", ".join(name.say("vi") for name in names),
            allowed_en=", ".join(name.say("en") for name in names),
        )
    if chosen.reason and not reason.strip():
        raise ReasonMissing(
            "a reason", "it is empty", outcome=chosen.name.say("vi"), outcome_en=chosen.name.say("en")
        )
    return chosen


def read_answers(case: Case, spec: StepSpec, outcome: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Read what was filled in; an outcome that sends the dossier back does not need a complete form.

    Raises:
        FormInvalid: With a sentence for every field that is wrong.
    """
    form = form_of(case, spec)
    if form is None:
        if raw:
            raise FormInvalid(dict.fromkeys(raw, NO_FORM))
        return {}
    is_complete = is_main(spec, outcome)
    given = {name for name, typed in raw.items() if typed not in ("", None, [])}
    if not is_complete and not given:
        return {}
    values, problems = parse_answers(form, raw, {} if form.is_plain else case.context(), evaluate)
    if not is_complete:
        problems = {name: text for name, text in problems.items() if name in given}
        values = {name: value for name, value in values.items() if name in given}
    if problems:
        raise FormInvalid(problems)
    return values


def finish_item(
    case: Case,
    item: Item,
    *,
    outcome: str,
    answers: Mapping[str, Any],
    reason: str = "",
    coded: Mapping[str, Any] = NOTHING,
) -> None:
    """Complete an open work item with answers that were checked, and move the dossier on.

    Args:
        coded: What was chosen of the catalogue of reasons (`step_reasons`).
    """
    spec = case.spec(item.node_id)
    item.outcome = outcome
    item.answers = {**answers, **({"reason": reason} if reason else {}), **coded}
    if LATE_REASON in coded:
        said = {"reason": coded[LATE_REASON], "code": coded[LATE_CODE]}
        case.note("step.late", item.node_id, item, name=item.name_vi, name_en=item.name_en, **said)
    item.draft = {}
    values = {} if form_of(case, spec) is HAND_BACK else dict(answers)
    if spec.decision:
        values[spec.decision] = outcome
    if spec.register and is_main(spec, outcome):
        values |= _take_number(case, item, spec.register)
    local = _local_values(case, item, values)
    case.put({name: value for name, value in values.items() if name not in local})
    move(case, Complete(item.token, local), reason or _written(case, spec, answers))


def _local_values(case: Case, item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return, as expressions read them, the answers that belong to this run of the step only."""
    if not case.definition.model.has_local_names:
        return {}
    executor = get_executor(case.row.executor)
    claimed = executor.claims(case.definition, case.state, item.token, values)
    typed = as_context(case.procedure.forms, claimed)
    return {name: typed[name] for name in claimed}


def _written(case: Case, spec: StepSpec, answers: Mapping[str, Any]) -> str:
    """Return what was written at length in the form: it lists the papers where no reason is asked for."""
    form = form_of(case, spec)
    long = (answers.get(one.name) for one in form.fields if one.type == "long_text") if form else ()
    return next((text for text in long if text), "")


def _take_number(case: Case, item: Item, book: str) -> dict[str, int]:
    """Enter the dossier in the register; sent back and sealed again, it keeps its number."""
    name = f"{book}_no"
    if case.row.data.get(name) is not None:
        return {}
    number = next_register_number(case.unit, case.row.id, item.unit_id, book, case.unit.now)
    case.note("registered", item.node_id, item, book=book, number=number)
    return {name: number}


NO_FORM = Text(
    "Bước này không có biểu mẫu; hãy tải lại trang.", "This step has no form; reload the page and try again."
)
